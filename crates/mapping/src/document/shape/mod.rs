//! Whether a document has the shape that a schema describes, said in the words of the document.

use serde_json::Value;

use super::{Document, pointer};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

mod branches;
mod finding;
mod message;
mod names;

use finding::{Finding, Issue};

/// Checks a document.
pub(super) fn check(document: &Document, validator: &jsonschema::Validator, schema: &Value) -> Vec<Diagnostic> {
    // Nearly every document has its shape, and to see that is cheaper than to look for errors.
    if validator.is_valid(document.value()) {
        return Vec::new();
    }
    let errors: Vec<_> = validator.iter_errors(document.value()).collect();
    let findings = finding::from_errors(&errors, schema);
    let diagnostics: Diagnostics = findings.into_iter().map(|finding| diagnose(document, finding)).collect();
    diagnostics.into_vec()
}

/// Gives a finding its place and its words.
fn diagnose(document: &Document, finding: Finding) -> Diagnostic {
    let Finding { at, issue } = finding;
    match issue {
        Issue::UnknownKey { key, names, patterns } => {
            let place = document.key(&pointer(&at, &key));
            let table = document.value().pointer(&at).and_then(Value::as_object);
            let absent = |name: &&str| table.is_none_or(|table| !table.contains_key(*name));
            let text = format!("unknown key `{}`", message::shown(&key));
            let help = message::known_keys(&key, &names, &patterns, absent);
            Diagnostic::error(Code::UnknownKey, place, text).with_help(help)
        }
        Issue::MissingKey { one_of } => {
            let place = document.heading(&at);
            Diagnostic::error(Code::MissingKey, place, message::missing(&one_of))
        }
        Issue::WrongType { expected, found } => {
            let text = message::wrong_type(&expected, found);
            Diagnostic::error(Code::WrongType, document.place(&at), text)
        }
        Issue::UnknownWord { word, words, .. } => {
            let text = format!("unknown word `{}`", message::shown(&word));
            let help = message::known_words(&word, &words);
            Diagnostic::error(Code::UnknownWord, document.place(&at), text).with_help(help)
        }
        Issue::OutOfRange(text) => Diagnostic::error(Code::OutOfRange, document.place(&at), text),
        Issue::BadValue(text) => Diagnostic::error(Code::BadValue, document.place(&at), text),
        Issue::BadKey { key, problem } => {
            let place = document.key(&pointer(&at, &key));
            let text = format!("the key `{}` is not allowed here: {problem}", message::shown(&key));
            Diagnostic::error(Code::BadValue, place, text)
        }
    }
}
