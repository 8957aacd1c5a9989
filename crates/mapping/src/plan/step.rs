//! Steps: what has to be sent next, and what came back so far.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::mapping::TableRows;
use crate::provider::{Judged, Purpose};
use crate::reply::Ending;

/// A request, rendered, without credentials: what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSpec {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers, in order, without those of the credentials.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// Which request of a run it is. The same key is never sent twice with another meaning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct StepKey {
    /// What it does.
    pub kind: StepKind,
    /// The record, the action's leaf or the table.
    pub on: String,
    /// Which of several: a table that is fetched again, a record that is read again.
    pub round: u32,
    /// Which page of a table's rows, from zero.
    #[serde(skip_serializing_if = "is_first")]
    pub page: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_first(page: &u32) -> bool {
    *page == 0
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Reads a record before anything is written.
    ReadFirst,
    /// Fetches the rows of a table.
    Table,
    /// Writes a record.
    Write,
    /// Creates a record.
    Create,
    /// Sets or unsets a field.
    Action,
    /// Reads a record to see what silence has left behind.
    Verify,
    /// Reads a record to answer with it.
    ReadBack,
}

impl StepKind {
    /// Whether it changes something at the provider.
    pub fn writes(self) -> bool {
        matches!(self, StepKind::Write | StepKind::Create | StepKind::Action)
    }
}

impl StepKey {
    /// The step for a record, an action's leaf or the first page of a table.
    pub fn new(kind: StepKind, on: impl Into<String>, round: u32) -> StepKey {
        StepKey { kind, on: on.into(), round, page: 0 }
    }

    /// The step in words, as reports name it.
    pub fn in_words(&self) -> String {
        let verb = match self.kind {
            StepKind::ReadFirst => "read",
            StepKind::Table => "look up",
            StepKind::Write => "write",
            StepKind::Create => "create",
            StepKind::Action => "set",
            StepKind::Verify => "verify",
            StepKind::ReadBack => "read back",
        };
        match self.page {
            0 => format!("{verb} {}", self.on),
            page => format!("{verb} {} (page {})", self.on, page.saturating_add(1)),
        }
    }
}

/// The next request.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which request it is.
    pub key: StepKey,
    /// The request.
    pub request: RequestSpec,
    /// What rules of errors are scoped by.
    pub purpose: Purpose,
    /// Whether it may be sent again after silence.
    pub repeatable: bool,
    /// How long its reply is good for other runs of the same account; none: not at all.
    pub cache: Option<Duration>,
}

/// How a step ended, and whether its reply was kept from before.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// How it ended.
    pub ending: Ending,
    /// Whether the reply comes from a cache and not from the provider.
    pub cached: bool,
    /// On the last page of a table: its rows, made once.
    rows: OnceLock<Arc<TableRows>>,
    /// What the provider's rules make of the reply, found once.
    judged: OnceLock<Judged>,
}

impl Arrived {
    fn new(ending: Ending, cached: bool) -> Arrived {
        Arrived { ending, cached, rows: OnceLock::new(), judged: OnceLock::new() }
    }

    /// The reply's body as JSON, when there is a reply and it is.
    pub(crate) fn json(&self) -> Option<&Arc<Value>> {
        match &self.ending {
            Ending::Answered(reply) => reply.json(),
            _ => None,
        }
    }

    /// What the provider's rules make of the reply.
    pub(crate) fn judged(&self, judge: impl FnOnce() -> Judged) -> &Judged {
        self.judged.get_or_init(judge)
    }

    /// The rows of the table whose last page this is.
    pub(crate) fn rows(&self, make: impl FnOnce() -> TableRows) -> Arc<TableRows> {
        Arc::clone(self.rows.get_or_init(|| Arc::new(make())))
    }
}

/// What came back so far in a run, by step. What is made of a reply is kept with it, so the replies of one run are for
/// runs of the same mapping and account alone.
#[derive(Clone, Debug, Default)]
pub struct Replies {
    arrived: BTreeMap<StepKey, Arrived>,
    origin: Origin,
}

/// A number that no other replies have. As long as it is the same, there are only more of them.
#[derive(Debug)]
struct Origin(u64);

impl Default for Origin {
    fn default() -> Origin {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Origin(COUNT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What becomes of the copy does not become of the original.
impl Clone for Origin {
    fn clone(&self) -> Origin {
        Origin::default()
    }
}

impl Replies {
    /// None so far.
    pub fn new() -> Replies {
        Replies::default()
    }

    /// Hands in how a step ended.
    pub fn insert(&mut self, key: StepKey, ending: Ending) {
        self.put(key, Arrived::new(ending, false));
    }

    /// Hands in a reply that was kept from before.
    pub fn insert_cached(&mut self, key: StepKey, ending: Ending) {
        self.put(key, Arrived::new(ending, true));
    }

    fn put(&mut self, key: StepKey, arrived: Arrived) {
        if self.arrived.insert(key, arrived).is_some() {
            self.origin = Origin::default();
        }
    }

    /// Tells these replies, and what they grow to, from all others.
    pub(crate) fn origin(&self) -> u64 {
        self.origin.0
    }

    /// The replies about tables alone: for further runs of the same mapping and account. Bodies that are parsed are kept
    /// so, and not as they came.
    #[must_use]
    pub fn tables(&self) -> Replies {
        let tables = self.arrived.iter().filter(|(key, _)| key.kind == StepKind::Table);
        let kept = tables.map(|(key, arrived)| {
            let mut arrived = arrived.clone();
            if let Ending::Answered(reply) = &mut arrived.ending {
                reply.body = reply.body.parsed_alone();
            }
            (key.clone(), arrived)
        });
        Replies { arrived: kept.collect(), origin: Origin::default() }
    }

    /// How a step ended, if it did.
    pub fn get(&self, key: &StepKey) -> Option<&Arrived> {
        self.arrived.get(key)
    }

    /// Takes out how a step ended, if it did.
    pub fn remove(&mut self, key: &StepKey) -> Option<Arrived> {
        self.origin = Origin::default();
        self.arrived.remove(key)
    }

    /// How many steps have ended.
    pub fn len(&self) -> usize {
        self.arrived.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.arrived.is_empty()
    }
}
