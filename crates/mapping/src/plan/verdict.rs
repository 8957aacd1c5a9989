//! What is decided about each leaf of a patch, and how to find it again in the answer.

use std::collections::BTreeMap;

use serde_json::Value;

use super::changes::Changes;
use super::drive::Chosen;
use super::known::Known;
use crate::mapping::{NamePath, RecordId};
use crate::model::Scalar;
use crate::outcome::LeafOutcome;
use crate::patch::Violation;

/// All that is decided before anything is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    /// What is to be changed in each record.
    pub(crate) changes: BTreeMap<RecordId, Changes>,
    /// The actions to take, by the position of the action.
    pub(crate) actions: BTreeMap<usize, ActionWork>,
    /// What becomes of each leaf, in the patch's order.
    pub(crate) verdicts: Vec<Verdict>,
    /// Why the patch is refused.
    pub(crate) violations: Vec<Violation>,
}

/// An action to take.
#[derive(Clone, Debug)]
pub(crate) struct ActionWork {
    /// Which of the action's requests; none: the one that unsets.
    pub(crate) set: Option<usize>,
    /// The new value on the wire.
    pub(crate) new: Known<Value>,
    /// The row of the request's table.
    pub(crate) row: Option<Known<Chosen>>,
}

/// What is decided about one leaf.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// What becomes of it.
    pub(crate) outcome: LeafOutcome,
    /// What carries it to the provider.
    pub(crate) carrier: Carrier,
    /// The path that it is written to, for errors that name it.
    pub(crate) path: NamePath,
    /// Where it is found in the answer, and what is expected there; none: it cannot be checked.
    pub(crate) expect: Option<Expect>,
}

/// What carries a leaf to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// Nothing: it is not sent.
    None,
    /// The write of a record.
    Record(RecordId),
    /// The action at that position.
    Action(usize),
}

/// Where a leaf is found in the answer, and what is expected there.
#[derive(Clone, Debug)]
pub(crate) struct Expect {
    pub(crate) at: Locate,
    /// The value; none: nothing.
    pub(crate) value: Option<Value>,
    /// How values are compared.
    pub(crate) compare: Compare,
}

/// Where a leaf is found in the answer.
#[derive(Clone, Debug)]
pub(crate) enum Locate {
    /// A leaf by its dotted name.
    Leaf(String),
    /// A leaf of the list's item with that key.
    Item { list: String, key: String, is: String, leaf: String },
    /// The whole list.
    List(String),
    /// A key of an open map.
    Key { map: String, key: String },
}

/// How two values are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Compare {
    /// As values of a type; names of a table after folding.
    Scalar(Scalar, crate::mapping::Fold),
    /// As values of a conversion's kind.
    Kind(crate::codec::Kind),
    /// As they are; numbers by value.
    Exact,
}

impl Compare {
    /// What two texts share that are the same; none where values are compared in another way.
    pub(crate) fn key(self, value: &Value) -> Option<String> {
        match (self, value) {
            (Compare::Scalar(Scalar::Text, fold), Value::String(text)) => Some(fold.apply(text)),
            _ => None,
        }
    }

    /// Whether two values are the same.
    pub(crate) fn same(self, a: &Value, b: &Value) -> bool {
        match self {
            Compare::Exact => crate::codec::same(crate::codec::Kind::Any, a, b),
            Compare::Kind(kind) => crate::codec::same(kind, a, b),
            Compare::Scalar(scalar, fold) => match (scalar, a, b) {
                (Scalar::Text, Value::String(a), Value::String(b)) => fold.same(a, b),
                _ => crate::codec::same(kind(scalar), a, b),
            },
        }
    }
}

/// The kind of a codec that a scalar is.
pub(crate) fn kind(scalar: Scalar) -> crate::codec::Kind {
    match scalar {
        Scalar::Text => crate::codec::Kind::Text,
        Scalar::Instant => crate::codec::Kind::Instant,
        Scalar::Integer => crate::codec::Kind::Integer,
        Scalar::Number => crate::codec::Kind::Number,
        Scalar::Boolean => crate::codec::Kind::Boolean,
    }
}
