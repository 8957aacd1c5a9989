//! Requests, plans and outcomes as lines, nothing of them left out.

use mapwright_mapping::outcome::LeafOutcome;
use mapwright_mapping::plan::{Plan, PlannedStep, RequestSpec};
use serde_json::Value;

/// A request as a line: method, URL without the host, body.
pub(crate) fn shown(request: &RequestSpec) -> String {
    let body = request.body.as_ref().map(|body| format!(" {}", String::from_utf8_lossy(body))).unwrap_or_default();
    let url = request.url.strip_prefix("https://shop.test").unwrap_or(&request.url);
    format!("{} {url}{body}", request.method)
}

/// An outcome as a line, nothing of it left out.
pub(crate) fn told(outcomes: &[LeafOutcome]) -> Vec<String> {
    let line = |outcome: &LeafOutcome| {
        let on = outcome.record.as_ref().map(|record| format!(" on {record}")).unwrap_or_default();
        let values = match (&outcome.sent, &outcome.reads) {
            (None, None) => String::new(),
            (sent, reads) => format!(" {} -> {}", part(sent.as_ref()), part(reads.as_ref())),
        };
        let why = outcome.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{} {}{on}{values}{why}", outcome.pointer, outcome.outcome.as_str())
    };
    outcomes.iter().map(line).collect()
}

fn part(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

/// The requests of a plan, each with the names of its holes.
pub(crate) fn planned(plan: &Plan) -> Vec<String> {
    let line = |step: &PlannedStep| {
        if step.holes.is_empty() {
            shown(&step.request)
        } else {
            format!("{} needs {}", shown(&step.request), step.holes.join(" and "))
        }
    };
    plan.steps.iter().map(line).collect()
}
