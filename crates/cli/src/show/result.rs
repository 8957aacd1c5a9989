//! The result of a run, as text for people and as JSON for programs.

use mapwright_interpreter::{Call, Finished};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::Failure;
use mapwright_mapping::provider::{Class, Fault};
use mapwright_server::http::plan::{failure_json, is_refusal, word};
use serde_json::{Value, json};
use std::fmt::Write as _;

use super::{SCHEMA_VERSION, WIDTH, exchange, json_text, outcome, wrap};
use crate::color::Paint;
use crate::exit::Exit;

/// How a run ends.
pub(crate) fn exit(finished: &Finished) -> Exit {
    match &finished.result {
        Ok(_) => Exit::Fine,
        Err(failure) if failure.class == Class::Bug => Exit::Bug,
        Err(failure) if is_refusal(failure) => Exit::Refused,
        Err(_) => Exit::Failed,
    }
}

/// The run for people, with whole replies or with folded ones.
pub(crate) fn text(mapping: &Mapping, id: &str, finished: &Finished, whole: bool, paint: Paint) -> String {
    let mut out = exchange::calls(&finished.trace.calls, whole, paint);
    let name = wrap::harmless(&format!("{} {} {id}", mapping.provider.id, mapping.model.resource));
    match &finished.result {
        Ok(success) => {
            let _ = writeln!(out, "{}", paint.bold(&name));
            let _ = writeln!(out, "{}", json_text::render(&success.resource, 0, WIDTH));
            section(&mut out, "outcomes", &outcome::table(&success.outcomes, paint), paint);
            section(&mut out, "not read", &outcome::unread(&success.unread), paint);
        }
        Err(failure) => {
            let word = word(failure);
            let heading = format!("{}: {}", paint.bold(&name), paint.red(word));
            let _ = write!(out, "{heading}\n{}", failure_text(failure));
            section(&mut out, "outcomes", &outcome::table(&failure.outcomes, paint), paint);
        }
    }
    out
}

fn section(out: &mut String, name: &str, body: &str, paint: Paint) {
    if !body.is_empty() {
        let _ = write!(out, "\n{}\n{body}", paint.bold(name));
    }
}

/// A failure, item by item.
pub(crate) fn failure_text(failure: &Failure) -> String {
    let mut out = String::new();
    let mut item = |name: &str, text: &str| {
        for (index, line) in wrap::words(text, WIDTH - 12).iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            let _ = writeln!(out, "  {name:<8}  {line}");
        }
    };
    item("class", failure.class.as_str());
    // One violation, or the provider's error, says the same as the message.
    let said = failure.fault.as_ref().and_then(|fault| fault.message.as_ref()) == Some(&failure.message);
    if failure.violations.len() != 1 && !said {
        item("message", &failure.message);
    }
    if let Some(step) = &failure.step {
        item("step", step);
    }
    if let Some(fault) = &failure.fault {
        item("provider", &fault_text(fault));
    }
    if !failure.done.is_empty() {
        item("done", &format!("{}, before it failed", failure.done.join(", ")));
    }
    for violation in &failure.violations {
        let at = if violation.pointer.is_empty() { "the patch".to_owned() } else { wrap::harmless(&violation.pointer) };
        for (index, line) in wrap::words(&violation.message, WIDTH - 4).iter().enumerate() {
            if index == 0 {
                let _ = writeln!(out, "  {at}  [{}]", violation.code);
            }
            let _ = writeln!(out, "    {line}");
        }
    }
    out
}

fn fault_text(fault: &Fault) -> String {
    let parts = [Some(fault.status.to_string()), fault.code.clone(), fault.message.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The run for programs.
pub(crate) fn json(mapping: &Mapping, id: &str, finished: &Finished) -> Value {
    let (result, resource, outcomes, unread, error) = match &finished.result {
        Ok(success) => ("ok", success.resource.clone(), &success.outcomes, json!(success.unread), Value::Null),
        Err(failure) => {
            let result = word(failure);
            (result, Value::Null, &failure.outcomes, json!([]), failure_json(failure))
        }
    };
    json!({
        "schema_version": SCHEMA_VERSION,
        "provider": mapping.provider.id,
        "resource": mapping.model.resource,
        "mapping_version": mapping.version,
        "id": id,
        "result": result,
        "lead": resource,
        "field_outcomes": outcomes,
        "unread": unread,
        "exchanges": finished.trace.calls.iter().map(call_json).collect::<Vec<_>>(),
        "error": error,
    })
}

/// A call for programs, without how long it took: the same run gives the same text.
fn call_json(call: &Call) -> Value {
    let mut value = json!(call);
    if let Some(members) = value.as_object_mut() {
        members.shift_remove("milliseconds");
    }
    value
}
