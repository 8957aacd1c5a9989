//! What became of a run or of a dry run, with every secret masked.

use std::fmt;

use bytes::Bytes;
use mapwright_mapping::outcome::{Failure, LeafOutcome, Success};
use mapwright_mapping::plan::Plan;
use mapwright_mapping::reply::Reply;
use mapwright_mapping::version::Version;

use crate::mask::Mask;
use crate::rate::RateLeft;
use crate::trace::Trace;

/// What became of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The result. Secrets in it are masked; e-mail addresses and texts of less than eight bytes are left in the
    /// resource, where they are data.
    pub result: Result<Success, Failure>,
    /// The main record's last answer as it came; none where the run failed.
    pub main: Option<Raw>,
    /// What the provider said last of its limits, where it says anything.
    pub rate: Option<RateLeft>,
    /// Whether the account needs new credentials: the provider answered 401 and no renewal cured it, or there is none,
    /// or it refused the renewal. What passes by itself, and what the account is not allowed, does not set it. A run
    /// that goes on without what was refused may set it, too.
    pub needs_reauth: bool,
    /// What went over the wire.
    pub trace: Trace,
}

/// An answer as it came. Where it repeats a secret of the account, that is masked, and a JSON body is written anew:
/// when it is asked for, since few ask.
#[derive(Clone)]
pub struct Raw {
    reply: Reply,
    mask: Mask,
}

/// What became of a dry run.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The requests, with holes where a reply is needed that is not at hand. A read that failed is its refusal.
    /// Secrets that a provider has repeated are masked.
    pub plan: Plan,
    /// What the provider said last of its limits, where it says anything.
    pub rate: Option<RateLeft>,
    /// Whether the account needs new credentials, as in [`Finished`].
    pub needs_reauth: bool,
    /// What went over the wire: look-ups and reads, or nothing.
    pub trace: Trace,
}

impl Finished {
    /// A run that has failed before anything was sent.
    pub(crate) fn unsent(failure: Failure) -> Finished {
        Finished { result: Err(failure), main: None, rate: None, needs_reauth: false, trace: Trace::default() }
    }
}

impl Planned {
    /// A dry run of what is refused before anything is sent.
    pub(crate) fn refused(failure: Failure) -> Planned {
        let plan = Plan { steps: Vec::new(), outcomes: failure.outcomes.clone(), refusal: Some(failure) };
        Planned { plan, rate: None, needs_reauth: false, trace: Trace::default() }
    }
}

impl Raw {
    pub(crate) fn new(reply: Reply, mask: Mask) -> Raw {
        Raw { reply, mask }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.reply.status
    }

    /// The content type, when there is one.
    pub fn content_type(&self) -> Option<String> {
        self.reply.header("Content-Type").map(|kind| self.mask.text(kind))
    }

    /// The body.
    pub fn body(&self) -> Bytes {
        self.mask.body(&self.reply.body).unwrap_or_else(|| self.reply.body.to_vec()).into()
    }
}

/// As it may be handed on.
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw")
            .field("status", &self.status())
            .field("content_type", &self.content_type())
            .field("body", &self.body())
            .finish()
    }
}

/// Two are the same that are handed on in the same way.
impl PartialEq for Raw {
    fn eq(&self, other: &Raw) -> bool {
        let shown = |raw: &Raw| (raw.status(), raw.content_type(), raw.body());
        shown(self) == shown(other)
    }
}

impl Eq for Raw {}

/// Masks every secret that a provider has repeated.
pub(crate) fn hide(mask: &Mask, result: &mut Result<Success, Failure>) {
    match result {
        Ok(success) => {
            mask.record(&mut success.resource);
            success.remote.iter_mut().for_each(|(_, answer)| mask.shared_record(answer));
            for unread in &mut success.unread {
                unread.reason = mask.text(&unread.reason);
            }
            hide_outcomes(mask, &mut success.outcomes);
            if let Version::Strong(text) = &mut success.version {
                *text = mask.text(text);
            }
        }
        Err(failure) => hide_failure(mask, failure),
    }
}

/// Masks every secret in a plan.
pub(crate) fn hide_plan(mask: &Mask, plan: &mut Plan) {
    for step in &mut plan.steps {
        step.request.url = mask.text(&step.request.url);
        step.request.headers.iter_mut().for_each(|(_, value)| *value = mask.text(value));
        let body = step.request.body.as_deref().and_then(|body| mask.body(body));
        step.request.body = body.or(step.request.body.take());
    }
    hide_outcomes(mask, &mut plan.outcomes);
    if let Some(failure) = &mut plan.refusal {
        hide_failure(mask, failure);
    }
}

fn hide_outcomes(mask: &Mask, outcomes: &mut [LeafOutcome]) {
    for outcome in outcomes {
        if let Some(reason) = &mut outcome.reason {
            *reason = mask.text(reason);
        }
        outcome.sent.iter_mut().chain(&mut outcome.reads).for_each(|value| mask.record(value));
    }
}

fn hide_failure(mask: &Mask, failure: &mut Failure) {
    failure.message = mask.text(&failure.message);
    for violation in &mut failure.violations {
        violation.message = mask.text(&violation.message);
    }
    if let Some(fault) = &mut failure.fault {
        let texts = fault.code.iter_mut().chain(&mut fault.message);
        let texts = texts.chain(&mut fault.fields).chain(&mut fault.scopes);
        texts.for_each(|text| *text = mask.text(text));
    }
    if let Some(raw) = &mut failure.raw {
        mask.value(raw);
    }
    hide_outcomes(mask, &mut failure.outcomes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_mapping::outcome::{Fate, Unread};
    use mapwright_mapping::patch::Violation;
    use mapwright_mapping::provider::{Class, Fault};
    use serde_json::json;

    const CANARY: &str = "canary/+secret";

    fn mask() -> Mask {
        Mask::new([CANARY])
    }

    fn outcome() -> LeafOutcome {
        LeafOutcome {
            sent: Some(json!(CANARY)),
            reads: Some(json!([CANARY])),
            ..LeafOutcome::new("/colour", Fate::Altered).because(CANARY)
        }
    }

    #[test]
    fn a_failure_holds_no_secret() {
        let fault = Fault {
            class: Class::Auth,
            status: 401,
            code: Some(CANARY.to_owned()),
            message: Some(format!("no {CANARY}")),
            fields: vec![CANARY.to_owned()],
            scopes: vec![CANARY.to_owned()],
            wait: None,
            retry: true,
        };
        let failure = Failure {
            violations: vec![Violation::new("/colour", "wrong", format!("not {CANARY}"))],
            fault: Some(Box::new(fault)),
            raw: Some(Box::new(json!({"echo": "Bearer canary%2F%2Bsecret"}))),
            outcomes: vec![outcome()],
            ..Failure::new(Class::Auth, format!("refused: {CANARY}"))
        };
        let mut result = Err(failure);
        hide(&mask(), &mut result);
        let shown = format!("{result:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("refused: ***"), "{shown}");
    }

    #[test]
    fn a_success_holds_no_secret() {
        let success = Success {
            resource: json!({"colour": CANARY}),
            remote: vec![("book".to_owned(), json!({"echo": CANARY}).into())],
            outcomes: vec![outcome()],
            unread: vec![Unread { pointer: "/shelf".to_owned(), reason: CANARY.to_owned() }],
            version: Version::Strong(CANARY.to_owned()),
        };
        let mut result = Ok(success);
        hide(&mask(), &mut result);
        let shown = format!("{result:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
