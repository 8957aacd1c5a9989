//! JSON Pointers (RFC 6901), written with or without the leading slash.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A place in a JSON value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pointer(Vec<String>);

impl Pointer {
    /// Reads the textual form; the empty text and `/` alone stand for the whole value.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.strip_prefix('/').unwrap_or(text);
        if text.is_empty() {
            return Self::default();
        }
        Self(text.split('/').map(unescape).collect())
    }

    /// A pointer of ready tokens.
    pub(crate) fn of(tokens: Vec<String>) -> Self {
        Self(tokens)
    }

    /// The unescaped tokens.
    pub(crate) fn tokens(&self) -> &[String] {
        &self.0
    }

    /// This pointer followed by another.
    pub(crate) fn join(&self, tail: &Self) -> Self {
        Self(self.0.iter().chain(&tail.0).cloned().collect())
    }

    /// The textual form without the leading slash.
    pub(crate) fn text(&self) -> String {
        let tokens: Vec<String> = self.0.iter().map(|token| escape(token)).collect();
        tokens.join("/")
    }

    /// The value at this place, if there is one.
    pub(crate) fn get<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |at, token| match at {
            Value::Object(object) => object.get(token),
            Value::Array(list) => list.get(token.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The value at the place that a text names, without reading the text first.
    pub(crate) fn find<'a>(text: &str, value: &'a Value) -> Option<&'a Value> {
        let text = text.strip_prefix('/').unwrap_or(text);
        if text.is_empty() {
            return Some(value);
        }
        text.split('/').try_fold(value, |at, token| {
            let token = if token.contains('~') { Cow::Owned(unescape(token)) } else { Cow::Borrowed(token) };
            match at {
                Value::Object(object) => object.get(&*token),
                Value::Array(list) => list.get(token.parse::<usize>().ok()?),
                _ => None,
            }
        })
    }

    /// The text at this place, if a text is there.
    pub(crate) fn text_in<'a>(&self, value: &'a Value) -> Option<&'a str> {
        self.get(value).and_then(Value::as_str)
    }

    /// Puts a value here, making the objects on the way. Where a scalar stands on the way, nothing is
    /// changed: a place below a scalar does not exist.
    pub(crate) fn set(&self, value: &mut Value, new: Value) {
        let Some((last, way)) = self.0.split_last() else {
            *value = new;
            return;
        };
        let mut at = value;
        for token in way {
            let next = match at {
                Value::Object(object) => object.entry(token.clone()).or_insert_with(|| Value::Object(Map::new())),
                Value::Array(items) => {
                    let Some(item) = token.parse::<usize>().ok().and_then(|at| items.get_mut(at)) else {
                        return;
                    };
                    item
                }
                _ => return,
            };
            if next.is_null() {
                *next = Value::Object(Map::new());
            }
            at = next;
        }
        if let Value::Object(object) = at {
            object.insert(last.clone(), new);
        }
    }
}

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::parse(&text))
    }
}

/// One token in its textual form.
pub(crate) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::Pointer;
    use serde_json::json;

    #[test]
    fn tokens_are_escaped_and_unescaped() {
        let pointer = Pointer::parse("/shelf/a~1b~0c");
        assert_eq!(pointer.tokens(), ["shelf", "a/b~c"]);
        assert_eq!(pointer.text(), "shelf/a~1b~0c");
    }

    #[test]
    fn setting_makes_the_objects_on_the_way_and_never_replaces_a_scalar() {
        let mut value = json!({"colour": "red"});
        Pointer::parse("shelf/book").set(&mut value, json!(1));
        Pointer::parse("colour/deep").set(&mut value, json!(2));
        assert_eq!(value, json!({"colour": "red", "shelf": {"book": 1}}));
    }
}
