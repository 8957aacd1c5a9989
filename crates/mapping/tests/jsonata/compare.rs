//! One expression on both engines, and what kind of difference there is.

use std::collections::BTreeMap;
use std::time::Duration;

use mapwright_mapping::codec::{Kind as Codec, same};
use mapwright_mapping::expression::{
    Backend, Compiled, EvalError, FindingKind, Limits, audit, default_backend, second_backend,
};
use serde_json::Value;

/// Whether `check` lets a text into a mapping without a word about engines, where the records are those of the payload.
pub(crate) fn is_let_in(text: &str, inputs: &[&Value]) -> bool {
    let harmless = [FindingKind::LargeInteger, FindingKind::Truthiness];
    let audit = audit(text);
    let is_object = |path: &[String]| inputs.iter().any(|input| holds_object(input, path));
    audit.findings.iter().all(|finding| harmless.contains(&finding.kind))
        && !audit.texts.iter().any(|read| is_object(&read.path))
}

/// Whether an object lies at a path; lists are passed through.
fn holds_object(value: &Value, path: &[String]) -> bool {
    match (value, path) {
        (Value::Array(items), _) => items.iter().any(|item| holds_object(item, path)),
        (Value::Object(_), []) => true,
        (Value::Object(members), [name, rest @ ..]) => {
            members.get(name).is_some_and(|member| holds_object(member, rest))
        }
        _ => false,
    }
}

/// What a comparison gave.
pub(crate) enum Compared {
    /// The same on every record.
    Same {
        /// Whether any record had a value.
        has_value: bool,
    },
    /// Neither engine takes the text.
    Neither,
    /// The first difference.
    Different(Difference),
}

/// The default engine, which is the one that runs, fails and says so: nothing gets into a lead.
pub(crate) const LENIENT: [&str; 2] = ["an error, and a value on the second", "an error, and no value on the second"];

/// A difference.
pub(crate) struct Difference {
    /// Its kind, in words.
    pub(crate) kind: &'static str,
    /// What the default engine gives.
    pub(crate) one: String,
    /// What the second engine gives.
    pub(crate) other: String,
    /// On what.
    pub(crate) input: String,
}

impl Difference {
    pub(crate) fn shown(&self, text: &str) -> String {
        let input: String = self.input.chars().take(200).collect();
        format!("{}: {text}\n    {}\n    {}\n    on {input}", self.kind, self.one, self.other)
    }
}

/// Compares the engines on every input.
pub(crate) fn compare(text: &str, inputs: &[&Value]) -> Compared {
    let (one, other) = (compiled(default_backend(), text), compiled(second_backend(), text));
    let (one, other) = match (one, other) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(_), Err(_)) => return Compared::Neither,
        (one, other) => {
            let said =
                |side: Result<Box<dyn Compiled>, String>| side.map_or_else(|words| words, |_| "compiles".to_owned());
            let difference =
                Difference { kind: "only one compiles it", one: said(one), other: said(other), input: String::new() };
            return Compared::Different(difference);
        }
    };
    let mut has_value = false;
    for input in inputs {
        let (one, other) = (one.eval(input, &BTreeMap::new()), other.eval(input, &BTreeMap::new()));
        has_value |= matches!(one, Ok(Some(_)));
        if let Some(kind) = kind(&one, &other) {
            let difference = Difference { kind, one: shown(&one), other: shown(&other), input: input.to_string() };
            return Compared::Different(difference);
        }
    }
    Compared::Same { has_value }
}

fn compiled(backend: &dyn Backend, text: &str) -> Result<Box<dyn Compiled>, String> {
    // Steps bound what runs away; a machine under load is no difference between engines.
    let limits = Limits { time: Duration::from_secs(30), ..Limits::default() };
    backend.compile(text, &limits).map_err(|error| error.to_string())
}

fn shown(result: &Result<Option<Value>, EvalError>) -> String {
    let text = match result {
        Ok(Some(value)) => value.to_string(),
        Ok(None) => "no value".to_owned(),
        Err(error) => format!("error: {error}"),
    };
    text.chars().take(300).collect()
}

/// The kind of a difference; none where there is none. Errors are alike: each engine has words of its own.
fn kind(one: &Result<Option<Value>, EvalError>, other: &Result<Option<Value>, EvalError>) -> Option<&'static str> {
    Some(match (one, other) {
        (Err(EvalError::Panicked(_)), _) => "the default engine panics",
        (Ok(_), Err(EvalError::Panicked(_))) => "the second engine panics",
        (Err(EvalError::Limit(_)), Ok(_)) | (Ok(_), Err(EvalError::Limit(_))) => "only one meets a limit",
        (Err(_), Err(_)) | (Ok(None), Ok(None)) => return None,
        (Err(_), Ok(Some(_))) => LENIENT[0],
        (Err(_), Ok(None)) => LENIENT[1],
        (Ok(Some(_)), Err(_)) => "a value, and an error on the second",
        (Ok(None), Err(_)) => "no value, and an error on the second",
        (Ok(None), Ok(Some(Value::Null))) | (Ok(Some(Value::Null)), Ok(None)) => "null, and no value",
        (Ok(None), Ok(Some(_))) => "no value, and a value on the second",
        (Ok(Some(_)), Ok(None)) => "a value, and no value on the second",
        (Ok(Some(one)), Ok(Some(other))) => return of_values(one, other),
    })
}

fn of_values(one: &Value, other: &Value) -> Option<&'static str> {
    if same(Codec::Any, one, other) {
        return None;
    }
    Some(match (one, other) {
        (Value::Array(items), single) | (single, Value::Array(items))
            if !single.is_array() && items.len() == 1 && same(Codec::Any, &items[0], single) =>
        {
            "a value, and a list of that value"
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let (mut one, mut other): (Vec<String>, Vec<String>) =
                (one.iter().map(Value::to_string).collect(), other.iter().map(Value::to_string).collect());
            one.sort();
            other.sort();
            if one == other { "lists of another order" } else { "items of a list" }
        }
        (Value::Array(_), Value::Array(_)) => "lists of another length",
        (Value::Number(_), Value::Number(_)) => "numbers",
        (Value::String(_), Value::String(_)) => "texts",
        (Value::Object(_), Value::Object(_)) => "members of an object",
        (Value::Bool(_), Value::Bool(_)) => "true, and false",
        _ => "values of another type",
    })
}
