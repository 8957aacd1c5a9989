//! What the service cannot do now.

use std::time::Duration;

use serde_json::json;

use super::{Code, Problem};

impl Problem {
    /// The caller sends more than it may.
    pub fn too_many_requests(wait: Duration) -> Problem {
        Problem::new(Code::TooManyRequests, "the account is called more often than it may be").limited(wait)
    }

    /// The service has as much to do as it can take; nothing was sent.
    pub fn overloaded(wait: Duration) -> Problem {
        Problem::new(Code::Overloaded, "the service has as much to do as it can take; nothing was sent")
            .retry_after(wait)
    }

    /// The service is about to stop; nothing was sent.
    pub fn draining() -> Problem {
        Problem::new(Code::Draining, "the service is about to stop; nothing was sent").retry_after(Duration::ZERO)
    }

    /// A part of the service cannot be reached; nothing was sent.
    pub fn not_ready(part: &str) -> Problem {
        Problem::new(Code::NotReady, format!("{part} cannot be reached; nothing was sent")).retry_after(Duration::ZERO)
    }

    /// The service is at fault. The detail says nothing of its inside: that stands in its log, with the request's id.
    pub fn internal() -> Problem {
        Problem::new(Code::Internal, "the service is at fault; its log has the reason beside the request's id")
    }

    /// The same with the contract's insight about a limit.
    pub(super) fn limited(self, wait: Duration) -> Problem {
        let problem = self.retry_after(wait);
        let value = json!({ "retry_after": problem.retry_after });
        problem.insight("rate_limit_error", "There were too many requests; come back after that many seconds.", &value)
    }
}
