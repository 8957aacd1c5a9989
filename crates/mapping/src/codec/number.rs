//! `number`: a JSON number on both sides. Exact; integers stay integers.

use serde_json::Value;

use super::error::CodecError;

/// Either direction: a number passes, all else is refused.
pub(super) fn convert(value: &Value) -> Result<Value, CodecError> {
    if value.is_number() { Ok(value.clone()) } else { Err(CodecError::unexpected("a number", value)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::convert;

    #[test]
    fn numbers_pass_unchanged() {
        for value in [json!(0), json!(-1.5), json!(u64::MAX), json!(i64::MIN)] {
            assert_eq!(convert(&value), Ok(value));
        }
    }

    #[test]
    fn digits_as_text_are_not_a_number() {
        assert_eq!(convert(&json!("5")).unwrap_err().to_string(), "expected a number, found \"5\"");
    }
}
