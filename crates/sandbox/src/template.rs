//! Templates of reply bodies, headers and stored values.
//!
//! A text holds `{root/path}` holes, `{{` and `}}` for braces. A text that is one hole keeps the JSON type of
//! what it finds; in a longer text the hole is written as text. In JSON templates four objects are
//! special: `{"$text": […]}` (the parts as one text, objects and arrays as JSON), `{"$when": "path", "$then": …, "$else": …}` (without `$else` the member is left out),
//! `{"$each": "path", "$item": …}` (see [`crate::each`]; the element is `{item}`) and the member `"..."`, whose
//! object is spread into the one around it. A member that is called `$name` is written `$$name`.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::each::Each;
use crate::hole::{Hole, Piece, Scope, TextTemplate, plain_text};

/// A checked template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Template {
    /// A value without holes.
    Fixed(Value),
    /// One hole: the value found, with its type.
    Hole(Hole),
    /// Several pieces: always a text.
    Text(TextTemplate),
    /// Parts joined to one text.
    Joined(Vec<Template>),
    /// An array.
    List(Vec<Template>),
    /// An object in the order written.
    Object(Vec<(String, Template)>),
    /// One element for each element of a list.
    Each(Each),
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

    /// A template that is JSON already.
    pub(crate) fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Self::from_text(&text),
            Value::Array(list) => list.into_iter().map(Self::from_value).collect::<Result<_, _>>().map(Self::List),
            Value::Object(object) if object.keys().any(|key| is_special(key)) => Self::special(object),
            Value::Object(object) => object
                .into_iter()
                .map(|(key, member)| {
                    let own = key.strip_prefix('$').filter(|own| own.starts_with('$'));
                    let key = own.unwrap_or(&key).to_owned();
                    Ok((key, Self::from_value(member)?))
                })
                .collect::<Result<_, String>>()
                .map(Self::Object),
            scalar => Ok(Self::Fixed(scalar)),
        }
    }

    fn special(mut object: Map<String, Value>) -> Result<Self, String> {
        if object.contains_key("$each") || object.contains_key("$all") {
            return Each::parse(object).map(Self::Each);
        }
        if let Some(Value::Array(parts)) = object.get("$text")
            && object.len() == 1
        {
            let parts = parts.iter().cloned().map(Self::from_value);
            return parts.collect::<Result<_, _>>().map(Self::Joined);
        }
        let when = match object.remove("$when") {
            Some(Value::String(text)) => Some(text),
            Some(_) => return Err("`$when` is a text".to_owned()),
            None => None,
        };
        let mut part = |key: &str| object.remove(key).map(Self::from_value).transpose();
        let (then, otherwise) = (part("$then")?, part("$else")?);
        if let Some(key) = object.keys().next() {
            return Err(format!("`{key}` stands beside a `$` member"));
        }
        match (when, then) {
            (Some(condition), Some(then)) => Ok(Self::When {
                test: Hole::parse(&condition)?,
                then: Box::new(then),
                otherwise: otherwise.map(Box::new),
            }),
            _ => {
                Err("a special object is `$text` with a list, `$each` with `$item`, or `$when` with `$then`".to_owned())
            }
        }
    }

    /// The names of the collections that `$in` looks into.
    pub(crate) fn collections(&self) -> Vec<&str> {
        match self {
            Self::Fixed(_) | Self::Hole(_) | Self::Text(_) => Vec::new(),
            Self::List(items) | Self::Joined(items) => items.iter().flat_map(Self::collections).collect(),
            Self::Object(members) => members.iter().flat_map(|(_, item)| item.collections()).collect(),
            Self::Each(each) => each.collections(),
            Self::When { then, otherwise, .. } => {
                then.collections().into_iter().chain(otherwise.iter().flat_map(|part| part.collections())).collect()
            }
        }
    }

    /// The rendered value.
    pub(crate) fn render(&self, scope: &Scope<'_>) -> Value {
        self.render_with(scope, None).unwrap_or_default()
    }

    /// `None` where a `$when` without `$else` does not hold.
    pub(crate) fn render_with(&self, scope: &Scope<'_>, item: Option<&Value>) -> Option<Value> {
        Some(match self {
            Self::Fixed(value) => value.clone(),
            Self::Hole(hole) => hole.value(scope, item),
            Self::Text(text) => Value::String(text.render(scope, item)),
            Self::List(list) => Value::Array(list.iter().filter_map(|each| each.render_with(scope, item)).collect()),
            Self::Joined(parts) => {
                let parts = parts.iter().filter_map(|part| part.render_with(scope, item));
                Value::String(parts.map(|part| plain_text(&part)).collect())
            }
            Self::Object(members) => Value::Object(render_object(members, scope, item)),
            Self::Each(each) => each.render(scope, item),
            Self::When { test, then, otherwise } => {
                let chosen = if holds(&test.value(scope, item)) { Some(then) } else { otherwise.as_ref() };
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

/// Whether a member's name is kept for special objects: `$name`, but not `$$name`, which stands for `$name`.
fn is_special(key: &str) -> bool {
    key.strip_prefix('$').is_some_and(|own| !own.is_empty() && !own.starts_with('$'))
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).map_err(serde::de::Error::custom)
    }
}

/// A template whose TOML text is JSON.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonTemplate(
    pub(crate) Template,
    /// Whether it may show descriptions of fields, which are made for it alone.
    pub(crate) bool,
);

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let shows_fields = text.contains("\"fields") || text.contains("{fields");
        Template::from_json(&text).map(|template| Self(template, shows_fields)).map_err(serde::de::Error::custom)
    }
}

fn holds(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}
