//! A plan as JSON: the answer to a dry run, and what the command line shows to programs.

use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::Failure;
use mapwright_mapping::plan::{Plan, PlannedStep};
use mapwright_mapping::provider::Class;
use serde_json::{Value, json};

/// The version of this form; it grows when a member changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// A plan for a record: the requests in their order, what becomes of each leaf, and why the patch is refused, if it is.
pub fn plan_json(mapping: &Mapping, id: &str, plan: &Plan) -> Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "provider": mapping.provider.id,
        "resource": mapping.model.resource,
        "mapping_version": mapping.version,
        "id": id,
        "result": plan.refusal.as_ref().map_or("planned", word),
        "requests": plan.steps.iter().map(step_json).collect::<Vec<_>>(),
        "field_outcomes": plan.outcomes,
        "error": plan.refusal.as_ref().map(failure_json),
    })
}

/// A failure of a run or of a plan.
pub fn failure_json(failure: &Failure) -> Value {
    json!({
        "class": failure.class.as_str(),
        "message": failure.message,
        "step": failure.step,
        "violations": failure.violations,
        "done": failure.done,
        "provider": failure.fault.as_ref().map(|fault| json!({
            "status": fault.status,
            "code": fault.code,
            "message": fault.message,
            "fields": fault.fields,
            "scopes": fault.scopes,
        })),
    })
}

/// Whether a failure is about the patch itself, so that nothing was written, and no step of the provider failed.
pub fn is_refusal(failure: &Failure) -> bool {
    let about_patch = matches!(failure.class, Class::Invalid | Class::Unsupported);
    about_patch && failure.fault.is_none() && failure.done.is_empty()
}

/// `refused` or `failed`: a patch is refused for what it says, and a read that the plan needs may fail as well.
pub fn word(failure: &Failure) -> &'static str {
    if is_refusal(failure) { "refused" } else { "failed" }
}

fn step_json(step: &PlannedStep) -> Value {
    json!({
        "step": step.key.in_words(),
        "key": step.key,
        "method": step.request.method,
        "url": step.request.url,
        "headers": step.request.headers,
        "body": step.request.body.as_deref().map(String::from_utf8_lossy),
        "holes": step.holes,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use mapwright_mapping::outcome::Failure;
    use mapwright_mapping::plan::{Options, Replies, Run};
    use mapwright_mapping::variables::Bound;

    use super::*;
    use crate::http::fixture::mapping;

    fn plan(patch: &Value) -> Value {
        let mapping = mapping();
        let variables = [("region", "eu"), ("tenant", "one")];
        let variables: BTreeMap<String, Value> = variables.map(|(name, value)| (name.into(), value.into())).into();
        let bound = Arc::new(Bound::new(&mapping.provider.variables, &variables).expect("variables"));
        let run = Run::patch(Arc::clone(&mapping), bound, "7-book", patch, Options::default());
        let plan = match run {
            Ok(run) => run.plan(&Replies::new()),
            Err(failure) => Plan { steps: vec![], outcomes: failure.outcomes.clone(), refusal: Some(failure) },
        };
        plan_json(&mapping, "7-book", &plan)
    }

    #[test]
    fn a_plan_shows_each_request_and_what_becomes_of_each_leaf() {
        let shown = plan(&json!({ "title": "Emma", "loans": 3 }));
        assert_eq!(shown["result"], "planned");
        assert_eq!(shown["mapping_version"], mapping().version);
        assert_eq!(
            shown["field_outcomes"],
            json!([
                { "pointer": "/title", "outcome": "send" },
                { "pointer": "/loans", "outcome": "unsupported", "reason": "the provider has no place for it" },
            ])
        );
        let steps: Vec<&Value> =
            shown["requests"].as_array().expect("requests").iter().map(|one| &one["step"]).collect();
        // What the answer shows besides the written record is read after it.
        let reads = ["read back card", "look up genres", "look up conditions", "read back author", "look up members"];
        assert_eq!(steps[..2], ["read book", "write book"]);
        assert_eq!(steps[2..], reads);
        assert_eq!(shown["requests"][1]["body"], "{\"book\":{\"title\":\"Emma\"},\"notify\":false}");
        assert_eq!(shown["error"], Value::Null);
    }

    #[test]
    fn a_plan_that_is_refused_says_why() {
        let shown = plan(&json!({ "titel": "Emma" }));
        assert_eq!((&shown["result"], &shown["requests"]), (&json!("refused"), &json!([])));
        assert_eq!(shown["error"]["violations"][0]["suggestion"], "title");
    }

    #[test]
    fn a_plan_whose_read_failed_has_failed() {
        assert_eq!(word(&Failure::new(Class::Unavailable, "away")), "failed");
        let midway = Failure { done: vec!["write book".to_owned()], ..Failure::refused(vec![]) };
        assert_eq!(word(&midway), "failed");
        assert_eq!(word(&Failure::refused(vec![])), "refused");
    }
}
