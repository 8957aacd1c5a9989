//! What is to be changed in one record: atoms, and the body that carries them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::known::Known;
use crate::mapping::{Clear, NamePath};

/// The smallest thing that a provider replaces whole, and what it becomes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Atom {
    /// The names from the record to it.
    pub(crate) path: NamePath,
    /// What it becomes.
    pub(crate) change: AtomChange,
}

/// What an atom becomes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AtomChange {
    /// This value; a list may go as its differences.
    Set(Known<Value>),
    /// This value as it is: nothing is known of what is inside.
    Whole(Known<Value>),
    /// Nothing, spelled so; `list` says whether it is a list.
    Clear { spelled: Clear, list: bool },
}

impl Atom {
    /// Whether it is a list, as far as is known.
    pub(crate) fn is_list(&self) -> bool {
        match &self.change {
            AtomChange::Set(value) => value.value().is_some_and(Value::is_array),
            AtomChange::Whole(_) => false,
            AtomChange::Clear { list, .. } => *list,
        }
    }
}

/// The changes of one record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub(crate) atoms: Vec<Atom>,
}

impl Changes {
    /// Adds raw values on top: objects merge, all else goes as given. Gives the paths that were hit.
    pub(crate) fn add_raw(&mut self, raw: &Map<String, Value>) -> BTreeSet<NamePath> {
        let mut hit = BTreeSet::new();
        // Raw values lie beside each other: only what was there before can be hit.
        let mut before: BTreeMap<NamePath, Vec<usize>> = BTreeMap::new();
        for (at, atom) in self.atoms.iter().enumerate() {
            before.entry(Arc::clone(&atom.path)).or_default().push(at);
        }
        let mut out = BTreeSet::new();
        let mut added = Vec::new();
        flatten(raw, &mut Vec::new(), &mut |path, value| {
            let bounds = (Bound::Excluded(path), Bound::Unbounded);
            let below: Vec<&NamePath> = before
                .range::<[String], _>(bounds)
                .map(|(own, _)| own)
                .take_while(|own| own.starts_with(path))
                .collect();
            // An empty object merges into what is there already.
            if value.is_object() && below.iter().any(|own| before[*own].iter().any(|at| !out.contains(at))) {
                return;
            }
            // Inside a map that goes whole, what the raw values do not name stays; so does a hole for the map.
            for end in 0..path.len() {
                let Some((own, rest)) = path.split_at_checked(end) else { continue };
                for at in before.get(own).into_iter().flatten() {
                    let AtomChange::Whole(whole) = &mut self.atoms[*at].change else { continue };
                    match whole {
                        Known::Value(Value::Object(map)) => insert(map, rest, value.clone()),
                        Known::Value(_) => continue,
                        Known::Hole(_) => {}
                    }
                    hit.insert(path.into());
                    return;
                }
            }
            let above = (0..=path.len()).filter_map(|end| before.get_key_value(path.get(..end)?)).map(|(own, _)| own);
            for own in above.chain(below) {
                hit.insert(Arc::clone(own));
                out.extend(before[own].iter().copied());
            }
            added.push(Atom { path: path.into(), change: AtomChange::Set(Known::Value(value.clone())) });
        });
        let mut at = 0;
        self.atoms.retain(|_| {
            at += 1;
            !out.contains(&(at - 1))
        });
        self.atoms.extend(added);
        hit
    }

    /// The changes as one object.
    pub(crate) fn object(&self, holes: &mut Vec<String>) -> Value {
        let mut object = Map::with_capacity(self.atoms.len());
        for atom in &self.atoms {
            let value = match &atom.change {
                AtomChange::Set(value) | AtomChange::Whole(value) => value.shown(holes).into_owned(),
                AtomChange::Clear { spelled, .. } => spelled.value().unwrap_or(Value::Null),
            };
            insert(&mut object, &atom.path, value);
        }
        Value::Object(object)
    }

    /// The changes as JSON Patch operations (RFC 6902). `current` gives the atom's current value, for the
    /// differences of lists; without `diff` lists are replaced whole.
    pub(crate) fn operations(
        &self,
        prefix: &str,
        diff: bool,
        holes: &mut Vec<String>,
        current: &dyn Fn(&[String]) -> Known<Option<Value>>,
    ) -> Vec<Value> {
        let mut operations = Vec::new();
        for atom in &self.atoms {
            let at = atom
                .path
                .iter()
                .fold(prefix.to_owned(), |at, name| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")));
            let list = match &atom.change {
                AtomChange::Set(Known::Value(Value::Array(items))) if diff => Some(items.clone()),
                AtomChange::Clear { list: true, .. } if diff => Some(Vec::new()),
                _ => None,
            };
            match (list, &atom.change) {
                (Some(wanted), _) => operations.extend(differences(&at, &wanted, current(&atom.path), holes)),
                (None, AtomChange::Set(value) | AtomChange::Whole(value)) => {
                    operations.push(json!({ "op": "replace", "path": at, "value": value.shown(holes) }));
                }
                (None, AtomChange::Clear { spelled: Clear::Remove, .. }) => {
                    operations.push(json!({ "op": "remove", "path": at }));
                }
                (None, AtomChange::Clear { spelled, .. }) => {
                    operations
                        .push(json!({ "op": "replace", "path": at, "value": spelled.value().unwrap_or(Value::Null) }));
                }
            }
        }
        operations
    }
}

/// The operations that turn a list into another one: what is gone is removed by its text, what is new is added.
fn differences(at: &str, wanted: &[Value], current: Known<Option<Value>>, holes: &mut Vec<String>) -> Vec<Value> {
    let text = |value: &Value| {
        crate::path::text_of(Some(value)).map_or_else(|| value.to_string(), std::borrow::Cow::into_owned)
    };
    let has = match current {
        Known::Value(Some(Value::Array(items))) => items,
        Known::Value(_) => Vec::new(),
        Known::Hole(name) => {
            if !holes.contains(&name) {
                holes.push(name.clone());
            }
            let mut operations = vec![json!({ "op": "remove", "path": format!("{at}/{{{name}}}") })];
            operations
                .extend(wanted.iter().map(|value| json!({ "op": "add", "path": format!("{at}/-"), "value": value })));
            return operations;
        }
    };
    let escaped = |value: &Value| text(value).replace('~', "~0").replace('/', "~1");
    let mut operations: Vec<Value> = has
        .iter()
        .filter(|value| !wanted.contains(value))
        .map(|value| json!({ "op": "remove", "path": format!("{at}/{}", escaped(value)) }))
        .collect();
    operations.extend(
        wanted
            .iter()
            .filter(|value| !has.contains(value))
            .map(|value| json!({ "op": "add", "path": format!("{at}/-"), "value": value })),
    );
    operations
}

fn flatten(object: &Map<String, Value>, path: &mut Vec<String>, leaf: &mut dyn FnMut(&[String], &Value)) {
    for (name, value) in object {
        path.push(name.clone());
        match value {
            Value::Object(inner) if !inner.is_empty() => flatten(inner, path, leaf),
            other => leaf(path, other),
        }
        path.pop();
    }
}

/// Puts a value at a path of names.
pub(crate) fn insert(object: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            object.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let inner = object.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Some(inner) = inner.as_object_mut() {
                insert(inner, rest, value);
            }
        }
    }
}

/// Takes the value at a path of names away.
pub(crate) fn remove(object: &mut Map<String, Value>, path: &[String]) {
    match path {
        [] => {}
        [name] => drop(object.remove(name)),
        [name, rest @ ..] => {
            if let Some(inner) = object.get_mut(name).and_then(Value::as_object_mut) {
                remove(inner, rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(path: &[&str], value: Value) -> Atom {
        Atom {
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            change: AtomChange::Set(Known::Value(value)),
        }
    }

    #[test]
    fn atoms_of_one_object_merge_and_raw_values_win() {
        let mut changes = Changes {
            atoms: vec![
                set(&["place", "town"], json!("Bonn")),
                set(&["place", "zip"], json!("1")),
                set(&["a"], json!(1)),
            ],
        };
        let raw = json!({"place": {"zip": "2"}, "b": null});
        let hit = changes.add_raw(raw.as_object().expect("an object"));
        assert_eq!(hit, BTreeSet::from([NamePath::from(["place".to_owned(), "zip".to_owned()])]));
        assert_eq!(changes.object(&mut Vec::new()), json!({"place": {"town": "Bonn", "zip": "2"}, "a": 1, "b": null}));
    }

    #[test]
    fn lists_become_their_differences() {
        let changes =
            Changes { atoms: vec![set(&["links", "tags"], json!(["2-t", "3-t"])), set(&["a/b"], json!("x"))] };
        let current = |_: &[String]| Known::Value(Some(json!(["1-t", "2-t"])));
        assert_eq!(
            changes.operations("/books/0", true, &mut Vec::new(), &current),
            [
                json!({"op": "remove", "path": "/books/0/links/tags/1-t"}),
                json!({"op": "add", "path": "/books/0/links/tags/-", "value": "3-t"}),
                json!({"op": "replace", "path": "/books/0/a~1b", "value": "x"}),
            ]
        );
    }
}
