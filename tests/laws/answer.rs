//! Leaves of a patch and where the answer shows them, told from the unified schema alone.

use mapwright_mapping::codec::{Kind, same as same_value};
use mapwright_mapping::model::{Field, FieldKind, Model, Scalar};
use mapwright_mapping::outcome::{Fate, LeafOutcome};
use serde_json::Value;

use crate::desk::Desk;
use crate::hints::Custom;

/// One leaf of a patch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    /// Where it stands (RFC 6901).
    pub(crate) pointer: String,
    /// What it says; null clears.
    pub(crate) value: Value,
    /// Its type; none in an open map and for a list.
    pub(crate) scalar: Option<Scalar>,
    /// The item of a list that it belongs to: the list's name and the item's position.
    pub(crate) item: Option<(String, usize)>,
}

/// The leaves of a patch: scalars, nulls, items' scalars, custom keys, and a list whose items say nothing.
fn leaves(patch: &Value, model: &Model) -> Vec<Leaf> {
    let mut found = Vec::new();
    for (name, value) in patch.as_object().into_iter().flatten() {
        let Some(field) = model.field(name) else { continue };
        let at = format!("/{name}");
        let mut leaf = |pointer: String, value: &Value, scalar, item| {
            found.push(Leaf { pointer, value: value.clone(), scalar, item });
        };
        match (&field.kind, value) {
            (FieldKind::Object(leaves), Value::Null) => {
                for inner in leaves {
                    leaf(format!("{at}/{}", inner.name), &Value::Null, inner.scalar(), None);
                }
            }
            (FieldKind::Object(_), Value::Object(object)) => {
                for (inner, value) in object {
                    leaf(format!("{at}/{inner}"), value, field.leaf(inner).and_then(Field::scalar), None);
                }
            }
            (FieldKind::OpenMap, Value::Object(map)) => {
                for (key, value) in map {
                    leaf(format!("{at}/{}", escape(key)), value, None, None);
                }
            }
            (FieldKind::List { .. }, Value::Array(items)) if items.iter().any(says_something) => {
                for (i, item) in items.iter().enumerate() {
                    for (inner, value) in item.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
                        let scalar = field.leaf(inner).and_then(Field::scalar);
                        leaf(format!("{at}/{i}/{inner}"), value, scalar, Some((name.clone(), i)));
                    }
                }
            }
            (FieldKind::List { .. }, _) => leaf(at, &Value::Null, None, None),
            (kind, value) => {
                let scalar = if let FieldKind::Scalar(scalar) = kind { Some(*scalar) } else { None };
                leaf(at, value, scalar, None);
            }
        }
    }
    found
}

impl Desk {
    /// The leaves of a patch; a custom key that holds an instant is compared as one.
    pub(crate) fn leaves(&self, patch: &Value) -> Vec<Leaf> {
        let mut found = leaves(patch, &self.mapping.model);
        for (key, kind) in self.hints.custom {
            let at = self.mapping.rests.iter().map(|rest| format!("/{}/{}", rest.name, escape(key)));
            for pointer in at.filter(|_| matches!(kind, Custom::Instant(_) | Custom::Utc)) {
                for leaf in found.iter_mut().filter(|leaf| leaf.pointer == pointer && leaf.value.is_string()) {
                    leaf.scalar = Some(Scalar::Instant);
                }
            }
        }
        found
    }
}

/// Whether an item has a leaf that is not null.
fn says_something(item: &Value) -> bool {
    item.as_object().is_some_and(|item| item.values().any(|value| !value.is_null()))
}

/// A key as a part of a pointer.
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// What the answer is to show for a leaf, by its outcome; none where nothing is promised.
pub(crate) fn promised(leaf: &Leaf, outcome: &LeafOutcome) -> Option<Value> {
    match outcome.outcome {
        Fate::Written | Fate::Unchanged => Some(leaf.value.clone()),
        Fate::Lossy | Fate::Altered => outcome.reads.clone(),
        _ => None,
    }
}

/// Whether the answer shows a value: instants as instants, numbers by their value, names without case and separators
/// where the leaf holds one of the account's names, all else as it stands.
pub(crate) fn same(leaf: &Leaf, is_name: bool, shown: &Value, promised: &Value) -> bool {
    match (shown, promised, leaf.scalar) {
        (Value::String(a), Value::String(b), Some(Scalar::Text)) if is_name => fold(a) == fold(b),
        (Value::String(_), Value::String(_), Some(Scalar::Instant)) => same_value(Kind::Instant, shown, promised),
        (Value::Number(a), Value::Number(b), _) if !(a.is_f64() && b.is_f64()) => match (a.as_i128(), b.as_i128()) {
            (Some(a), Some(b)) => a == b,
            // One of them is a float: equal where the float is that very integer.
            _ => a.as_f64() == b.as_f64() && a.as_f64().is_some_and(|a| a.abs() < 9e15),
        },
        _ => shown == promised,
    }
}

/// A name as names are compared: without case and separators.
pub(crate) fn fold(name: &str) -> String {
    name.replace(['_', '-'], " ").split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
