//! Lists of objects with a name and a value.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::change::Draft;
use crate::collection::{Collection, FieldType};
use crate::pointer::{Pointer, escape};
use crate::state::State;
use crate::violation::{Violation, Wrong};

/// The members of each element.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pairs {
    /// The member with the name.
    pub(crate) name: String,
    /// The member with the value.
    pub(crate) value: String,
    /// A member that repeats the name in what is shown.
    pub(crate) also: Option<String>,
}

impl Pairs {
    /// The name and the value of an element as sent.
    fn read<'v>(&self, element: &'v Value) -> Option<(&'v str, &'v Value)> {
        Some((element.get(&self.name)?.as_str()?, element.get(&self.value)?))
    }

    /// Puts a value in the list; no value takes the element out.
    fn store(&self, list: &mut Vec<Value>, name: &str, value: Value) {
        let at = list.iter().position(|element| element.get(&self.name).and_then(Value::as_str) == Some(name));
        let is_gone = value.is_null();
        let mut element = Map::new();
        element.insert(self.name.clone(), name.into());
        element.insert(self.value.clone(), value);
        if let Some(also) = &self.also {
            element.insert(also.clone(), name.into());
        }
        match at {
            Some(at) if is_gone => drop(list.remove(at)),
            Some(at) => list[at] = Value::Object(element),
            None if is_gone => {}
            None => list.push(Value::Object(element)),
        }
    }
}

impl Draft<'_> {
    /// Writes the fields that a list names. The list as stored is made only of elements that passed their checks.
    pub(crate) fn put_pairs(&mut self, state: &State, key: &str, pairs: &Pairs, value: &Value) {
        let elements = value.as_array().and_then(|list| list.iter().map(|element| pairs.read(element)).collect());
        let Some(elements): Option<Vec<(&str, &Value)>> = elements else {
            self.problem(Violation::new(Wrong::Type, key, value).with("type", FieldType::Pairs.name()));
            return;
        };
        let mut list = self.list(key);
        for (name, value) in elements {
            if let Some(stored) = self.checked(state, &format!("{key}/{}", escape(name)), value) {
                pairs.store(&mut list, name, stored);
            }
        }
        self.store(key, Value::Array(list));
    }
}

/// The value that a list of pairs holds for a field that it names.
pub(crate) fn paired<'v>(own: &Collection, record: &'v Value, key: &str) -> Option<&'v Value> {
    let (list, name) = key.rsplit_once('/')?;
    let pairs = own.field(list)?.pairs.as_ref()?;
    let name = Pointer::parse(name).tokens().first()?.clone();
    let elements = own.place(list).get(record)?.as_array()?;
    let element = elements.iter().find(|element| element.get(&pairs.name).and_then(Value::as_str) == Some(&name))?;
    element.get(&pairs.value)
}
