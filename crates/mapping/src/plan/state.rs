//! A record as a reply shows it.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::mapping::{Index, Record};
use crate::path::{Path, text_of};
use crate::variables::Bound;

/// A record as a reply shows it.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// The whole answer: what `^` climbs to.
    root: Arc<Value>,
    /// The record itself, views included.
    record: Arc<Value>,
}

impl State {
    /// The record in an answer; none where it is not there.
    pub(crate) fn new(root: Arc<Value>, at: Option<&Path>, record: &Record, bound: &Bound) -> Option<State> {
        let own = match at {
            Some(path) => Arc::new(path.get(&root, bound)?.clone()),
            None => Arc::clone(&root),
        };
        State::inside(root, own, record, bound)
    }

    /// A record that lies inside the answer to another one.
    pub(crate) fn inside(root: Arc<Value>, own: Arc<Value>, record: &Record, bound: &Bound) -> Option<State> {
        if own.is_null() {
            return None;
        }
        let own = match &record.index {
            Some(index) => Arc::new(view((*own).clone(), index, bound)),
            None => own,
        };
        Some(State { root, record: own })
    }

    /// The value at a path; none where there is none.
    pub(crate) fn get(&self, path: &Path, bound: &Bound) -> Option<&Value> {
        path.get(if path.root { &self.root } else { &self.record }, bound)
    }

    /// The record itself.
    pub(crate) fn record(&self) -> &Value {
        &self.record
    }

    /// The whole answer.
    pub(crate) fn root(&self) -> &Arc<Value> {
        &self.root
    }
}

/// Adds the object that an array of keyed items is seen as.
fn view(mut own: Value, index: &Index, bound: &Bound) -> Value {
    let items = match &index.at {
        Some(path) => path.get(&own, bound),
        None => Some(&own),
    };
    let mut object = Map::new();
    for item in items.and_then(Value::as_array).into_iter().flatten() {
        let Some(key) = text_of(item.get(&index.by)) else { continue };
        let value = match &index.value {
            Some(member) => item.get(member).cloned().unwrap_or(Value::Null),
            None => item.clone(),
        };
        object.insert(key.into_owned(), value);
    }
    match (&index.name, own.as_object_mut()) {
        (Some(name), Some(record)) => {
            record.insert(name.clone(), Value::Object(object));
            own
        }
        _ => Value::Object(object),
    }
}
