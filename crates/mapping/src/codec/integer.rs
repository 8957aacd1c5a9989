//! `integer`: a JSON integer on the wire, its digits as text in the unified model.
//!
//! Exact for every integer from `i64::MIN` to `u64::MAX`; nothing passes a float. The unified value may be given as a
//! JSON integer too, which is the same integer. Digits that would read back differently (`007`, `+7`, `-0`) are
//! refused.

use serde_json::{Number, Value};

use super::error::CodecError;

/// The largest magnitude up to which every whole float stands for one integer only.
const EXACT_IN_FLOAT: i128 = 1 << 53;

/// Wire to unified.
pub(super) fn decode(wire: &Value) -> Result<Value, CodecError> {
    match whole(wire) {
        Some(integer) => Ok(Value::String(integer.to_string())),
        None => Err(CodecError::unexpected("an integer", wire)),
    }
}

/// Unified to wire.
pub(super) fn encode(unified: &Value) -> Result<Value, CodecError> {
    let integer = match unified {
        Value::String(digits) => from_digits(digits),
        other => whole(other),
    };
    integer
        .and_then(to_number)
        .map(Value::Number)
        .ok_or_else(|| CodecError::unexpected("an integer of at most 64 bits, without leading zeros or plus", unified))
}

/// The integer that a JSON number stands for; a float only where it is whole and no digit of it can be lost.
pub(super) fn whole(value: &Value) -> Option<i128> {
    let Value::Number(number) = value else {
        return None;
    };
    number.as_i128().or_else(|| float_to_integer(number.as_f64()?).filter(|i| i.abs() <= EXACT_IN_FLOAT))
}

/// The integer that a whole float equals; none for fractions and for magnitudes beyond 128 bits.
pub(super) fn float_to_integer(float: f64) -> Option<i128> {
    // Printing without a fraction gives every digit of a whole float.
    if float.fract() == 0.0 { format!("{float:.0}").parse().ok() } else { None }
}

/// The integer that canonical decimal digits stand for.
pub(super) fn from_digits(digits: &str) -> Option<i128> {
    let integer: i128 = digits.parse().ok()?;
    (integer.to_string() == digits).then_some(integer)
}

/// A JSON integer; none beyond 64 bits.
pub(super) fn to_number(integer: i128) -> Option<Number> {
    match i64::try_from(integer) {
        Ok(signed) => Some(signed.into()),
        Err(_) => u64::try_from(integer).ok().map(Number::from),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{decode, encode};

    #[test]
    fn long_ids_keep_every_digit() {
        assert_eq!(encode(&json!("1234567890123456789")), Ok(json!(1_234_567_890_123_456_789_i64)));
        assert_eq!(decode(&json!(1_234_567_890_123_456_789_i64)), Ok(json!("1234567890123456789")));
    }

    #[test]
    fn the_ends_of_the_range_are_carried() {
        for (text, number) in [
            ("-9223372036854775808", json!(i64::MIN)),
            ("9223372036854775807", json!(i64::MAX)),
            ("18446744073709551615", json!(u64::MAX)),
            ("0", json!(0)),
        ] {
            assert_eq!(encode(&json!(text)), Ok(number.clone()));
            assert_eq!(decode(&number), Ok(json!(text)));
        }
    }

    #[test]
    fn digits_that_would_not_read_back_are_refused() {
        for text in
            ["007", "+7", "-0", "", " 7", "7 ", "7.0", "1e3", "٣", "18446744073709551616", "-9223372036854775809"]
        {
            assert!(encode(&json!(text)).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_whole_float_is_an_integer_while_it_is_exact() {
        assert_eq!(decode(&json!(1791.0)), Ok(json!("1791")));
        assert_eq!(decode(&json!(-0.0)), Ok(json!("0")));
        assert_eq!(decode(&json!(9_007_199_254_740_992.0)), Ok(json!("9007199254740992")));
        assert!(decode(&json!(9_007_199_254_740_994.0)).is_err());
        assert!(decode(&json!(0.5)).is_err());
    }

    #[test]
    fn other_kinds_are_refused() {
        for value in [json!(true), json!([1]), json!({}), json!("7")] {
            assert!(decode(&value).is_err(), "{value}");
        }
        assert_eq!(
            encode(&Value::Bool(true)).unwrap_err().to_string(),
            "expected an integer of at most 64 bits, without leading zeros or plus, found true"
        );
    }
}
