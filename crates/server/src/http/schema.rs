//! The two forms of a unified resource as JSON Schemas: what a patch may say, and what an answer shows.
//!
//! The model's own schema describes a resource as it is read; both forms are made from it. With a mapping's coverage a
//! form holds only what that mapping writes, or fills.

use mapwright_mapping::coverage::{Cover, Covers, Names, Others, Status};
use mapwright_mapping::model::{Field, FieldKind, Model};
use serde_json::{Map, Value, json};

/// One of the two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON Merge Patch: nothing is required, null clears, lists are replaced whole.
    Patch,
    /// An answer: null says that the provider holds no value.
    Answer,
}

/// A form of a whole model.
pub fn of_model(model: &Model, form: Form) -> Value {
    whole(model, form, None)
}

/// A form of what a mapping writes, or fills: `covers` are those of the form's direction.
pub fn of_mapping(model: &Model, form: Form, covers: &Covers) -> Value {
    whole(model, form, Some(covers))
}

fn whole(model: &Model, form: Form, covers: Option<&Covers>) -> Value {
    let mut required = Vec::new();
    if form == Form::Answer {
        required.extend(model.required.iter().map(String::as_str));
    }
    object(&model.schema, &model.fields, form, &required, covers)
}

/// A closed object of these fields.
fn object(schema: &Value, fields: &[Field], form: Form, required: &[&str], covers: Option<&Covers>) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let cover = covers.and_then(|covers| covers.get(&field.name));
        let is_covered = covers.is_none() || cover.is_some_and(|cover| holds(cover, form));
        // A list's key and an answer's id have to be there for the rest to be sound.
        let is_shown =
            (is_covered || required.contains(&field.name.as_str())) && !(form == Form::Answer && field.request_only);
        if is_shown {
            let own = schema.pointer("/properties").and_then(|all| all.get(&field.name)).unwrap_or(&Value::Null);
            let required = required.contains(&field.name.as_str());
            properties.insert(field.name.clone(), property(own, field, form, required, cover));
        }
    }
    let mut object = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    put(&mut object, "title", schema.get("title").cloned());
    put(&mut object, "required", (!required.is_empty()).then(|| json!(required)));
    object
}

fn holds(cover: &Cover, form: Form) -> bool {
    cover.status == if form == Form::Patch { Status::Written } else { Status::Read }
}

fn property(own: &Value, field: &Field, form: Form, required: bool, cover: Option<&Cover>) -> Value {
    let null = !required;
    let inner = cover.map(|cover| &cover.fields).filter(|fields| !fields.is_empty());
    let mut property = match &field.kind {
        FieldKind::Scalar(_) => scalar(own, field, form, null, cover),
        FieldKind::Object(leaves) => nullable(object(own, leaves, form, &[], inner), null),
        FieldKind::List { required, leaves, .. } => {
            let must: Vec<&str> = match form {
                Form::Patch if !field.read_only => required.iter().map(String::as_str).collect(),
                Form::Patch | Form::Answer => Vec::new(),
            };
            let items = own.get("items").unwrap_or(&Value::Null);
            let items = object(items, leaves, form, &must, inner);
            nullable(json!({ "type": "array", "items": items }), null)
        }
        // A patch clears an open map key by key.
        FieldKind::OpenMap => nullable(open_map(cover), null && form == Form::Answer),
        FieldKind::Raw => json!({ "type": "object", "additionalProperties": true }),
    };
    put(&mut property, "description", own.get("description").cloned());
    if field.read_only {
        put(&mut property, "readOnly", Some(json!(true)));
    }
    property
}

fn scalar(own: &Value, field: &Field, form: Form, null: bool, cover: Option<&Cover>) -> Value {
    let mut scalar = json!({ "type": own.get("type") });
    put(&mut scalar, "format", own.get("format").cloned());
    match cover.and_then(|cover| cover.names.as_ref()) {
        Some(Names::Mapping { names, also, others: Some(Others::Refused) }) if form == Form::Patch => {
            let names = names.iter().chain(also.keys()).map(|name| json!(name));
            put(&mut scalar, "enum", Some(names.chain(null.then_some(Value::Null)).collect()));
        }
        Some(Names::Mapping { names, .. }) => put(&mut scalar, "examples", Some(json!(names))),
        _ if !field.names.is_empty() => put(&mut scalar, "examples", Some(json!(field.names))),
        _ => {}
    }
    let scalar = nullable(scalar, null);
    if form == Form::Answer || !field.patch_object {
        return scalar;
    }
    let by_id = json!({ "id": nullable(json!({ "type": own.get("type") }), true) });
    json!({ "anyOf": [scalar, { "type": "object", "additionalProperties": false, "properties": by_id }] })
}

fn open_map(cover: Option<&Cover>) -> Value {
    let mut map = json!({ "type": "object", "additionalProperties": true });
    match cover.and_then(|cover| cover.names.as_ref()) {
        Some(Names::Pattern { pattern }) => {
            put(&mut map, "propertyNames", Some(json!({ "pattern": format!("^(?:{pattern})$") })));
        }
        Some(Names::Mapping { names, also, .. }) => {
            let names: Vec<&String> = names.iter().chain(also.keys()).collect();
            put(&mut map, "propertyNames", Some(json!({ "enum": names })));
        }
        Some(Names::Account { .. } | Names::Any) | None => {}
    }
    map
}

/// The same, where null is as good as a value.
fn nullable(mut schema: Value, null: bool) -> Value {
    if let Some(kind) = schema.get_mut("type").filter(|kind| null && kind.is_string()) {
        *kind = json!([kind, "null"]);
    }
    schema
}

fn put(schema: &mut Value, name: &str, value: Option<Value>) {
    if let (Some(members), Some(value)) = (schema.as_object_mut(), value) {
        members.insert(name.to_owned(), value);
    }
}
