//! Parts of one document put into another: each goes on knowing where it was written.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Document, pointer};

/// A part that comes from elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Graft {
    /// Where it stands now.
    at: String,
    /// Where it was written.
    source: Arc<Document>,
    /// Its pointer there.
    from: String,
}

impl Document {
    /// Puts the part of another document that the pointer names in the place of this one's, or adds it.
    pub(crate) fn graft(&mut self, other: &Document, at: &str) {
        let Some(value) = other.value.pointer(at).cloned() else { return };
        put(&mut self.value, at, value);
        self.grafts.push(Graft { at: at.to_owned(), source: Arc::new(other.clone()), from: at.to_owned() });
    }

    /// Puts the items of another document's list before those of this one's.
    pub(crate) fn prepend_items(&mut self, other: &Document, at: &str) {
        let Some(first) = other.value.pointer(at).and_then(Value::as_array).cloned() else { return };
        let own = self.value.pointer(at).and_then(Value::as_array).cloned().unwrap_or_default();
        let (base, over) = (Arc::new(self.clone()), Arc::new(other.clone()));
        let places = (0..first.len()).map(|i| (&over, i)).chain((0..own.len()).map(|i| (&base, i)));
        let grafts: Vec<Graft> = places
            .enumerate()
            .map(|(now, (source, before))| Graft {
                at: pointer(at, &now.to_string()),
                source: Arc::clone(source),
                from: pointer(at, &before.to_string()),
            })
            .collect();
        put(&mut self.value, at, Value::Array(first.into_iter().chain(own).collect()));
        self.grafts.extend(grafts);
    }

    /// Keeps the items of a list that `keep` says yes to.
    pub(crate) fn retain_items(&mut self, at: &str, keep: impl Fn(&Value) -> bool) {
        let Some(own) = self.value.pointer(at).and_then(Value::as_array).cloned() else { return };
        let base = Arc::new(self.clone());
        let kept: Vec<(usize, Value)> = own.into_iter().enumerate().filter(|(_, item)| keep(item)).collect();
        for (now, (before, _)) in kept.iter().enumerate() {
            let (at, from) = (pointer(at, &now.to_string()), pointer(at, &before.to_string()));
            self.grafts.push(Graft { at, source: Arc::clone(&base), from });
        }
        put(&mut self.value, at, Value::Array(kept.into_iter().map(|(_, item)| item).collect()));
    }

    /// The document that a part was written in, and its pointer there, when it comes from elsewhere.
    pub(super) fn grafted(&self, pointer: &str) -> Option<(&Document, String)> {
        self.grafts.iter().rev().find_map(|graft| {
            let below = pointer.strip_prefix(graft.at.as_str())?;
            (below.is_empty() || below.starts_with('/')).then(|| (&*graft.source, format!("{}{below}", graft.from)))
        })
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
