//! The whole state at one moment.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::state::State;

/// The whole state at one moment: cheap to take, to compare and to go back to, since what has not changed is shared.
#[derive(Debug, Clone)]
pub struct Moment {
    pub(crate) state: State,
}

impl Moment {
    /// The names of the collections.
    pub fn collections(&self) -> impl Iterator<Item = &str> {
        self.state.collections.keys().map(String::as_str)
    }

    /// The records of a collection as they are kept, by id.
    pub fn records(&self, collection: &str) -> Option<&BTreeMap<String, Value>> {
        self.state.collections.get(collection).map(|records| &**records)
    }

    /// Whether a collection is one that both moments share, untouched. Where it is not, its records may be equal.
    pub fn shares(&self, other: &Moment, collection: &str) -> bool {
        let both = self.state.collections.get(collection).zip(other.state.collections.get(collection));
        both.is_some_and(|(own, other)| own.is_shared(other))
    }

    /// The links: the name, both ends, the numbers of their kinds.
    pub fn links(&self) -> impl Iterator<Item = (&str, &str, &str, &[i64])> {
        let links = self.state.links.iter();
        links.flat_map(|(name, pairs)| {
            pairs.iter().map(move |pair| (name.as_str(), pair.from.as_str(), pair.to.as_str(), pair.kinds.as_slice()))
        })
    }

    /// How many writes were done.
    pub fn writes(&self) -> u64 {
        self.state.serial
    }

    /// Whether both moments have the same links.
    pub fn shares_links(&self, other: &Moment) -> bool {
        self.state.links == other.state.links
    }

    /// The clock, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.state.now_ms
    }

    /// Whether both moments have the same tokens and codes.
    pub fn shares_tokens(&self, other: &Moment) -> bool {
        let (own, other) = (&self.state, &other.state);
        own.access_tokens == other.access_tokens
            && own.refresh_tokens == other.refresh_tokens
            && own.codes == other.codes
            && own.tokens == other.tokens
    }
}
