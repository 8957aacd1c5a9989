//! `lower` and `upper`: letter case. Lossy, and stable after one trip: both directions change the letters, so that a
//! value with other letters on either side settles at once.

use serde_json::Value;

use super::error::CodecError;

/// Which letters both sides hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Small letters.
    Lower,
    /// Capital letters.
    Upper,
}

impl Case {
    /// Either direction, by the rules of Unicode.
    pub(super) fn convert(self, value: &Value) -> Result<Value, CodecError> {
        let Value::String(text) = value else {
            return Err(CodecError::unexpected("text", value));
        };
        Ok(Value::String(match self {
            Case::Lower => text.to_lowercase(),
            Case::Upper => text.to_uppercase(),
        }))
    }

    /// What is lost.
    pub(super) fn loss(self) -> &'static str {
        match self {
            Case::Lower => "capital letters read back as small letters",
            Case::Upper => "small letters read back as capital letters",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Case::{Lower, Upper};

    #[test]
    fn letters_change_by_the_rules_of_unicode() {
        assert_eq!(Lower.convert(&json!("Dark RED ΑΣ")), Ok(json!("dark red ας")));
        assert_eq!(Upper.convert(&json!("straße")), Ok(json!("STRASSE")));
    }

    #[test]
    fn only_text_has_letters() {
        assert_eq!(Lower.convert(&json!(1)).unwrap_err().to_string(), "expected text, found 1");
    }
}
