//! What is counted, for Prometheus. No label holds a value of a caller, a provider's record or an account.

use std::collections::BTreeMap;
use std::time::Duration;

use mapwright_interpreter::{Renewal, Trace};
use mapwright_mapping::outcome::LeafOutcome;
use mapwright_mapping::provider::Class;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

const REQUESTS: &str = "mapwright_requests_total";
const REQUEST_SECONDS: &str = "mapwright_request_duration_seconds";
const ATTEMPTS: &str = "mapwright_provider_attempts_total";
const ATTEMPT_SECONDS: &str = "mapwright_provider_attempt_duration_seconds";
const REFRESHES: &str = "mapwright_token_refreshes_total";
const OUTCOMES: &str = "mapwright_field_outcomes_total";
const RUNNING: &str = "mapwright_runs_in_progress";
const SHED: &str = "mapwright_requests_shed_total";
const REPLAYED: &str = "mapwright_idempotent_answers_total";
const RELOADS: &str = "mapwright_mapping_reloads_total";

/// The upper bounds of the buckets of durations, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 25.0];

/// Begins to count in this process, and gives what `/metrics` shows. There is one count for each process.
pub fn begin() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new();
    let builder = builder.set_buckets_for_metric(Matcher::Suffix("_duration_seconds".to_owned()), &BUCKETS)?;
    let handle = builder.install_recorder()?;
    describe_counter!(REQUESTS, "Requests that were answered, by route, method and status.");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "How long requests took.");
    describe_counter!(ATTEMPTS, "Attempts to call a provider, by the class of their end; `good` where it was none.");
    describe_histogram!(ATTEMPT_SECONDS, Unit::Seconds, "How long attempts to call a provider took.");
    describe_counter!(REFRESHES, "Renewals of access tokens, by how they ended.");
    describe_counter!(OUTCOMES, "What became of the leaves of patches.");
    describe_gauge!(RUNNING, "Runs in progress.");
    describe_counter!(SHED, "Requests that were turned away because there was too much to do.");
    describe_counter!(REPLAYED, "Answers that were kept for an idempotency key and given again.");
    describe_counter!(RELOADS, "Reloads of the mappings, by whether they were taken up.");
    Ok(handle)
}

/// A request was answered. `route` is one of the service's own templates.
pub(crate) fn request(route: &'static str, method: &http::Method, status: u16, took: Duration) {
    let method = method_name(method);
    counter!(REQUESTS, "route" => route, "method" => method, "status" => status.to_string()).increment(1);
    histogram!(REQUEST_SECONDS, "route" => route, "method" => method).record(took.as_secs_f64());
}

/// A method that is known, so that callers cannot make up labels.
fn method_name(method: &http::Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "PATCH", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| method == known).unwrap_or("other")
}

/// A run has ended: its attempts and its renewals.
pub(crate) fn calls(provider: &str, trace: &Trace) {
    for call in &trace.calls {
        for attempt in &call.attempts {
            let class = attempt.class.map_or("good", Class::as_str);
            counter!(ATTEMPTS, "provider" => provider.to_owned(), "class" => class).increment(1);
            histogram!(ATTEMPT_SECONDS, "provider" => provider.to_owned()).record(attempt.duration.as_secs_f64());
        }
        if let Some(renewal) = call.renewal {
            let ending = match renewal {
                Renewal::Renewed => "renewed",
                Renewal::Refused => "refused",
                Renewal::Unavailable => "unavailable",
            };
            counter!(REFRESHES, "provider" => provider.to_owned(), "result" => ending).increment(1);
        }
    }
}

/// What became of the leaves of a patch.
pub(crate) fn outcomes(provider: &str, outcomes: &[LeafOutcome]) {
    let mut of_each: BTreeMap<&'static str, u64> = BTreeMap::new();
    for outcome in outcomes {
        *of_each.entry(outcome.outcome.as_str()).or_default() += 1;
    }
    for (name, number) in of_each {
        counter!(OUTCOMES, "provider" => provider.to_owned(), "outcome" => name).increment(number);
    }
}

/// A run in progress, for as long as it is kept.
#[derive(Debug)]
pub(crate) struct Running(());

impl Running {
    pub(crate) fn begin() -> Running {
        gauge!(RUNNING).increment(1.0);
        Running(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        gauge!(RUNNING).decrement(1.0);
    }
}

/// A request was turned away.
pub(crate) fn shed(why: &'static str) {
    counter!(SHED, "limit" => why).increment(1);
}

/// A kept answer was given again.
pub(crate) fn replayed() {
    counter!(REPLAYED).increment(1);
}

/// The mappings were loaded again, or refused.
pub(crate) fn reload(taken: bool) {
    counter!(RELOADS, "result" => if taken { "taken" } else { "refused" }).increment(1);
}
