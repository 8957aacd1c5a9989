use std::ops::Range;

use proptest::prelude::*;

use super::parse;

/// What `within` gives for a range of the string at `/x`.
fn written(text: &str, range: Range<usize>) -> (String, usize) {
    let place = parse(text).within("/x", range);
    (place.text().to_owned(), place.span.start)
}

#[test]
fn a_range_of_a_decoded_string_maps_to_what_was_written() {
    let table: &[(&str, Range<usize>, &str, usize)] = &[
        ("x = 'abc'", 1..2, "b", 6),
        (r#"x = "a\tb""#, 1..2, r"\t", 6),
        (r#"x = "a\tb""#, 2..3, "b", 8),
        (r#"x = "\"\\\b\f\n\r\e""#, 6..7, r"\e", 17),
        (r#"x = "\u00e9z""#, 0..2, r"\u00e9", 5),
        (r#"x = "\u00e9z""#, 1..2, r"\u00e9", 5),
        (r#"x = "\u00e9z""#, 2..3, "z", 11),
        (r#"x = "\U0001F600z""#, 0..5, r"\U0001F600z", 5),
        (r#"x = "\x41z""#, 0..1, r"\x41", 5),
        (r"x = 'a\tb'", 1..3, r"\t", 6),
        ("x = '''\nab'''", 0..1, "a", 8),
        ("x = '''\r\nab'''", 0..1, "a", 9),
        ("x = '''a\r\nb'''", 1..3, "\r\n", 8),
        ("x = '''''a'''''", 0..5, "''a''", 7),
        ("x = \"\"\"\"\"a\"\"\"\"\"", 0..2, "\"\"", 7),
        ("x = \"\"\"\n\nb\"\"\"", 0..1, "\n", 8),
        ("x = \"\"\"a\\\n  \n b\"\"\"", 1..2, "b", 14),
        ("x = \"\"\"a\\\r\n\tb\"\"\"", 0..2, "a\\\r\n\tb", 7),
        ("x = \"\"\"a\\  \n  \\\n b\"\"\"", 1..2, "b", 17),
        ("x = \"\"\"\\\n   a\\\n\"\"\"", 0..1, "a", 12),
        ("x = '漢字'", 3..6, "字", 8),
        ("x = '漢字'", 1..4, "漢字", 5),
    ];
    for (text, range, expected, start) in table {
        assert_eq!(written(text, range.clone()), ((*expected).to_owned(), *start), "{text:?} {range:?}");
    }
}

#[test]
fn an_empty_range_marks_a_point() {
    for (text, at, start) in [
        ("x = 'ab'", 0, 5),
        ("x = 'ab'", 1, 6),
        ("x = 'ab'", 2, 7),
        ("x = ''", 0, 5),
        ("x = ''''''", 0, 7),
        ("x = '''\n'''", 0, 8),
        ("x = \"\"\"\\\n  \"\"\"", 0, 7),
        (r#"x = "\tb""#, 1, 7),
    ] {
        assert_eq!(written(text, at..at), (String::new(), start), "{text:?} {at}");
    }
}

#[test]
fn a_range_beyond_the_string_is_cut_to_it() {
    assert_eq!(written("x = 'ab'", 1..99), ("b".to_owned(), 6));
    assert_eq!(written("x = 'ab'", 50..99), (String::new(), 7));
    let backwards = Range { start: 1, end: 0 };
    assert_eq!(written("x = 'ab'", backwards), (String::new(), 6));
}

#[test]
fn what_is_not_a_string_is_marked_whole() {
    let document = parse("x = [10, 'a']\n[y]");
    let marked = ["/x", "/x/0", "/y", "/z"].map(|at| document.within(at, 0..1).text().to_owned());
    assert_eq!(marked, ["[10, 'a']", "10", "[y]", ""]);
}

/// How one character is written, in the four kinds of string.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Basic,
    MultiLineBasic,
    Literal,
    MultiLineLiteral,
}

/// The characters of a string as written, each with what it decodes to; `None` decodes to nothing.
type Pieces = Vec<(String, Option<char>)>;

fn escaped(character: char, how: u8) -> String {
    let code = u32::from(character);
    match (how, character) {
        (0, '\n') => "\\n".to_owned(),
        (0, '\t') => "\\t".to_owned(),
        (0, '"') => "\\\"".to_owned(),
        (0, '\\') => "\\\\".to_owned(),
        (0 | 1, _) if code < 0x1_0000 => format!("\\u{code:04X}"),
        _ => format!("\\U{code:08x}"),
    }
}

fn piece(kind: Kind, character: char, how: u8) -> Option<(String, Option<char>)> {
    let plain = (character.to_string(), Some(character));
    let control = character.is_ascii_control() && character != '\t';
    match kind {
        Kind::Basic if control || "\"\\".contains(character) || how < 3 => {
            Some((escaped(character, how), Some(character)))
        }
        Kind::MultiLineBasic if how == 0 => Some(("\\ \r\n \t".to_owned(), None)),
        Kind::MultiLineBasic if how == 1 || (control && character != '\n') || "\"\\".contains(character) => {
            Some((escaped(character, how), Some(character)))
        }
        Kind::Literal if control || character == '\'' => None,
        Kind::MultiLineLiteral if (control && character != '\n') || character == '\'' => None,
        _ => Some(plain),
    }
}

fn pieces() -> impl Strategy<Value = (Kind, Pieces)> {
    let kind = prop::sample::select(vec![Kind::Basic, Kind::MultiLineBasic, Kind::Literal, Kind::MultiLineLiteral]);
    let characters = prop_oneof![
        any::<char>(),
        prop::sample::select(vec!['a', ' ', '\n', '\t', '"', '\'', '\\', 'é', '漢', '\u{1F600}', '\u{1}']),
    ];
    (kind, prop::collection::vec((characters, 0u8..6), 0..12)).prop_map(|(kind, characters)| {
        let mut pieces = Pieces::new();
        for (character, how) in characters {
            let Some((text, decoded)) = piece(kind, character, how) else {
                continue;
            };
            // White space after a backslash at a line's end belongs to it, so that it must not come next.
            let after_line_end = pieces.last().is_some_and(|(_, decoded)| decoded.is_none());
            if after_line_end && text.starts_with([' ', '\t', '\n', '\r']) {
                continue;
            }
            pieces.push((text, decoded));
        }
        (kind, pieces)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn each_character_of_each_kind_of_string_maps_to_its_own_bytes((kind, pieces) in pieces(), first_newline in 0usize..3) {
        let (open, close) = match kind {
            Kind::Basic => ("\"", "\""),
            Kind::Literal => ("'", "'"),
            Kind::MultiLineBasic => ("\"\"\"", "\"\"\""),
            Kind::MultiLineLiteral => ("'''", "'''"),
        };
        let trimmed = match kind {
            Kind::Basic | Kind::Literal => "",
            // Without it a newline that belongs to the string would be trimmed.
            _ => ["\n", "\r\n", "\n"][first_newline],
        };
        let mut text = format!("x = {open}{trimmed}");
        let mut decoded = String::new();
        let mut expected = Vec::new();
        for (raw, character) in &pieces {
            if let Some(character) = character {
                expected.push((decoded.len()..decoded.len() + character.len_utf8(), text.len()..text.len() + raw.len()));
                decoded.push(*character);
            }
            text.push_str(raw);
        }
        text.push_str(close);
        let document = parse(&text);
        prop_assert_eq!(document.value()["x"].as_str(), Some(decoded.as_str()));
        for (range, span) in &expected {
            prop_assert_eq!(document.within("/x", range.clone()).span, span.clone());
        }
        if let (Some((first, from)), Some((last, to))) = (expected.first(), expected.last()) {
            prop_assert_eq!(document.within("/x", first.start..last.end).span, from.start..to.end);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[\\PC\n\r\t\"'\\[\\]{}=.,#\\\\]{0,60}") {
        let _ = super::super::Document::parse(crate::source::SourceFile::from_text("shelf.toml", text));
    }
}
