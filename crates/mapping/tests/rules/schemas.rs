//! The schemas beside a mapping: the unified fields that it names, and bodies of the provider that may hold anything.

use serde_json::{Map, Value, json};

/// A schema of the provider's bodies that allows everything.
pub(crate) fn payload(mapping: &str) -> Value {
    let parsed: toml::Table = mapping.parse().unwrap_or_else(|e| panic!("{e}"));
    let names = |section: &str| parsed.get(section).and_then(toml::Value::as_table).into_iter().flatten();
    let mut entries: Vec<String> = vec!["error".to_owned()];
    for (name, record) in names("records") {
        entries.extend(["read", "answer"].map(|entry| format!("{name}.{entry}")));
        entries.extend(record.get("write").map(|_| format!("{name}.write")));
    }
    entries.extend(
        names("tables").filter(|(_, table)| table.get("fetch").is_some()).map(|(name, _)| format!("table.{name}")),
    );
    json!({ "$defs": entries.into_iter().map(|entry| (entry, json!({}))).collect::<Map<String, Value>>() })
}

/// A model with an id and the named fields.
pub(crate) fn model(fields: &str) -> Value {
    let mut properties = Map::new();
    properties.insert("id".to_owned(), json!({ "type": "string", "readOnly": true }));
    for name in fields.split_whitespace() {
        properties.insert(name.to_owned(), field(name));
    }
    json!({ "type": "object", "x-mapwright": { "resource": "library/books" }, "required": ["id"], "properties": properties })
}

fn field(name: &str) -> Value {
    let text = || json!({ "type": "string" });
    let object = |leaves: &[&str]| {
        let leaves: Map<String, Value> = leaves.iter().map(|leaf| ((*leaf).to_owned(), text())).collect();
        json!({ "type": "object", "properties": leaves })
    };
    let list = |key: &str, leaves: &[&str], required: &[&str]| {
        let items = object(leaves);
        json!({ "type": "array", "x-mapwright": { "key": key, "required": required }, "items": items })
    };
    match name {
        "title" | "subtitle" | "summary" | "language" | "room" | "bay" | "genre" | "condition" | "code" => text(),
        "bought_at" => json!({ "type": "string", "format": "date-time" }),
        "added_at" => json!({ "type": "string", "format": "date-time", "readOnly": true }),
        "pages" | "stars" => json!({ "type": "integer" }),
        "price" => json!({ "type": "number" }),
        "lendable" => json!({ "type": "boolean" }),
        "author" => object(&["id", "given", "family"]),
        "keeper" => object(&["id"]),
        "place" => object(&["room", "bay"]),
        "copies" => list("kind", &["barcode", "kind"], &["barcode"]),
        "shelved" => list("kind", &["shelf", "row", "kind"], &[]),
        "editions" => list("format", &["isbn", "format", "note"], &[]),
        "extras" => json!({ "type": "object", "x-mapwright": { "role": "open_map" } }),
        "raw_book" => json!({ "type": "object", "x-mapwright": { "role": "raw" } }),
        other => panic!("the model has no field `{other}`"),
    }
}
