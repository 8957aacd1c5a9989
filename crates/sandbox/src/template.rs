//! Templates of reply bodies, headers and stored values.
//!
//! A text holds `{root/path}` holes, `{{` and `}}` for braces. A text that is one hole keeps the JSON type of
//! what it finds; in a longer text the hole is written as text. In JSON templates three objects are
//! special: `{"$when": "path", "$then": …, "$else": …}` (without `$else` the member is left out),
//! `{"$each": "path", "$in": "collection", "$item": …}` (`$in` turns ids into records; the element is
//! `{item}`) and the member `"..."`, whose object is spread into the one around it.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

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
enum Piece {
    Plain(String),
    Hole(Hole),
}

/// A checked template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Template {
    /// A value without holes.
    Fixed(Value),
    /// One hole: the value found, with its type.
    Hole(Hole),
    /// Several pieces: always a text.
    Text(TextTemplate),
    /// An array.
    List(Vec<Template>),
    /// An object in the order written.
    Object(Vec<(String, Template)>),
    /// One element for each element of a list.
    Each {
        /// The list.
        over: Hole,
        /// The collection whose ids the list holds.
        within: Option<String>,
        /// The element.
        item: Box<Template>,
    },
    /// Present or not.
    When {
        /// True unless absent, `null`, `false` or empty.
        test: Hole,
        /// Where it is true.
        then: Box<Template>,
        /// Where it is not.
        otherwise: Option<Box<Template>>,
    },
}

/// A template of text, for headers and plain bodies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextTemplate(Vec<Piece>);

impl Hole {
    fn parse(text: &str) -> Result<Self, String> {
        let (place, filter) = match text.split_once('|') {
            Some((place, filter)) => (place, Some(filter.to_owned())),
            None => (text, None),
        };
        let (root, path) = place.split_once('/').unwrap_or((place, ""));
        if !ROOTS.contains(&root) && !REFUSAL_ROOTS.contains(&root) {
            let known: Vec<&str> = ROOTS.iter().chain(&REFUSAL_ROOTS).copied().collect();
            return Err(format!(
                "unknown root `{root}` in the hole `{{{text}}}`; known are {}",
                known.join(", ")
            ));
        }
        let known = match filter.as_deref() {
            None | Some("json") => true,
            Some(time) => root == "now" && (time == "unix" || time == "unix_ms" || time.starts_with('%')),
        };
        if !known {
            return Err(format!(
                "unknown filter in the hole `{{{text}}}`; known are json, and on `now` unix, unix_ms and %-forms"
            ));
        }
        Ok(Self {
            root: root.to_owned(),
            path: Pointer::parse(path),
            filter,
        })
    }

    fn value(&self, scope: &Scope<'_>, item: Option<&Value>) -> Value {
        let found = match self.root.as_str() {
            "null" => Value::Null,
            "now" => return self.time(scope.now),
            "item" => item
                .and_then(|item| self.path.get(item))
                .cloned()
                .unwrap_or_default(),
            root => scope
                .roots
                .get(root)
                .and_then(|value| self.path.get(value))
                .cloned()
                .unwrap_or_default(),
        };
        match self.filter {
            Some(_) => Value::String(found.to_string()),
            None => found,
        }
    }

    fn time(&self, now: Timestamp) -> Value {
        match self.filter.as_deref() {
            Some("unix") => now.as_second().into(),
            Some("unix_ms") => now.as_millisecond().into(),
            Some(form) if form.starts_with('%') => {
                let mut text = String::new();
                let printer = jiff::fmt::strtime::BrokenDownTime::from(
                    &now.to_zoned(jiff::tz::TimeZone::UTC),
                );
                // A form that cannot be printed yields the plain form: a simulated reply never fails.
                if printer.format(form, &mut text).is_ok() {
                    Value::String(text)
                } else {
                    Value::String(now.to_string())
                }
            }
            _ => Value::String(now.to_string()),
        }
    }
}

impl TextTemplate {
    fn parse(text: &str) -> Result<Self, String> {
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
            } else if let Some((hole, after)) =
                tail.strip_prefix('{').and_then(|inner| inner.split_once('}'))
            {
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

impl Template {
    /// A template written as one TOML text.
    pub(crate) fn from_text(text: &str) -> Result<Self, String> {
        let parsed = TextTemplate::parse(text)?;
        Ok(match parsed.0.as_slice() {
            [] => Self::Fixed(Value::String(String::new())),
            [Piece::Plain(plain)] => Self::Fixed(Value::String(plain.clone())),
            [Piece::Hole(hole)] => Self::Hole(hole.clone()),
            _ => Self::Text(parsed),
        })
    }

    /// A template written as JSON in a TOML text.
    pub(crate) fn from_json(text: &str) -> Result<Self, String> {
        let value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
        Self::from_value(value)
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Self::from_text(&text),
            Value::Array(list) => list
                .into_iter()
                .map(Self::from_value)
                .collect::<Result<_, _>>()
                .map(Self::List),
            Value::Object(object) if object.keys().any(|key| key.starts_with('$') && key.len() > 1 && is_special(key)) => {
                Self::special(object)
            }
            Value::Object(object) => object
                .into_iter()
                .map(|(key, member)| Ok((key, Self::from_value(member)?)))
                .collect::<Result<_, String>>()
                .map(Self::Object),
            scalar => Ok(Self::Fixed(scalar)),
        }
    }

    fn special(mut object: Map<String, Value>) -> Result<Self, String> {
        let mut text = |key: &str| match object.remove(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("`{key}` is a text")),
        };
        let (each, within, when) = (text("$each")?, text("$in")?, text("$when")?);
        let mut part = |key: &str| object.remove(key).map(Self::from_value).transpose();
        let (item, then, otherwise) = (part("$item")?, part("$then")?, part("$else")?);
        if let Some(key) = object.keys().next() {
            return Err(format!("`{key}` stands beside a `$` member"));
        }
        match (each, item, when, then) {
            (Some(over), Some(item), None, None) if otherwise.is_none() => Ok(Self::Each {
                over: Hole::parse(&over)?,
                within,
                item: Box::new(item),
            }),
            (None, None, Some(test), Some(then)) if within.is_none() => Ok(Self::When {
                test: Hole::parse(&test)?,
                then: Box::new(then),
                otherwise: otherwise.map(Box::new),
            }),
            _ => Err("a special object is `$each` with `$item`, or `$when` with `$then`".to_owned()),
        }
    }

    /// The names of the collections that `$in` looks into.
    pub(crate) fn collections(&self) -> Vec<&str> {
        match self {
            Self::Fixed(_) | Self::Hole(_) | Self::Text(_) => Vec::new(),
            Self::List(items) => items.iter().flat_map(Self::collections).collect(),
            Self::Object(members) => members.iter().flat_map(|(_, item)| item.collections()).collect(),
            Self::Each { within, item, .. } => {
                within.as_deref().into_iter().chain(item.collections()).collect()
            }
            Self::When { then, otherwise, .. } => then
                .collections()
                .into_iter()
                .chain(otherwise.iter().flat_map(|part| part.collections()))
                .collect(),
        }
    }

    /// The rendered value.
    pub(crate) fn render(&self, scope: &Scope<'_>) -> Value {
        self.render_with(scope, None).unwrap_or_default()
    }

    /// `None` where a `$when` without `$else` does not hold.
    fn render_with(&self, scope: &Scope<'_>, item: Option<&Value>) -> Option<Value> {
        Some(match self {
            Self::Fixed(value) => value.clone(),
            Self::Hole(hole) => hole.value(scope, item),
            Self::Text(text) => Value::String(text.render(scope, item)),
            Self::List(list) => {
                Value::Array(list.iter().filter_map(|each| each.render_with(scope, item)).collect())
            }
            Self::Object(members) => Value::Object(render_object(members, scope, item)),
            Self::Each { over, within, item: element } => {
                let list = match over.value(scope, item) {
                    Value::Array(list) => list,
                    Value::Null => Vec::new(),
                    single => vec![single],
                };
                let resolve = |value: Value| match within {
                    None => Some(value),
                    Some(collection) => (scope.lookup)(collection, value.as_str()?),
                };
                Value::Array(
                    list.into_iter()
                        .filter_map(resolve)
                        .filter_map(|value| element.render_with(scope, Some(&value)))
                        .collect(),
                )
            }
            Self::When { test, then, otherwise } => {
                let chosen = if holds(&test.value(scope, item)) {
                    Some(then)
                } else {
                    otherwise.as_ref()
                };
                return chosen.and_then(|part| part.render_with(scope, item));
            }
        })
    }
}

fn render_object(members: &[(String, Template)], scope: &Scope<'_>, item: Option<&Value>) -> Map<String, Value> {
    let mut object = Map::new();
    for (key, member) in members {
        match member.render_with(scope, item) {
            Some(Value::Object(spread)) if key == "..." => object.extend(spread),
            Some(value) if key != "..." => {
                object.insert(key.clone(), value);
            }
            _ => {}
        }
    }
    object
}

fn is_special(key: &str) -> bool {
    matches!(key, "$each" | "$in" | "$item" | "$when" | "$then" | "$else")
}

fn holds(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for TextTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A template whose TOML text is JSON.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonTemplate(pub(crate) Template);

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Template::from_json(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}
