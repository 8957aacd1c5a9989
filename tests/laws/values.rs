//! Single values: plain ones mostly, and every kind that systems of this sort are known to lose.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use serde_json::{Value, json};

use crate::hints::Custom;

/// Texts that something on the way might take for something else.
const ODD: &[&str] = &[
    "",
    " ",
    "  blanks around  ",
    "two  blanks",
    "007",
    "0",
    "-0",
    "1e3",
    "1234567890123456789",
    "12345678901234567890",
    "null",
    "true",
    "{}",
    "[]",
    "{id}",
    "\"quoted\"",
    "back\\slash",
    "a/b~c~0~1",
    "50% & more + = ?#",
    "<b>&amp;</b>",
    "one\ntwo",
    "one\r\ntwo",
    "tab\there",
    "a;b;c",
    "a,b",
    "'single'",
    "e\u{301}",
    "é",
    "Łódź",
    "日本語",
    "👩‍🚀",
    "\u{feff}bom",
    "\u{202e}turned",
    "\u{a0}",
    "\u{0}",
    "İ ı ß ﬀ",
    "x",
    " x",
    "5 x",
    "a x b",
    "/systemusers(1)",
    "1-users",
    "$ref",
    "__proto__",
    "undefined",
    "NaN",
    // Composed and decomposed, and a mark with nothing below it.
    "\u{1e69}",
    "s\u{307}\u{323}",
    "s\u{323}\u{307}",
    "\u{301}",
    "\u{212b}\u{c5}A\u{30a}",
    "Z\u{351}\u{36b}\u{343}a\u{36a}\u{302}",
    // Read from the right, and marks that turn.
    "שלום",
    "مرحبا 123 abc",
    "\u{200f}\u{2067}abc\u{2069}",
    // Joined and not joined, flags, variants, colours of skin.
    "a\u{200d}b\u{200c}c",
    "👨‍👩‍👧‍👦",
    "🇩🇪🇯",
    "❤\u{fe0f}❤",
    "👍🏽",
    // Beside the surrogates, and beyond the first plane.
    "\u{d7ff}\u{e000}",
    "\u{ffff}",
    "\u{fffe}",
    "\u{fdd0}",
    "\u{10ffff}",
    "\u{10000}",
    "\u{1f3}",
    // What is not seen, and what ends lines elsewhere.
    "\u{200b}",
    "\u{2028}\u{2029}",
    "\u{85}",
    "\u{7f}",
    "a\u{feff}b",
    "\u{fffd}",
    "\u{ad}",
    "İSTANBUL",
    "false",
    "[object Object]",
    "\\u0041",
    "%00",
    "'; --",
];

/// Instants in every form of RFC 3339, and some that are none.
const INSTANTS: &[&str] = &[
    "2024-02-29T12:00:00Z",
    "2024-02-29T23:59:59.999999999+05:30",
    "1969-12-31T23:59:59.5-11:00",
    "2024-03-31T02:30:00+02:00",
    "0001-01-01T00:00:00Z",
    "2016-12-31T23:59:60Z",
    "yesterday",
    "2024-02-30T00:00:00Z",
    "",
];

/// A text: short and plain as a rule, sometimes odd, rarely longer than providers take.
pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        8 => pattern("[A-Z][a-z]{0,9}( [a-z]{1,6})?"),
        6 => select(ODD).prop_map(str::to_owned),
        2 => proptest::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter),
        1 => (select(&[21_usize, 51, 101, 201, 301, 2_001, 65_537][..]), select(&["y", "é", "👩"][..])).prop_map(|(n, c)| c.repeat(n)),
    ]
    .boxed()
}

/// A telephone number or something in its place.
pub(crate) fn number() -> BoxedStrategy<String> {
    prop_oneof![
        6 => pattern("\\+?[0-9]{3,12}"),
        2 => select(&["0049 30 1", "+49 (30) 5550100", "007", "a x b", "5 x7", " x7", "5 x", "1 x2 x3", "5x7"][..]).prop_map(str::to_owned),
        1 => text(),
    ]
    .boxed()
}

/// An e-mail address or something in its place.
pub(crate) fn email() -> BoxedStrategy<String> {
    prop_oneof![
        8 => pattern("[a-z]{1,8}(\\.[a-z]{1,4})?(\\+[a-z]{1,3})?@[a-z]{2,8}\\.example"),
        1 => select(&["JANE@EXAMPLE.COM", "ünïcode@exämple.test", "oskar@example.net", "two@a@b.test", "no-address"][..]).prop_map(str::to_owned),
        1 => text(),
    ]
    .boxed()
}

/// An instant, or a text in its place.
pub(crate) fn instant() -> BoxedStrategy<Value> {
    prop_oneof![4 => select(&INSTANTS[..5]), 1 => select(INSTANTS)].prop_map(Value::from).boxed()
}

/// A whole number: mostly one that providers take, sometimes one at the ends of 53 and 64 bits.
pub(crate) fn integer() -> BoxedStrategy<Value> {
    let ends = select(&[-1, 1_000_001, 9_007_199_254_740_993, 1_234_567_890_123_456_789, i64::MAX, i64::MIN][..]);
    prop_oneof![8 => (0..=1_000_000_i64).prop_map(Value::from), 2 => Just(Value::from(0)), 1 => ends.prop_map(Value::from)].boxed()
}

/// A value of a custom key: mostly of the key's own type, sometimes of any other.
pub(crate) fn custom(kind: Custom) -> BoxedStrategy<Value> {
    let other = select(vec![
        json!("text"),
        json!(""),
        json!(7),
        json!(0),
        json!(true),
        json!(false),
        json!({"a": {"b": [1, null]}}),
        json!({"a": {"b": {"c": [{"d": "\u{10ffff}"}, [], [[0]], ""]}}}),
        json!([]),
        json!(["a"]),
        json!([null]),
        json!({}),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(-0.0),
    ]);
    prop_oneof![12 => custom_of(kind), 1 => other, 2 => Just(Value::Null)].boxed()
}

/// A value of a custom key's own type.
pub(crate) fn custom_of(kind: Custom) -> BoxedStrategy<Value> {
    match kind {
        Custom::Text => text().prop_map(Value::from).boxed(),
        Custom::Number => prop_oneof![
            4 => (0..=100_i64).prop_map(Value::from),
            1 => Just(Value::from(0)),
            1 => select(vec![json!(1_234_567_890_123_456_789_i64), json!(u64::MAX), json!(0.1), json!(-1.5), json!(1.0), json!(1e21), json!("12"), json!("007")]),
        ]
        .boxed(),
        Custom::Truth => select(vec![json!(true), json!(false), json!("true"), json!("yes")]).boxed(),
        Custom::Date => select(vec![json!("2024-02-29"), json!("1969-12-31"), json!("2023-02-29")]).boxed(),
        Custom::Moment | Custom::Utc => instant(),
        Custom::One(legal) | Custom::Instant(legal) => select(legal).prop_map(Value::from).boxed(),
        Custom::Json(legal) | Custom::Kept(legal, _) => {
            select(legal).prop_map(|json| serde_json::from_str(json).expect("a value in JSON")).boxed()
        }
        Custom::Some(legal) => proptest::sample::subsequence(legal, 1..=legal.len()).prop_map(|some| some.join(";").into()).boxed(),
        Custom::List(legal) => proptest::sample::subsequence(legal, 0..=legal.len()).prop_map(Value::from).boxed(),
    }
}

/// Texts that match a pattern.
fn pattern(pattern: &str) -> BoxedStrategy<String> {
    string_regex(pattern).expect("a pattern").boxed()
}
