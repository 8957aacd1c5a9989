//! Runs plans: takes step after step, sends it, and hands in how it ended.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::{Failure, LeafOutcome, Success};
use mapwright_mapping::plan::{Next, Options, Replies, Run, Step};
use mapwright_mapping::provider::Class;
use mapwright_mapping::reply::Reply;
use serde_json::Value;
use tokio::time::Instant;

use crate::account::Account;
use crate::mask::Mask;
use crate::session::Session;
use crate::tokens::{MemoryTokens, TokenStore};
use crate::trace::{Call, Trace};
use crate::transport::Transport;

/// How long a run may take where nobody says otherwise.
pub const DEADLINE: Duration = Duration::from_secs(25);

/// The most requests of a run; a plan that wants more is at fault.
const MOST_STEPS: usize = 100;

/// The wall clock, for dates in replies and the expiry of tokens. Spans are measured with the clock of `tokio`.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// What a run needs besides its account.
#[derive(Clone)]
pub(crate) struct Links {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) tokens: Arc<dyn TokenStore>,
    pub(crate) clock: Clock,
}

impl Links {
    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }
}

/// Runs patches and reads of accounts. Copies are cheap and share everything.
///
/// There is no global state: what an account shares between its runs lies in the [`Account`].
///
/// # Dropping a run
/// The future of a run may be dropped at any moment. What was sent is sent, and a write that was on its way may have
/// been done. The account stays sound: its open call is closed, the next run fetches the look-up anew, and a renewal
/// of the token goes on by itself.
#[derive(Clone)]
pub struct Interpreter {
    links: Links,
    deadline: Duration,
}

impl fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interpreter").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// What became of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The result. Secrets in it are masked; e-mail addresses and texts of less than eight bytes are left in the
    /// resource, where they are data.
    pub result: Result<Success, Failure>,
    /// What went over the wire.
    pub trace: Trace,
}

impl Interpreter {
    /// Over a transport, with tokens kept in memory, the system's clock and a deadline of [`DEADLINE`].
    pub fn new(transport: impl Transport) -> Interpreter {
        Interpreter {
            links: Links {
                transport: Arc::new(transport),
                tokens: Arc::new(MemoryTokens::default()),
                clock: Arc::new(SystemTime::now),
            },
            deadline: DEADLINE,
        }
    }

    /// The same with another store of tokens.
    #[must_use]
    pub fn with_tokens(mut self, tokens: impl TokenStore) -> Interpreter {
        self.links.tokens = Arc::new(tokens);
        self
    }

    /// The same with another wall clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Interpreter {
        self.links.clock = clock;
        self
    }

    /// The same with another deadline for each run: after it nothing more is sent.
    #[must_use]
    pub fn within(mut self, deadline: Duration) -> Interpreter {
        self.deadline = deadline;
        self
    }

    /// Patches a resource.
    pub async fn patch(
        &self,
        account: &Account,
        mapping: &Arc<Mapping>,
        id: &str,
        patch: &Value,
        options: Options,
    ) -> Finished {
        let bound = Arc::clone(account.bound());
        match Run::patch(Arc::clone(mapping), bound, id, patch, options) {
            Ok(run) => self.run(account, &run).await,
            Err(failure) => Finished::unsent(failure),
        }
    }

    /// Reads a resource.
    pub async fn get(&self, account: &Account, mapping: &Arc<Mapping>, id: &str) -> Finished {
        match Run::get(Arc::clone(mapping), Arc::clone(account.bound()), id) {
            Ok(run) => self.run(account, &run).await,
            Err(failure) => Finished::unsent(failure),
        }
    }

    /// Runs what was made before. The run is of the account's provider and has the account's variables.
    pub async fn run(&self, account: &Account, run: &Run) -> Finished {
        let (wanted, given) = (&run.mapping().provider.id, &account.provider().id);
        if wanted != given {
            let message = format!("the account is for the provider `{given}`, and the mapping is for `{wanted}`");
            return Finished::unsent(Failure::new(Class::Invalid, message));
        }
        if run.bound() != account.bound() {
            let message = "the run was made with the variables of another account";
            return Finished::unsent(Failure::new(Class::Bug, message));
        }
        let now = Instant::now();
        let deadline = now.checked_add(self.deadline).unwrap_or(now + DEADLINE);
        let judge = |step: &Step, reply: &Reply| run.judge(step, reply);
        let mut session = Session::new(account, &self.links, &judge, deadline);
        let mut result = drive(run, &mut session).await;
        hide(&account.mask(), &mut result);
        let calls = session.into_calls();
        if let Err(failure) = &mut result {
            call_alike(failure, &calls);
        }
        Finished { result, trace: Trace { calls } }
    }
}

/// Calls the step at which a run failed as the trace calls it.
fn call_alike(failure: &mut Failure, calls: &[Call]) {
    let Some(step) = &mut failure.step else { return };
    let is_it = |call: &&Call| call.key.as_ref().is_some_and(|key| key.in_words() == *step);
    if let Some(call) = calls.iter().find(is_it) {
        step.clone_from(&call.step);
    }
}

/// Carries step after step until there is a result.
async fn drive(run: &Run, session: &mut Session<'_>) -> Result<Success, Failure> {
    let mut replies = Replies::new();
    while replies.len() < MOST_STEPS {
        let step = match run.next(&replies) {
            Next::Done(result) => return *result,
            Next::Send(step) => step,
        };
        if replies.get(&step.key).is_some() {
            let message = format!("the plan asks for the same request twice: {}", step.key.in_words());
            return Err(Failure::new(Class::Bug, message));
        }
        match session.step(&step).await {
            (ending, true) => replies.insert_cached(step.key, ending),
            (ending, false) => replies.insert(step.key, ending),
        }
    }
    let message = format!("the plan has more than {MOST_STEPS} requests");
    Err(Failure::new(Class::Bug, message))
}

impl Finished {
    fn unsent(failure: Failure) -> Finished {
        Finished { result: Err(failure), trace: Trace::default() }
    }
}

/// Masks every secret that a provider has repeated.
fn hide(mask: &Mask, result: &mut Result<Success, Failure>) {
    let outcomes = |outcomes: &mut Vec<LeafOutcome>| {
        for outcome in outcomes {
            if let Some(reason) = &mut outcome.reason {
                *reason = mask.text(reason);
            }
            outcome.sent.iter_mut().chain(&mut outcome.reads).for_each(|value| mask.record(value));
        }
    };
    match result {
        Ok(success) => {
            mask.record(&mut success.resource);
            success.remote.iter_mut().for_each(|(_, value)| mask.record(value));
            for unread in &mut success.unread {
                unread.reason = mask.text(&unread.reason);
            }
            outcomes(&mut success.outcomes);
        }
        Err(failure) => {
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
            outcomes(&mut failure.outcomes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_mapping::outcome::{Fate, Unread};
    use mapwright_mapping::patch::Violation;
    use mapwright_mapping::provider::Fault;
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
            remote: vec![("book".to_owned(), json!({"echo": CANARY}))],
            outcomes: vec![outcome()],
            unread: vec![Unread { pointer: "/shelf".to_owned(), reason: CANARY.to_owned() }],
        };
        let mut result = Ok(success);
        hide(&mask(), &mut result);
        let shown = format!("{result:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn an_interpreter_can_be_shared() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<Interpreter>();
        shared::<Account>();
        shared::<Finished>();
    }
}
