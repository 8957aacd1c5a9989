//! `json`: the provider holds a text that is itself JSON.
//!
//! Exact. Integers beyond 64 bits are refused on reading, since they would lose digits, and what would not read back
//! is refused on writing. The text is written without white space, with the keys of objects in their order.

use serde_json::Value;

use super::error::CodecError;
use super::text;

/// Wire to unified.
pub(super) fn decode(wire: &Value) -> Result<Value, CodecError> {
    wire.as_str()
        .and_then(parse)
        .ok_or_else(|| CodecError::unexpected("JSON as text, with integers of at most 64 bits", wire))
}

/// Unified to wire.
pub(super) fn encode(unified: &Value) -> Result<Value, CodecError> {
    let text = unified.to_string();
    if parse(&text).as_ref() == Some(unified) {
        Ok(Value::String(text))
    } else {
        Err(CodecError::not_reversible("it nests too deeply, or a number in it loses digits", unified))
    }
}

/// The value that a JSON text stands for, if no integer in it loses digits.
fn parse(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    numbers(text).all(|number| text::number(number).is_some()).then_some(value)
}

/// The numbers of a valid JSON text, in order: what stands outside its strings and begins with a digit or minus.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let mut in_string = false;
    let mut escaped = false;
    text.split(move |c: char| {
        if in_string {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            return true;
        }
        in_string = c == '"';
        !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')
    })
    .filter(|run| run.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{decode, encode, numbers};

    #[test]
    fn any_value_is_carried_as_text() {
        for (value, text) in [
            (json!({ "b": [1, null], "a": "x\"y" }), r#"{"b":[1,null],"a":"x\"y"}"#),
            (json!(""), r#""""#),
            (json!(false), "false"),
            (json!(u64::MAX), "18446744073709551615"),
        ] {
            assert_eq!(encode(&value), Ok(json!(text)));
            assert_eq!(decode(&json!(text)), Ok(value));
        }
    }

    #[test]
    fn an_integer_that_would_lose_digits_is_refused() {
        for text in ["18446744073709551616", r#"{"a":[1,-9223372036854775809]}"#, "[123456789012345678901]"] {
            assert!(decode(&json!(text)).is_err(), "{text}");
        }
        assert_eq!(
            decode(&json!(r#"{"18446744073709551616":"\"18446744073709551616"}"#)),
            Ok(json!({ "18446744073709551616": "\"18446744073709551616" }))
        );
    }

    #[test]
    fn the_numbers_of_a_text_stand_outside_its_strings() {
        let found: Vec<&str> = numbers(r#"{"7":[-1,2.5e3,true,"8\"9"],"x":0}"#).collect();
        assert_eq!(found, ["-1", "2.5e3", "0"]);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for value in [json!(""), json!("{"), json!("red"), json!("1 2"), json!(1), json!({})] {
            assert!(decode(&value).is_err(), "{value}");
        }
    }
}
