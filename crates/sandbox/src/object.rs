//! Objects whose members are fields, and fields of which one must stay.

use serde_json::{Map, Value};

use crate::change::Draft;
use crate::collection::Field;
use crate::pointer::escape;
use crate::state::State;
use crate::violation::{Violation, Wrong};

impl Draft<'_> {
    /// Writes the members that are given; where the object is written whole, the others are emptied.
    pub(crate) fn put_members(&mut self, state: &State, key: &str, field: &Field, members: &Map<String, Value>) {
        if field.whole {
            let below = format!("{key}/");
            let names: Vec<&String> = self.own.fields.keys().filter(|name| name.starts_with(&below)).collect();
            for name in names {
                self.own.place(name).set(&mut self.record, Value::Null);
            }
        }
        for (name, member) in members {
            self.put(state, &format!("{key}/{}", escape(name)), member);
        }
    }

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
