//! What a description says of a request or of a property.

use std::collections::BTreeSet;
use std::fmt;

/// What a description says of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The operation that the request is, as the description has it; none where it says nothing about the request.
    pub(crate) operation: Option<String>,
    /// Everything that the description contradicts.
    pub(crate) refused: Vec<Contradiction>,
    /// The parts that the description says nothing about.
    pub(crate) silent: BTreeSet<String>,
}

/// One contradiction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Contradiction {
    /// The place in the description.
    pub(crate) place: String,
    /// Why.
    pub(crate) reason: String,
}

impl Contradiction {
    pub(crate) fn new(place: impl Into<String>, reason: impl Into<String>) -> Contradiction {
        Contradiction { place: place.into(), reason: reason.into() }
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n      at {}", self.reason, self.place)
    }
}

impl Verdict {
    /// The description has no such operation.
    pub(crate) fn nothing() -> Verdict {
        Verdict::default()
    }

    /// The description has this operation.
    pub(crate) fn of(operation: impl Into<String>) -> Verdict {
        Verdict { operation: Some(operation.into()), ..Verdict::default() }
    }

    /// Notes a contradiction.
    pub(crate) fn refuse(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        self.refused.push(Contradiction::new(place, reason));
    }

    /// Notes a part that the description says nothing about.
    pub(crate) fn silent(&mut self, part: impl Into<String>) {
        self.silent.insert(part.into());
    }
}
