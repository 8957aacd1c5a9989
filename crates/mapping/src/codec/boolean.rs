//! `boolean`: `true` or `false` on both sides. Exact.

use serde_json::Value;

use super::error::CodecError;

/// Either direction: a boolean passes, all else is refused.
pub(super) fn convert(value: &Value) -> Result<Value, CodecError> {
    if value.is_boolean() { Ok(value.clone()) } else { Err(CodecError::unexpected("true or false", value)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::convert;

    #[test]
    fn booleans_pass_unchanged() {
        assert_eq!(convert(&json!(false)), Ok(json!(false)));
        assert_eq!(convert(&json!(true)), Ok(json!(true)));
    }

    #[test]
    fn nothing_else_is_taken_for_a_boolean() {
        for value in [json!(0), json!(1), json!(""), json!("true"), json!([])] {
            assert!(convert(&value).is_err(), "{value}");
        }
    }
}
