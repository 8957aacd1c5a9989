//! TOML numbers as JSON numbers, exactly.

use serde_json::{Number, Value};
use toml::de::{DeFloat, DeInteger};

/// An integer, where 64 bits with sign hold it.
pub(super) fn integer(integer: &DeInteger<'_>) -> Result<Value, &'static str> {
    i64::from_str_radix(integer.as_str(), integer.radix())
        .map(Value::from)
        .map_err(|_| "the integer does not fit into 64 bits with sign")
}

/// A float, where it is finite.
pub(super) fn float(float: &DeFloat<'_>) -> Result<Value, &'static str> {
    let number = float.as_str().parse().ok().and_then(Number::from_f64);
    number.map(Value::Number).ok_or("the number is not finite")
}
