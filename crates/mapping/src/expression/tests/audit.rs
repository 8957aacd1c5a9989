//! What an audit says, with exact ranges.

use std::ops::Range;

use super::super::FindingKind::{Arity, Forbidden, LargeInteger, OneBackendOnly, Syntax, Truthiness, UnknownFunction};
use super::super::{Audit, Finding, FindingKind, Read, audit};

/// Kind and characters of each finding.
fn findings(text: &str) -> Vec<(FindingKind, &str)> {
    let found = audit(text).findings.into_iter();
    found.map(|finding| (finding.kind, &text[finding.range])).collect()
}

/// Path and characters of each read.
fn reads(text: &str) -> Vec<(String, &str)> {
    let reads = audit(text).reads.into_iter();
    reads.map(|read| (read.path.join("."), &text[read.range])).collect()
}

fn read(path: &[&str], range: Range<usize>, segments: &[Range<usize>]) -> Read {
    Read { path: path.iter().map(|&name| name.to_owned()).collect(), range, segments: segments.to_vec() }
}

#[test]
fn a_good_expression_has_reads_and_variables_and_no_findings() {
    assert_eq!(
        audit("$before & shelf[kind = \"é\"].`na me`"),
        Audit {
            findings: vec![],
            reads: vec![
                read(&["shelf", "na me"], 10..36, &[10..15, 29..36]),
                read(&["shelf", "kind"], 16..20, &[10..15, 16..20]),
            ],
            texts: vec![read(&["shelf", "na me"], 10..36, &[10..15, 29..36])],
            variables: vec![("before".to_owned(), 0..7)],
        }
    );
}

#[test]
fn a_syntax_error_is_the_only_finding() {
    assert_eq!(
        audit("$uppercas(é) & )"),
        Audit {
            findings: vec![Finding {
                kind: Syntax,
                range: 16..17,
                message: "The symbol \")\" cannot be used as a unary operator".to_owned(),
                help: None,
            }],
            ..Audit::default()
        }
    );
    assert_eq!(findings("a."), [(Syntax, "")]);
    assert_eq!(findings("$contains(a, /[z-a]/)"), [(Syntax, "/[z-a]/")]);
}

#[test]
fn a_misspelt_function_gets_a_suggestion() {
    assert_eq!(
        audit("\"é\" & $uppercas(a.b)"),
        Audit {
            findings: vec![Finding {
                kind: UnknownFunction,
                range: 7..16,
                message: "there is no function `$uppercas`".to_owned(),
                help: Some("did you mean `$uppercase`?".to_owned()),
            }],
            reads: vec![read(&["a", "b"], 17..20, &[17..18, 19..20])],
            ..Audit::default()
        }
    );
    assert_eq!(
        audit("uppercase(colour)").findings,
        [Finding {
            kind: UnknownFunction,
            range: 0..9,
            message: "`uppercase` is a field, and fields cannot be called".to_owned(),
            help: Some("did you mean `$uppercase`?".to_owned()),
        }]
    );
    assert_eq!(audit("$quux(colour)").findings[0].help, None);
    assert_eq!(
        audit("($shout := function($x){$x}; $shoud(1))").findings[0].help,
        Some("did you mean `$shout`?".to_owned())
    );
}

#[test]
fn a_wrong_number_of_arguments_is_named() {
    assert_eq!(
        audit("$count(a, b)").findings,
        [Finding { kind: Arity, range: 0..12, message: "`$count` takes 1 argument, 2 given".to_owned(), help: None }]
    );
    assert_eq!(findings("$split(colour)"), [(Arity, "$split(colour)")]);
    assert_eq!(findings("a & $join()"), [(Arity, "$join()")]);
    assert_eq!(findings("colour ~> $replace(\"a\")"), [(Arity, "$replace(\"a\")")]);
    assert_eq!(findings("colour ~> $split(\" \") ~> $join"), []);
}

#[test]
fn an_argument_from_the_context_is_taken_by_one_backend_only() {
    assert_eq!(
        audit("colour.$uppercase()").findings,
        [Finding {
            kind: OneBackendOnly,
            range: 7..19,
            message: "`$uppercase` takes 1 argument, 0 given: only the default backend takes one \
                      from the context"
                .to_owned(),
            help: Some("write `$` as the first argument".to_owned()),
        }]
    );
    assert_eq!(findings("colour.$uppercase($)"), []);
    assert_eq!(findings("$string(colour)"), []);
}

#[test]
fn what_the_backends_differ_on_is_named() {
    for (text, found) in [
        ("$$.a", "$$"),
        ("a ?? b", "??"),
        ("a.b.%.c", "%"),
        ("$average(a)", "$average"),
        ("$map(a, $type)", "$type"),
        ("$sift(a, function($v){$v = 1})", "$sift"),
        ("$spread(a)", "$spread"),
        ("$substring(a, 1)", "$substring"),
        ("$keys(a)", "$keys"),
        ("$toMillis(a, \"[Y]\")", "$toMillis"),
        ("$toMillis(a)", "$toMillis"),
        ("a.$string()", "$string"),
        ("$map(a, $string)", "$string"),
        ("[a][0]", "[a][0]"),
        ("$lookup(a, \"b\")", "$lookup"),
        ("$append(a, b)", "$append"),
        ("$reverse(a)", "$reverse"),
        ("$zip(a, b)", "$zip"),
        ("$split(a, /b/)", "/b/"),
        ("$pad(a, b)", "b"),
        ("$replace(a, \"b\", c)", "c"),
        ("$replace(a, \"b\", \"c\", 1)", "$replace"),
        ("a / b", "b"),
        ("a % 0", "0"),
        ("c > 0 ? a / b : 1", "b"),
        ("{a: 1}", "a"),
        ("a{b: c}", "b"),
        ("\"\" & (a + 1)", "(a + 1)"),
        ("$string([a])", "[a]"),
        ("($x := {\"b\": a}; $x & \"\")", "$x"),
        ("$filter(a, function($v){$exists($v)})", "$exists($v)"),
        ("_a.b", "_a"),
        ("$reduce(a, function($x, $y){$x & $y})", "$reduce"),
        ("$contains(?, \"x\")", "$contains(?, \"x\")"),
        ("function($a)<s:s>{$a}", "<s:s>"),
        ("(function($a){$a})(b)", "(function($a){$a})"),
        ("a ~> |$|{\"b\": 1}|", "|$|{\"b\": 1}|"),
        ("a.*", "*"),
        ("a.**.b", "**"),
        ("a^(b, >c)", "^(b, >c)"),
    ] {
        assert_eq!(findings(text), [(OneBackendOnly, found)], "{text}");
    }
    for text in ["a@$x.{\"b\": $x}", "a#$i.{\"b\": $i}", "$contains(a, /b/)"] {
        assert_eq!(findings(text), [], "{text}");
    }
    for text in [
        "$count(a) > 0 ? $sum(a) / $count(a)",
        "b != 0 ? a % b : 0",
        "a / 2",
        "{\"a\": 1, \"b\" & c: 2}",
        "a & $count(b) & $floor(c / 2)",
        "$pad(a, -5, \"0\")",
        "$replace(a, \"b\", \"\" & c)",
        "$sort(a, function($x, $y){$x > $y})",
        "$filter(a, function($v){$exists($v.b) = true})",
        "$map(a, function($v){$exists($v)})",
        "`_a`.b",
    ] {
        assert_eq!(findings(text), [], "{text}");
    }
}

#[test]
fn clock_chance_and_text_as_code_are_forbidden() {
    for name in ["$now", "$millis", "$random", "$uuid"] {
        assert_eq!(findings(&format!("{name}()")), [(Forbidden, name)]);
    }
    assert_eq!(findings("$eval(a)"), [(Forbidden, "$eval")]);
    assert_eq!(findings("$shuffle(a)"), [(Forbidden, "$shuffle")]);
}

#[test]
fn integers_that_are_rounded_are_named() {
    assert_eq!(
        findings("[9007199254740991, 9007199254740993, -9007199254740992]"),
        [(LargeInteger, "9007199254740993"), (LargeInteger, "-9007199254740992"),]
    );
    assert_eq!(findings("$number(book.id)"), [(LargeInteger, "book.id")]);
    assert_eq!(findings("shelf_id + 1"), [(LargeInteger, "shelf_id")]);
    assert_eq!(findings("\"books/\" & id"), []);
    assert_eq!(findings("$number(width)"), []);
}

#[test]
fn truthiness_of_a_field_is_named_and_that_of_a_test_is_not() {
    assert_eq!(findings("a.b ? 1 : 2"), [(Truthiness, "a.b")]);
    assert_eq!(findings("a and $exists(b) or c"), [(Truthiness, "a"), (Truthiness, "c")]);
    assert_eq!(findings("a ?: b"), [(Truthiness, "a"), (OneBackendOnly, "?:")]);
    assert_eq!(findings("$exists(a) ? a : b = 1 ? 2 : 3"), []);
    assert_eq!(findings("shelf[kind = 1] ? 1 : 2"), []);
    assert_eq!(findings("($x := a = 1; $x ? 1 : 2)"), []);
    assert_eq!(findings("($x := a; $x ? 1 : 2)"), [(Truthiness, "$x")]);
}

#[test]
fn paths_are_followed_through_variables_and_functions() {
    let cases: [(&str, &[(&str, &str)]); 8] = [
        ("($in := $; $in.book.title)", &[("book.title", "book.title")]),
        ("($x := book; $x.title)", &[("book", "book"), ("book.title", "title")]),
        (
            "shelf ~> $filter(function($s){$s.size}) ~> $map(function($s){$s.name})",
            &[("shelf", "shelf"), ("shelf.size", "size"), ("shelf.name", "name")],
        ),
        ("($exists(a) ? a : b).c", &[("a", "a"), ("a", "a"), ("b", "b"), ("a.c", "c"), ("b.c", "c")]),
        ("a.b.(c & d)", &[("a.b", "a.b"), ("a.b.c", "c"), ("a.b.d", "d")]),
        ("a@$x.{\"k\": $x.b}", &[("a", "a"), ("a.b", "b")]),
        ("a{b: c}", &[("a", "a"), ("a.b", "b"), ("a.c", "c")]),
        ("$string($)", &[("", "$")]),
    ];
    for (text, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|&(path, at)| (path.to_owned(), at)).collect();
        assert_eq!(reads(text), expected, "{text}");
    }
}

#[test]
fn a_path_that_is_too_long_is_read_from_its_64th_name_down() {
    let text = vec!["a"; 70].join(".");
    let expected = vec!["a"; 64].join(".");
    assert_eq!(reads(&text), [(expected, text.as_str())]);
}

#[test]
fn local_variables_are_neither_reads_nor_expected() {
    let text = "($f := function($a){$g($a) & $y}; $g := function($b){$b}; $f($x))";
    assert_eq!(audit(text).variables, [("y".to_owned(), 29..31), ("x".to_owned(), 61..63)]);
    assert_eq!(audit("($x := $x; $x)").variables, [("x".to_owned(), 7..9)]);
}

#[test]
fn what_the_walk_cannot_trace_is_read_by_the_whole_text() {
    let text = "shelf.{\"p\": %.colour}";
    assert_eq!(reads(text), [("shelf".to_owned(), "shelf"), ("colour".to_owned(), text)]);
}
