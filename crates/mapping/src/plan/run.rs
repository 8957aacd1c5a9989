//! A run: one patch, or one read, of one resource on one account.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::decide::Owned;
use super::drive::{Drive, Stop};
use super::progress::Latest;
use super::step::{Replies, RequestSpec, Step, StepKey, StepKind};
use crate::mapping::{Clear, Mapping};
use crate::outcome::{Failure, LeafOutcome, Success};
use crate::patch::{Patch, Violation};
use crate::provider::{Class, Judged, Purpose};
use crate::reply::Reply;
use crate::variables::Bound;
use crate::version::EntityTag;

/// How a patch is to be run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Whether anything but a clean write refuses the patch before anything is written.
    pub strict: bool,
    /// Whether a list replaces what is there or is merged into it.
    pub lists: ListMode,
    /// Query parameters that are added to the main record's write, or in a read to its read, as they are, and win.
    pub remote_query: Vec<(String, Value)>,
    /// The versions of which the record has to be for a patch to be made; none: any. Nothing is written to another.
    pub if_match: Option<Vec<EntityTag>>,
}

/// Whether a list replaces what is there or is merged into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListMode {
    /// The list is what there is afterwards.
    #[default]
    Replace,
    /// Slots that the list does not name keep what they have.
    Merge,
}

/// One patch, or one read, of one resource on one account: a pure function of what it was made with and the replies.
#[derive(Clone, Debug)]
pub struct Run {
    pub(super) mapping: Arc<Mapping>,
    pub(super) bound: Arc<Bound>,
    pub(super) id: Value,
    pub(super) patch: Option<Patch>,
    /// What the model refuses of the patch: it is told together with what the mapping refuses.
    pub(super) violations: Vec<Violation>,
    pub(super) options: Options,
    pub(super) kept: Kept,
}

/// What is found once, and kept from one reply to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// By record: the heads of the paths that reading needs.
    pub(super) heads: OnceLock<Vec<Vec<String>>>,
    /// The places that entries own.
    pub(super) owned: OnceLock<Owned>,
    /// How far it has come.
    pub(super) progress: Latest,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// This request is to be sent, and its ending handed in.
    Send(Box<Step>),
    /// The run has ended.
    Done(Box<Result<Success, Failure>>),
}

/// Every request that a run would send, as far as the replies at hand tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The requests, in order.
    pub steps: Vec<PlannedStep>,
    /// What becomes of each leaf of the patch.
    pub outcomes: Vec<LeafOutcome>,
    /// Why the patch is refused, when it is.
    pub refusal: Option<Failure>,
}

/// A request of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedStep {
    /// Which request it is.
    pub key: StepKey,
    /// The request; a hole stands in braces.
    pub request: RequestSpec,
    /// The names of the holes: what a reply is needed for.
    pub holes: Vec<String>,
}

impl Run {
    /// A patch. Checks id and patch against the model and the mapping: every violation at once, without any reply where
    /// none is needed to tell them all.
    pub fn patch(
        mapping: Arc<Mapping>,
        bound: Arc<Bound>,
        id: &str,
        patch: &Value,
        options: Options,
    ) -> Result<Run, Failure> {
        let id = wire_id(&mapping, id)?;
        let (patch, violations) = Patch::parse_all(patch, &mapping.model);
        let run = Run { mapping, bound, id, patch: Some(patch), violations, options, kept: Kept::default() };
        let nothing = Replies::new();
        let mut drive = Drive::new(&run, &nothing, false);
        let decided = drive.decide();
        // A good patch goes on, and so does one whose names have to be looked up: it is refused after that, with all of
        // its violations. Any other is refused at once.
        let needs_names = drive.planned.iter().any(|step| step.key.kind == StepKind::Table);
        let goes_on = if run.violations.is_empty() { !drive.planned.is_empty() } else { needs_names };
        match decided {
            Err(Stop::Trouble(trouble)) if !goes_on && !trouble.failure.violations.is_empty() => {
                Err(drive.before_writing(*trouble).failure)
            }
            decided => {
                if decided.is_ok() && drive.asked.is_empty() && run.options.if_match.is_none() {
                    // No reply has to do with it.
                    drive.keep();
                }
                Ok(run)
            }
        }
    }

    /// A read. `remote_query` holds query parameters that are added to the main record's read as they are, and win.
    pub fn get(
        mapping: Arc<Mapping>,
        bound: Arc<Bound>,
        id: &str,
        remote_query: Vec<(String, Value)>,
    ) -> Result<Run, Failure> {
        let id = wire_id(&mapping, id)?;
        let options = Options { remote_query, ..Options::default() };
        Ok(Run { mapping, bound, id, patch: None, violations: Vec::new(), options, kept: Kept::default() })
    }

    /// What has to be sent next, or the result.
    pub fn next(&self, replies: &Replies) -> Next {
        let mut drive = Drive::new(self, replies, true);
        match drive.run() {
            Ok(success) => Next::Done(Box::new(Ok(success))),
            Err(Stop::Need(step)) => Next::Send(step),
            Err(Stop::Trouble(trouble)) => Next::Done(Box::new(Err(trouble.failure))),
        }
    }

    /// Every request that the run would send; where a reply is not at hand, a hole stands in its place.
    pub fn plan(&self, replies: &Replies) -> Plan {
        let mut drive = Drive::new(self, replies, false);
        let refusal = match drive.run() {
            Ok(_) | Err(Stop::Need(_)) => None,
            Err(Stop::Trouble(trouble)) => Some(trouble.failure),
        };
        let outcomes = match &refusal {
            Some(failure) => failure.outcomes.clone(),
            None => drive.verdicts(),
        };
        Plan { steps: drive.planned, outcomes, refusal }
    }

    /// Tells whether a reply is an error of the provider, and which.
    pub fn judge(&self, step: &Step, reply: &Reply) -> Judged {
        self.judge_for(&step.purpose, reply)
    }

    /// The same, where only the purpose of the step is at hand.
    pub(super) fn judge_for(&self, purpose: &Purpose, reply: &Reply) -> Judged {
        let provider = &self.mapping.provider;
        provider.errors.judge(reply, purpose, &provider.limits, &self.bound)
    }

    /// Whether a step reads or writes the main record.
    pub fn is_of_main(&self, key: &StepKey) -> bool {
        let kind = !matches!(key.kind, StepKind::Table | StepKind::Action);
        kind && key.on == self.mapping.record(self.mapping.main).name
    }

    /// The mapping that is run.
    pub fn mapping(&self) -> &Arc<Mapping> {
        &self.mapping
    }

    /// The account's variables.
    pub fn bound(&self) -> &Arc<Bound> {
        &self.bound
    }
}

impl Mapping {
    /// How a slot spells null, when it says so itself or its form does.
    pub(crate) fn clear_of(&self, slot: &crate::mapping::Slot) -> Option<Clear> {
        slot.clear.or_else(|| slot.form.and_then(|form| self.form(form).clear))
    }
}

/// The id in the path as the provider spells it.
fn wire_id(mapping: &Mapping, id: &str) -> Result<Value, Failure> {
    let refuse = |message: String| Failure::new(Class::Invalid, message);
    if !super::render::is_segment(id) {
        return Err(refuse("the id is empty, `.`, `..` or has control characters".to_owned()));
    }
    mapping
        .id
        .encode(&Value::String(id.to_owned()))
        .map_err(|e| refuse(format!("the id is not one of this provider: {e}")))
}
