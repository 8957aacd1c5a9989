//! The cases that a test's mapping needs as its proof: the rules are about runs, so each entry gets the ones it asks for.

use std::collections::BTreeMap;

use mapwright_mapping::document::Document;
use mapwright_mapping::source::SourceFile;
use serde_json::{Map, Value, json};

/// The mapping with `tested` at every entry that needs it, and the cases by name.
pub(crate) fn shown(mapping: &str) -> (String, BTreeMap<String, String>) {
    let mut cases = BTreeMap::new();
    let document = Document::parse(SourceFile::from_text("books.toml", mapping));
    let mut file = document.unwrap_or_else(|found| panic!("{found:?}\n{mapping}")).value().clone();
    for (leaf, slot) in file.get_mut("fields").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(slot) = slot.as_object_mut().filter(|slot| needs(slot)) else { continue };
        let mut values: Vec<Value> = sets(slot).into_iter().map(Value::from).collect();
        if values.is_empty() {
            values.push(json!("x"));
        }
        values.extend(slot.get("unset").map(|_| Value::Null));
        let names = values.iter().enumerate().map(|(i, value)| {
            let name = format!("cases/{leaf}-{i}.toml");
            cases.insert(name.clone(), case(&leaf.split('.').collect::<Vec<_>>(), value));
            Value::from(name)
        });
        slot.insert("tested".to_owned(), names.collect());
    }
    for (map, rest) in file.get_mut("rest").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(rest) = rest.as_object_mut().filter(|rest| rest.contains_key("read")) else { continue };
        let name = format!("cases/{map}.toml");
        cases.insert(name.clone(), case(&[map, "x"], &json!("x")));
        rest.insert("tested".to_owned(), name.into());
    }
    let members = file.as_object().into_iter().flatten();
    let lines: Vec<String> =
        members.map(|(key, value)| format!("{} = {}", Value::from(key.as_str()), inline(value))).collect();
    (lines.join("\n") + "\n", cases)
}

fn needs(slot: &Map<String, Value>) -> bool {
    let has = |key: &str| slot.contains_key(key);
    has("set") || has("unset") || has("expr") || has("tested") || (has("read") && has("write"))
}

/// One value for each request that is told apart.
fn sets(slot: &Map<String, Value>) -> Vec<String> {
    let requests: Vec<&Value> = match slot.get("set") {
        Some(Value::Array(all)) => all.iter().collect(),
        one => one.into_iter().collect(),
    };
    let first = |is: &Value| is.as_array().and_then(|all| all.first()).unwrap_or(is).as_str().map(str::to_owned);
    requests.into_iter().filter_map(|set| set.get("is")).filter_map(first).collect()
}

/// A case that sets a leaf, and sees it.
fn case(leaf: &[&str], value: &Value) -> String {
    let patch = leaf.iter().rev().fold(value.clone(), |inner, name| json!({ *name: inner }));
    let (patch, pointer) = (Value::from(patch.to_string()), Value::from(format!("/{}", leaf.join("/"))));
    format!(
        "patch = {patch}\n[expect]\nlead = {patch}\noutcomes = [{{ pointer = {pointer}, outcome = \"written\" }}]\n"
    )
}

/// A value in TOML. A text has the same form in JSON.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members =
                members.iter().map(|(key, value)| format!("{} = {}", Value::from(key.as_str()), inline(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
