//! Both `JSONata` engines give the same: over every expression of the shipped mappings and of the fixtures, on the records
//! below and on every JSON body of the cases beside the mapping.
#![cfg(feature = "jsonata-rs")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mapwright_mapping::expression::{Limits, default_backend, second_backend};
use serde_json::{Value, json};

/// Fewer comparisons than this would show nothing.
const FEWEST: usize = 30;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
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

/// The texts below every `expr` of a file.
fn expressions(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, inner) in table {
                if key == "expr" {
                    let texts = ["read", "write"].into_iter().filter_map(|side| inner.get(side)?.as_str());
                    found.extend(texts.map(str::to_owned));
                } else {
                    expressions(inner, found);
                }
            }
        }
        toml::Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

/// The JSON objects in the texts of a case, and the objects inside them.
fn bodies(value: &toml::Value, found: &mut Vec<Value>) {
    match value {
        toml::Value::String(text) => {
            if let Ok(body @ Value::Object(_)) = serde_json::from_str::<Value>(text) {
                found.push(body);
            }
        }
        toml::Value::Table(table) => table.values().for_each(|inner| bodies(inner, found)),
        toml::Value::Array(items) => items.iter().for_each(|item| bodies(item, found)),
        _ => {}
    }
}

/// Records and patches of the fixture's kind: whole, empty, of one item, with odd texts and numbers.
fn records() -> Vec<Value> {
    vec![
        json!({}),
        json!({"note": "a-1", "room": "a", "bay": "1", "cover": {"base": "https://x.test/", "name": "7.png"}}),
        json!({"note": "", "room": "", "bay": "", "votes": []}),
        json!({"note": null, "room": null, "bay": null, "votes": null, "cover": null}),
        json!({"room": "ä", "bay": "ß", "note": "größe"}),
        json!({"room": "r", "votes": [{"stars": 4}, {"stars": 5}]}),
        json!({"bay": "b", "votes": [{"stars": 3}]}),
        json!({"room": "a b", "bay": "  ", "votes": [{"stars": 0}, {"stars": 0}, {"stars": 1}]}),
        json!({"room": "\u{1f4da}", "bay": "-", "cover": {"base": "b"}}),
        json!({"cover": {"name": "n"}, "votes": [{"stars": 2.5}]}),
        json!({"room": "0", "bay": "false", "note": "0"}),
        json!({"room": "long".repeat(200), "bay": "x", "votes": [{"stars": 5}, {"stars": 5}, {"stars": 4}, {"stars": 1}]}),
    ]
}

#[test]
fn both_engines_give_the_same() {
    mapwright_mapping::expression::silence_panics();
    let mut compared = 0;
    let mut differences = Vec::new();
    for directory in ["mappings", "tests/fixtures/mappings"] {
        let mut files = Vec::new();
        toml_files(&root().join(directory), &mut files);
        let parsed: BTreeMap<PathBuf, toml::Value> = files
            .into_iter()
            .map(|path| {
                (path.clone(), fs::read_to_string(&path).expect("text").parse::<toml::Table>().expect("TOML").into())
            })
            .collect();
        for (path, file) in parsed.iter().filter(|(path, _)| !path.components().any(|part| part.as_os_str() == "cases"))
        {
            let mut texts = Vec::new();
            expressions(file, &mut texts);
            let mut inputs = records();
            let cases = path.parent().expect("a directory").join("cases");
            parsed.iter().filter(|(case, _)| case.starts_with(&cases)).for_each(|(_, case)| bodies(case, &mut inputs));
            for text in texts {
                let limits = Limits::default();
                let first = default_backend().compile(&text, &limits).expect("it compiles");
                let second = second_backend().compile(&text, &limits).expect("it compiles");
                for input in &inputs {
                    let one = first.eval(input, &BTreeMap::new()).map_err(|_| "an error");
                    let other = second.eval(input, &BTreeMap::new()).map_err(|_| "an error");
                    compared += 1;
                    let same = match (&one, &other) {
                        (Ok(Some(one)), Ok(Some(other))) => {
                            mapwright_mapping::codec::same(mapwright_mapping::codec::Kind::Any, one, other)
                        }
                        _ => one == other,
                    };
                    if !same {
                        differences.push(format!("{}: {text} on {input}: {one:?} and {other:?}", path.display()));
                    }
                }
            }
        }
    }
    println!("{compared} comparisons");
    assert_eq!(differences, Vec::<String>::new());
    assert!(compared >= FEWEST, "only {compared} comparisons");
}
