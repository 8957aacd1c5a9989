//! A mapping of a lead with all that can be long: a text, two lists, an open map, raw values.

use serde_json::{Map, Value, json};

use super::wide::{Files, ID, ONE_RECORD, id_property, object};

/// The files of the mapping.
pub(crate) fn files() -> Files {
    let text = json!({"type": "string", "description": "A text."});
    let list = |what: &str| {
        json!({
            "type": "array", "description": what, "x-mapwright": {"key": "type"},
            "items": {"type": "object", "additionalProperties": false, "properties": {"type": text, "value": text}}
        })
    };
    let open = |role: &str| json!({"type": "object", "description": "Anything.", "x-mapwright": {"role": role}});
    let properties = Map::from_iter([
        id_property(),
        ("title".to_owned(), text.clone()),
        ("plain".to_owned(), list("A list that goes as it is.")),
        ("merged".to_owned(), list("A list whose items keep what is not said of them.")),
        ("custom_fields".to_owned(), open("open_map")),
        ("remote_data".to_owned(), open("raw")),
    ]);
    let leads = format!(
        "{ONE_RECORD}title = \"Title\"\n\n\
         [lists.plain]\nkey = \"type\"\narray = \"Plain\"\nitem = {{ type = \"T\", value = \"V\" }}\nclear = []\n\n\
         [lists.merged]\nkey = \"type\"\narray = \"Merged\"\nitem = {{ type = \"T\", value = \"V\" }}\nkeep = \"value\"\nclear = []\n\n\
         [rest.custom_fields]\npath = \"Custom.*\"\nkeys = {{ pattern = \"cf_[a-z0-9_]+\" }}\n"
    );
    let nullable = json!({"type": ["string", "null"]});
    let pair = object([("T".to_owned(), nullable.clone()), ("V".to_owned(), nullable.clone())]);
    let array = json!({"type": "array", "items": pair});
    let custom = json!({"type": "object", "additionalProperties": true});
    let members = || {
        [
            ("Title".to_owned(), nullable.clone()),
            ("Plain".to_owned(), array.clone()),
            ("Merged".to_owned(), array.clone()),
            ("Custom".to_owned(), custom.clone()),
        ]
    };
    let id = [("Id".to_owned(), json!({"type": "string"}))];
    let bodies = Map::from_iter([
        ("lead.write".to_owned(), object(members())),
        ("lead.read".to_owned(), object(members().into_iter().chain(id))),
    ]);
    Files::of(&properties, leads, bodies)
}

/// A provider's record that is empty but for these members.
pub(crate) fn record(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    let members: Map<String, Value> = [("Id".to_owned(), json!(ID))].into_iter().chain(members).collect();
    members.into()
}

/// A text of so many bytes.
pub(crate) fn text(bytes: usize) -> Value {
    "all work and no play ".chars().cycle().take(bytes).collect::<String>().into()
}

/// An object of about so many bytes, with short members whose names begin so.
pub(crate) fn members(prefix: &str, bytes: usize) -> Value {
    (0..bytes.div_ceil(40))
        .map(|i| (format!("{prefix}{i:08}"), json!(format!("value {i:010}"))))
        .collect::<Map<_, _>>()
        .into()
}

/// A list of about so many bytes, its items under these names.
pub(crate) fn items([kind, value]: [&str; 2], bytes: usize) -> Value {
    let item = |i: usize| json!({kind: format!("kind {i:08}"), value: format!("value {i:08}")});
    (0..bytes.div_ceil(48)).map(item).collect::<Vec<Value>>().into()
}
