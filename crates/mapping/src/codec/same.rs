//! Equality of unified values by their kind.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::instant::Instant;
use super::integer;
use super::kind::Kind;

/// Whether two unified values of a kind are the same value: moments as moments in time, numbers by their value (an
/// integer exactly, and `1` is `1.0`), an integer also as its digits, all else as it stands. Objects have no order.
///
/// ```
/// use mapwright_mapping::codec::{Kind, same};
/// use serde_json::json;
///
/// assert!(same(Kind::Instant, &json!("2024-02-29T02:00:00+02:00"), &json!("2024-02-29T00:00:00.0Z")));
/// assert!(same(Kind::Integer, &json!("1234567890123456789"), &json!(1234567890123456789_i64)));
/// assert!(!same(Kind::Text, &json!("1"), &json!("01")));
/// ```
pub fn same(kind: Kind, a: &Value, b: &Value) -> bool {
    let by_kind = match kind {
        Kind::Instant => instant(a).zip(instant(b)).map(|(a, b)| a.is_same(&b)),
        Kind::Integer => whole(a).zip(whole(b)).map(|(a, b)| a == b),
        Kind::Text | Kind::Number | Kind::Boolean | Kind::Day | Kind::List | Kind::Object | Kind::Any => None,
    };
    by_kind.unwrap_or_else(|| as_it_stands(a, b))
}

/// The moment that a value names.
fn instant(value: &Value) -> Option<Instant> {
    value.as_str().and_then(Instant::parse)
}

/// The integer that a value or its digits stand for.
fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::String(digits) => integer::from_digits(digits),
        other => integer::whole(other),
    }
}

/// Equality of JSON values, with numbers by their value.
fn as_it_stands(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => number(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| as_it_stands(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| as_it_stands(a, b)))
        }
        _ => a == b,
    }
}

/// Equality of numbers by value, with integers exactly.
fn number(a: &Number, b: &Number) -> bool {
    match (exact(a), exact(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => {
            a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| a.partial_cmp(&b) == Some(Ordering::Equal))
        }
        _ => false,
    }
}

/// The integer that a number equals; none for fractions and magnitudes beyond 128 bits.
fn exact(number: &Number) -> Option<i128> {
    number.as_i128().or_else(|| number.as_f64().and_then(integer::float_to_integer))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Kind, same};

    #[test]
    fn moments_are_equal_across_offsets_and_zeros() {
        let noon = json!("2024-05-28T12:00:00Z");
        assert!(same(Kind::Instant, &noon, &json!("2024-05-28 14:00:00.000+02:00")));
        assert!(!same(Kind::Instant, &noon, &json!("2024-05-28T12:00:00.0000000001Z")));
        assert!(!same(Kind::Instant, &noon, &json!("2024-05-28T12:00:01Z")));
        assert!(!same(Kind::Text, &noon, &json!("2024-05-28T12:00:00.0Z")));
        assert!(same(Kind::Instant, &json!("soon"), &json!("soon")));
    }

    #[test]
    fn numbers_are_equal_by_value_and_exactly() {
        assert!(same(Kind::Number, &json!(1), &json!(1.0)));
        assert!(same(Kind::Number, &json!(0), &json!(-0.0)));
        assert!(same(Kind::Number, &json!(0.5), &json!(0.5)));
        assert!(same(Kind::Number, &json!(1e300), &json!(1e300)));
        assert!(!same(Kind::Number, &json!(u64::MAX), &json!(18_446_744_073_709_551_616.0)));
        assert!(!same(Kind::Number, &json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992.0)));
        assert!(!same(Kind::Number, &json!(1), &json!("1")));
        assert!(!same(Kind::Number, &json!(1e300), &json!(1e301)));
    }

    #[test]
    fn an_integer_is_its_digits() {
        assert!(same(Kind::Integer, &json!("7"), &json!(7)));
        assert!(!same(Kind::Integer, &json!("07"), &json!(7)));
        assert!(!same(Kind::Integer, &json!("7"), &Value::Null));
    }

    #[test]
    fn lists_have_an_order_and_objects_have_none() {
        assert!(same(Kind::Any, &json!({ "a": [1], "b": 2 }), &json!({ "b": 2.0, "a": [1.0] })));
        assert!(!same(Kind::List, &json!([1, 2]), &json!([2, 1])));
        assert!(!same(Kind::Object, &json!({ "a": 1 }), &json!({ "b": 1 })));
        assert!(!same(Kind::Object, &json!({ "a": null }), &json!({ "b": null })));
    }

    #[test]
    fn null_is_only_itself() {
        for kind in [Kind::Text, Kind::Integer, Kind::Instant, Kind::Any] {
            assert!(same(kind, &Value::Null, &Value::Null));
            for other in [json!(""), json!(0), json!(false), json!([])] {
                assert!(!same(kind, &Value::Null, &other), "{other}");
            }
        }
    }
}
