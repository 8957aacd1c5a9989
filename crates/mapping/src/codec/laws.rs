//! The laws of the codecs, over generated values.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{Chain, Kind, RawChain, same};

fn chain(written: &Value) -> Chain {
    let raw: RawChain = serde_json::from_value(written.clone()).unwrap();
    Chain::new(&raw).unwrap()
}

/// Runs a property over many values.
fn for_all(values: &BoxedStrategy<Value>, property: impl Fn(Value)) {
    let config = Config { cases: 512, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(values, |value| {
            property(value);
            Ok(())
        })
        .unwrap();
}

/// On the domain: all values are taken and read back as the same, and all that is written is written again.
fn exact(written: &Value, domain: &BoxedStrategy<Value>) {
    let chain = chain(written);
    assert_eq!(chain.loss(), None, "{written}");
    let kind = chain.unified_kind().unwrap_or(Kind::Any);
    for_all(domain, |value| {
        let wire = chain.encode(&value).unwrap();
        let back = chain.decode(&wire).unwrap();
        assert!(same(kind, &back, &value), "{written}: {value} is written {wire} and reads back {back}");
        assert_eq!(chain.encode(&back), Ok(wire), "{written}: {value}");
    });
}

/// On both domains: all values are taken, and settle after one trip.
fn stable(written: &Value, unified: &BoxedStrategy<Value>, wire: &BoxedStrategy<Value>) {
    let chain = chain(written);
    let kind = chain.unified_kind().unwrap_or(Kind::Any);
    for_all(unified, |value| {
        let wire = chain.encode(&value).unwrap();
        let back = chain.decode(&wire).unwrap();
        assert_eq!(chain.encode(&back), Ok(wire), "{written}: {value}");
    });
    for_all(wire, |wire| {
        let value = chain.decode(&wire).unwrap();
        let again = chain.encode(&value).unwrap();
        let back = chain.decode(&again).unwrap();
        assert!(same(kind, &back, &value), "{written}: {wire} reads {value}, then {back}");
    });
}

/// Text of any length and script, with what codecs treat specially.
fn text() -> BoxedStrategy<String> {
    prop_oneof![
        any::<String>(),
        "[a-z0-9;/(){}.-]{0,12}",
        prop::sample::select(vec!["", "İ", "ß", "ΑΣ", "ŉ", "\u{0}", "👩‍👩‍👧", "e\u{301}", "null", "-books", "42-books"])
            .prop_map(str::to_owned),
        (any::<char>(), 0..5000_usize).prop_map(|(c, times)| c.to_string().repeat(times)),
    ]
    .boxed()
}

/// Integers that fit 64 bits.
fn integer() -> BoxedStrategy<Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::sample::select(vec![json!(0), json!(i64::MIN), json!(i64::MAX), json!(u64::MAX)]),
    ]
    .boxed()
}

/// JSON numbers.
fn number() -> BoxedStrategy<Value> {
    prop_oneof![integer(), any::<f64>().prop_filter("JSON has no other", |f| f.is_finite()).prop_map(Value::from)]
        .boxed()
}

/// RFC 3339 texts with a fraction of so many digits; offsets and all years.
fn instant(digits: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Value> {
    let digits = prop::collection::vec(0..10_u8, digits);
    let day = (1..9999_i32, 1..=12_u8, 1..=28_u8);
    let time = (0..24_u8, 0..60_u8, 0..60_u8);
    let offset = prop_oneof![
        Just("Z".to_owned()),
        (prop::bool::ANY, 0..24_u8, 0..60_u8)
            .prop_map(|(ahead, h, m)| { format!("{}{h:02}:{m:02}", if ahead { '+' } else { '-' }) })
    ];
    let any = (day, time, digits, offset).prop_map(|((year, month, day), (h, m, s), digits, offset)| {
        let fraction: String = digits.iter().map(u8::to_string).collect();
        let point = if fraction.is_empty() { "" } else { "." };
        json!(format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}{point}{fraction}{offset}"))
    });
    let edge = prop::sample::select(vec![
        json!("0000-01-01T00:00:00Z"),
        json!("0000-02-29T23:59:59Z"),
        json!("1969-12-31T23:59:59Z"),
        json!("9999-12-31T23:59:59Z"),
        json!("9999-12-31T23:59:59+23:59"),
    ]);
    prop_oneof![9 => any, 1 => edge].boxed()
}

/// JSON values with texts, numbers and dates that codecs look at.
fn any_json() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        text().prop_map(Value::from),
        instant(0..=12),
        number().prop_map(|number| json!(number.to_string())),
        "[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,7})?(Z|[+-][0-2][0-9]:00)?)?"
            .prop_map(Value::from),
        "(https://)?[a-z]{0,3}(/[a-z%0-9]{0,3}){0,3}[?#]?".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner.clone()), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            inner.prop_map(|value| json!(value.to_string())),
        ]
    })
    .boxed()
}

/// One chain for every codec and option, and some of several.
fn chains() -> Vec<Value> {
    vec![
        json!("integer"),
        json!("number"),
        json!("boolean"),
        json!("text"),
        json!("datetime"),
        json!("date"),
        json!("unix"),
        json!("unix_ms"),
        json!("lower"),
        json!("upper"),
        json!("last_segment"),
        json!("json"),
        json!("first"),
        json!({ "affix": "/shelf({})" }),
        json!({ "affix": "aa{}a", "optional": true }),
        json!({ "prefix": "a", "keep": true }),
        json!({ "prefix": "-", "optional": true }),
        json!({ "suffix": "-books" }),
        json!({ "suffix": "-books", "optional": true }),
        json!({ "suffix": "-books", "keep": true }),
        json!({ "split": ";" }),
        json!({ "split": "aa" }),
        json!({ "datetime": "YYYY/MM/DD HH:MM:SS" }),
        json!({ "datetime": "YYYY/MM/DD HH:MM:SS.fffff+00:00" }),
        json!({ "datetime": "YYYY-MM-DD" }),
        json!({ "datetime": "YYYY-MM-DD", "truncate": true }),
        json!({ "datetime": "YYYY-MM-DDTHH:MM:SS.fffZ", "truncate": true }),
        json!(["text", "integer"]),
        json!(["text", "number"]),
        json!(["text", "boolean"]),
        json!(["text", "unix_ms"]),
        json!(["text", "datetime"]),
        json!(["json", "first", "unix"]),
        json!(["first", { "suffix": "-books", "optional": true }, "lower"]),
        json!([{ "split": ";" }, "first"]),
        json!(["first", "last_segment"]),
    ]
}

#[test]
fn no_value_breaks_a_codec_and_whatever_is_taken_settles() {
    let chains: Vec<(Value, Chain)> = chains().into_iter().map(|written| (written.clone(), chain(&written))).collect();
    for_all(&any_json(), |value| {
        for (written, chain) in &chains {
            let kind = chain.unified_kind().unwrap_or(Kind::Any);
            if let Ok(wire) = chain.encode(&value) {
                let back = chain.decode(&wire).unwrap();
                assert_eq!(chain.encode(&back), Ok(wire), "{written}: {value}");
                let exact = chain.loss().is_none() && chain.beyond().is_none();
                assert!(!exact || same(kind, &back, &value), "{written}: {value} reads back {back}");
            }
            if let (Ok(read), false) = (chain.decode(&value), chain.is_read_only()) {
                let Ok(wire) = chain.encode(&read) else {
                    // The first part of a text may be empty, which alone cannot be told from no part.
                    assert_eq!((written, read), (&json!([{ "split": ";" }, "first"]), json!("")));
                    continue;
                };
                let back = chain.decode(&wire).unwrap();
                assert!(same(kind, &back, &read), "{written}: {value} reads {read}, then {back}");
            }
        }
    });
}

#[test]
fn null_stays_null() {
    for written in chains() {
        let chain = chain(&written);
        assert_eq!(chain.decode(&Value::Null), Ok(Value::Null), "{written}");
        assert_eq!(chain.encode(&Value::Null), Ok(Value::Null), "{written}");
    }
}

#[test]
fn integers_are_exact() {
    let digits = integer().prop_map(|integer| json!(integer.to_string())).boxed();
    for written in [json!("integer"), json!(["text", "integer"]), json!(["json", "integer"])] {
        exact(&written, &integer());
        exact(&written, &digits);
    }
}

#[test]
fn numbers_and_booleans_are_exact() {
    for outer in ["text", "json"] {
        exact(&json!([outer, "number"]), &number());
        exact(&json!([outer, "boolean"]), &any::<bool>().prop_map(Value::from).boxed());
    }
    exact(&json!("number"), &number());
    exact(&json!("boolean"), &any::<bool>().prop_map(Value::from).boxed());
}

#[test]
fn text_is_exact_for_text_and_stable_for_other_scalars() {
    exact(&json!("text"), &text().prop_map(Value::from).boxed());
    stable(&json!("text"), &number(), &number());
}

#[test]
fn moments_are_exact_at_the_precision_of_their_form() {
    exact(&json!("datetime"), &instant(0..=20));
    exact(&json!(["text", "datetime"]), &instant(0..=20));
    exact(&json!("unix"), &instant(0..=0));
    exact(&json!("unix_ms"), &instant(0..=3));
    exact(&json!(["text", "unix_ms"]), &instant(0..=3));
    exact(&json!({ "datetime": "YYYY/MM/DD HH:MM:SS" }), &instant(0..=0));
    exact(&json!({ "datetime": "YYYY/MM/DD HH:MM:SS.fffff+00:00" }), &instant(0..=5));
    exact(&json!({ "datetime": "DD.MM.YYYY HH:MM:SS,f" }), &instant(0..=1));
}

#[test]
fn unix_time_is_exact_from_the_wire() {
    let chain = chain(&json!("unix_ms"));
    for_all(&(-62_167_219_200_000_i64..=253_402_300_799_999).prop_map(Value::from).boxed(), |wire| {
        assert_eq!(chain.encode(&chain.decode(&wire).unwrap()), Ok(wire));
    });
}

#[test]
fn a_form_that_cuts_is_stable() {
    let wire = (0..=9999_u16, 1..=12_u8, 1..=28_u8)
        .prop_map(|(year, month, day)| json!(format!("{year:04}-{month:02}-{day:02}")))
        .boxed();
    stable(&json!({ "datetime": "YYYY-MM-DD", "truncate": true }), &instant(0..=12), &wire);
    exact(&json!("date"), &wire);
}

#[test]
fn letter_case_is_stable() {
    for written in ["lower", "upper"] {
        stable(&json!(written), &text().prop_map(Value::from).boxed(), &text().prop_map(Value::from).boxed());
    }
}

#[test]
fn a_plain_affix_is_exact_for_every_text() {
    for written in [json!({ "affix": "/shelf({})" }), json!({ "prefix": "nr " }), json!({ "suffix": "-books" })] {
        exact(&written, &text().prop_map(Value::from).boxed());
    }
}

#[test]
fn an_optional_affix_is_exact_for_bare_values_and_a_kept_one_for_whole_values() {
    let bare = text().prop_filter("bare", |text| !text.ends_with("-books")).boxed();
    let whole = bare.clone().prop_map(|bare| json!(format!("{bare}-books"))).boxed();
    let bare = bare.prop_map(Value::from).boxed();
    let optional = json!({ "suffix": "-books", "optional": true });
    let keep = json!({ "suffix": "-books", "keep": true });
    exact(&optional, &bare);
    exact(&keep, &whole);
    for written in [optional, keep] {
        let either = prop_oneof![bare.clone(), whole.clone()].boxed();
        stable(&written, &either, &either);
    }
}

#[test]
fn json_in_text_is_exact() {
    exact(&json!("json"), &any_json());
}

#[test]
fn a_list_in_one_text_is_exact_while_no_part_holds_the_separator() {
    let part = text().prop_filter("no separator", |part| !part.contains(';'));
    let list = prop::collection::vec(part, 0..5).prop_filter("not one empty part", |list| *list != [""]);
    exact(&json!({ "split": ";" }), &list.prop_map(Value::from).boxed());
    let chain = chain(&json!({ "split": ";" }));
    for_all(&text().prop_map(Value::from).boxed(), |wire| {
        assert_eq!(chain.encode(&chain.decode(&wire).unwrap()), Ok(wire));
    });
}

#[test]
fn the_first_of_a_list_is_stable() {
    let lists = prop::collection::vec(any_json(), 0..3).prop_map(Value::from).boxed();
    stable(&json!("first"), &any_json(), &lists);
}
