use super::super::{DEEPEST, Document, MOST_SYNTAX_ERRORS};
use super::{lines, parse};
use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

fn refused(text: &str) -> Vec<Diagnostic> {
    match Document::parse(SourceFile::from_text("shelf.toml", text)) {
        Ok(document) => panic!("{text:?} parses: {:?}", document.value()),
        Err(diagnostics) => diagnostics,
    }
}

#[test]
fn every_line_with_a_syntax_error_is_reported() {
    let text = "a = 1\na = 2\nb =\nc = \"\\q\"\nd = red\n[e\nf = 1\n";
    let expected = [
        "2:1 toml-syntax: duplicate key -> each key and each table's header stands once in a file",
        "3:4 toml-syntax: a value is missing",
        "4:7 toml-syntax: missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\\`, `\"`, `x`, `u`, `U` -> in single quotes a backslash is a plain character: 'a\\b'",
        "5:5 toml-syntax: string values must be quoted, expected literal string -> write it as a string: \"red\"",
        "6:3 toml-syntax: unclosed table, expected `]`",
    ];
    assert_eq!(lines(&refused(text)), expected);
}

#[test]
fn dates_and_times_are_strings() {
    let text = "a = 2020-01-02\nb = [1979-05-27T07:32:00Z, 07:32:00]\n";
    let expected = [
        "1:5 toml-date-time: dates and times are written as strings -> write it as a string: \"2020-01-02\"",
        "2:6 toml-date-time: dates and times are written as strings -> write it as a string: \"1979-05-27T07:32:00Z\"",
        "2:28 toml-date-time: dates and times are written as strings -> write it as a string: \"07:32:00\"",
    ];
    assert_eq!(lines(&refused(text)), expected);
}

#[test]
fn numbers_that_json_cannot_hold_exactly_are_refused() {
    let text = "a = 9223372036854775808\nb = 0xFFFFFFFFFFFFFFFF\nc = nan\nd = -inf\ne = 1e999\n";
    let help = "where the digits matter more than the value, write it as a string";
    let expected = [
        format!("1:5 toml-number: the integer does not fit into 64 bits with sign -> {help}"),
        format!("2:5 toml-number: the integer does not fit into 64 bits with sign -> {help}"),
        format!("3:5 toml-number: the number is not finite -> {help}"),
        format!("4:5 toml-number: the number is not finite -> {help}"),
        format!("5:5 toml-number: the number is not finite -> {help}"),
    ];
    assert_eq!(lines(&refused(text)), expected);
}

#[test]
fn the_greatest_integers_are_exact() {
    let document = parse("a = 9_223_372_036_854_775_807\nb = 0x7fffffffffffffff\nc = 9007199254740993\n");
    let expected = r#"{"a":9223372036854775807,"b":9223372036854775807,"c":9007199254740993}"#;
    assert_eq!(document.value().to_string(), expected);
}

#[test]
fn a_refused_value_and_a_syntax_error_are_reported_together() {
    let text = "a = 2020-13-01\nb = 2020-01-01\nc =\n";
    let expected = [
        "1:5 toml-syntax: invalid date, expected month between 01 and 12",
        "2:5 toml-date-time: dates and times are written as strings -> write it as a string: \"2020-01-01\"",
        "3:4 toml-syntax: a value is missing",
    ];
    assert_eq!(lines(&refused(text)), expected);
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| format!("x = {}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(parse(&nested(DEEPEST - 1)).place("/x").span.start, 4);
    let expected = ["1:68 toml-nesting: more than 64 tables and arrays lie inside each other"];
    assert_eq!(lines(&refused(&nested(DEEPEST))), expected);
}

#[test]
fn no_nesting_overflows_the_stack() {
    let brackets = format!("x = {}", "[".repeat(200_000));
    let tables = format!("x = {}", "{x=".repeat(200_000));
    let keys = format!("{}x = 1", "x.".repeat(200_000));
    let header = format!("[{}x]", "x.".repeat(200_000));
    let key = format!("{}x", "x.".repeat(70));
    let open = format!("{{ {key} = ").repeat(70);
    let mixed = format!("{key} = {open}1{}", "}".repeat(70));
    let twice = format!("{mixed}\n{mixed}\n");
    for text in [brackets, tables, keys, header, mixed, twice] {
        assert!(!refused(&text).is_empty());
    }
}

#[test]
fn the_number_of_syntax_errors_is_limited() {
    let errors = refused(&"?\n".repeat(MOST_SYNTAX_ERRORS + 7));
    assert_eq!(errors.len(), MOST_SYNTAX_ERRORS);
    let notes: Vec<&str> = errors.iter().flat_map(|error| &error.notes).map(String::as_str).collect();
    assert_eq!(notes, ["7 more lines of this file have syntax errors"]);
}
