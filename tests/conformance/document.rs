//! A vendor's description as one JSON document, made ready for JSON Schema 2020-12.
//!
//! References to other files are taken from the files that the provider has beside the first one; where none of them
//! has the place, the description says nothing there.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::yaml;

/// Where the documents beside the first one stand in it.
const BESIDE: &str = "x-beside";

/// Reads a file as JSON: YAML too.
pub(crate) fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let read = match path.extension().and_then(|extension| extension.to_str()) {
        Some("yaml" | "yml") => yaml::read(&text),
        _ => serde_json::from_str(&text).map_err(|error| error.to_string()),
    };
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One document out of a file and those beside it.
pub(crate) fn join(mut documents: Vec<Value>) -> Value {
    let mut first = documents.remove(0);
    if let Some(object) = first.as_object_mut() {
        object.insert(BESIDE.to_owned(), documents.into());
    }
    let whole = first.clone();
    redirect(&mut first, &whole, "");
    first
}

/// Leads every reference to a place in the joined document, or nowhere.
fn redirect(value: &mut Value, whole: &Value, within: &str) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get("$ref") {
                match place(target, whole, within) {
                    Some(target) => {
                        object.insert("$ref".to_owned(), target.into());
                    }
                    None => *object = Map::from_iter([("x-absent".to_owned(), json!(target))]),
                }
            }
            for (name, inner) in object.iter_mut() {
                if name == BESIDE
                    && let Value::Array(documents) = inner
                {
                    for (i, document) in documents.iter_mut().enumerate() {
                        redirect(document, whole, &format!("/{BESIDE}/{i}"));
                    }
                } else {
                    redirect(inner, whole, within);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, whole, within)),
        _ => {}
    }
}

/// Where a reference leads in the joined document.
fn place(target: &str, whole: &Value, within: &str) -> Option<String> {
    let (file, fragment) = target.split_once('#')?;
    let beside = whole[BESIDE].as_array().map_or(0, Vec::len);
    let candidates: Vec<String> = match file {
        "" => vec![format!("{within}{fragment}")],
        _ => (0..beside).map(|i| format!("/{BESIDE}/{i}{fragment}")).collect(),
    };
    candidates.into_iter().find(|candidate| whole.pointer(candidate).is_some()).map(|found| format!("#{found}"))
}

/// Turns the schemas of `OpenAPI` 3.0 into JSON Schema 2020-12, wherever they stand.
pub(crate) fn modernize(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for inner in object.values_mut() {
                modernize(inner);
            }
            modernize_schema(object);
        }
        Value::Array(items) => items.iter_mut().for_each(modernize),
        _ => {}
    }
}

fn modernize_schema(schema: &mut Map<String, Value>) {
    for (limit, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        match schema.get(exclusive) {
            Some(Value::Bool(true)) => {
                if let Some(value) = schema.remove(limit) {
                    schema.insert(exclusive.to_owned(), value);
                }
            }
            Some(Value::Bool(false)) => {
                schema.remove(exclusive);
            }
            _ => {}
        }
    }
    let bits = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        Some("int64") => Some((i64::MIN, i64::MAX)),
        _ => None,
    };
    if let Some((least, most)) = bits {
        schema.entry("minimum").or_insert(least.into());
        schema.entry("maximum").or_insert(most.into());
    }
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        schema.remove("nullable");
        if let Some(Value::Array(values)) = schema.get_mut("enum")
            && !values.contains(&Value::Null)
        {
            values.push(Value::Null);
        }
        match schema.get("type").cloned() {
            Some(Value::String(one)) => {
                schema.insert("type".to_owned(), json!([one, "null"]));
            }
            Some(Value::Array(mut several)) => {
                if !several.contains(&json!("null")) {
                    several.push("null".into());
                }
                schema.insert("type".to_owned(), several.into());
            }
            // Nothing is said about the value, so null is legal already.
            _ if schema.is_empty() => {}
            _ => {
                let rest = Value::Object(std::mem::take(schema));
                schema.insert("anyOf".to_owned(), json!([rest, { "type": "null" }]));
            }
        }
    }
}
