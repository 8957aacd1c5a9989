//! The keys that a schema knows for one table.

use std::collections::BTreeSet;

use serde_json::Value;

/// The keys of a table and the patterns that its further keys match.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
    pub(super) patterns: Vec<String>,
}

/// The keys that are legal for the table which the schema at a pointer describes.
pub(super) fn legal(root: &Value, at: &str) -> Names {
    let mut names = Names::default();
    if let Some(schema) = root.pointer(at) {
        collect(root, schema, &mut BTreeSet::new(), &mut names);
    }
    names
}

/// Adds the keys of a schema and of those that it combines; each reference is followed once.
fn collect<'a>(root: &'a Value, schema: &'a Value, followed: &mut BTreeSet<&'a str>, names: &mut Names) {
    add_keys(schema.get("properties"), &mut names.names);
    add_keys(schema.get("patternProperties"), &mut names.patterns);
    let target = schema.get("$ref").and_then(Value::as_str);
    let target = target.filter(|target| followed.insert(target));
    if let Some(target) = target.and_then(|target| resolve(root, target)) {
        collect(root, target, followed, names);
    }
    for combination in ["allOf", "anyOf", "oneOf"] {
        let members = schema.get(combination).and_then(Value::as_array);
        for member in members.into_iter().flatten() {
            collect(root, member, followed, names);
        }
    }
    for condition in ["if", "then", "else"] {
        if let Some(member) = schema.get(condition) {
            collect(root, member, followed, names);
        }
    }
}

/// The schema that a reference inside the same file names.
fn resolve<'a>(root: &'a Value, target: &str) -> Option<&'a Value> {
    root.pointer(target.strip_prefix('#')?)
}

fn add_keys(object: Option<&Value>, names: &mut Vec<String>) {
    for name in object.and_then(Value::as_object).into_iter().flat_map(serde_json::Map::keys) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
}
