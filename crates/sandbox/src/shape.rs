//! Shapes of JSON values, written as JSON.
//!
//! A text names types of scalars, separated by `|`, and after ` ~ ` a pattern that the scalar's text matches:
//! `"text"`, `"text|integer ~ ^[0-9]+$"`; the types are `text`, `integer`, `number`, `boolean`, `null` and `any`.
//! `[shape]` is a list whose elements all have the shape. An object has exactly the members named; a name that ends
//! in `?` may be absent.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::pattern::Pattern;

/// A shape.
#[derive(Debug)]
pub(crate) enum Shape {
    Scalar { kinds: Vec<String>, pattern: Option<Pattern> },
    List(Box<Shape>),
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    name: String,
    optional: bool,
    shape: Shape,
}

const KINDS: [&str; 6] = ["text", "integer", "number", "boolean", "null", "any"];

impl Shape {
    fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(text) => {
                let (kinds, pattern) = match text.split_once(" ~ ") {
                    None => (text.as_str(), None),
                    Some((kinds, pattern)) => (kinds, Some(Pattern::parse(pattern)?)),
                };
                let kinds: Vec<String> = kinds.split('|').map(str::to_owned).collect();
                match kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
                    Some(kind) => Err(format!("no type `{kind}`; known are {}", KINDS.join(", "))),
                    None => Ok(Self::Scalar { kinds, pattern }),
                }
            }
            Value::Array(list) => match list.as_slice() {
                [element] => Ok(Self::List(Box::new(Self::parse(element)?))),
                _ => Err("a list has one shape for all its elements".to_owned()),
            },
            Value::Object(members) => members
                .iter()
                .map(|(name, shape)| {
                    let bare = name.strip_suffix('?');
                    let name = bare.unwrap_or(name).to_owned();
                    Ok(Member { name, optional: bare.is_some(), shape: Self::parse(shape)? })
                })
                .collect::<Result<_, String>>()
                .map(Self::Object),
            _ => Err("a shape is a text, a list or an object".to_owned()),
        }
    }

    /// Whether a value has this shape.
    pub(crate) fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Scalar { kinds, pattern }, _) => {
                kinds.iter().any(|kind| is_of(kind, value))
                    && pattern.as_ref().is_none_or(|pattern| pattern.matches(&crate::hole::plain_text(value)))
            }
            (Self::List(shape), Value::Array(list)) => list.iter().all(|element| shape.fits(element)),
            (Self::Object(members), Value::Object(object)) => {
                members.iter().all(|member| match object.get(&member.name) {
                    None => member.optional,
                    Some(value) => member.shape.fits(value),
                }) && object.keys().all(|key| members.iter().any(|member| member.name == *key))
            }
            _ => false,
        }
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "text" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => true,
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let value = serde_json::from_str(&text).map_err(|error| serde::de::Error::custom(format!("not JSON: {error}")));
        Self::parse(&value?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;
    use serde_json::json;

    #[test]
    fn a_shape_is_closed_and_tells_types_apart() {
        let shape = Shape::parse(&json!({"id": "text|integer ~ ^[0-9]+$", "tags?": [{"k": "any"}]})).unwrap();
        let fits = [
            json!({"id": 1}),
            json!({"id": "12", "tags": []}),
            json!({"id": 1, "tags": [{"k": null}]}),
            json!({"id": "x"}),
            json!({"id": 1, "more": 2}),
            json!({"tags": []}),
            json!({"id": 1, "tags": [7]}),
            json!([]),
        ]
        .map(|value| shape.fits(&value));
        assert_eq!(fits, [true, true, true, false, false, false, false, false]);
    }
}
