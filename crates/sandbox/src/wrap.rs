//! References that are written and shown as objects, and fields that are not shown while they have no value.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::collection::Collection;
use crate::pointer::{Pointer, escape};
use crate::spec::Spec;
use crate::state::State;
use crate::value::find;

/// The object around a reference.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wrapped {
    /// Where in the object of a write the id stands.
    pub(crate) id: Pointer,
    /// The members of the other record that the object shows.
    pub(crate) shows: Vec<String>,
}

/// Puts the object in place of each wrapped reference of a record that is about to be shown.
pub(crate) fn wrap(spec: &Spec, state: &State, own: &Collection, record: &mut Value) {
    for (key, field) in &own.fields {
        let field = field.get_ref();
        let (Some(wrapped), Some(id)) = (&field.wrapped, own.value(record, key).and_then(Value::as_str)) else {
            continue;
        };
        let other = find(spec, state, field.to.iter(), id).and_then(|(name, id)| state.record(name, &id));
        let member =
            |name: &String| (name.clone(), other.and_then(|other| other.get(name)).cloned().unwrap_or_default());
        let object: Map<String, Value> = wrapped.shows.iter().map(member).collect();
        own.place(key).set(record, Value::Object(object));
    }
}

/// Takes the fields without a value out of a record that is about to be shown, where they are shown only with one.
pub(crate) fn leave_out(own: &Collection, record: &mut Value) {
    let Some(Value::Object(mut object)) = own.fields_at.get(record).cloned() else {
        return;
    };
    let is_shown = |name: &str| !own.field(&escape(name)).is_some_and(|field| field.shown_if_set);
    object.retain(|name, value| !value.is_null() || is_shown(name));
    own.fields_at.set(record, Value::Object(object));
}
