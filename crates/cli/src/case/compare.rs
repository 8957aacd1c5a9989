//! What came against what is expected.

use mapwright_interpreter::{Difference, Finished};
use mapwright_mapping::outcome::Failure;
use serde_json::{Map, Value, json};

use super::{Case, Expect, Ran, difference};
use crate::show::json_text;

/// The columns of JSON in a difference.
const WIDTH: usize = 92;

/// A part of a case that is not as expected. Secrets are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The part.
    pub part: String,
    /// What is expected, as text or as JSON laid out.
    pub expected: String,
    /// What came.
    pub actual: String,
}

impl Mismatch {
    /// The difference, line by line.
    pub fn lines(&self) -> Vec<String> {
        difference::lines(&self.expected, &self.actual)
    }

    fn of(case: &Case, part: impl Into<String>, expected: &str, actual: &str) -> Mismatch {
        Mismatch {
            part: part.into(),
            expected: laid_out(&case.masked(expected)),
            actual: laid_out(&case.masked(actual)),
        }
    }
}

/// Everything that is not as expected; nothing where the case passes.
pub fn verdict(case: &Case, ran: &Ran) -> Vec<Mismatch> {
    let mut found = leaks(case, ran);
    // After a request that differs, everything else follows from it.
    if let Some(difference) = &ran.difference {
        found.push(request(case, difference));
        if case.expect.is_none() {
            let missing = "no `[expect]` yet: `--update` writes it once the requests are as expected";
            found.push(Mismatch::of(case, "expect", "`[expect]` with `lead` or `error`", missing));
        }
        return found;
    }
    let given = Came::of(ran);
    let Some(expect) = &case.expect else {
        found.push(Mismatch::of(case, "expect", "", &given.result().to_string()));
        return found;
    };
    let mut part = |name: &str, expected: &Value, actual: &Value| {
        if expected != actual {
            found.push(Mismatch::of(case, name, &expected.to_string(), &actual.to_string()));
        }
    };
    match (&expect.result, &given.result) {
        (Ok(expected), Ok(actual)) => part("lead", expected, actual),
        (Err(expected), Err(actual)) => {
            let expected = with_lists(expected);
            part("error", &expected, &only_given(actual, &expected));
        }
        (Ok(expected) | Err(expected), Ok(actual) | Err(actual)) => part("result", expected, actual),
    }
    part("outcomes", &json!(expect.outcomes), &only_given(&given.outcomes, &json!(expect.outcomes)));
    part("unread", &json!(expect.unread), &only_given(&given.unread, &json!(expect.unread)));
    if let Some(waits) = &expect.waits {
        part("waits", &json!(waits), &json!(given.waits));
    }
    if let Some(token) = &expect.token {
        part("token", token, &only_given(&given.token, token));
    }
    found
}

/// What came, in the forms of the outputs.
pub(super) struct Came {
    pub(super) result: Result<Value, Value>,
    pub(super) outcomes: Value,
    pub(super) unread: Value,
    pub(super) waits: Vec<String>,
    /// Null where none was kept.
    pub(super) token: Value,
}

impl Came {
    pub(super) fn of(ran: &Ran) -> Came {
        let (result, outcomes, unread) = match &ran.finished.result {
            Ok(success) => (Ok(success.resource.clone()), json!(success.outcomes), json!(success.unread)),
            Err(failure) => (Err(error(failure)), json!(failure.outcomes), json!([])),
        };
        Came { result, outcomes, unread, waits: waits(&ran.finished), token: ran.token.clone().unwrap_or_default() }
    }

    fn result(&self) -> &Value {
        match &self.result {
            Ok(value) | Err(value) => value,
        }
    }

    /// The same as an expectation: without the words that a mapping may change, unless they are expected by now.
    pub(super) fn expectation(&self, before: Option<&Expect>) -> Expect {
        let keep = |came: &Value, before: Option<&Vec<Value>>| -> Vec<Value> {
            let items = came.as_array().into_iter().flatten();
            let known =
                |item: &Value| before.into_iter().flatten().find(|old| old.get("pointer") == item.get("pointer"));
            items.map(|item| without_words(item, known(item))).collect()
        };
        Expect {
            result: self.result.clone().map_err(|error| {
                let before = before.and_then(|before| before.result.as_ref().err());
                plain_error(error, before)
            }),
            outcomes: keep(&self.outcomes, before.map(|before| &before.outcomes)),
            unread: keep(&self.unread, before.map(|before| &before.unread)),
            waits: before.and_then(|before| before.waits.as_ref()).map(|_| self.waits.clone()),
            token: before.and_then(|before| before.token.as_ref()).map(|token| only_given(&self.token, token)),
        }
    }
}

/// Every wait before an attempt, in order.
fn waits(finished: &Finished) -> Vec<String> {
    let attempts = finished.trace.calls.iter().flat_map(|call| &call.attempts);
    let waits = attempts.map(|attempt| attempt.waited.as_millis()).filter(|waited| *waited > 0);
    waits.map(|ms| if ms % 1000 == 0 { format!("{}s", ms / 1000) } else { format!("{ms}ms") }).collect()
}

fn error(failure: &Failure) -> Value {
    let fault = failure.fault.as_ref();
    // A caller sees the provider's status where the provider refused, and else that of the class.
    let status = fault.map(|fault| fault.status).filter(|status| *status >= 400);
    json!({
        "class": failure.class.as_str(),
        "status": status.unwrap_or_else(|| failure.class.status()),
        "message": failure.message,
        "violations": failure.violations,
        "done": failure.done,
        "provider": fault,
    })
}

/// An error with its lists, which are compared whole.
fn with_lists(expected: &Value) -> Value {
    let mut expected = expected.clone();
    if let Some(members) = expected.as_object_mut() {
        for list in ["violations", "done"] {
            members.entry(list).or_insert_with(|| json!([]));
        }
    }
    expected
}

/// What came, with those members alone that are expected, and in their order. Items of lists are held against those
/// at the same position; further ones are kept.
fn only_given(came: &Value, expected: &Value) -> Value {
    match (came, expected) {
        (Value::Object(came), Value::Object(expected)) => {
            let members = expected
                .iter()
                .filter_map(|(name, expected)| Some((name.clone(), only_given(came.get(name)?, expected))));
            Value::Object(members.collect())
        }
        (Value::Array(came), Value::Array(expected)) => {
            let items = came.iter().enumerate();
            items.map(|(index, item)| only_given(item, expected.get(index).unwrap_or(item))).collect()
        }
        (came, _) => came.clone(),
    }
}

/// An item without its reason and its record, unless they are expected by now.
fn without_words(item: &Value, before: Option<&Value>) -> Value {
    let members = item.as_object().into_iter().flatten();
    let kept = members.filter(|(name, value)| {
        let expected = before.is_some_and(|before| before.get(name.as_str()).is_some());
        !value.is_null() && (expected || !["reason", "record"].contains(&name.as_str()))
    });
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// An error with the members that stay the same when words change, and those that are expected by now.
fn plain_error(error: Value, before: Option<&Value>) -> Value {
    let Value::Object(mut members) = error else { return error };
    if let Some(Value::Array(violations)) = members.get_mut("violations") {
        for violation in violations {
            let kept: Map<String, Value> = ["pointer", "code"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), violation.get(name)?.clone())))
                .collect();
            *violation = Value::Object(kept);
        }
    }
    if let Some(Value::Object(provider)) = members.get_mut("provider") {
        let expected = before.and_then(|before| before.get("provider"));
        let asked = |name: &str| expected.is_none_or(|expected| expected.get(name).is_some());
        provider.retain(|name, value| !value.is_null() && name != "class" && asked(name));
    }
    members.retain(|_, value| !value.is_null() && *value != json!([]));
    Value::Object(members)
}

/// A request that is not the expected one.
fn request(case: &Case, difference: &Difference) -> Mismatch {
    match difference {
        Difference::Part { number, step, part, expected, sent } => {
            Mismatch::of(case, format!("request {number} ({step}): {part}"), expected, sent)
        }
        Difference::Unexpected { number, step, sent } => {
            Mismatch::of(case, format!("request {number} ({step}): not expected"), "", sent)
        }
        Difference::Unsent { number, expected } => {
            Mismatch::of(case, format!("request {number}: never sent"), expected, "")
        }
        other => Mismatch::of(case, "request", "", &other.to_string()),
    }
}

/// Secrets that show where they must not.
fn leaks(case: &Case, ran: &Ran) -> Vec<Mismatch> {
    let shown = format!("{:?}", ran.finished);
    let secrets = case.account.secrets.iter();
    let leaked = secrets.filter(|(_, secret)| shown.contains(secret.as_str()));
    leaked
        .map(|(name, _)| {
            let words = format!("the secret `{name}` shows in the result or in the trace");
            Mismatch { part: "secrets".to_owned(), expected: String::new(), actual: words }
        })
        .collect()
}

/// JSON laid out; other texts as they are.
fn laid_out(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => broken_up(&value),
        _ => text.to_owned(),
    }
}

/// JSON with one member a line at the top, so that differences show line by line.
fn broken_up(value: &Value) -> String {
    let (open, close, lines): (_, _, Vec<String>) = match value {
        Value::Object(members) => {
            let lines = members.iter().map(|(name, member)| {
                let name = Value::from(name.as_str());
                format!("  {name}: {}", json_text::render(member, 2, WIDTH - name.to_string().len()))
            });
            ('{', '}', lines.collect())
        }
        Value::Array(items) => {
            ('[', ']', items.iter().map(|item| format!("  {}", json_text::render(item, 2, WIDTH))).collect())
        }
        other => return other.to_string(),
    };
    if lines.is_empty() {
        return format!("{open}{close}");
    }
    format!("{open}\n{}\n{close}", lines.join(",\n"))
}
