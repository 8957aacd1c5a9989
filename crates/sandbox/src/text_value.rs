//! Values that come as texts, as in a form.

use serde_json::{Number, Value};

use crate::collection::{Collection, FieldType, Values};

/// The value that a text stands for in a field: read by the field's type, the empty text as no value. A text that does
/// not read so stays a text, and is then refused as one. Where a collection's values are texts, it is the value.
pub(crate) fn written(own: &Collection, key: &str, text: &str) -> Value {
    let as_text = || Value::String(text.to_owned());
    let Some(field) = own.field(key).filter(|_| own.values == Values::Json) else {
        return as_text();
    };
    if text.is_empty() {
        return Value::Null;
    }
    match field.kind {
        FieldType::Integer | FieldType::Number => {
            serde_json::from_str::<Number>(text).map_or_else(|_| as_text(), Value::Number)
        }
        FieldType::Boolean => text.parse::<bool>().map_or_else(|_| as_text(), Value::Bool),
        _ => as_text(),
    }
}
