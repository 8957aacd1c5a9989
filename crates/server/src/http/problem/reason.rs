//! One reason among several.

use mapwright_mapping::patch::Violation;
use serde::Serialize;

/// One reason why a request is refused: where, what and what else would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Where in the body (RFC 6901), when it is about the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Which query parameter, when it is about the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Which header, when it is about a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// A stable name of the reason.
    pub code: &'static str,
    /// What is wrong and what is legal.
    pub message: String,
    /// The nearest legal name, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl Reason {
    /// About the body, or a value in it.
    pub fn in_body(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Reason {
        Reason { pointer: Some(pointer.into()), ..Reason::new(code, message) }
    }

    /// About a query parameter.
    pub fn in_query(parameter: impl Into<String>, code: &'static str, message: impl Into<String>) -> Reason {
        Reason { parameter: Some(parameter.into()), ..Reason::new(code, message) }
    }

    /// About a header.
    pub fn in_header(header: impl Into<String>, code: &'static str, message: impl Into<String>) -> Reason {
        Reason { header: Some(header.into()), ..Reason::new(code, message) }
    }

    /// The same with the nearest legal name.
    #[must_use]
    pub fn suggest(mut self, suggestion: Option<&str>) -> Reason {
        self.suggestion = suggestion.map(str::to_owned);
        self
    }

    fn new(code: &'static str, message: impl Into<String>) -> Reason {
        Reason { pointer: None, parameter: None, header: None, code, message: message.into(), suggestion: None }
    }
}

impl From<&Violation> for Reason {
    fn from(violation: &Violation) -> Reason {
        Reason::in_body(&violation.pointer, violation.code, &violation.message).suggest(violation.suggestion.as_deref())
    }
}
