//! The records: every JSON object of a body of the shipped cases, and every first record of the simulated providers.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The largest record that is taken, in bytes of JSON: an evaluation is to be quick.
const LARGEST: usize = 6000;

/// Every record, in a fixed order.
pub(crate) fn all() -> Vec<Value> {
    let mut files = Vec::new();
    toml_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings"), &mut files);
    let mut found = Vec::new();
    for path in files {
        let within = |name: &str| path.components().any(|part| part.as_os_str() == name);
        if within("cases") || path.ends_with("sandbox.toml") {
            let text = fs::read_to_string(&path).expect("a file");
            let table: toml::Table = text.parse().expect("TOML");
            objects(&toml::Value::Table(table), &mut found);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|record| {
        let text = record.to_string();
        text.len() > 2 && text.len() <= LARGEST && seen.insert(text)
    });
    found
}

fn toml_files(directory: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            toml_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
}

/// The JSON objects in the texts of a file.
fn objects(value: &toml::Value, found: &mut Vec<Value>) {
    match value {
        toml::Value::String(text) => {
            if let Ok(body @ Value::Object(_)) = serde_json::from_str::<Value>(text) {
                found.push(body);
            }
        }
        toml::Value::Table(table) => table.values().for_each(|inner| objects(inner, found)),
        toml::Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        _ => {}
    }
}
