//! `{ split = ";" }`: the provider holds a list of texts as one text.
//!
//! Exact: the empty text is the empty list, and every list that would read back differently is refused (a part that
//! contains the separator, a list whose only part is empty).

use serde_json::Value;

use super::error::CodecError;
use super::raw::RawSplit;

/// The codec and its separator, which is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    separator: String,
}

impl Split {
    /// Checks the separator.
    pub(super) fn new(raw: &RawSplit) -> Result<Split, String> {
        if raw.split.is_empty() {
            return Err("the separator of `split` is empty".to_owned());
        }
        Ok(Split { separator: raw.split.clone() })
    }

    /// The text between two parts.
    pub(super) fn separator(&self) -> &str {
        &self.separator
    }

    /// Wire to unified.
    pub(super) fn decode(&self, wire: &Value) -> Result<Value, CodecError> {
        let text = wire.as_str().ok_or_else(|| CodecError::unexpected("text", wire))?;
        Ok(Value::Array(self.parts(text).into_iter().map(Value::from).collect()))
    }

    /// Unified to wire.
    pub(super) fn encode(&self, unified: &Value) -> Result<Value, CodecError> {
        let expected = || CodecError::unexpected("a list of texts", unified);
        let items = unified.as_array().ok_or_else(expected)?;
        let parts = items.iter().map(|item| item.as_str().ok_or_else(expected)).collect::<Result<Vec<_>, _>>()?;
        let text = parts.join(&self.separator);
        if self.parts(&text) == parts {
            return Ok(Value::String(text));
        }
        Err(CodecError::not_reversible(
            format!("a part contains the separator {:?}, or the only part is empty", self.separator),
            unified,
        ))
    }

    /// The parts of a text; none for the empty text.
    fn parts<'a>(&self, text: &'a str) -> Vec<&'a str> {
        if text.is_empty() { Vec::new() } else { text.split(self.separator.as_str()).collect() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{RawSplit, Split};

    fn split(separator: &str) -> Split {
        Split::new(&RawSplit { split: separator.to_owned() }).unwrap()
    }

    #[test]
    fn parts_stand_between_separators() {
        for (wire, unified) in [
            (json!("red;blue"), json!(["red", "blue"])),
            (json!("red"), json!(["red"])),
            (json!(""), json!([])),
            (json!(";"), json!(["", ""])),
            (json!(" a ;;b"), json!([" a ", "", "b"])),
        ] {
            assert_eq!(split(";").decode(&wire), Ok(unified.clone()));
            assert_eq!(split(";").encode(&unified), Ok(wire));
        }
    }

    #[test]
    fn a_list_that_would_read_back_differently_is_refused() {
        for list in [json!(["a;b"]), json!([""]), json!(["a", 1]), json!([null]), json!("a"), json!({})] {
            assert!(split(";").encode(&list).is_err(), "{list}");
        }
        assert!(split("aa").encode(&json!(["a", "b"])).is_err());
    }

    #[test]
    fn an_empty_separator_is_refused() {
        let error = Split::new(&RawSplit { split: String::new() }).unwrap_err();
        assert_eq!(error, "the separator of `split` is empty");
    }
}
