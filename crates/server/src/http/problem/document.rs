//! The problem itself.

use std::time::Duration;

use http::StatusCode;
use mapwright_mapping::outcome::LeafOutcome;
use serde_json::{Map, Value, json};

use super::{Code, Reason};

/// What went wrong, ready to be answered. Nothing in it is secret: what comes from a run is masked already.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub(super) code: Code,
    pub(super) status: StatusCode,
    pub(super) detail: String,
    pub(super) reasons: Vec<Reason>,
    pub(super) remote: Option<Remote>,
    pub(super) step: Option<String>,
    pub(super) done: Vec<String>,
    pub(super) outcomes: Vec<LeafOutcome>,
    pub(super) insight: Map<String, Value>,
    pub(super) retry_after: Option<u64>,
    pub(super) allow: Option<&'static str>,
    pub(super) accept_patch: bool,
    pub(super) request_id: Option<String>,
}

/// What the provider said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Remote {
    pub(super) status: u16,
    pub(super) code: Option<String>,
    pub(super) raw: Value,
}

impl Problem {
    /// A problem of a code, in a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Problem {
        Problem {
            code,
            status: code.status(),
            detail: detail.into(),
            reasons: Vec::new(),
            remote: None,
            step: None,
            done: Vec::new(),
            outcomes: Vec::new(),
            insight: Map::new(),
            retry_after: None,
            allow: None,
            accept_patch: false,
            request_id: None,
        }
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The status that it is answered with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What happened, in a sentence.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The reasons, where there are several or they have a place.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The same with reasons.
    #[must_use]
    pub fn because(mut self, reasons: impl IntoIterator<Item = Reason>) -> Problem {
        self.reasons.extend(reasons);
        self
    }

    /// The same with the time after which it is worth to come back: whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Problem {
        let more = u64::from(wait.subsec_nanos() > 0);
        self.retry_after = Some(wait.as_secs().saturating_add(more).max(1));
        self
    }

    /// The same with the id of the request.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Problem {
        self.request_id = Some(id.into());
        self
    }

    /// The same with an insight of the contract: what it is called, in words, and its value.
    #[must_use]
    pub(super) fn insight(mut self, name: &str, description: &str, value: &Value) -> Problem {
        self.insight.insert(name.to_owned(), json!({ "description": description, "value": value }));
        self
    }
}
