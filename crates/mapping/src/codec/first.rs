//! `first`: the provider holds a list; its first element is the value. Lossy, and stable after one trip.

use serde_json::Value;

use super::error::CodecError;

/// What is lost.
pub(super) const LOSS: &str = "elements after the first are dropped";

/// Wire to unified: the first element, or null for the empty list.
pub(super) fn decode(wire: &Value) -> Result<Value, CodecError> {
    match wire {
        Value::Array(items) => Ok(items.first().cloned().unwrap_or(Value::Null)),
        other => Err(CodecError::unexpected("a list", other)),
    }
}

/// Unified to wire: a list of this one element.
pub(super) fn encode(unified: &Value) -> Value {
    Value::Array(vec![unified.clone()])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{decode, encode};

    #[test]
    fn the_first_element_is_the_value() {
        assert_eq!(decode(&json!(["red", "blue"])), Ok(json!("red")));
        assert_eq!(decode(&json!([])), Ok(Value::Null));
        assert_eq!(encode(&json!("red")), json!(["red"]));
    }

    #[test]
    fn only_a_list_has_a_first_element() {
        assert_eq!(decode(&json!("red")).unwrap_err().to_string(), "expected a list, found \"red\"");
    }
}
