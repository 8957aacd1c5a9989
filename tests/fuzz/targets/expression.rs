//! An expression of a mapping.

use std::collections::BTreeMap;

use mapwright_mapping::expression::{EvalError, Expression, Limits, audit};
use serde_json::{Value, json};

/// An expression: what is found lies in its text, and a run of it ends within its limits.
pub(super) fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let audit = audit(&text);
    let reads = audit.reads.iter().flat_map(|read| std::iter::once(&read.range).chain(&read.segments));
    let findings = audit.findings.iter().map(|finding| &finding.range);
    for range in findings.chain(reads).chain(audit.variables.iter().map(|(_, range)| range)) {
        assert!(text.get(range.clone()).is_some(), "{range:?} is no place of {} bytes", text.len());
    }
    let expression = match Expression::new(&text, &Limits::default()) {
        Ok(expression) => expression,
        Err(error) => {
            assert!(text.get(error.range.clone()).is_some(), "{error:?} is at no place");
            return;
        }
    };
    for input in inputs() {
        match expression.eval(&input, &BTreeMap::new()) {
            Err(EvalError::Panicked(words)) => panic!("the engine panics: {words}"),
            Err(EvalError::Failed { range: Some(range), .. }) => {
                assert!(text.get(range.clone()).is_some(), "{range:?} is at no place");
            }
            Ok(Some(value)) => {
                assert!(value.to_string().len() <= Limits::default().bytes * 2, "the result is too large");
            }
            _ => {}
        }
    }
}

fn inputs() -> [Value; 3] {
    [
        Value::Null,
        json!({}),
        json!({
            "id": 9_007_199_254_740_993_u64, "name": "Zoë \u{1f4da}", "empty": "", "zero": 0, "no": false, "nil": null,
            "list": [1, "b", null, [2, [3]], { "a": { "b": "c" } }], "one": ["x"], "none": [],
            "items": [{ "type": "work", "value": "1" }, { "type": "home", "value": "2" }],
            "deep": { "deep": { "deep": { "deep": [[[["x"]]]] } } }, "when": "2024-02-29T23:59:60Z", "n": 1.5e300,
        }),
    ]
}
