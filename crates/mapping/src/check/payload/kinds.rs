//! Whether values of a kind can stand at a place of the schema.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::Node;
use crate::codec::Kind;
use crate::model::Scalar;

/// The kind of a unified value.
pub(super) fn of_scalar(scalar: Scalar) -> Kind {
    match scalar {
        Scalar::Text => Kind::Text,
        Scalar::Instant => Kind::Instant,
        Scalar::Integer => Kind::Integer,
        Scalar::Number => Kind::Number,
        Scalar::Boolean => Kind::Boolean,
    }
}

/// Whether the kind that a chain gives on its unified side is that of the leaf.
pub(super) fn fits_scalar(kind: Kind, scalar: Scalar) -> bool {
    match scalar {
        // The digits of an integer are text, and so are a day and an instant.
        Scalar::Text => kind.is_text() || kind == Kind::Integer,
        Scalar::Number => matches!(kind, Kind::Number | Kind::Integer),
        _ => kind == of_scalar(scalar),
    }
}

/// Whether values of the kind can stand at the place.
pub(super) fn fits_place(kind: Kind, node: &Node<'_>) -> bool {
    let Some(types) = node.types() else { return true };
    let format = |bad: &[&str]| node.format().is_none_or(|format| !bad.contains(&format));
    match kind {
        Kind::Text => types.contains("string"),
        Kind::Instant => types.contains("string") && format(&["date", "time"]),
        Kind::Day => types.contains("string") && format(&["date-time", "time"]),
        Kind::Integer | Kind::Number => types.contains("integer") || types.contains("number"),
        Kind::Boolean => types.contains("boolean"),
        Kind::List => types.contains("array"),
        Kind::Object => types.contains("object"),
        Kind::Any => true,
    }
}

/// Whether a written value can stand at the place.
pub(super) fn fits_value(value: &Value, node: &Node<'_>) -> bool {
    let Some(types) = node.types() else { return true };
    match value {
        Value::Null => true,
        Value::Bool(_) => types.contains("boolean"),
        Value::Number(number) if number.is_f64() => types.contains("number"),
        Value::Number(_) => types.contains("integer") || types.contains("number"),
        Value::String(_) => types.contains("string"),
        Value::Array(_) => types.contains("array"),
        Value::Object(_) => types.contains("object"),
    }
}

/// The types of a place in words.
pub(super) fn in_words(node: &Node<'_>) -> String {
    let types = node.types().unwrap_or_default();
    let text = match node.format() {
        Some("date") => "a date as text",
        Some("date-time") => "a date-time as text",
        _ => "text",
    };
    let words: BTreeSet<&str> = types
        .into_iter()
        .map(|name| match name {
            "string" => text,
            "integer" => "an integer",
            "number" => "a number",
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "an object",
            other => other,
        })
        .collect();
    words.into_iter().collect::<Vec<_>>().join(" or ")
}

/// The codec that stands between a leaf and a place, where one does.
pub(super) fn advice(scalar: Scalar, node: &Node<'_>) -> Option<&'static str> {
    let types = node.types()?;
    let only = |name: &str| types.len() == 1 && types.contains(name);
    Some(match scalar {
        Scalar::Text | Scalar::Integer if only("integer") => "add `as = \"integer\"`",
        Scalar::Integer if only("string") => "add `as = [\"text\", \"integer\"]`",
        Scalar::Number if only("string") => "add `as = [\"text\", \"number\"]`",
        Scalar::Boolean if only("string") => "add `as = [\"text\", \"boolean\"]`",
        Scalar::Instant if only("integer") => "add `as = \"unix\"`, or `\"unix_ms\"` for milliseconds",
        Scalar::Instant if only("string") && node.format() == Some("date-time") => "add `as = \"datetime\"`",
        Scalar::Instant if only("string") => {
            "add `as = \"datetime\"`, or `as = { datetime = \"YYYY-MM-DD HH:MM:SS\" }` with the provider's form"
        }
        _ if only("array") => "add `as = \"first\"`",
        _ if only("object") => "add a `form`, or a path to the value inside",
        _ => return None,
    })
}
