//! Children: records of another collection that belong to a record and are written with it.
//!
//! A field of type `children` takes a list of objects, each the fields of one child. The list is the whole of the
//! record's children: those that are not in it go. An object that names a child, by its `id` or by what the child is
//! the `same` by, changes that child; another one becomes a new child.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::change::Draft;
use crate::file::Name;
use crate::hole::plain_text;
use crate::pointer::escape;
use crate::state::State;
use crate::violation::{Violation, Wrong};

/// The children that a field stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Children {
    /// Their collection; a new one begins as its `blank`.
    pub(crate) collection: Name,
    /// The child's field that holds the parent's id.
    pub(crate) by: Name,
    /// The child's field that no two children of one parent share.
    pub(crate) same: Name,
    /// The child's field that is true of one child at most: the last one of the list that says so.
    pub(crate) single: Name,
}

impl<'a> Draft<'a> {
    /// Checks the children of a field; they are stored with the record.
    pub(crate) fn put_children(&mut self, state: &State, key: &str, children: &'a Children, value: &Value) {
        let none = Vec::new();
        let list = match value {
            Value::Array(list) => list,
            Value::Null => &none,
            _ => return self.problem(Violation::new(Wrong::Type, key, value)),
        };
        let collection = children.collection.get_ref().as_str();
        let Some(own) = self.spec.collections.get(collection) else {
            return;
        };
        let mut drafts: Vec<Draft<'a>> = Vec::new();
        for element in list {
            let Value::Object(members) = element else {
                return self.problem(Violation::new(Wrong::Type, key, value));
            };
            let before = known(state, children, &self.id, members);
            if members.contains_key("id") && before.is_none() {
                return self.problem(Violation::new(Wrong::Reference, key, value).with("id", members["id"].clone()));
            }
            let (id, record) = before.unwrap_or_else(|| {
                let id = new_id(state.serial.saturating_add(1), drafts.len());
                let mut record = self.blank(state, own, &id);
                own.place(children.by.get_ref()).set(&mut record, self.id.clone().into());
                (id, record)
            });
            let mut draft = Draft::new(self.spec, own, collection, id, record);
            for (name, value) in members.iter().filter(|(name, _)| *name != "id") {
                draft.put(state, &escape(name), value);
            }
            if own.whole.is_some() {
                draft.require();
            }
            self.take_problems(&mut draft);
            drafts.push(draft);
        }
        self.children.push((children, drafts));
    }

    /// Stores the children and takes those away that are no longer there.
    pub(crate) fn store_children(all: Vec<(&Children, Vec<Draft<'_>>)>, parent: &str, state: &mut State) {
        for (children, mut drafts) in all {
            let single = |draft: &Draft<'_>| draft.own.place(children.single.get_ref());
            let last = drafts.iter().rposition(|draft| single(draft).get(&draft.record) == Some(&Value::Bool(true)));
            for (at, draft) in drafts.iter_mut().enumerate() {
                if last.is_some_and(|last| at != last) {
                    single(draft).set(&mut draft.record, Value::Bool(false));
                }
            }
            let stay: Vec<String> = drafts.iter().map(|draft| draft.id.clone()).collect();
            if let Some(records) = state.collections.get_mut(children.collection.get_ref()) {
                let is_own = |record: &Value| record.get(children.by.get_ref()).and_then(Value::as_str) == Some(parent);
                records.change().retain(|id, record| !is_own(record) || stay.contains(id));
            }
            for draft in drafts {
                draft.store_record(state);
            }
        }
    }
}

/// The child that an object names.
fn known(state: &State, children: &Children, parent: &str, members: &Map<String, Value>) -> Option<(String, Value)> {
    let same = children.same.get_ref();
    let wanted = members.get(same).map(plain_text);
    let is_it = |id: &str, record: &Value| {
        let is_same = || wanted.is_some() && wanted == record.get(same).map(plain_text);
        members.get("id").map_or_else(is_same, |given| given.as_str() == Some(id))
    };
    let own = |record: &Value| record.get(children.by.get_ref()).and_then(Value::as_str) == Some(parent);
    let records = state.collections.get(children.collection.get_ref())?;
    records
        .iter()
        .find(|(id, record)| own(record) && is_it(id, record))
        .map(|(id, record)| (id.clone(), record.clone()))
}

/// An id in the form of a UUID, from the number of the write and that of the child.
fn new_id(serial: u64, child: usize) -> String {
    format!("00000000-0000-4001-8000-{:08x}{:04x}", serial & 0xffff_ffff, child & 0xffff)
}
