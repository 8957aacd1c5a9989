//! From bytes to the patch.

use std::cell::RefCell;
use std::fmt;

use http::HeaderMap;
use mapwright_mapping::document::pointer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::media_type;
use super::scan::scan;
use crate::http::problem::{Code, Problem, Reason};

/// The most doubled keys that are told.
const MOST_DOUBLED: usize = 100;

/// The patch in a body; `depth` is how deep it may nest.
///
/// No body at all is `{}`, whatever its content type: clients send none for a patch that says nothing. Integers are
/// exact where 64 bits hold them; a larger one is refused, since it could not be sent as it is.
pub fn patch_body(headers: &HeaderMap, bytes: &[u8], depth: usize) -> Result<Value, Problem> {
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    media_type::check(headers)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::new(Code::BodyNotUtf8, format!("the body is not UTF-8 from byte {} on", error.valid_up_to()))
    })?;
    // Editors put a byte-order mark before a text, and JSON knows none.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let found = scan(text);
    if found.depth > depth {
        let detail = format!("the body nests deeper than {depth} objects and lists");
        return Err(Problem::new(Code::BodyTooDeep, detail));
    }
    let doubled = RefCell::new(Vec::new());
    let mut parser = serde_json::Deserializer::from_str(text);
    let parsed = Node { at: Place::Root, doubled: &doubled }.deserialize(&mut parser);
    let value = parsed.and_then(|value| parser.end().map(|()| value)).map_err(|error| not_json(&error))?;
    if let Some(at) = found.large {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let detail = format!("an integer in line {line} of the body does not fit into 64 bits; send it as a text");
        return Err(Problem::new(Code::BodyNumberTooLarge, detail));
    }
    let doubled = doubled.into_inner();
    if !doubled.is_empty() {
        let detail = match doubled.as_slice() {
            [one] => format!("the body names {one} twice"),
            many => format!("the body names {} keys twice", many.len()),
        };
        let reasons = doubled.into_iter().map(|at| Reason::in_body(at, "doubled-key", "the key is named twice"));
        return Err(Problem::new(Code::BodyDoubledKey, detail).because(reasons));
    }
    match value {
        Value::Object(_) => Ok(value),
        other => {
            let detail = format!("a patch is an object, and the body is {}", in_words(&other));
            Err(Problem::new(Code::BodyNotObject, detail))
        }
    }
}

fn not_json(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    Problem::new(Code::BodyNotJson, format!("the body is not JSON: line {line}, column {column}: {words}"))
}

fn in_words(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value at a place; keys that are named twice are noted on the way.
struct Node<'a> {
    at: Place<'a>,
    doubled: &'a RefCell<Vec<String>>,
}

/// A place in the body, told when there is something to say of it.
#[derive(Clone, Copy)]
enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl Place<'_> {
    /// The place as a JSON pointer.
    fn pointer(&self) -> String {
        match self {
            Place::Root => String::new(),
            Place::Member(of, name) => pointer(&of.pointer(), name),
            Place::Item(of, index) => pointer(&of.pointer(), &index.to_string()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let at = Place::Item(&self.at, list.len());
            match items.next_element_seed(Node { at, doubled: self.doubled })? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let at = Place::Member(&self.at, &key);
            let value = members.next_value_seed(Node { at, doubled: self.doubled })?;
            if object.contains_key(&key) {
                let mut doubled = self.doubled.borrow_mut();
                let at = at.pointer();
                if doubled.len() < MOST_DOUBLED && !doubled.contains(&at) {
                    doubled.push(at);
                }
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
