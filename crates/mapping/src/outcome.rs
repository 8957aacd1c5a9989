//! What became of each leaf of a patch, and the result of a run.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::patch::Violation;
use crate::provider::{Class, Fault};
use crate::version::Version;

/// What becomes, or became, of one leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Plan time: it will be sent, and reads back as it was given.
    Send,
    /// It was sent, and the provider took it.
    Written,
    /// It is sent, and reads back differently, as the mapping declares.
    Lossy,
    /// It was sent, and the provider's record shows something else.
    Altered,
    /// Only an answer has it.
    ReadOnly,
    /// The provider has no place for it.
    Unsupported,
    /// The list has no slot left for it.
    NoSlot,
    /// Raw values of the same patch hit its place and win.
    Overridden,
    /// The record held the value already, so nothing was sent.
    Unchanged,
    /// A slot that the list did not name was emptied.
    Emptied,
    /// A slot that the list did not name could not be emptied.
    Kept,
    /// An earlier step failed, so it was never sent.
    NotSent,
    /// It was sent, and whether it was done is not known.
    Unknown,
    /// The provider refused it.
    Rejected,
}

impl Fate {
    /// The name as it is written in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Send => "send",
            Fate::Written => "written",
            Fate::Lossy => "lossy",
            Fate::Altered => "altered",
            Fate::ReadOnly => "read_only",
            Fate::Unsupported => "unsupported",
            Fate::NoSlot => "no_slot",
            Fate::Overridden => "overridden",
            Fate::Unchanged => "unchanged",
            Fate::Emptied => "emptied",
            Fate::Kept => "kept",
            Fate::NotSent => "not_sent",
            Fate::Unknown => "unknown",
            Fate::Rejected => "rejected",
        }
    }

    /// Whether strict mode lets it pass.
    pub fn is_clean(self) -> bool {
        matches!(self, Fate::Send | Fate::Unchanged | Fate::Written)
    }

    /// Whether the leaf was, or is to be, sent to the provider.
    pub fn is_sent(self) -> bool {
        matches!(self, Fate::Send | Fate::Lossy | Fate::Emptied)
    }
}

/// What becomes, or became, of one leaf, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeafOutcome {
    /// Where it stands in the patch (RFC 6901).
    pub pointer: String,
    /// What becomes of it.
    pub outcome: Fate,
    /// Why, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The value as the patch has it, where it reads back differently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Value>,
    /// The value as it reads back, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads: Option<Value>,
    /// The record it goes to, where that is not the main one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

impl LeafOutcome {
    /// An outcome that needs no further words.
    pub fn new(pointer: impl Into<String>, outcome: Fate) -> LeafOutcome {
        LeafOutcome { pointer: pointer.into(), outcome, reason: None, sent: None, reads: None, record: None }
    }

    /// The same with a reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> LeafOutcome {
        self.reason = Some(reason.into());
        self
    }
}

/// The result of a run that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Success {
    /// The unified resource, read from the provider's state.
    pub resource: Value,
    /// The raw answers: the main record's under its own name first, further records under theirs.
    pub remote: Vec<(String, Arc<Value>)>,
    /// What became of each leaf of the patch, in its order; empty for a read.
    pub outcomes: Vec<LeafOutcome>,
    /// Leaves that the answer lacks although the mapping has them, with the reason.
    pub unread: Vec<Unread>,
    /// The version of the resource: the provider's where the main record's write has a guard and its last answer a
    /// version, else that of the unified resource as it is here.
    pub version: Version,
}

/// A leaf that could not be read, or that was read as it is since no table knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The leaf, as a JSON Pointer into the answer.
    pub pointer: String,
    /// Why.
    pub reason: String,
}

/// The result of a run that failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{class}: {message}")]
pub struct Failure {
    /// The class.
    pub class: Class,
    /// What happened, in a sentence.
    pub message: String,
    /// Where in the patch, when it is about the patch.
    pub violations: Vec<Violation>,
    /// The provider's error, when it was one.
    pub fault: Option<Box<Fault>>,
    /// The provider's answer to the step that failed, as JSON or as its words.
    pub raw: Option<Box<Value>>,
    /// The step that failed, in words.
    pub step: Option<String>,
    /// The writes that were done before, in words.
    pub done: Vec<String>,
    /// What became of each leaf of the patch.
    pub outcomes: Vec<LeafOutcome>,
    /// Whether the record is not, or was not any more, of a version that the caller named ([`Class::Conflict`]).
    pub precondition: bool,
}

impl Failure {
    /// A failure about the patch itself: nothing was written.
    pub fn refused(violations: Vec<Violation>) -> Failure {
        let message = match violations.as_slice() {
            [one] if one.pointer.is_empty() => one.message.clone(),
            [one] => format!("{}: {}", one.pointer, one.message),
            many => format!("the patch is refused for {} reasons", many.len()),
        };
        Failure { violations, ..Failure::new(Class::Invalid, message) }
    }

    /// A failure of a class.
    pub fn new(class: Class, message: impl Into<String>) -> Failure {
        Failure {
            class,
            message: message.into(),
            violations: Vec::new(),
            fault: None,
            raw: None,
            step: None,
            done: Vec::new(),
            outcomes: Vec::new(),
            precondition: false,
        }
    }
}
