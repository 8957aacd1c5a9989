//! Every mutant of a file.

use std::collections::BTreeSet;

use mapwright_mapping::document::{Document, pointer};
use serde_json::{Map, Value, json};

use super::part::Part;
use super::{Mutant, wrong};
use crate::toml_text;

/// Lists whose order says nothing.
const UNORDERED: [&str; 9] = ["unsupported", "own", "fold", "status", "code", "one_of", "empty", "also", "read_only"];

/// Every mutant of a file, each with one thing made wrong. What `is_shaped` says no to is no file of the language and is
/// left out.
pub(super) fn mutants(file: &str, document: &Document, is_shaped: &dyn Fn(&Value) -> bool) -> Vec<Mutant> {
    let mut maker = Maker { file, document, is_shaped, names: BTreeSet::new(), made: Vec::new() };
    maker.visit(document.value(), &mut Vec::new());
    maker.made
}

struct Maker<'a> {
    file: &'a str,
    document: &'a Document,
    is_shaped: &'a dyn Fn(&Value) -> bool,
    names: BTreeSet<String>,
    made: Vec<Mutant>,
}

impl Maker<'_> {
    fn visit(&mut self, value: &Value, at: &mut Vec<String>) {
        let segments: Vec<&str> = at.iter().map(String::as_str).collect();
        let part = Part::of(&segments);
        let is_section = segments.len() == 1 && value.is_object();
        if segments.is_empty() || is_section {
            // A file or a section as a whole: what is in it counts.
        } else if let Some(part) = part {
            let others = others(self.document, &segments);
            self.make(part, at, "dropped", None);
            for (how, other) in wrong::values(part, &segments, value, &others) {
                self.make(part, at, &how, Some(other));
            }
            self.further(at, value);
        } else {
            return;
        }
        match value {
            Value::Object(members) => {
                let names: Vec<&String> = members.keys().collect();
                for pair in names.windows(2) {
                    if let [one, other] = pair {
                        self.exchange(value, at, one, other);
                    }
                }
                for (name, member) in members {
                    at.push(name.clone());
                    self.visit(member, at);
                    at.pop();
                }
            }
            Value::Array(items) => {
                let key = at.iter().rev().find(|segment| segment.parse::<usize>().is_err());
                if !key.is_some_and(|key| UNORDERED.contains(&key.as_str())) {
                    for index in 1..items.len() {
                        self.exchange(value, at, &(index - 1).to_string(), &index.to_string());
                    }
                }
                for (index, item) in items.iter().enumerate() {
                    at.push(index.to_string());
                    self.visit(item, at);
                    at.pop();
                }
            }
            _ => {}
        }
    }

    /// Two neighbours with each other's value: items of a list, paths of two fields, values of two rows.
    fn exchange(&mut self, within: &Value, at: &[String], one: &str, other: &str) {
        let segments: Vec<&str> = at.iter().map(String::as_str).collect();
        let part = match segments.as_slice() {
            ["fields"] | ["lists", _, "slots", _] => Part::Path,
            ["tables", _, "rows"] => Part::Row,
            _ if within.is_array() => match Part::of(&segments) {
                Some(part) => part,
                None => return,
            },
            _ => return,
        };
        let mut changed = within.clone();
        let how = if within.is_array() {
            let (Ok(a), Ok(b)) = (one.parse::<usize>(), other.parse::<usize>()) else { return };
            if let Some(items) = changed.as_array_mut() {
                if let (["errors", "rules"], Some(one), Some(other)) = (segments.as_slice(), items.get(a), items.get(b))
                    && never_both(one, other)
                {
                    return;
                }
                items.swap(a, b);
            }
            format!("{one} and {other} exchanged")
        } else {
            // Paths are exchanged between plain fields, so that all else of both stays.
            let (Some(a), Some(b)) = (place_of(&within[one]).cloned(), place_of(&within[other]).cloned()) else {
                return;
            };
            put_place(&mut changed[one], b);
            put_place(&mut changed[other], a);
            format!("{one:?} and {other:?} exchanged")
        };
        if changed == *within {
            return;
        }
        let made = self.made.len();
        self.make(part, at, &how, Some(changed));
        // It is shown where the two stand, and not as all that they stand in.
        if let Some(mutant) = self.made.get_mut(made) {
            let shown = |name: &str| within_at(within, name).map(toml_text::inline).unwrap_or_default();
            mutant.place = self.document.place(&pointer(&mutant.pointer, one));
            mutant.before = format!("{}, {}", shown(one), shown(other));
            mutant.after = format!("{}, {}", shown(other), shown(one));
        }
    }

    /// What could be added to a field: that it cannot be cleared, that it is only read.
    fn further(&mut self, at: &[String], value: &Value) {
        let segments: Vec<&str> = at.iter().map(String::as_str).collect();
        let is_leaf = match segments.as_slice() {
            ["fields", _] => true,
            ["lists", _, "slots", _, leaf] => !["is", "also", "takes"].contains(leaf),
            _ => false,
        };
        let table = match value {
            Value::String(path) => json!({ "path": path }),
            Value::Object(_) => value.clone(),
            _ => return,
        };
        if !is_leaf || table.get("read_only").is_some() {
            return;
        }
        let mut with = |name: &str, value: &str, part: Part, how: &str| {
            let mut changed = table.clone();
            if changed.get(name).is_none() {
                changed[name] = json!(value);
                self.make(part, at, how, Some(changed));
            }
        };
        with("clear", "never", Part::Clear, "never cleared");
        with("read_only", "the provider sets it", Part::Field, "only read");
    }

    fn make(&mut self, part: Part, at: &[String], how: &str, new: Option<Value>) {
        let mut changed = self.document.value().clone();
        let after = new.as_ref().map(toml_text::inline).unwrap_or_default();
        if !edit(&mut changed, at, new) || changed == *self.document.value() || !(self.is_shaped)(&changed) {
            return;
        }
        let here = at.iter().fold(String::new(), |above, segment| pointer(&above, segment));
        let before = self.document.value().pointer(&here).map(toml_text::inline).unwrap_or_default();
        let mutant = Mutant {
            file: self.file.to_owned(),
            place: self.document.place(&here),
            pointer: here,
            how: how.to_owned(),
            part,
            before,
            after,
            value: changed,
        };
        if self.names.insert(mutant.name()) {
            self.made.push(mutant);
        }
    }
}

/// The names of tables and forms that could stand in place of a name.
fn others<'d>(document: &'d Document, segments: &[&str]) -> Vec<&'d str> {
    let section = match segments {
        ["errors" | "provider", ..] => return Vec::new(),
        [.., "table"] => "tables",
        ["fields" | "lists", .., "form"] => "forms",
        _ => return Vec::new(),
    };
    let members = document.value().get(section).and_then(Value::as_object);
    members.into_iter().flat_map(Map::keys).map(String::as_str).collect()
}

/// A member of an object or an item of a list.
fn within_at<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(items) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
        _ => None,
    }
}

/// The path or the remote value that is exchanged.
fn place_of(value: &Value) -> Option<&Value> {
    match value {
        Value::Object(members) => members.get("path").filter(|path| path.is_string()),
        Value::String(_) | Value::Number(_) => Some(value),
        _ => None,
    }
}

fn put_place(value: &mut Value, place: Value) {
    match value {
        Value::Object(members) => {
            members.insert("path".to_owned(), place);
        }
        other => *other = place,
    }
}

/// Whether no reply meets the conditions of both rules: then their order says nothing.
fn never_both(one: &Value, other: &Value) -> bool {
    let all = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let apart = |at: &str| match (one.pointer(at), other.pointer(at)) {
        (Some(a), Some(b)) => all(a).iter().all(|item| !all(b).contains(item)),
        _ => false,
    };
    ["/when/status", "/when/code", "/when/during"].into_iter().any(apart)
}

/// Puts a value at a place, or takes away what is there. Whether the place is there.
fn edit(root: &mut Value, at: &[String], new: Option<Value>) -> bool {
    let Some((last, above)) = at.split_last() else { return false };
    let mut place = root;
    for segment in above {
        let next = match place {
            Value::Object(members) => members.get_mut(segment),
            Value::Array(items) => segment.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            _ => None,
        };
        let Some(next) = next else { return false };
        place = next;
    }
    match (place, new) {
        (Value::Object(members), Some(new)) => members.insert(last.clone(), new).is_some(),
        (Value::Object(members), None) => members.shift_remove(last).is_some(),
        (Value::Array(items), new) => match (last.parse::<usize>(), new) {
            (Ok(index), Some(new)) if index < items.len() => {
                items[index] = new;
                true
            }
            (Ok(index), None) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}
