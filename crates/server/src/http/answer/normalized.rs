//! The unified resource with every property of its schema.

use jiff::Timestamp;
use mapwright_mapping::model::{Field, FieldKind, Model, Scalar};
use serde_json::{Map, Value};

/// The resource in the order of the schema: null where there is nothing, dates as RFC 3339 in UTC.
pub(super) fn normalized(resource: &Value, model: &Model) -> Map<String, Value> {
    fields(resource, &model.fields)
}

fn fields(object: &Value, fields: &[Field]) -> Map<String, Value> {
    let shown = fields.iter().filter(|field| !field.request_only && field.kind != FieldKind::Raw);
    shown.map(|field| (field.name.clone(), value(object.get(&field.name).unwrap_or(&Value::Null), field))).collect()
}

fn value(value: &Value, field: &Field) -> Value {
    match (&field.kind, value) {
        (FieldKind::Object(leaves), Value::Object(_) | Value::Null) => Value::Object(fields(value, leaves)),
        (FieldKind::List { leaves, .. }, Value::Array(items)) => {
            items.iter().map(|item| Value::Object(fields(item, leaves))).collect()
        }
        (FieldKind::Scalar(Scalar::Instant), Value::String(text)) => match text.parse::<Timestamp>() {
            Ok(instant) => Value::String(instant.to_string()),
            Err(_) => value.clone(),
        },
        _ => value.clone(),
    }
}
