//! One expression on both engines, and what kind of difference there is.

use std::collections::BTreeMap;
use std::time::Duration;

use mapwright_mapping::codec::{Kind as Codec, same};
use mapwright_mapping::expression::{EvalError, FindingKind, Limits, audit, default_backend};
use serde_json::Value;

use crate::worker::Second;

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

/// What an engine says of one input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    Value(Value),
    Nothing,
    /// The expression fails.
    Failed(String),
    /// The expression passes a limit.
    Limit(String),
    /// The engine panics.
    Panicked(String),
    /// The engine hangs, or ends its process.
    Gone,
}

impl Said {
    pub(crate) fn of(result: Result<Option<Value>, EvalError>) -> Said {
        match result {
            Ok(Some(value)) => Said::Value(value),
            Ok(None) => Said::Nothing,
            Err(EvalError::Panicked(words)) => Said::Panicked(words),
            Err(error @ EvalError::Limit(_)) => Said::Limit(error.to_string()),
            Err(error) => Said::Failed(error.to_string()),
        }
    }

    fn shown(&self) -> String {
        let text = match self {
            Said::Value(value) => value.to_string(),
            Said::Nothing => "no value".to_owned(),
            Said::Failed(words) | Said::Limit(words) => format!("error: {words}"),
            Said::Panicked(words) => format!("panic: {words}"),
            Said::Gone => "hangs, or ends its process".to_owned(),
        };
        text.chars().take(300).collect()
    }
}

/// Compares the engines on every input.
pub(crate) fn compare(second: &mut Second, text: &str, inputs: &[&Value]) -> Compared {
    let one = default_backend().compile(text, &limits()).map_err(|error| error.to_string());
    let (one, others) = match (one, second.run(text, inputs)) {
        (Ok(one), Ok(others)) => (one, others),
        (Err(_), Err(_)) => return Compared::Neither,
        (one, other) => {
            let words = |side: Option<String>| side.unwrap_or_else(|| "compiles".to_owned());
            let (one, other) = (words(one.err()), words(other.err()));
            return Compared::Different(Difference { kind: "only one compiles it", one, other, input: String::new() });
        }
    };
    let mut has_value = false;
    for (input, other) in inputs.iter().zip(others) {
        let one = Said::of(one.eval(input, &BTreeMap::new()));
        has_value |= matches!(one, Said::Value(_));
        if let Some(kind) = kind(&one, &other) {
            let difference = Difference { kind, one: one.shown(), other: other.shown(), input: input.to_string() };
            return Compared::Different(difference);
        }
    }
    Compared::Same { has_value }
}

/// Steps bound what runs away; a machine under load is no difference between engines.
pub(crate) fn limits() -> Limits {
    Limits { time: Duration::from_secs(30), ..Limits::default() }
}

/// The kind of a difference; none where there is none. Errors are alike: each engine has words of its own.
fn kind(one: &Said, other: &Said) -> Option<&'static str> {
    use Said::{Failed, Gone, Limit, Nothing, Panicked, Value as Gives};
    Some(match (one, other) {
        (Panicked(_) | Gone, _) => "the default engine panics",
        (_, Gone) => "the second engine hangs, or ends its process",
        (Gives(_) | Nothing, Panicked(_)) => "the second engine panics",
        (Limit(_), Gives(_) | Nothing) | (Gives(_) | Nothing, Limit(_)) => "only one meets a limit",
        (Failed(_) | Limit(_), Failed(_) | Limit(_) | Panicked(_)) | (Nothing, Nothing) => return None,
        (Failed(_), Gives(_)) => LENIENT[0],
        (Failed(_), Nothing) => LENIENT[1],
        (Gives(_), Failed(_)) => "a value, and an error on the second",
        (Nothing, Failed(_)) => "no value, and an error on the second",
        (Nothing, Gives(Value::Null)) | (Gives(Value::Null), Nothing) => "null, and no value",
        (Nothing, Gives(_)) => "no value, and a value on the second",
        (Gives(_), Nothing) => "a value, and no value on the second",
        (Gives(one), Gives(other)) => return of_values(one, other),
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
