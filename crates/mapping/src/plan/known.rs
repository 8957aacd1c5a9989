//! What a plan knows, and what it shows a named hole for because a reply is still to come.

use std::borrow::Cow;

use serde_json::Value;

/// A value, or the name of the hole that stands for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Known<T> {
    /// The value.
    Value(T),
    /// A reply is needed first; the text names what of it.
    Hole(String),
}

impl<T> Known<T> {
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Known::Value(value) => Some(value),
            Known::Hole(_) => None,
        }
    }
}

impl Known<Value> {
    /// The value, or the hole as it is shown in a plan; a hole is noted in `holes`.
    pub(crate) fn shown(&self, holes: &mut Vec<String>) -> Cow<'_, Value> {
        match self {
            Known::Value(value) => Cow::Borrowed(value),
            Known::Hole(name) => {
                // A name with braces of its own is a text around holes, shown as it is.
                let (inner, shown) = match name.split_once('{') {
                    Some((_, rest)) => (rest.trim_end_matches('}').to_owned(), name.clone()),
                    None => (name.clone(), format!("{{{name}}}")),
                };
                if !holes.contains(&inner) {
                    holes.push(inner);
                }
                Cow::Owned(Value::String(shown))
            }
        }
    }
}
