//! Parts of one document put into another: each goes on knowing where it was written.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Document, ancestors, pointer};

/// The parts of a document that come from elsewhere, by where they stand now. Of several at one place the latest counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Grafts {
    by_place: BTreeMap<String, Graft>,
    count: usize,
}

/// A part that comes from elsewhere.
#[derive(Clone, Debug)]
struct Graft {
    /// How many were put in before it.
    number: usize,
    /// Where it was written.
    source: Arc<Document>,
    /// Its pointer there.
    from: String,
}

impl Grafts {
    fn add(&mut self, at: String, source: &Arc<Document>, from: String) {
        self.by_place.insert(at, Graft { number: self.count, source: Arc::clone(source), from });
        self.count += 1;
    }

    /// The latest part that a pointer lies in, and the rest of the pointer below it.
    fn find<'p>(&self, pointer: &'p str) -> Option<(&Graft, &'p str)> {
        if self.by_place.is_empty() {
            return None;
        }
        let around = ancestors(pointer).filter_map(|at| Some((self.by_place.get(at)?, pointer.strip_prefix(at)?)));
        around.max_by_key(|(graft, _)| graft.number)
    }
}

impl Document {
    /// Puts the part of another document that the pointer names in the place of this one's, or adds it.
    pub(crate) fn graft(&mut self, other: &Document, at: &str) {
        let Some(value) = other.value.pointer(at).cloned() else { return };
        put(Arc::make_mut(&mut self.value), at, value);
        self.grafts.add(at.to_owned(), &Arc::new(other.clone()), at.to_owned());
    }

    /// Puts the items of another document's list before those of this one's.
    pub(crate) fn prepend_items(&mut self, other: &Document, at: &str) {
        let Some(first) = other.value.pointer(at).and_then(Value::as_array).cloned() else { return };
        let own = self.value.pointer(at).and_then(Value::as_array).cloned().unwrap_or_default();
        let (base, over) = (Arc::new(self.clone()), Arc::new(other.clone()));
        let places = (0..first.len()).map(|i| (&over, i)).chain((0..own.len()).map(|i| (&base, i)));
        for (now, (source, before)) in places.enumerate() {
            self.grafts.add(pointer(at, &now.to_string()), source, pointer(at, &before.to_string()));
        }
        put(Arc::make_mut(&mut self.value), at, Value::Array(first.into_iter().chain(own).collect()));
    }

    /// Keeps the items of a list that `keep` says yes to.
    pub(crate) fn retain_items(&mut self, at: &str, keep: impl Fn(&Value) -> bool) {
        let Some(own) = self.value.pointer(at).and_then(Value::as_array).cloned() else { return };
        let base = Arc::new(self.clone());
        let kept: Vec<(usize, Value)> = own.into_iter().enumerate().filter(|(_, item)| keep(item)).collect();
        for (now, (before, _)) in kept.iter().enumerate() {
            self.grafts.add(pointer(at, &now.to_string()), &base, pointer(at, &before.to_string()));
        }
        put(Arc::make_mut(&mut self.value), at, Value::Array(kept.into_iter().map(|(_, item)| item).collect()));
    }

    /// The document that a part was written in, and its pointer there, when it comes from elsewhere.
    pub(super) fn grafted(&self, pointer: &str) -> Option<(&Document, String)> {
        let (graft, below) = self.grafts.find(pointer)?;
        Some((&*graft.source, format!("{}{below}", graft.from)))
    }
}

/// Puts a value at a pointer; objects on the way are made.
fn put(target: &mut Value, at: &str, value: Value) {
    let mut place = target;
    for part in at.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Some(object) = place.as_object_mut() else { return };
        place = object.entry(part).or_insert(Value::Null);
    }
    *place = value;
}
