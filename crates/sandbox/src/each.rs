//! Lists in templates: one element for each element of another list.
//!
//! `{"$each": "path", "$item": …}` goes over a list, over the members of an object as `{key, value}`, or over a
//! single value; `{"$all": "collection", "$item": …}` over all records of a collection. `"$in": "collection"` turns
//! ids into records. `"$only": {"member": value, …}` leaves only the elements whose members have these values; a
//! value that is a list allows each of its elements, and one that is `null` allows all. `"$as": "first"` gives the
//! first element or `null`, and `"$join": ", "` one text with this between the elements.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::hole::{Hole, Scope, plain_text};
use crate::pointer::Pointer;
use crate::state::ALL;
use crate::template::Template;

/// A list made from another one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Each {
    over: Over,
    /// The collection whose ids the list holds.
    within: Option<String>,
    /// What the members of an element that stays must be.
    only: Vec<(Pointer, Template)>,
    item: Box<Template>,
    form: Form,
}

#[derive(Debug, Clone, PartialEq)]
enum Over {
    Hole(Hole),
    Collection(String),
}

#[derive(Debug, Clone, PartialEq)]
enum Form {
    List,
    First,
    Joined(String),
}

impl Each {
    /// Reads the special object; every member of it has a meaning.
    pub(crate) fn parse(mut object: Map<String, Value>) -> Result<Self, String> {
        let mut text = |key: &str| match object.remove(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("`{key}` is a text")),
        };
        let (each, all, within) = (text("$each")?, text("$all")?, text("$in")?);
        let (form, between) = (text("$as")?, text("$join")?);
        let over = match (each, all) {
            (Some(hole), None) => Over::Hole(Hole::parse(&hole)?),
            (None, Some(collection)) if within.is_none() => Over::Collection(collection),
            _ => return Err("a list goes over `$each` or over `$all`, and `$in` belongs to `$each`".to_owned()),
        };
        let form = match (form.as_deref(), between) {
            (None, None) => Form::List,
            (Some("first"), None) => Form::First,
            (None, Some(between)) => Form::Joined(between),
            _ => return Err("a list has `\"$as\": \"first\"` or `$join`".to_owned()),
        };
        let only = match object.remove("$only") {
            None => Vec::new(),
            Some(Value::Object(members)) => members
                .into_iter()
                .map(|(key, value)| Ok((Pointer::parse(&key), Template::from_value(value)?)))
                .collect::<Result<_, String>>()?,
            Some(_) => return Err("`$only` is an object".to_owned()),
        };
        let item = object.remove("$item");
        if let Some(key) = object.keys().next() {
            return Err(format!("`{key}` stands beside a `$` member"));
        }
        let item = item.ok_or("a list has an `$item`")?;
        Ok(Self { over, within, only, item: Box::new(Template::from_value(item)?), form })
    }

    /// The names of the collections that it looks into.
    pub(crate) fn collections(&self) -> Vec<&str> {
        let own = match &self.over {
            Over::Hole(_) => None,
            Over::Collection(name) => Some(name.as_str()),
        };
        let only = self.only.iter().flat_map(|(_, value)| value.collections());
        own.into_iter().chain(self.within.as_deref()).chain(only).chain(self.item.collections()).collect()
    }

    /// The list, its first element, or its elements as one text.
    pub(crate) fn render(&self, scope: &Scope<'_>, item: Option<&Value>) -> Value {
        let allowed: Vec<(&Pointer, Value)> = self
            .only
            .iter()
            .map(|(place, value)| (place, value.render_with(scope, item).unwrap_or_default()))
            .filter(|(_, value)| !value.is_null())
            .collect();
        let stays = |element: &Value| allowed.iter().all(|(place, wanted)| allows(wanted, place.get(element)));
        let elements = self.elements(scope, item);
        let mut made = elements
            .iter()
            .filter(|element| stays(element))
            .filter_map(|element| self.item.render_with(scope, Some(element)));
        match &self.form {
            Form::List => Value::Array(made.collect()),
            Form::First => made.next().unwrap_or_default(),
            Form::Joined(between) => {
                let texts: Vec<String> = made.map(|element| plain_text(&element)).collect();
                Value::String(texts.join(between))
            }
        }
    }

    fn elements<'v>(&self, scope: &'v Scope<'_>, item: Option<&'v Value>) -> Cow<'v, [Value]> {
        let list = match &self.over {
            Over::Hole(hole) => match (hole.place(scope, item), &self.within) {
                // A long list is looked at where it lies.
                (Some(Value::Array(list)), None) => return Cow::Borrowed(list),
                (Some(place), _) => list_of(place.clone()),
                (None, _) => list_of(hole.value(scope, item)),
            },
            Over::Collection(name) => list_of((scope.lookup)(name, ALL).unwrap_or_default()),
        };
        Cow::Owned(match &self.within {
            None => list,
            Some(collection) => list.iter().filter_map(|id| (scope.lookup)(collection, &plain_text(id))).collect(),
        })
    }
}

/// A list as it is, the members of an object, nothing for `null`, and a single value as a list of one.
fn list_of(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        Value::Null => Vec::new(),
        Value::Object(members) => members.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect(),
        single => vec![single],
    }
}

fn allows(wanted: &Value, found: Option<&Value>) -> bool {
    let found = plain_text(found.unwrap_or(&Value::Null));
    match wanted {
        Value::Array(list) => list.iter().any(|one| plain_text(one) == found),
        one => plain_text(one) == found,
    }
}
