//! Fields of which one must stay.

use serde_json::Value;

use crate::change::Draft;
use crate::violation::{Violation, Wrong};

impl Draft<'_> {
    /// Notes each set of fields of which none has a text although one of them is written.
    pub(crate) fn keep_one_of(&mut self) {
        for names in &self.own.one_of {
            let is_written = |name: &&str| self.written.iter().any(|written| written == name);
            let Some(written) = names.iter().map(|name| name.get_ref().as_str()).find(is_written) else {
                continue;
            };
            let has_text = |name: &str| self.own.value(&self.record, name).is_some_and(|value| *value != "");
            if !names.iter().any(|name| has_text(name.get_ref())) {
                self.problem(Violation::new(Wrong::Required, written, &Value::Null));
            }
        }
    }
}
