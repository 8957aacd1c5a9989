//! The words of findings.

use std::fmt::Display;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use crate::diagnostic::suggest::{did_you_mean, suggest};

/// The greatest number of characters of a document's own text that a message repeats.
const SHOWN: usize = 60;

/// The TOML name of a JSON Schema type, with its article. TOML has no null.
pub(super) fn type_name(schema_type: &str) -> Option<&'static str> {
    match schema_type {
        "boolean" => Some("a boolean"),
        "integer" => Some("an integer"),
        "number" => Some("a number"),
        "string" => Some("a string"),
        "array" => Some("an array"),
        "object" => Some("a table"),
        _ => None,
    }
}

/// The TOML name of a value's type, with its article.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a float",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "a table",
    }
}

/// Text of the document as a message shows it: on one line, without control characters, and not too long.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .flat_map(|character| {
            let escape = character.is_control().then(|| character.escape_default());
            let plain = (!character.is_control()).then_some(character);
            escape.into_iter().flatten().chain(plain)
        })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// What to say to an unknown key: keys that the table lacks come first.
pub(super) fn known_keys(key: &str, names: &[String], patterns: &[String], absent: impl Fn(&&str) -> bool) -> String {
    let all = || names.iter().map(String::as_str);
    if let Some(name) = suggest(key, all().filter(absent)) {
        return format!("did you mean `{name}`?");
    }
    if names.is_empty() && !patterns.is_empty() {
        return format!("keys here match `{}`", patterns.join("` or `"));
    }
    did_you_mean(key, all())
}

/// What to say to an unknown word.
pub(super) fn known_words(word: &str, words: &[String]) -> String {
    did_you_mean(word, words.iter().map(String::as_str))
}

/// A key is missing, or one of several.
pub(super) fn missing(one_of: &[String]) -> String {
    match one_of {
        [name] => format!("the key `{name}` is missing"),
        names => format!("one of the keys `{}` is missing", names.join("`, `")),
    }
}

/// A value has another type than those expected.
pub(super) fn wrong_type(expected: &[&str], found: &str) -> String {
    let expected = match expected {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    };
    format!("expected {expected}, found {found}")
}

/// A value is none of the values that are allowed.
pub(super) fn one_of(options: &[Value]) -> String {
    let options: Vec<String> = options.iter().map(Value::to_string).collect();
    match options.as_slice() {
        [only] => format!("only {only} is allowed here"),
        options => format!("only these are allowed here: {}", options.join(", ")),
    }
}

/// A limit that a number, a length or a count does not keep.
pub(super) fn limit(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Minimum { limit } => format!("the number must be {limit} or more"),
        Kind::Maximum { limit } => format!("the number must be {limit} or less"),
        Kind::ExclusiveMinimum { limit } => format!("the number must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("the number must be less than {limit}"),
        Kind::MinLength { limit: 1 } => "the text must not be empty".to_owned(),
        Kind::MinLength { limit } => {
            format!("the text must have {} or more", count(*limit, "character"))
        }
        Kind::MaxLength { limit } => {
            format!("the text must have {} or fewer", count(*limit, "character"))
        }
        Kind::MinItems { limit: 1 } => "the array must not be empty".to_owned(),
        Kind::MinItems { limit } => {
            format!("the array must have {} or more", count(*limit, "item"))
        }
        Kind::MaxItems { limit } => {
            format!("the array must have {} or fewer", count(*limit, "item"))
        }
        Kind::AdditionalItems { limit } => {
            format!("the array must have {} or fewer", count(*limit, "item"))
        }
        Kind::MinProperties { limit: 1 } => "the table must not be empty".to_owned(),
        Kind::MinProperties { limit } => {
            format!("the table must have {} or more", count(*limit, "key"))
        }
        Kind::MaxProperties { limit } => {
            format!("the table must have {} or fewer", count(*limit, "key"))
        }
        Kind::MultipleOf { multiple_of } => {
            format!("the number must be a multiple of {multiple_of}")
        }
        _ => return None,
    })
}

/// A number of things.
fn count(number: impl Display, noun: &str) -> String {
    match number.to_string().as_str() {
        "1" => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

/// What is wrong with a value, where it is neither a limit nor a matter of keys, words or types.
pub(super) fn value(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Pattern { pattern } => format!("the text does not match the pattern `{pattern}`"),
        Kind::Format { format } => format!("the text does not have the format `{format}`"),
        Kind::UniqueItems => "the items of the array must differ".to_owned(),
        Kind::Contains => "the array lacks an item that it needs".to_owned(),
        Kind::FalseSchema => "nothing is allowed here".to_owned(),
        Kind::Not { .. } => "this value is excluded here".to_owned(),
        Kind::OneOfMultipleValid { .. } => "the value fits several alternatives, and only one may apply".to_owned(),
        Kind::UnevaluatedItems { .. } => "the array has more items than are known here".to_owned(),
        _ => return None,
    })
}

/// What the validator says, without repeating the value.
pub(super) fn other(error: &ValidationError<'_>) -> String {
    error.masked_with("the value").to_string()
}
