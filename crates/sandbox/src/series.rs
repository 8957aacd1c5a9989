//! Many first records of one form, for lists that are longer than a page.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::hole::Scope;
use crate::template::JsonTemplate;

/// The most records of one series.
pub(crate) const MOST: u64 = 10_000;

/// Records whose ids are the whole numbers of a range.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Series {
    /// The first number.
    pub(crate) from: u64,
    /// The last number.
    pub(crate) to: u64,
    /// One record: a template over `id`, the number.
    pub(crate) json: JsonTemplate,
}

impl Series {
    /// Whether the range has a number and not too many of them.
    pub(crate) fn is_bounded(&self) -> bool {
        self.to.checked_sub(self.from).is_some_and(|steps| steps < MOST)
    }

    /// The records with their ids.
    pub(crate) fn records(&self) -> impl Iterator<Item = (String, Value)> {
        (self.from..=self.to).map(|number| {
            let roots = Map::from_iter([("id".to_owned(), number.into())]);
            let scope = Scope { roots, now: Timestamp::UNIX_EPOCH, lookup: &|_, _| None };
            (number.to_string(), self.json.0.render(&scope))
        })
    }
}
