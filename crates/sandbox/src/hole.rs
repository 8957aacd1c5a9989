//! Holes, and texts that hold them: see [`crate::template`].

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::filter;
use crate::pointer::Pointer;

/// The names that a hole may begin with. What is not set while a template is rendered is `null`.
const ROOTS: [&str; 22] = [
    "asks",
    "body",
    "called",
    "collection",
    "demo",
    "field",
    "fields",
    "found",
    "id",
    "item",
    "links",
    "now",
    "null",
    "pair",
    "pairs",
    "path",
    "query",
    "record",
    "records",
    "request",
    "serial",
    "token",
];
/// Roots of refusals.
const REFUSAL_ROOTS: [&str; 2] = ["violation", "violations"];

/// Roots of forms.
const FORM_ROOTS: [&str; 1] = ["value"];

/// What a template is rendered with.
pub(crate) struct Scope<'a> {
    /// Named values.
    pub(crate) roots: Map<String, Value>,
    /// The provider's clock.
    pub(crate) now: Timestamp,
    /// Finds a record by collection and id.
    pub(crate) lookup: &'a dyn Fn(&str, &str) -> Option<Value>,
}

/// `{root/path|filter}`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hole {
    root: String,
    path: Pointer,
    filter: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    Plain(String),
    Hole(Hole),
}

/// A template of text, for headers and plain bodies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextTemplate(pub(crate) Vec<Piece>);

impl Hole {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (place, filter) = match text.split_once('|') {
            Some((place, filter)) => (place, Some(filter.to_owned())),
            None => (text, None),
        };
        let (root, path) = place.split_once('/').unwrap_or((place, ""));
        let known: Vec<&str> = ROOTS.iter().chain(&REFUSAL_ROOTS).chain(&FORM_ROOTS).copied().collect();
        if !known.contains(&root) {
            return Err(format!("unknown root `{root}` in the hole `{{{text}}}`; known are {}", known.join(", ")));
        }
        if !filter.as_deref().is_none_or(|filter| filter::is_known(filter, root)) {
            return Err(format!("unknown filter in the hole `{{{text}}}`; known are {}", filter::KNOWN));
        }
        Ok(Self { root: root.to_owned(), path: Pointer::parse(path), filter })
    }

    /// Whether it shows descriptions of fields.
    pub(crate) fn shows_fields(&self) -> bool {
        self.root == "fields"
    }

    /// The value where it lies, for a hole without a filter; none where it is made.
    pub(crate) fn place<'v>(&self, scope: &'v Scope<'_>, item: Option<&'v Value>) -> Option<&'v Value> {
        match (self.root.as_str(), &self.filter) {
            ("now", _) | (_, Some(_)) => None,
            ("null", None) => Some(&Value::Null),
            ("item", None) => Some(item.and_then(|item| self.path.get(item)).unwrap_or(&Value::Null)),
            (root, None) => Some(scope.roots.get(root).and_then(|value| self.path.get(value)).unwrap_or(&Value::Null)),
        }
    }

    pub(crate) fn value(&self, scope: &Scope<'_>, item: Option<&Value>) -> Value {
        let found = match self.root.as_str() {
            "null" => Value::Null,
            "now" => return filter::clock(self.filter.as_deref(), scope.now),
            "item" => item.and_then(|item| self.path.get(item)).cloned().unwrap_or_default(),
            root => scope.roots.get(root).and_then(|value| self.path.get(value)).cloned().unwrap_or_default(),
        };
        match &self.filter {
            Some(filter) => filter::apply(filter, found),
            None => found,
        }
    }
}

impl TextTemplate {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, tail) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = tail.strip_prefix("{{") {
                plain.push('{');
                rest = after;
            } else if let Some(after) = tail.strip_prefix("}}") {
                plain.push('}');
                rest = after;
            } else if let Some((hole, after)) = tail.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
                if !plain.is_empty() {
                    pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Hole(Hole::parse(hole)?));
                rest = after;
            } else {
                return Err(format!("a single brace in `{text}`; write it twice"));
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain));
        }
        Ok(Self(pieces))
    }

    /// Whether it shows descriptions of fields.
    pub(crate) fn shows_fields(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Hole(hole) if hole.shows_fields()))
    }

    /// The rendered text.
    pub(crate) fn render(&self, scope: &Scope<'_>, item: Option<&Value>) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) => text.clone(),
                Piece::Hole(hole) => plain_text(&hole.value(scope, item)),
            })
            .collect()
    }
}

/// A scalar as text, `null` as the empty text, anything else as JSON.
pub(crate) fn plain_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl<'de> Deserialize<'de> for TextTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
