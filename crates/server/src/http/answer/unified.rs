//! The unified resource as the body of an answer.

use std::sync::Arc;

use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::Success;
use serde_json::{Map, Value, json};

use super::normalized::normalized;
use crate::http::query::{Format, Query};

/// The member of an answer that says what became of each leaf, when it is asked for.
pub const OUTCOMES: &str = "field_outcomes";

/// The body of an answer in the formats `unified` and `normalized`.
///
/// In `unified`, the model's field for raw values holds the main record's answer. Further records stand in it under
/// their names, since the unified resource has no place of its own for them; one whose name the main record's answer
/// has already gets `_record` behind its name. An answer that is no object stands under the main record's name.
pub fn success_body(success: Success, query: &Query, mapping: &Mapping) -> Value {
    let model = &mapping.model;
    let mut body = match (query.format, success.resource) {
        (Format::Normalized, resource) => normalized(&resource, model),
        (Format::Unified | Format::Raw | Format::Stream, Value::Object(resource)) => resource,
        (Format::Unified | Format::Raw | Format::Stream, _) => Map::new(),
    };
    if let Some(field) = model.raw_field() {
        body.shift_remove(&field.name);
        if query.format != Format::Normalized && !query.ignore_remote {
            let main = &mapping.record(mapping.main).name;
            body.insert(field.name.clone(), Value::Object(remote(success.remote, main)));
        }
    }
    for name in &query.exclude {
        body.shift_remove(name);
    }
    if query.outcome {
        body.insert(OUTCOMES.to_owned(), json!(success.outcomes));
    }
    Value::Object(body)
}

/// The raw answers in one object. An answer that nobody else holds is not copied.
fn remote(mut answers: Vec<(String, Arc<Value>)>, main: &str) -> Map<String, Value> {
    let main = answers.iter().position(|(name, _)| name == main).map(|at| answers.remove(at));
    let mut remote = match main.map(|(name, answer)| (name, Arc::unwrap_or_clone(answer))) {
        Some((_, Value::Object(answer))) => answer,
        Some((name, other)) => Map::from_iter([(name, other)]),
        None => Map::new(),
    };
    for (mut name, answer) in answers {
        while remote.contains_key(&name) {
            name.push_str("_record");
        }
        remote.insert(name, Arc::unwrap_or_clone(answer));
    }
    remote
}
