//! A part of another field's text.

use serde::Deserialize;
use serde_json::Value;

use crate::collection::Collection;
use crate::file::Name;
use crate::pattern::Pattern;

/// Where a computed part of a text comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pick {
    /// The field.
    pub(crate) from: Name,
    /// What is taken of its text: the group `part`, or the whole match.
    pub(crate) pattern: Pattern,
}

impl Pick {
    /// The part; `None` where the field has no value or no such part.
    pub(crate) fn part(&self, own: &Collection, record: &Value) -> Option<Value> {
        let text = own.value(record, self.from.get_ref())?.as_str()?;
        self.pattern.pick(text, "part").map(Value::from)
    }
}
