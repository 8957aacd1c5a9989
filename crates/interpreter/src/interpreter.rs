//! Runs plans: takes step after step, sends it, and hands in how it ended.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::{Failure, Success};
use mapwright_mapping::plan::{Next, Options, Replies, Run, Step, StepKey};
use mapwright_mapping::provider::Class;
use mapwright_mapping::reply::{Ending, Reply};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::Instant;

use crate::account::Account;
use crate::consent::{Client, ConsentError};
use crate::finished::{Finished, Planned, Raw, hide, hide_plan};
use crate::oauth::Grant;
use crate::retry::FIRST_WAIT;
use crate::session::{Seen, Session};
use crate::table_cache::Fetched;
use crate::tokens::{MemoryTokens, TokenStore, Tokens};
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
    /// The first wait before a request is sent again, where nobody says how long.
    pub(crate) first_wait: Duration,
    /// Whether traces show requests and replies.
    pub(crate) texts: bool,
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

impl Interpreter {
    /// Over a transport, with tokens kept in memory, the system's clock and a deadline of [`DEADLINE`].
    pub fn new(transport: impl Transport) -> Interpreter {
        Interpreter {
            links: Links {
                transport: Arc::new(transport),
                tokens: Arc::new(MemoryTokens::default()),
                clock: Arc::new(SystemTime::now),
                first_wait: FIRST_WAIT,
                texts: true,
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

    /// The same with another first wait before a request is sent again, where nobody says how long: it is doubled from
    /// attempt to attempt, up to five seconds. What a provider says of its waits is obeyed all the same.
    #[must_use]
    pub fn waiting(mut self, first: Duration) -> Interpreter {
        self.links.first_wait = first;
        self
    }

    /// The same with traces that tell of steps and attempts alone, without requests and replies: for those who show
    /// none, since each of their texts is copied and gone through for secrets.
    #[must_use]
    pub fn without_texts(mut self) -> Interpreter {
        self.links.texts = false;
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

    /// Reads a resource. `remote_query` holds query parameters that are added to the main record's read, and win.
    pub async fn get(
        &self,
        account: &Account,
        mapping: &Arc<Mapping>,
        id: &str,
        remote_query: Vec<(String, Value)>,
    ) -> Finished {
        match Run::get(Arc::clone(mapping), Arc::clone(account.bound()), id, remote_query) {
            Ok(run) => self.run(account, &run).await,
            Err(failure) => Finished::unsent(failure),
        }
    }

    /// Runs what was made before. The run is of the account's provider and has the account's variables.
    pub async fn run(&self, account: &Account, run: &Run) -> Finished {
        if let Err(failure) = fits(account, run) {
            return Finished::unsent(failure);
        }
        let judge = |step: &Step, reply: &Reply| run.judge(step, reply);
        let mut session = Session::new(account, &self.links, &judge, self.until());
        let mut driven = Driven::default();
        let mut result = match drive(run, &mut session, &mut driven, |_| true).await {
            Ok(Some(success)) => Ok(success),
            Ok(None) => Err(Failure::new(Class::Bug, "the run stopped before its end")),
            Err(failure) => Err(failure),
        };
        let mask = account.mask();
        hide(&mask, &mut result);
        let Seen { calls, rate, needs_reauth } = session.end();
        if let Err(failure) = &mut result {
            call_alike(failure, &calls);
        }
        let main = driven.main.filter(|_| result.is_ok()).and_then(|key| driven.replies.remove(&key));
        let main = main.and_then(|arrived| match arrived.ending {
            Ending::Answered(reply) => Some(Raw::new(reply, mask)),
            _ => None,
        });
        Finished { result, main, rate, needs_reauth, trace: Trace { calls } }
    }

    /// Plans a patch. With `reads` look-ups and reads are sent and nothing else, so that the plan has holes only where
    /// a write's reply is needed; else nothing is sent.
    pub async fn plan(
        &self,
        account: &Account,
        mapping: &Arc<Mapping>,
        id: &str,
        patch: &Value,
        options: Options,
        reads: bool,
    ) -> Planned {
        let bound = Arc::clone(account.bound());
        let run = match Run::patch(Arc::clone(mapping), bound, id, patch, options) {
            Ok(run) => run,
            Err(failure) => return Planned::refused(failure),
        };
        if let Err(failure) = fits(account, &run) {
            return Planned::refused(failure);
        }
        let judge = |step: &Step, reply: &Reply| run.judge(step, reply);
        let mut session = Session::new(account, &self.links, &judge, self.until());
        let mut driven = Driven::default();
        let ended = if reads {
            drive(&run, &mut session, &mut driven, |step| !step.key.kind.writes()).await.err()
        } else {
            None
        };
        let Seen { calls, rate, needs_reauth } = session.end();
        let mut plan = run.plan(&driven.replies);
        if let Some(mut failure) = ended {
            call_alike(&mut failure, &calls);
            plan.outcomes.clone_from(&failure.outcomes);
            plan.refusal = Some(failure);
        }
        hide_plan(&account.mask(), &mut plan);
        Planned { plan, rate, needs_reauth, trace: Trace { calls } }
    }

    /// Exchanges the code that a person's consent has brought for tokens. `redirect_uri` and `verifier` are those that
    /// the consent was asked for with. The answer may be without a refresh token; then the account has none to be
    /// renewed with.
    pub async fn exchange(
        &self,
        client: &Client,
        code: &SecretString,
        redirect_uri: &str,
        verifier: Option<&SecretString>,
    ) -> Result<Tokens, ConsentError> {
        client.exchange(&self.links, Grant::Code { code, redirect_uri, verifier }, self.until()).await
    }

    fn until(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.deadline).unwrap_or(now + DEADLINE)
    }
}

/// Whether a run is of the account's provider and has its variables.
fn fits(account: &Account, run: &Run) -> Result<(), Failure> {
    let (wanted, given) = (&run.mapping().provider.id, &account.provider().id);
    if wanted != given {
        let message = format!("the account is for the provider `{given}`, and the mapping is for `{wanted}`");
        return Err(Failure::new(Class::Invalid, message));
    }
    if run.bound() != account.bound() {
        return Err(Failure::new(Class::Bug, "the run was made with the variables of another account"));
    }
    Ok(())
}

/// Calls the step at which a run failed as the trace calls it.
fn call_alike(failure: &mut Failure, calls: &[Call]) {
    let Some(step) = &mut failure.step else { return };
    let is_it = |call: &&Call| call.key.as_ref().is_some_and(|key| key.in_words() == *step);
    if let Some(call) = calls.iter().find(is_it) {
        step.clone_from(&call.step);
    }
}

/// What a run has come to so far.
#[derive(Default)]
struct Driven {
    replies: Replies,
    /// The main record's last good answer.
    main: Option<StepKey>,
}

/// Carries step after step until there is a result, or up to the first step that may not be sent.
async fn drive(
    run: &Run,
    session: &mut Session<'_>,
    driven: &mut Driven,
    may: impl Fn(&Step) -> bool,
) -> Result<Option<Success>, Failure> {
    while driven.replies.len() < MOST_STEPS {
        let step = match run.next(&driven.replies) {
            Next::Done(result) => return result.map(Some),
            Next::Send(step) => step,
        };
        if !may(&step) {
            return Ok(None);
        }
        if driven.replies.get(&step.key).is_some() {
            let message = format!("the plan asks for the same request twice: {}", step.key.in_words());
            return Err(Failure::new(Class::Bug, message));
        }
        let (Fetched { ending, good }, kept) = session.step(&step).await;
        if good && run.is_of_main(&step.key) {
            driven.main = Some(step.key.clone());
        }
        if kept {
            driven.replies.insert_cached(step.key, ending);
        } else {
            driven.replies.insert(step.key, ending);
        }
    }
    let message = format!("the plan has more than {MOST_STEPS} requests");
    Err(Failure::new(Class::Bug, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpreter_can_be_shared() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<Interpreter>();
        shared::<Account>();
        shared::<Finished>();
    }
}
