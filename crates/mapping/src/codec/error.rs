//! Why a value does not convert.

use serde_json::Value;

/// The longest part of a value that a message shows, in characters.
const SHOWN: usize = 60;

/// Why a value does not convert. Messages name what is expected and show at most 60 characters of the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The value is not of the form that the codec takes.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// The form that the codec takes.
        expected: String,
        /// The beginning of the value, or its kind.
        found: String,
    },
    /// The value has the right form, but what would be written reads back as another value.
    #[error("{found} would not read back: {reason}")]
    NotReversible {
        /// The beginning of the value, or its kind.
        found: String,
        /// What the codec cannot carry.
        reason: String,
    },
    /// The account says nothing of a variable that the codec needs.
    #[error("the account has no value for the variable `{variable}`")]
    NoVariable {
        /// The variable's name.
        variable: String,
    },
    /// The codec only reads.
    #[error("`{codec}` only reads: it has no way back")]
    ReadOnly {
        /// The codec's name.
        codec: &'static str,
    },
}

impl CodecError {
    /// The value is not `expected`.
    pub(super) fn unexpected(expected: impl Into<String>, found: &Value) -> Self {
        CodecError::Unexpected { expected: expected.into(), found: shown(found) }
    }

    /// The account has no value for a variable.
    pub(super) fn no_variable(variable: &str) -> Self {
        CodecError::NoVariable { variable: variable.to_owned() }
    }

    /// The value cannot be carried there and back because of `reason`.
    pub(super) fn not_reversible(reason: impl Into<String>, found: &Value) -> Self {
        CodecError::NotReversible { found: shown(found), reason: reason.into() }
    }
}

/// A value for a message: scalars as JSON, cut to a fixed length; lists and objects by kind only.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::Array(_) => return "a list".to_owned(),
        Value::Object(_) => return "an object".to_owned(),
        // Its quotes make a text that has more characters longer than what is shown.
        Value::String(text) => Value::from(text.chars().take(SHOWN).collect::<String>()).to_string(),
        scalar => scalar.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::CodecError;

    #[test]
    fn short_values_are_shown_whole() {
        let error = CodecError::unexpected("an integer", &json!("se\u{7}ven"));
        assert_eq!(error.to_string(), r#"expected an integer, found "se\u0007ven""#);
    }

    #[test]
    fn long_values_are_cut_at_sixty_characters() {
        let error = CodecError::unexpected("an integer", &json!("é".repeat(500)));
        assert_eq!(error.to_string(), format!("expected an integer, found \"{}…", "é".repeat(59)));
    }

    #[test]
    fn escapes_do_not_make_a_message_long() {
        let error = CodecError::unexpected("an integer", &json!("\u{0}".repeat(60)));
        assert_eq!(error.to_string(), format!("expected an integer, found \"{}\\u000…", "\\u0000".repeat(9)));
    }

    #[test]
    fn lists_and_objects_are_named_by_kind() {
        let error = CodecError::unexpected("text", &json!({ "colour": "red" }));
        assert_eq!(error.to_string(), "expected text, found an object");
    }
}
