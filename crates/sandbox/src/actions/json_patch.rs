//! Applying a JSON Patch (RFC 6902): all operations or none.

use serde_json::Value;

use crate::actions::Turn;
use crate::change::Draft;
use crate::collection::{Collection, FieldType};
use crate::file::Situation;
use crate::pointer::{Pointer, escape};
use crate::spec::Target;
use crate::view::Wanted;
use crate::violation::{Stop, Violation, Wrong};

/// What an operation's path leads to.
enum Place {
    /// A field.
    Field(String),
    /// An element of a list of references: `-`, or an id.
    Element(String, String),
}

impl Turn<'_> {
    /// Applies the operations to one record.
    pub(super) fn json_patch(&mut self, target: &Target, prefix: &Pointer) -> Result<(), Stop> {
        let collection = target.collection.as_str();
        let id = self.id(target)?;
        let (Some(record), Some(own)) =
            (self.state.record(collection, &id).cloned(), self.spec.collections.get(collection))
        else {
            return Err(self.stop(Situation::Missing));
        };
        let Value::Array(operations) = &self.body else {
            return Err(self.stop(Situation::BadShape));
        };
        if operations.is_empty() {
            return Err(self.stop(Situation::EmptyPatch));
        }
        let mut draft = Draft::new(self.spec, own, collection, id, record);
        for operation in operations {
            let text = |key: &str| operation.get(key).and_then(Value::as_str);
            let (Some(op), Some(path)) = (text("op"), text("path")) else {
                return Err(self.stop(Situation::BadShape));
            };
            let refused = Violation::new(Wrong::Operation, path, operation);
            let Some(place) = place(own, prefix, path) else {
                draft.problem(Violation::new(Wrong::Unknown, path, operation));
                continue;
            };
            let value = operation.get("value");
            match (op, place) {
                ("add" | "replace", Place::Field(key)) if !is_list(own, &key) => match value {
                    Some(value) => draft.put(self.state, &key, value),
                    None => draft.problem(refused),
                },
                ("remove", Place::Field(key)) if !is_list(own, &key) => {
                    draft.put(self.state, &key, &Value::Null);
                }
                ("add", Place::Element(key, end)) if end == "-" => match value {
                    Some(value) => draft.append(self.state, &key, value),
                    None => draft.problem(refused),
                },
                ("remove", Place::Element(key, element)) => draft.take_out(&key, &element),
                // `move`, `copy`, `test`, and whole lists: nothing says what the provider does with them.
                _ => draft.problem(refused),
            }
        }
        let stored = draft.commit(self.state)?;
        self.show(collection, &stored.id, &Wanted::All)
    }
}

fn is_list(own: &Collection, key: &str) -> bool {
    own.field(key).is_some_and(|field| field.kind == FieldType::References)
}

fn place(own: &Collection, prefix: &Pointer, path: &str) -> Option<Place> {
    let path = Pointer::parse(path);
    let tokens = path.tokens().strip_prefix(prefix.tokens())?;
    let key = |tokens: &[String]| Pointer::of(tokens.to_vec()).text();
    let whole = key(tokens);
    if own.field(&whole).is_some() {
        return Some(Place::Field(whole));
    }
    let (last, before) = tokens.split_last()?;
    let parent = key(before);
    if is_list(own, &parent) {
        return Some(Place::Element(parent, last.clone()));
    }
    // An unknown field is named in the refusal by its key.
    Some(Place::Field(tokens.iter().map(|token| escape(token)).collect::<Vec<_>>().join("/")))
}
