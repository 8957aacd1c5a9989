//! Objects whose members are fields.

use serde_json::{Map, Value};

use crate::change::Draft;
use crate::collection::Field;
use crate::pointer::escape;
use crate::state::State;

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
}
