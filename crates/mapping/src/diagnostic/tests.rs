use std::sync::Arc;

use proptest::prelude::*;

use super::suggest::{did_you_mean, suggest};
use super::{Code, Diagnostic, Diagnostics, Severity, UnknownCode, json, pretty};
use crate::source::{Place, SourceFile};

fn file(text: &str) -> Arc<SourceFile> {
    SourceFile::from_text("shelves/shelf.toml", text)
}

fn rendered(diagnostics: &[Diagnostic]) -> String {
    pretty::render(diagnostics, false)
}

#[test]
fn a_diagnostic_is_shown_with_all_that_it_says() {
    let shelf = file("[shelf]\ncolour = 'red'\n\n[shelf.top]\ncolour = 'red'\n");
    let other = SourceFile::from_text("shelves/books.toml", "[books]\n");
    let diagnostic = Diagnostic::error(Code::TwoOwners, Place::new(&shelf, 36..42), "two entries own `colour`")
        .with_label("owned here")
        .with_related(Place::new(&shelf, 8..14), "and here")
        .with_related(Place::new(&other, 1..6), "books have none")
        .with_note("each atom is owned once")
        .with_help("remove one of them");
    insta::assert_snapshot!(rendered(&[diagnostic]), @r#"
    error[two-owners]: two entries own `colour`
     --> shelves/shelf.toml:5:1
      |
    2 | colour = 'red'
      | ------ and here
    ...
    5 | colour = 'red'
      | ^^^^^^ owned here
      |
     ::: shelves/books.toml:1:2
      |
    1 | [books]
      |  ----- books have none
      |
      = note: each atom is owned once
      = help: remove one of them

    error: 1 error
    "#);
}

#[test]
fn a_warning_alone_is_counted_as_a_warning() {
    let shelf = file("colour = 'red'\n");
    let diagnostic = Diagnostic::new(Code::UnusedName, Place::new(&shelf, 0..6), "`colour` is never used");
    insta::assert_snapshot!(rendered(&[diagnostic]), @r#"
    warning[unused-name]: `colour` is never used
     --> shelves/shelf.toml:1:1
      |
    1 | colour = 'red'
      | ^^^^^^

    warning: 1 warning
    "#);
}

#[test]
fn nothing_is_shown_where_there_is_nothing() {
    assert_eq!(rendered(&[]), "");
}

#[test]
fn wide_characters_tabs_crlf_and_control_characters_keep_the_marks_in_place() {
    let shelf = file("\tx = \"漢\u{1b}字\"\r\n\ty = '''\r\na\r\n'''\r\n");
    let at = |span| Diagnostic::error(Code::BadValue, Place::new(&shelf, span), "not\u{1b}[31m allowed");
    insta::assert_snapshot!(rendered(&[at(10..13), at(21..32)]), @r#"
    error[bad-value]: not␛[31m allowed
     --> shelves/shelf.toml:1:9
      |
    1 |     x = "漢␛字"
      |             ^^

    error[bad-value]: not␛[31m allowed
     --> shelves/shelf.toml:2:6
      |
    2 |       y = '''
      |  _________^
    3 | | a
    4 | | '''
      | |___^

    error: 2 errors
    "#);
}

#[test]
fn an_empty_file_and_a_span_beyond_the_file_are_shown() {
    let empty = Diagnostic::error(Code::MissingKey, Place::new(&file(""), 0..0), "empty");
    let beyond = Diagnostic::error(Code::MissingKey, Place::new(&file("x = 'é'\n"), 70..90), "beyond");
    let inside = Diagnostic::error(Code::MissingKey, Place::new(&file("x = 'é'\n"), 6..7), "inside");
    insta::assert_snapshot!(rendered(&[empty, beyond, inside]), @r#"
    error[missing-key]: empty
     --> shelves/shelf.toml:1:1
      |
    1 |
      | ^

    error[missing-key]: beyond
     --> shelves/shelf.toml:2:1
      |
    2 |
      | ^

    error[missing-key]: inside
     --> shelves/shelf.toml:1:6
      |
    1 | x = 'é'
      |      ^

    error: 3 errors
    "#);
}

#[test]
fn long_lines_and_long_spans_are_cut() {
    let long = file(&format!("x = '{}'\ny = [\n{}]\n", "a".repeat(5000), "1,\n".repeat(100)));
    let line = Diagnostic::error(Code::BadValue, Place::new(&long, 2500..2503), "in a long line");
    let span = Diagnostic::error(Code::BadValue, Place::new(&long, 5011..5313), "over many lines");
    insta::assert_snapshot!(rendered(&[line, span]), @r#"
    error[bad-value]: in a long line
     --> shelves/shelf.toml:1:2501
      |
    1 | ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...
      |                                                                   ^^^

    error[bad-value]: over many lines
     --> shelves/shelf.toml:2:5
      |
    2 | y = [
      |     ^

    error: 2 errors
    "#);
}

#[test]
fn colours_are_added_where_they_are_asked_for() {
    let shelf = file("colour = 'red'\n");
    let diagnostics = [Diagnostic::error(Code::BadValue, Place::new(&shelf, 0..6), "no")];
    let coloured = pretty::render(&diagnostics, true);
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    assert_ne!(coloured, plain);
    assert_eq!(plain, rendered(&diagnostics));
}

#[test]
fn json_has_every_member() {
    let shelf = file("é = 'red'\nb = '''\nx'''\n");
    let diagnostic = Diagnostic::error(Code::BadValue, Place::new(&shelf, 15..23), "no")
        .with_related(Place::new(&shelf, 0..2), "here")
        .with_note("a note")
        .with_help("do it");
    let warning = Diagnostic::new(Code::UnusedName, Place::new(&shelf, 0..2), "unused").with_label("it");
    let expected = serde_json::json!({
        "schema_version": 1,
        "diagnostics": [
            {
                "code": "bad-value", "severity": "error", "message": "no", "file": "shelves/shelf.toml",
                "line": 2, "column": 5, "end_line": 3, "end_column": 5, "offset": 15, "length": 8,
                "label": null, "help": "do it", "notes": ["a note"],
                "related": [{
                    "message": "here", "file": "shelves/shelf.toml",
                    "line": 1, "column": 1, "end_line": 1, "end_column": 2, "offset": 0, "length": 2
                }]
            },
            {
                "code": "unused-name", "severity": "warning", "message": "unused", "file": "shelves/shelf.toml",
                "line": 1, "column": 1, "end_line": 1, "end_column": 2, "offset": 0, "length": 2,
                "label": "it", "help": null, "notes": [], "related": []
            }
        ],
        "errors": 1,
        "warnings": 1
    });
    assert_eq!(json::render(&[diagnostic, warning]).to_string(), expected.to_string());
}

#[test]
fn a_collection_is_sorted_and_has_each_finding_once() {
    let (one, two) = (SourceFile::from_text("a", "xyz"), SourceFile::from_text("b", "xyz"));
    let at = |file, start, code, text: &str| Diagnostic::new(code, Place::new(file, start..3), text);
    let mut all = Diagnostics::new();
    all.push(at(&two, 0, Code::BadValue, "no"));
    all.push(at(&one, 1, Code::UnusedName, "no"));
    all.push(at(&one, 1, Code::BadValue, "yes"));
    all.push(at(&one, 1, Code::BadValue, "no"));
    all.push(at(&one, 1, Code::BadValue, "yes").with_help("second"));
    assert_eq!((all.len(), all.errors(), all.warnings(), all.has_errors()), (5, 4, 1, true));
    let sorted: Vec<String> = all.into_vec().iter().map(ToString::to_string).collect();
    let expected = [
        "a:1:2: error[bad-value]: no",
        "a:1:2: error[bad-value]: yes",
        "a:1:2: warning[unused-name]: no",
        "b:1:1: error[bad-value]: no",
    ];
    assert_eq!(sorted, expected);
    assert!(!Diagnostics::from(at(&one, 0, Code::UnusedName, "no")).has_errors());
}

#[test]
fn a_name_is_suggested_only_when_it_is_near() {
    let names = ["colour", "width", "a", "shelves"];
    let table = [
        ("colour", Some("colour")),
        ("color", Some("colour")),
        ("COLOUR", Some("colour")),
        ("cloour", Some("colour")),
        ("coloring", None),
        ("widht", Some("width")),
        ("wdth", Some("width")),
        ("wd", None),
        ("shelf", None),
        ("b", None),
        ("ab", Some("a")),
        ("", None),
    ];
    for (word, expected) in table {
        assert_eq!(suggest(word, names), expected, "{word}");
    }
    assert_eq!(suggest("bat", ["cat", "hat"]), Some("cat"));
    assert_eq!(suggest("colour", ["colours", "colour"]), Some("colour"));
    for (word, opposite) in [
        ("qualified", "unqualified"),
        ("Unpaid", "paid"),
        ("visible", "In visible"),
        ("allow", "disallow"),
        ("zero", "non-zero"),
    ] {
        assert_eq!(suggest(word, [opposite]), None, "{word} is the opposite of {opposite}");
        assert_eq!(did_you_mean(word, [opposite]), format!("known here: {opposite}"));
    }
    assert_eq!(suggest("unqualifed", ["qualified", "unqualified"]), Some("unqualified"));
    assert_eq!(suggest(&"a".repeat(1_000_000), [&*"a".repeat(1_000_000)]), None);
}

#[test]
fn without_a_near_name_the_known_names_are_listed() {
    assert_eq!(did_you_mean("widht", ["width", "colour"]), "did you mean `width`?");
    assert_eq!(did_you_mean("x", ["width", "colour"]), "known here: width, colour");
    assert_eq!(did_you_mean("x", []), "no name is known here");
    let many: Vec<String> = (10..30).map(|n| format!("n{n}")).collect();
    let expected = "known here: n10, n11, n12, n13, n14, n15, n16, n17, n18, n19, n20, n21 and 8 more";
    assert_eq!(did_you_mean("shelf", many.iter().map(String::as_str)), expected);
}

#[test]
fn every_code_is_kebab_case_and_is_found_by_its_text() {
    let mut texts: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    for code in Code::ALL {
        let text = code.as_str();
        assert!(
            text.split('-')
                .all(|part| !part.is_empty()
                    && part.bytes().all(|b| b.is_ascii_alphanumeric() && !b.is_ascii_uppercase())),
            "{text}"
        );
        assert_eq!(text.parse(), Ok(*code));
    }
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), Code::ALL.len());
    assert_eq!("no-such".parse::<Code>(), Err(UnknownCode("no-such".to_owned())));
}

#[test]
fn every_summary_is_one_clause() {
    for code in Code::ALL {
        let summary = code.summary();
        assert!(
            !summary.ends_with('.') && !summary.contains('\n') && summary.starts_with(char::is_lowercase)
                || summary.starts_with("the"),
            "{code}"
        );
    }
    assert_eq!(Code::UnusedName.severity(), Severity::Warning);
}

#[test]
fn every_page_has_a_heading_an_explanation_a_bad_and_a_good_example() {
    for code in Code::ALL {
        let page = code.page();
        assert!(page.starts_with(&format!("# {code}\n\n")), "{code}");
        let parts: Vec<&str> = page.split("\n## ").collect();
        let [text, bad, good] = parts.as_slice() else { panic!("{code} has {} parts", parts.len()) };
        let sentences = text.matches(['.', ':']).count();
        assert!(sentences >= 2, "{code} explains in {sentences} sentences");
        for (part, title) in [(bad, "Bad\n"), (good, "Good\n")] {
            assert!(part.starts_with(title), "{code}");
            assert_eq!(part.matches("\n```").count(), 2, "{code}: {title}");
        }
        for line in page.lines() {
            assert!(line.chars().count() <= 120, "{code}: {line}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn every_span_of_every_text_is_shown_at_its_line_and_column(
        text in "[a-c \t\r\n\"é漢\u{301}\u{1F600}\u{200d}\u{7}\u{85}]{0,60}",
        spans in prop::collection::vec((0usize..90, 0usize..90), 1..4),
    ) {
        let file = SourceFile::from_text("shelf.toml", text);
        let mut places = spans.into_iter().map(|(start, end)| Place::new(&file, start..end));
        let Some(place) = places.next() else { return Ok(()) };
        let shown = format!(" --> {place}\n");
        let diagnostic = Diagnostic::error(Code::BadValue, place, "no").with_label("here");
        let diagnostic = places.fold(diagnostic, |diagnostic, place| diagnostic.with_related(place, "there"));
        prop_assert!(rendered(std::slice::from_ref(&diagnostic)).contains(&shown), "{shown}");
        let _ = (pretty::render(std::slice::from_ref(&diagnostic), true), json::render(&[diagnostic]));
    }
}
