//! All that changes while a sandbox runs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::SandboxError;
use crate::shared::Shared;
use crate::spec::Spec;

/// In the place of an id: all records of a collection, as a list.
pub(crate) const ALL: &str = "*";

/// Records, links, tokens, clock and counters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) collections: BTreeMap<String, Shared<BTreeMap<String, Value>>>,
    pub(crate) links: BTreeMap<String, Vec<Pair>>,
    /// Issued access tokens.
    pub(crate) access_tokens: BTreeMap<String, Access>,
    /// Refresh tokens that are still good, with their scheme.
    pub(crate) refresh_tokens: BTreeMap<String, String>,
    /// Codes of people's consent that are still good, with their scheme.
    #[serde(default)]
    pub(crate) codes: BTreeMap<String, String>,
    /// Milliseconds since 1970.
    pub(crate) now_ms: i64,
    /// Counts writes.
    pub(crate) serial: u64,
    /// Counts requests.
    pub(crate) requests: u64,
    /// Counts issued tokens.
    pub(crate) tokens: u64,
}

/// Two records that are linked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Numbers of kinds.
    pub(crate) kinds: Vec<i64>,
}

/// An issued access token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Access {
    pub(crate) scheme: String,
    pub(crate) expired: bool,
}

impl State {
    /// The state that the file describes.
    pub(crate) fn first(spec: &Spec) -> Self {
        let collections = spec.collections.iter().map(|(name, collection)| {
            let records = collection.records.iter();
            let records = records.map(|(id, record)| (id.clone(), record.get_ref().0.clone()));
            let records = collection.series.iter().flat_map(|series| series.get_ref().records()).chain(records);
            (name.clone(), Shared::new(records.collect()))
        });
        let links = spec.links.iter().map(|(name, link)| {
            let pairs = link.records.iter().map(|record| Pair {
                from: record.from.get_ref().clone(),
                to: record.to.get_ref().clone(),
                kinds: record.kinds.clone(),
            });
            (name.clone(), pairs.collect())
        });
        let mut state = Self {
            collections: collections.collect(),
            links: links.collect(),
            access_tokens: BTreeMap::new(),
            refresh_tokens: BTreeMap::new(),
            codes: BTreeMap::new(),
            now_ms: spec.clock.start.as_millisecond(),
            serial: spec.clock.serial,
            requests: 0,
            tokens: 0,
        };
        for (scheme, auth) in &spec.auth {
            let Some(issued) = &auth.issued else { continue };
            let secret = |name: &str| spec.demo.secrets.get(scheme).and_then(|all| all.get(name));
            if let Some(token) = secret(issued.get_ref()) {
                let access = Access { scheme: scheme.clone(), expired: false };
                state.access_tokens.insert(token.clone(), access);
            }
            if let Some(token) = secret("refresh_token") {
                state.refresh_tokens.insert(token.clone(), scheme.clone());
            }
            if let Some(code) = secret("code") {
                state.codes.insert(code.clone(), scheme.clone());
            }
        }
        state
    }

    /// A state given as JSON, if it fits the file.
    pub(crate) fn read(spec: &Spec, value: &Value) -> Result<Self, SandboxError> {
        let state: Self =
            serde_json::from_value(value.clone()).map_err(|error| SandboxError::State(error.to_string()))?;
        let fits = |given: Vec<&String>, known: Vec<&String>, what: &str| {
            if given == known {
                Ok(())
            } else {
                Err(SandboxError::State(format!("{what} are {given:?} and the file has {known:?}")))
            }
        };
        fits(state.collections.keys().collect(), spec.collections.keys().collect(), "collections")?;
        fits(state.links.keys().collect(), spec.links.keys().collect(), "links")?;
        for (collection, records) in &state.collections {
            for (id, record) in records.iter() {
                fits_record(spec, collection, id, record).map_err(SandboxError::State)?;
            }
        }
        Ok(state)
    }

    /// A record by its full id.
    pub(crate) fn record(&self, collection: &str, id: &str) -> Option<&Value> {
        self.collections.get(collection)?.get(id)
    }

    /// A record for a template, or the list of all records where the id is [`ALL`].
    pub(crate) fn look_up(&self, collection: &str, id: &str) -> Option<Value> {
        if id == ALL {
            return Some(self.collections.get(collection)?.values().cloned().collect());
        }
        self.record(collection, id).cloned()
    }

    /// The clock.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// What the clock shows when the next write is done.
    pub(crate) fn after_next_write(&self, spec: &Spec) -> Timestamp {
        let next = self.now_ms.saturating_add(spec.clock.step_ms);
        Timestamp::from_millisecond(next).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// What every write does to clock and counter.
    pub(crate) fn tick(&mut self, spec: &Spec) {
        self.now_ms = self.now_ms.saturating_add(spec.clock.step_ms);
        self.serial = self.serial.saturating_add(1);
    }
}

/// Whether a record is one of a collection.
pub(crate) fn fits_record(spec: &Spec, collection: &str, id: &str, record: &Value) -> Result<(), String> {
    let known = spec.collections.get(collection).ok_or_else(|| format!("no collection `{collection}`"))?;
    crate::check::record_fits(known, record).map_err(|problem| format!("`{collection}` `{id}`: {problem}"))
}
