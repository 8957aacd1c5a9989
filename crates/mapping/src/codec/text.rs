//! `text`: the provider holds every value as text.
//!
//! Alone, it is exact for text: the unified value is that text. Numbers and booleans are taken too and read back as
//! their text. Before another codec of a chain (`["text", "boolean"]`) it holds what that codec gives, and is exact:
//! the text is read as that kind.

use serde_json::{Number, Value};

use super::error::CodecError;
use super::integer;
use super::kind::Kind;

/// The codec, which knows what its text stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    /// What the next codec of the chain takes; none if there is no next one.
    inner: Option<Kind>,
}

impl Text {
    /// States what the text stands for. False if text cannot stand for it.
    pub(super) fn hold(&mut self, inner: Kind) -> bool {
        let can = inner.is_text() || matches!(inner, Kind::Integer | Kind::Number | Kind::Boolean);
        if can {
            self.inner = Some(inner);
        }
        can
    }

    /// What the text stands for.
    pub(super) fn inner(self) -> Kind {
        self.inner.unwrap_or(Kind::Text)
    }

    /// What changes in values that are not text.
    pub(super) fn beyond(self) -> Option<&'static str> {
        self.inner.is_none().then_some("a number or boolean reads back as text")
    }

    /// Wire to unified. A provider that answers with the scalar itself is understood too.
    pub(super) fn decode(self, wire: &Value) -> Result<Value, CodecError> {
        let Some(text) = scalar_text(wire) else {
            return Err(CodecError::unexpected("text", wire));
        };
        let value = match self.inner() {
            Kind::Integer => integer::from_digits(&text).and_then(integer::to_number).map(Value::Number),
            Kind::Number => number(&text).map(Value::Number),
            Kind::Boolean => boolean(&text).map(Value::Bool),
            _ => Some(Value::String(text)),
        };
        value.ok_or_else(|| CodecError::unexpected(format!("{} as text", self.inner()), wire))
    }

    /// Unified to wire.
    pub(super) fn encode(unified: &Value) -> Result<Value, CodecError> {
        match scalar_text(unified) {
            Some(text) => Ok(Value::String(text)),
            None => Err(CodecError::unexpected("text, a number or a boolean", unified)),
        }
    }
}

/// The text of a scalar.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The boolean that a text stands for.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The number that a text in JSON's form stands for. Integers beyond 64 bits are none: a float would lose digits.
pub(super) fn number(text: &str) -> Option<Number> {
    if text.trim() != text {
        return None;
    }
    let number: Number = serde_json::from_str(text).ok()?;
    if !number.is_f64() {
        return Some(number);
    }
    if text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()) && text != "-0" {
        return None;
    }
    // The standard library finds the nearest float for every text.
    text.parse().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Kind, Text};

    fn holding(inner: Kind) -> Text {
        let mut text = Text::default();
        assert!(text.hold(inner));
        text
    }

    #[test]
    fn text_is_itself() {
        for value in [json!(""), json!("5"), json!("naïve 🦀\u{0}")] {
            assert_eq!(Text::encode(&value), Ok(value.clone()));
            assert_eq!(Text::default().decode(&value), Ok(value));
        }
    }

    #[test]
    fn other_scalars_become_their_text() {
        for (value, text) in [(json!(5), "5"), (json!(true), "true"), (json!(u64::MAX), "18446744073709551615")] {
            assert_eq!(Text::encode(&value), Ok(json!(text)));
            assert_eq!(Text::default().decode(&value), Ok(json!(text)));
        }
    }

    #[test]
    fn a_typed_text_is_read_as_its_kind() {
        assert_eq!(holding(Kind::Boolean).decode(&json!("false")), Ok(json!(false)));
        assert_eq!(holding(Kind::Integer).decode(&json!("18446744073709551615")), Ok(json!(u64::MAX)));
        assert_eq!(holding(Kind::Number).decode(&json!("-85.50")), Ok(json!(-85.5)));
        assert_eq!(holding(Kind::Number).decode(&json!("12")), Ok(json!(12)));
    }

    #[test]
    fn negative_zero_is_a_number_and_no_integer() {
        assert_eq!(holding(Kind::Number).decode(&json!("-0")), Ok(json!(-0.0)));
        assert!(holding(Kind::Integer).decode(&json!("-0")).is_err());
    }

    #[test]
    fn a_typed_text_of_another_kind_is_refused() {
        for (kind, text) in [
            (Kind::Boolean, "True"),
            (Kind::Boolean, ""),
            (Kind::Integer, "012"),
            (Kind::Integer, "1.0"),
            (Kind::Number, "18446744073709551616"),
            (Kind::Number, "1e999"),
            (Kind::Number, "NaN"),
            (Kind::Number, " 1"),
            (Kind::Number, "1 "),
        ] {
            assert!(holding(kind).decode(&json!(text)).is_err(), "{kind:?} {text:?}");
        }
    }

    #[test]
    fn lists_and_objects_have_no_text() {
        for value in [json!([]), json!({}), Value::Null] {
            assert!(Text::encode(&value).is_err());
            assert!(Text::default().decode(&value).is_err());
        }
    }
}
