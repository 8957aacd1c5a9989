use super::{Place, SourceFile};
use crate::diagnostic::{Code, Severity};

fn positions(text: &str, bytes: &[usize]) -> Vec<(usize, usize)> {
    let file = SourceFile::from_text("shelf.toml", text);
    bytes.iter().map(|byte| file.line_column(*byte)).collect()
}

#[test]
fn lines_and_columns_count_from_one_and_columns_count_characters() {
    assert_eq!(positions("ab\ncd\n", &[0, 2, 3, 5, 6]), [(1, 1), (1, 3), (2, 1), (2, 3), (3, 1)]);
    assert_eq!(positions("é漢\u{1F600}x", &[0, 2, 5, 9]), [(1, 1), (1, 2), (1, 3), (1, 4)]);
}

#[test]
fn a_tab_and_a_carriage_return_are_one_column_each() {
    assert_eq!(positions("\tx\r\ny", &[1, 2, 3, 4]), [(1, 2), (1, 3), (1, 4), (2, 1)]);
}

#[test]
fn a_byte_inside_a_character_counts_as_its_start_and_one_beyond_the_text_as_its_end() {
    assert_eq!(positions("漢x", &[1, 2, 99]), [(1, 1), (1, 1), (1, 3)]);
    assert_eq!(positions("", &[0, 7]), [(1, 1), (1, 1)]);
}

#[test]
fn a_line_ends_before_its_line_ending() {
    let file = SourceFile::from_text("shelf.toml", "ab\r\ncd\n\nef");
    let lines: Vec<_> = (1..=5).map(|line| file.line_start(line)..file.line_end(line)).collect();
    assert_eq!(lines, [0..2, 4..6, 7..7, 8..10, 10..10]);
}

#[test]
fn a_byte_order_mark_is_dropped() {
    let file = SourceFile::new("shelf.toml", b"\xEF\xBB\xBFa = 1").unwrap();
    assert_eq!((file.text(), file.line_column(0)), ("a = 1", (1, 1)));
    assert_eq!(SourceFile::from_text("shelf.toml", "\u{feff}a").text(), "a");
}

#[test]
fn the_first_byte_that_is_not_utf_8_is_marked() {
    let error = SourceFile::new("shelf.toml", b"a = 'x'\nb = '\xE9t\xE9'\nc = 1").unwrap_err();
    assert_eq!((error.code, error.severity), (Code::NotUtf8, Severity::Error));
    assert_eq!(error.place.to_string(), "shelf.toml:2:6");
    assert_eq!(error.place.text(), "\u{fffd}");
    let label = "the byte 0xE9 is not part of a character here";
    assert_eq!(error.label.as_deref(), Some(label));
}

#[test]
fn utf_16_is_refused_at_its_first_byte() {
    let error = SourceFile::new("shelf.toml", b"\xFF\xFEa\0").unwrap_err();
    assert_eq!((error.place.to_string().as_str(), error.place.span.clone()), ("shelf.toml:1:1", 0..3));
}

#[test]
fn places_are_ordered_by_file_name_then_start_then_end() {
    let one = SourceFile::from_text("a.toml", "xyz");
    let two = SourceFile::from_text("b.toml", "xyz");
    let sorted = [Place::new(&one, 0..1), Place::new(&one, 0..2), Place::new(&one, 1..1), Place::new(&two, 0..0)];
    let mut places = [3, 1, 2, 0].map(|index: usize| sorted[index].clone());
    places.sort();
    assert_eq!(places, sorted);
}
