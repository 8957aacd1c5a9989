//! The two backends against each other, on expressions of the kind that mappings use.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::FindingKind::{Forbidden, OneBackendOnly};
use super::super::{
    Backend, EvalError, Limit, Limits, SIGNATURES, Support, audit, default_backend, second_backend, silence_panics,
};

fn input() -> Value {
    json!({
        "colour": "dark red", "title": " Big  Book ", "word": "Ünïcode", "url": "a b&c",
        "empty": "", "zero": 0, "no": false, "nil": null, "num": "42", "price": 12.5, "n": 7,
        "big": 9_007_199_254_740_993_u64, "when": "2024-01-02T03:04:05Z", "ms": 1_704_164_645_000_u64,
        "book": {"title": "T", "tags": ["a", "b", "a"], "one": ["x"], "none": []},
        "shelf": [
            {"kind": "top", "size": 3, "name": "A"},
            {"kind": "low", "size": 1, "name": "B"},
            {"kind": "low", "size": 2, "name": "C"}
        ],
        "single": [{"kind": "top", "size": 3}]
    })
}

/// What both backends agree on, one expression a line.
const ALIKE: &str = r#"colour
$pre & word
book.title
book.missing
missing.deeper
`colour`
book."title"
$
$.colour
shelf.name
shelf[kind = "low"].name
shelf[size > 1 and kind = "low"].name
shelf[name = "A" or name = "B"].size
shelf[0].name
shelf[-1].name
shelf[9].name
single.kind
single[].kind
book.one
book.one[]
book.none
book.tags[$ != "a"]
(shelf.size)[0]
[book.one]
[missing]
[shelf.size]
{"a": colour, "b": missing, "c": nil}
{"list": [shelf[0].name]}
shelf.{"n": name, "k": kind}
shelf.(name & ":" & kind)
shelf.[name, kind]
shelf^(size).name
shelf^(>size).name
shelf@$s.{"n": $s.name}
shelf#$i.{"i": $i, "n": name}
shelf@$s#$i.{"n": $s.name, "i": $i}
colour & "-" & n & missing & nil
n + 1
n * price - 2 / 4
n % 2
-n
n = 7
n = "7"
n != 7
n > 3 and n <= 7
missing = missing
nil = null
"a" in book.tags
empty or no
nil and true
n > 5 ? "big" : n > 2 ? "mid" : "small"
$exists(missing) ? missing : "none"
missing ? 1
($x := 5; $x + n)
($a := 1; ($a := 2); $a)
($f := function($a) { $a & "!" }; $f(colour))
($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(5))
($s := $split(colour, " "); {"first": $s[0], "last": $s[-1]})
($s := $split(colour, " "); $count($s) > 1 ? $join($s[[1..$count($s) - 1]], " "))
$string(n)
$string(no)
$string(nil)
$string(book.tags)
$number(num)
$number(true)
$number("1.50")
$number("x")
$number("")
$join(book.tags)
$join(book.tags, ", ")
$join(missing, ",")
$join(["a", missing, "b"], ",")
$join([1, 2], ",")
$split("a,b,", ",")
$split("", ",")
$split(colour, "")
$split(colour, " ", 1)
$substringBefore(colour, " ")
$substringBefore(colour, "zz")
$substringAfter(colour, " ")
$substringAfter(url, "&")
$uppercase(colour)
$lowercase("ÀÉ")
$trim(title)
$length(word)
$pad("7", -5, "0")
$contains(colour, "red")
$contains(colour, /DARK/i)
$replace("a.b", ".", "-")
$replace(colour, /(\w)d/, "$1!")
$exists(nil)
$exists(book.none)
$not(missing)
$not(zero)
$boolean("0")
$boolean([0])
$count(shelf)
$count(missing)
$sum(shelf.size)
$max(shelf.size)
$min([])
$map(shelf, function($s) { $s.name })
$map(shelf, function($s, $i) { $i })
$map(single, function($s) { $s.kind })
$map(book.tags, $uppercase)
$map(missing, function($s) { $s })
$filter(shelf, function($s) { $s.size > 1 })
$filter(shelf, function($s) { $s.size > 2 })
$filter(shelf, function($s) { $s.size > 9 })
$single(shelf, function($s) { $s.size = 1 })
$sort(book.tags)
$distinct(book.tags)
$sort(shelf, function($a, $b) { $a.size > $b.size })
$merge([{"a": 1}, {"a": 2, "b": 3}])
$round(price)
$round(1.2345, 2)
$floor(-1.5)
$ceil(price)
$abs(-3)
$power(2, 3)
$sqrt(16)
$fromMillis(ms)
$fromMillis(ms, "[Y0001]-[M01]-[D01] [H01]:[m01]:[s01]")
$error("no")
$assert(n = 7, "no")
colour ~> $split(" ") ~> $map($uppercase) ~> $join("-")
shelf ~> $filter(function($s) { $s.size > 1 }) ~> $map(function($s) { $s.name })
book ~> $merge
[1..3].($ * 2)
/* a comment */ colour
"\u00e9" & "\n"
big
9007199254740991
"#;

/// The result, or that it failed: the engines word their errors differently.
fn outcome(backend: &dyn Backend, text: &str) -> Result<Option<Value>, String> {
    let compiled = backend.compile(text, &Limits::default());
    let compiled = compiled.map_err(|_| "does not compile".to_owned())?;
    let bindings = BTreeMap::from([("pre".to_owned(), json!("dark "))]);
    compiled.eval(&input(), &bindings).map_err(|error| match error {
        EvalError::Panicked(message) => format!("panicked: {message}"),
        _ => "fails".to_owned(),
    })
}

#[test]
fn the_backends_agree_on_what_mappings_use() {
    silence_panics();
    assert!(ALIKE.lines().count() > 80);
    for text in ALIKE.lines() {
        let first = outcome(default_backend(), text);
        assert_eq!(first, outcome(second_backend(), text), "{text}");
        let reported = audit(text).findings;
        let differing = reported.iter().find(|found| matches!(found.kind, OneBackendOnly | Forbidden));
        assert_eq!(differing, None, "{text}");
    }
}

#[test]
fn what_the_audit_reports_does_differ() {
    silence_panics();
    for text in [
        "$$.colour",
        "missing ?? 1",
        "zero ?: 1",
        "shelf.size.%.name",
        "$average([1, 3])",
        "$clone(book)",
        "$type(n)",
        "$spread(book)",
        "$sift(book, function($v) { $v = \"T\" })",
        "$encodeUrl(url)",
        "$encodeUrlComponent(url)",
        "$decodeUrl(url)",
        "$decodeUrlComponent(url)",
        "$formatBase(255, 16)",
        "$formatNumber(1, \"0\")",
        "$formatInteger(1, \"w\")",
        "$parseInteger(\"1\", \"0\")",
        "$substring(word, 1)",
        "$substring(colour, 100)",
        "$match(colour, /zz/)",
        "$base64encode(word)",
        "$base64decode(\"w6k=\")",
        "$toMillis(\"02/01/2024\", \"[D01]/[M01]/[Y0001]\")",
        "$reduce([\"a\", \"b\"], function($x, $y) { $x & $y })",
        "colour.$uppercase()",
        "($p := $contains(?, \"red\"); $p(colour))",
        "(function($a) { $a })(colour)",
        "($f := function($a)<s:s> { $a }; $f(colour))",
        "shelf^(kind, name).name",
        "shelf ~> |$[size > 1]|{\"big\": true}|",
        "$string({\"b\": 1, \"a\": [1 / 3]})",
        "$lookup(book, missing)",
        "[[][0], colour]",
        "$reduce(n, function($x, $y) { $x & $y }, \"\")",
        "$map([{\"b\": 1 / 3, \"a\": 2}], $string)",
        "{missing: 1}",
        "shelf{missing: size}",
        "zero / $count(book.none)",
        "n % zero",
        "$append(colour, [])",
        "$reverse(colour)",
        "$zip([1, 2], 3)",
        "$toMillis(\"soon\")",
        "$split(\"ab\", /(\\w)(\\w)/)",
        "$pad(colour, 12.5)",
        "$replace(colour, \"d\", \"D\", 0.5)",
        "$replace(\"\", \"d\", missing)",
        "$filter(shelf, function($s) { $exists($s) })",
        "\"\" & (1000 / 7)",
    ] {
        let first = outcome(default_backend(), text);
        assert_ne!(first, outcome(second_backend(), text), "{text}");
        let reported = audit(text).findings;
        let reported = reported.iter().any(|found| found.kind == OneBackendOnly);
        assert!(reported, "{text}");
    }
}

#[test]
fn the_second_backend_has_exactly_the_functions_that_the_table_says() {
    silence_panics();
    for signature in SIGNATURES {
        let text = format!("$count([${}]) = 1", signature.name);
        let found = outcome(second_backend(), &text);
        let has = match signature.support {
            Support::DefaultOnly => false,
            Support::Forbidden(_) => !matches!(signature.name, "eval" | "shuffle"),
            _ => true,
        };
        assert_eq!(found, Ok(Some(json!(has))), "{text}");
    }
}

#[test]
fn the_input_is_data_and_never_code() {
    let input = json!({"a": "$error('run')", "$error('run')": 1, "b": "\\\"}) ($error('run')"});
    for text in ["a", "b", "`$error('run')`", "$"] {
        let eval = |backend: &dyn Backend| {
            let compiled = backend.compile(text, &Limits::default());
            compiled.expect("compiles").eval(&input, &BTreeMap::new())
        };
        assert_eq!(eval(second_backend()), eval(default_backend()), "{text}");
    }
}

#[test]
fn a_panic_of_the_second_backend_is_caught() {
    silence_panics();
    let compiled = second_backend().compile("$substring(a, 9)", &Limits::default());
    assert_eq!(
        compiled.expect("compiles").eval(&json!({"a": "b"}), &BTreeMap::new()),
        Err(EvalError::Panicked("start byte index 9 is out of bounds of `b`".to_owned()))
    );
}

#[test]
fn a_text_cannot_leave_the_wrapping() {
    for text in ["1}.{\"r\": 2", "1, \"r\": 2", "1} /*", "1 /* } */ /*"] {
        let compiled = second_backend().compile(text, &Limits::default());
        assert!(compiled.is_err(), "{text}");
    }
}

#[test]
fn the_second_backend_bounds_what_it_is_handed() {
    silence_panics();
    let refused = |text: &str| {
        let compiled = second_backend().compile(text, &Limits::default());
        compiled.expect_err("is refused").message
    };
    assert_eq!(refused(&"(".repeat(41)), "the expression nests more than 40 deep");
    assert_eq!(refused(&" ".repeat(4097)), "the expression has more than 4096 bytes");
    let deep = format!("{}1{}", "(".repeat(40), ")".repeat(40));
    assert_eq!(outcome(second_backend(), &deep), Ok(Some(json!(1))));
    for chain in ["-".repeat(4000), "1+".repeat(2000), "a?b:".repeat(1000)] {
        let message = outcome(second_backend(), &format!("{chain}1"));
        assert!(message.is_ok() || message == Err("fails".to_owned()), "{chain}");
    }
    let recursion = "($f := function($n) { 1 + $f($n) }; $f(1))";
    let compiled = second_backend().compile(recursion, &Limits::default());
    assert_eq!(compiled.expect("compiles").eval(&Value::Null, &BTreeMap::new()), Err(EvalError::Limit(Limit::Depth)));
}
