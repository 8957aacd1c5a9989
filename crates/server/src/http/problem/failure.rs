//! From a run that failed.

use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use mapwright_mapping::outcome::Failure;
use mapwright_mapping::provider::{Class, Fault, Wait};
use serde_json::{Value, json};

use super::document::Remote;
use super::{Code, Problem, Reason};

/// Statuses that speak of the connection to the provider, or that demand a header which only the provider could fill.
const OF_THE_CONNECTION: [u16; 4] = [405, 407, 421, 426];

impl Problem {
    /// The problem of a run that failed. `now` is for waits that a provider states as a date.
    ///
    /// A provider's refusal keeps the provider's status, where it is an error's with a standard name and does not speak
    /// of the connection to the provider; any other has the status of its class.
    pub fn of_failure(failure: &Failure, now: Timestamp) -> Problem {
        let code = code(failure);
        let mut problem = Problem::new(code, &failure.message).because(failure.violations.iter().map(Reason::from));
        problem.step.clone_from(&failure.step);
        problem.done.clone_from(&failure.done);
        problem.outcomes.clone_from(&failure.outcomes);
        let missing: Vec<&str> = failure
            .violations
            .iter()
            .filter(|violation| violation.code == "missing-leaf")
            .map(|violation| violation.pointer.as_str())
            .collect();
        if !missing.is_empty() {
            let words = "The body lacks fields that it has to have.";
            problem = problem.insight("missing_required_body_fields", words, &json!(missing));
        }
        if let Some(fault) = &failure.fault {
            problem = problem.of_fault(fault, failure.raw.as_deref());
        }
        let wait = failure.fault.as_ref().and_then(|fault| fault.wait.as_ref()).map(|wait| span(wait, now));
        match problem.status {
            StatusCode::TOO_MANY_REQUESTS => problem.limited(wait.unwrap_or_default()),
            StatusCode::SERVICE_UNAVAILABLE => problem.retry_after(wait.unwrap_or_default()),
            _ => match wait {
                Some(wait) => problem.retry_after(wait),
                None => problem,
            },
        }
    }

    fn of_fault(mut self, fault: &Fault, raw: Option<&Value>) -> Problem {
        // What the caller has named is the caller's precondition, whatever the provider calls it.
        if let Some(status) = kept(fault.status).filter(|_| self.code != Code::PreconditionFailed) {
            self.status = status;
        }
        let raw = raw.cloned().unwrap_or_default();
        self.remote = Some(Remote { status: fault.status, code: fault.code.clone(), raw });
        if fault.class == Class::Forbidden {
            let words = "The account may not do this.";
            self = self.insight("forbidden_error", words, &json!({ "missing_scopes": fault.scopes }));
        }
        let words = fault.message.as_deref().unwrap_or("The provider refused the request.");
        let value = fault.code.as_ref().map_or_else(|| json!(fault.status), |code| json!(code));
        self.insight("remote_error", words, &value)
    }
}

/// The code of a failure.
fn code(failure: &Failure) -> Code {
    match failure.class {
        _ if failure.precondition => Code::PreconditionFailed,
        Class::Invalid if failure.fault.is_none() && failure.violations.is_empty() && failure.step.is_none() => {
            Code::MalformedId
        }
        Class::Invalid if failure.fault.is_none() => Code::PatchRefused,
        Class::Invalid => Code::ProviderInvalid,
        Class::Unsupported => Code::ProviderUnsupported,
        Class::Auth => Code::ProviderAuth,
        Class::Forbidden => Code::ProviderForbidden,
        Class::NotFound => Code::ProviderNotFound,
        Class::Conflict => Code::ProviderConflict,
        Class::Rate => Code::ProviderRate,
        Class::Provider => Code::ProviderError,
        Class::Unavailable => Code::ProviderUnavailable,
        Class::Ambiguous => Code::ProviderAmbiguous,
        Class::Bug => Code::Internal,
    }
}

/// The provider's status, where it can be kept.
fn kept(status: u16) -> Option<StatusCode> {
    let is_error = (400..=599).contains(&status) && !OF_THE_CONNECTION.contains(&status);
    StatusCode::from_u16(status).ok().filter(|status| is_error && status.canonical_reason().is_some())
}

/// A wait as a span from now; a date that cannot be read or lies in the past is no time.
fn span(wait: &Wait, now: Timestamp) -> Duration {
    match wait {
        Wait::For(span) => *span,
        Wait::Until(date) => {
            let then = DateTimeParser::new().parse_timestamp(date).ok();
            then.and_then(|then| Duration::try_from(then.duration_since(now)).ok()).unwrap_or_default()
        }
    }
}
