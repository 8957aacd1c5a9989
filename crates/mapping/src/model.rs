//! The unified resource, read from its JSON Schema: which fields there are, of what type, and how lists are keyed.
//!
//! The schema says the rest in the annotation `x-mapwright`: `role` (`open_map`, `raw`), `key` and `required` of a
//! list, `names` of an enum, `request_only`, and `patch_also` for a leaf that a patch may also write as `{id}`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// A unified resource.
#[derive(Clone)]
pub struct Model {
    /// `model/resource`.
    pub resource: String,
    /// The schema that the model was read from.
    pub schema: Arc<Value>,
    /// The fields, in the schema's order.
    pub fields: Vec<Field>,
    /// The fields that every answer has.
    pub required: Vec<String>,
    /// The positions of the fields by name.
    by_name: BTreeMap<String, usize>,
}

/// The resource alone: the schema is long, and is the same in every mapping of the resource.
impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("resource", &self.resource).finish_non_exhaustive()
    }
}

/// Where a model has a leaf outside lists and maps: the position of the field, and in an object that of its leaf. A single
/// value is its own leaf at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) field: usize,
    pub(crate) leaf: usize,
}

/// A field of a unified resource, or a leaf of an object or of a list's item.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether only an answer has it; in a patch it is accepted and reported.
    pub read_only: bool,
    /// Whether only a patch has it.
    pub request_only: bool,
    /// Whether the page of the contract gives it no certain type: a patch may also hold `{id}`.
    pub patch_object: bool,
    /// The names that the model knows, for an enum.
    pub names: Vec<String>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// A single value.
    Scalar(Scalar),
    /// An object of leaves.
    Object(Vec<Field>),
    /// A list of objects.
    List {
        /// The leaf that tells items apart.
        key: String,
        /// The leaves that an item of a patch has to have.
        required: Vec<String>,
        /// The leaves of an item.
        leaves: Vec<Field>,
    },
    /// An open map: custom keys.
    OpenMap,
    /// Raw values for the main record; in an answer its raw form.
    Raw,
}

/// The type of a single value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A text.
    Text,
    /// An RFC 3339 date-time.
    Instant,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
}

impl Scalar {
    /// The type in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Scalar::Text => "a string",
            Scalar::Instant => "a date-time as in RFC 3339",
            Scalar::Integer => "an integer",
            Scalar::Number => "a number",
            Scalar::Boolean => "true or false",
        }
    }
}

/// Why a schema is no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct ModelError {
    /// Where in the schema.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

impl Model {
    /// Reads a model from its JSON Schema.
    pub fn from_schema(schema: Value) -> Result<Model, ModelError> {
        let resource = schema.pointer("/x-mapwright/resource").and_then(Value::as_str).ok_or_else(|| ModelError {
            pointer: "/x-mapwright/resource".to_owned(),
            message: "the resource's name is missing".to_owned(),
        })?;
        let resource = resource.to_owned();
        let fields = fields_of(&schema, "")?;
        let required = texts(schema.get("required"));
        let by_name = fields.iter().enumerate().map(|(index, field)| (field.name.clone(), index)).collect();
        Ok(Model { resource, schema: Arc::new(schema), fields, required, by_name })
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.position(name).map(|(_, field)| field)
    }

    /// The same with its position.
    pub(crate) fn position(&self, name: &str) -> Option<(usize, &Field)> {
        let position = *self.by_name.get(name)?;
        self.fields.get(position).map(|field| (position, field))
    }

    /// The leaf that a dotted name means: a scalar, or a scalar of an object.
    pub fn leaf(&self, dotted: &str) -> Option<&Field> {
        match dotted.split_once('.') {
            None => self.field(dotted).filter(|field| matches!(field.kind, FieldKind::Scalar(_))),
            Some((object, leaf)) => match &self.field(object)?.kind {
                FieldKind::Object(leaves) => leaves.iter().find(|field| field.name == leaf),
                _ => None,
            },
        }
    }

    /// The dotted names of all leaves outside lists and maps, in the schema's order.
    pub fn leaf_names(&self) -> Vec<String> {
        self.fields
            .iter()
            .flat_map(|field| match &field.kind {
                FieldKind::Scalar(_) => vec![field.name.clone()],
                FieldKind::Object(leaves) => {
                    leaves.iter().map(|leaf| format!("{}.{}", field.name, leaf.name)).collect()
                }
                FieldKind::List { .. } | FieldKind::OpenMap | FieldKind::Raw => Vec::new(),
            })
            .collect()
    }

    /// The field that holds raw values for the main record.
    pub fn raw_field(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == FieldKind::Raw)
    }
}

impl Field {
    /// The leaf of a list's item or of an object.
    pub fn leaf(&self, name: &str) -> Option<&Field> {
        match &self.kind {
            FieldKind::Object(leaves) | FieldKind::List { leaves, .. } => leaves.iter().find(|leaf| leaf.name == name),
            _ => None,
        }
    }

    /// The type, when it is a single value.
    pub fn scalar(&self) -> Option<Scalar> {
        match self.kind {
            FieldKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }
}

fn fields_of(schema: &Value, pointer: &str) -> Result<Vec<Field>, ModelError> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Err(ModelError {
            pointer: format!("{pointer}/properties"),
            message: "the properties are missing".to_owned(),
        });
    };
    let mut seen = BTreeSet::new();
    properties
        .iter()
        .map(|(name, schema)| {
            seen.insert(name);
            field_of(name, schema, &format!("{pointer}/properties/{name}"))
        })
        .collect()
}

fn field_of(name: &str, schema: &Value, pointer: &str) -> Result<Field, ModelError> {
    let note = schema.get("x-mapwright").unwrap_or(&Value::Null);
    let kind = match (note.get("role").and_then(Value::as_str), type_of(schema)) {
        (Some("open_map"), _) => FieldKind::OpenMap,
        (Some("raw"), _) => FieldKind::Raw,
        (_, Some("array")) => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            let Some(key) = note.get("key").and_then(Value::as_str) else {
                return Err(ModelError {
                    pointer: format!("{pointer}/x-mapwright/key"),
                    message: "the list's key is missing".to_owned(),
                });
            };
            let leaves = fields_of(items, &format!("{pointer}/items"))?;
            FieldKind::List { key: key.to_owned(), required: texts(note.get("required")), leaves }
        }
        (_, Some("object")) => FieldKind::Object(fields_of(schema, pointer)?),
        (_, Some("string")) if schema.get("format").and_then(Value::as_str) == Some("date-time") => {
            FieldKind::Scalar(Scalar::Instant)
        }
        (_, Some("string")) => FieldKind::Scalar(Scalar::Text),
        (_, Some("integer")) => FieldKind::Scalar(Scalar::Integer),
        (_, Some("number")) => FieldKind::Scalar(Scalar::Number),
        (_, Some("boolean")) => FieldKind::Scalar(Scalar::Boolean),
        _ => {
            return Err(ModelError {
                pointer: format!("{pointer}/type"),
                message: "the type is missing or unknown".to_owned(),
            });
        }
    };
    Ok(Field {
        name: name.to_owned(),
        kind,
        read_only: schema.get("readOnly") == Some(&Value::Bool(true)),
        request_only: note.get("request_only") == Some(&Value::Bool(true)),
        patch_object: note.get("patch_also").is_some(),
        names: texts(note.get("names")),
    })
}

/// The type of a schema, `null` aside.
fn type_of(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(one) => Some(one),
        Value::Array(many) => many.iter().filter_map(Value::as_str).find(|one| *one != "null"),
        _ => None,
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
