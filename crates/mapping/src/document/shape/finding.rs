//! From the validator's errors to findings about keys, words and types.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::{branches, message, names};
use crate::diagnostic::suggest::suggest;

/// One violation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    /// The pointer of the value; for keys that of their table.
    pub(super) at: String,
    /// What is wrong with it.
    pub(super) issue: Issue,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Issue {
    /// A key that the table does not know, the keys that it knows, and the patterns that further keys match.
    UnknownKey { key: String, names: Vec<String>, patterns: Vec<String> },
    /// A key that the table lacks; of several one is enough.
    MissingKey { one_of: Vec<String> },
    /// A value of another type.
    WrongType { expected: Vec<&'static str>, found: &'static str },
    /// A word that is not one of the known words. `tag` says that just one word is known, as where a member tells
    /// alternatives apart.
    UnknownWord { word: String, words: Vec<String>, tag: bool },
    /// A number, a length or a count outside its limits.
    OutOfRange(String),
    /// Anything else that is wrong with a value.
    BadValue(String),
    /// Anything else that is wrong with a key.
    BadKey { key: String, problem: String },
}

/// The findings of errors that hold together.
pub(super) fn from_errors(errors: &[ValidationError<'_>], schema: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for error in errors {
        add(error, schema, &mut findings);
    }
    tidy(findings)
}

fn add(error: &ValidationError<'_>, schema: &Value, findings: &mut Vec<Finding>) {
    let at = error.instance_path().as_str();
    let instance = error.instance().as_ref();
    let issue = match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let best = branches::best(at, context, schema);
            if !best.is_empty() {
                findings.extend(best);
                return;
            }
            Issue::BadValue("the value fits none of the alternatives".to_owned())
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let table = error.schema_path().as_str();
            let table = table.rsplit_once('/').map_or("", |(parent, _)| parent);
            let names::Names { names, patterns } = names::legal(schema, table);
            findings.extend(unexpected.iter().map(|key| {
                let (names, patterns) = (names.clone(), patterns.clone());
                let issue = Issue::UnknownKey { key: key.clone(), names, patterns };
                Finding { at: at.to_owned(), issue }
            }));
            return;
        }
        Kind::PropertyNames { error } => key_issue(error),
        Kind::Required { property } => {
            let name = property.as_str().map_or_else(|| property.to_string(), str::to_owned);
            Issue::MissingKey { one_of: vec![name] }
        }
        Kind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(kind) => message::type_name(kind.as_str()).into_iter().collect(),
                TypeKind::Multiple(kinds) => {
                    kinds.iter().filter_map(|kind| message::type_name(kind.as_str())).collect()
                }
            };
            Issue::WrongType { expected, found: message::type_of(instance) }
        }
        Kind::Enum { options } => match options.as_ref() {
            Value::Array(options) => word_issue(instance, options),
            _ => Issue::BadValue(message::other(error)),
        },
        Kind::Constant { expected_value } => word_issue(instance, std::slice::from_ref(expected_value.as_ref())),
        kind => match message::limit(kind) {
            Some(text) => Issue::OutOfRange(text),
            None => Issue::BadValue(message::value(kind).unwrap_or_else(|| message::other(error))),
        },
    };
    findings.push(Finding { at: at.to_owned(), issue });
}

/// What is wrong with a value that is none of the options.
fn word_issue(instance: &Value, options: &[Value]) -> Issue {
    let words: Vec<String> = options.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if let (Value::String(word), false) = (instance, words.is_empty()) {
        return Issue::UnknownWord { word: word.clone(), tag: words.len() == 1, words };
    }
    let found = message::type_of(instance);
    let mut expected: Vec<&'static str> = Vec::new();
    for option in options.iter().filter(|option| !option.is_null()) {
        let name = message::type_of(option);
        if !expected.contains(&name) {
            expected.push(name);
        }
    }
    if expected.contains(&found) {
        Issue::BadValue(message::one_of(options))
    } else {
        Issue::WrongType { expected, found }
    }
}

/// What is wrong with a key, from what is wrong with its name.
fn key_issue(error: &ValidationError<'_>) -> Issue {
    let key = error.instance().as_str().unwrap_or_default().to_owned();
    let known = match error.kind() {
        Kind::Enum { options } => options.as_array().map(Vec::as_slice),
        Kind::Constant { expected_value } => Some(std::slice::from_ref(expected_value.as_ref())),
        _ => None,
    };
    if let Some(known) = known {
        let names = known.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        return Issue::UnknownKey { key, names, patterns: Vec::new() };
    }
    let problem = message::limit(error.kind()).or_else(|| message::value(error.kind()));
    Issue::BadKey { key, problem: problem.unwrap_or_else(|| message::other(error)) }
}

/// Removes what only repeats another finding: what else is wrong with a value of the wrong type, and a missing key
/// that is there and misspelt: an unknown key there seems to mean it.
fn tidy(mut findings: Vec<Finding>) -> Vec<Finding> {
    let wrong: BTreeSet<String> = findings
        .iter()
        .filter(|finding| matches!(finding.issue, Issue::WrongType { .. }))
        .map(|finding| finding.at.clone())
        .collect();
    let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for finding in &findings {
        if let Issue::MissingKey { one_of } = &finding.issue {
            missing.entry(&finding.at).or_default().extend(one_of.iter().map(String::as_str));
        }
    }
    let misspelt: BTreeSet<(String, String)> = findings
        .iter()
        .filter_map(|finding| {
            let Issue::UnknownKey { key, names, .. } = &finding.issue else {
                return None;
            };
            let missing = missing.get(finding.at.as_str())?;
            let meant = suggest(key, names.iter().map(String::as_str).filter(|name| missing.contains(name)))?;
            Some((finding.at.clone(), meant.to_owned()))
        })
        .collect();
    findings.retain(|finding| match &finding.issue {
        Issue::WrongType { .. } => true,
        Issue::MissingKey { one_of } => {
            !one_of.iter().any(|name| misspelt.contains(&(finding.at.clone(), name.clone())))
        }
        _ => !wrong.contains(&finding.at),
    });
    findings
}
