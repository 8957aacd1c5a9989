//! Fields that hold a list of values, and objects with stated members.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::collection::FieldType;
use crate::value::{Candidate, is_of};
use crate::violation::{Violation, Wrong};

impl Candidate<'_> {
    /// A list whose elements all may stand in the field; the first wrong element is what is told.
    pub(crate) fn each(&self, value: &Value) -> Result<Value, Violation> {
        let Value::Array(elements) = value else {
            return Err(self.violation(Wrong::Type, value).with("type", "list"));
        };
        elements.iter().map(|element| self.one(element)).collect::<Result<Vec<Value>, _>>().map(Value::Array)
    }
}

/// Whether a value is an object with exactly these members, each of its type. Without any, every value fits.
pub(crate) fn has_members(members: &BTreeMap<String, FieldType>, value: &Value) -> bool {
    if members.is_empty() {
        return true;
    }
    let fits = |object: &serde_json::Map<String, Value>| {
        object.len() == members.len()
            && members.iter().all(|(name, kind)| object.get(name).is_some_and(|member| is_of(*kind, member)))
    };
    value.as_object().is_some_and(fits)
}
