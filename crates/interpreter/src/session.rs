//! Carries the steps of one run: credentials, pace, attempts, look-ups that are kept.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use mapwright_mapping::plan::{Step, StepKey, StepKind};
use mapwright_mapping::provider::{Class, Judged};
use mapwright_mapping::reply::{Ending, Reply};
use secrecy::SecretString;
use tokio::time::{Instant, sleep};

use crate::account::Account;
use crate::credentials::needs_token;
use crate::interpreter::Links;
use crate::rate::RateLeft;
use crate::renewal;
use crate::retry::{self, Attempt, MOST_ATTEMPTS, Permission, Verdict};
use crate::span;
use crate::table_cache::Fetched;
use crate::tokens::Unrenewed;
use crate::trace::{Call, ReceivedReply, Sent, SentRequest, in_words};
use crate::transport::Context;
use crate::wire;

/// Judges the reply to a step.
pub(crate) type Judge<'a> = &'a (dyn Fn(&Step, &Reply) -> Judged + Sync);

/// The run of one account.
pub(crate) struct Session<'a> {
    account: &'a Account,
    links: &'a Links,
    judge: Judge<'a>,
    deadline: Instant,
    /// Whether the token was renewed because the provider refused it, and the provider has taken none since: another
    /// renewal would not help then.
    renewed: bool,
    seen: Seen,
}

/// What a run has seen of its provider.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The calls, in order.
    pub(crate) calls: Vec<Call>,
    /// What the last answer that speaks of limits says of them.
    pub(crate) rate: Option<RateLeft>,
    /// Whether the provider refuses the account's credentials for good.
    pub(crate) needs_reauth: bool,
}

/// A step on its way.
struct Carried {
    call: Call,
    number: u32,
    waited: Duration,
    /// The token that the provider refused.
    spent: Option<SecretString>,
    /// What an attempt of a write has left open.
    silence: Option<String>,
    last: Option<Attempt>,
    /// Whether the provider has refused the credentials, and no other ones are to be had.
    refused: bool,
}

/// What is next for a step.
enum Turn {
    Again,
    /// The last attempt decides.
    Settled,
    /// It ends without another attempt.
    Ended(Ending),
}

impl<'a> Session<'a> {
    pub(crate) fn new(account: &'a Account, links: &'a Links, judge: Judge<'a>, deadline: Instant) -> Session<'a> {
        Session { account, links, judge, deadline, renewed: false, seen: Seen::default() }
    }

    /// What was seen.
    pub(crate) fn end(self) -> Seen {
        self.seen
    }

    /// Carries a step, and tells whether its reply was kept from before.
    pub(crate) async fn step(&mut self, step: &Step) -> (Fetched, bool) {
        let Some(lifetime) = step.cache.filter(|_| step.key.kind == StepKind::Table) else {
            return (self.send(step).await, false);
        };
        let (account, deadline) = (self.account, self.deadline);
        let fresh = step.key.round > 0;
        let before = self.seen.calls.len();
        let fetch = async || self.send(step).await;
        let tables = account.tables();
        let (fetched, kept) = tables.get(&step.request, lifetime, fresh, deadline, fetch).await;
        // Where nothing was sent, nothing has told of the step yet.
        if self.seen.calls.len() == before {
            let mut call = self.call(step);
            call.cached = kept;
            self.close(call, &fetched.ending, Instant::now());
        }
        (fetched, kept && !fresh)
    }

    /// Sends a step, as often as it takes.
    async fn send(&mut self, step: &Step) -> Fetched {
        let begun = Instant::now();
        let writes = step.key.kind.writes();
        let mut carried = Carried {
            call: self.call(step),
            number: 0,
            waited: Duration::ZERO,
            spent: None,
            silence: None,
            last: None,
            refused: false,
        };
        let ended = loop {
            match self.turn(step, &mut carried).await {
                Turn::Again => {}
                Turn::Settled => break None,
                Turn::Ended(ending) => break Some(ending),
            }
        };
        self.seen.needs_reauth |= carried.refused;
        let silence = carried.silence.filter(|_| writes);
        let good = ended.is_none() && matches!(carried.last, Some(Attempt::Answered(_, Judged::Good)));
        let ending = match (ended, carried.last, silence) {
            (Some(_), _, Some(silence)) => Ending::Ambiguous(silence),
            (Some(ending), _, None) => ending,
            (None, Some(last), silence) => retry::ending(last, writes, silence),
            (None, None, _) => Ending::NeverSent("nothing was sent".to_owned()),
        };
        self.close(carried.call, &ending, begun);
        Fetched { ending, good }
    }

    /// Makes one attempt, unless something stands against it, and decides what follows.
    async fn turn(&mut self, step: &Step, carried: &mut Carried) -> Turn {
        if Instant::now() >= self.deadline {
            return ended_or_settled(carried, "no time is left");
        }
        let token = match self.token(carried.spent.as_ref()).await {
            Ok(token) => token,
            Err(ending) => return Turn::Ended(ending),
        };
        let words = step.key.in_words();
        let request = match self.request(step, &words, token.as_ref(), &mut carried.call.request) {
            Ok(request) => request,
            Err(ending) => return Turn::Ended(ending),
        };
        let permit = match self.account.pace().enter(self.deadline).await {
            Ok(permit) => permit,
            Err(why) => return ended_or_settled(carried, &why),
        };
        carried.number += 1;
        let begun = Instant::now();
        carried.call.repeated_after_silence |= carried.silence.is_some() && step.key.kind.writes();
        let provider = &self.account.provider().id;
        let attempt = span::Attempt { provider, step: &words, resend: carried.number - 1 };
        let answer = wire::exchange(self.links, attempt, request, self.deadline).await;
        let took = begun.elapsed();
        drop(permit);
        let attempt = match answer {
            Ok(reply) => {
                self.account.pace().observe(&reply);
                self.seen.rate = RateLeft::of(&self.account.provider().limits, &reply).or(self.seen.rate);
                let judged = (self.judge)(step, &reply);
                Attempt::Answered(reply, judged)
            }
            Err(error) => Attempt::Failed(error),
        };
        if is_taken(&attempt) {
            self.renewed = false;
        }
        self.record(carried, &attempt, took, step.key.kind.writes());
        let verdict = retry::follow(&attempt, self.permission(step));
        carried.refused = verdict == Verdict::Last && retry::class(&attempt, false) == Some(Class::Auth);
        self.pause(&attempt, carried.number);
        carried.last = Some(attempt);
        match verdict {
            Verdict::Last => Turn::Settled,
            Verdict::Renew => {
                self.renewed = true;
                carried.spent = token;
                carried.waited = Duration::ZERO;
                Turn::Again
            }
            Verdict::Again(_) if carried.number >= MOST_ATTEMPTS => Turn::Settled,
            Verdict::Again(wait) => {
                let span = retry::span(wait.as_ref(), carried.number, self.links.now(), self.links.first_wait);
                let until = Instant::now().checked_add(span);
                if until.is_none_or(|until| until >= self.deadline) {
                    return Turn::Settled;
                }
                carried.waited = span;
                sleep(span).await;
                Turn::Again
            }
        }
    }

    fn permission(&self, step: &Step) -> Permission {
        let auth = self.account.auth();
        Permission {
            writes: step.key.kind.writes(),
            repeatable: step.repeatable,
            renewable: !self.renewed && auth.is_some_and(|a| a.refresh.is_some() && needs_token(a)),
        }
    }

    /// Where the provider says that it is called too often, every run of the account waits.
    fn pause(&self, attempt: &Attempt, number: u32) {
        if let Attempt::Answered(_, Judged::Fault(fault)) = attempt
            && fault.class == Class::Rate
            && fault.wait.is_some()
        {
            let span = retry::span(fault.wait.as_ref(), number, self.links.now(), self.links.first_wait);
            self.account.pace().pause(span);
        }
    }

    /// The access token, where the account's way of authenticating needs one.
    async fn token(&mut self, spent: Option<&SecretString>) -> Result<Option<SecretString>, Ending> {
        if !self.account.auth().is_some_and(needs_token) {
            return Ok(None);
        }
        let renewed = renewal::token(self.account, self.links, spent, self.deadline).await;
        self.seen.calls.extend(renewed.calls);
        self.seen.needs_reauth |= matches!(renewed.result, Err(Unrenewed::Refused(_)));
        renewed.result.map(Some).map_err(renewal::ending)
    }

    /// The request with its credentials, and what is shown of it.
    fn request(
        &self,
        step: &Step,
        words: &str,
        token: Option<&SecretString>,
        shown: &mut Option<SentRequest>,
    ) -> Result<Request<Bytes>, Ending> {
        let account = self.account;
        let mask = account.mask();
        let context = Context::new(words, account.is_local()).with_mask(mask.clone());
        let request =
            wire::request(&step.request).and_then(|request| wire::addressed(request, account.base(), context));
        let mut request = request.map_err(Ending::NeverSent)?;
        let credentials = match account.auth() {
            Some(auth) => account.values(token).headers(auth),
            None => Ok(Vec::new()),
        };
        let credentials = credentials.map_err(|e| Ending::Unauthorized(e.to_string()))?;
        *shown = self.links.texts.then(|| SentRequest::of(&request, &mask));
        for credential in credentials {
            if let Some(shown) = shown {
                let (name, text) = credential.shown();
                shown.headers.retain(|(known, _)| *known != name);
                shown.headers.push((name, text));
            }
            credential.put_in(request.headers_mut());
        }
        Ok(request)
    }

    /// A step in words. Where nothing was written, nothing is read back: it is read.
    fn words(&self, key: &StepKey) -> String {
        let mut before = self.seen.calls.iter().filter_map(|call| call.key.as_ref());
        if key.kind == StepKind::ReadBack && !before.any(|key| key.kind.writes()) {
            return StepKey { kind: StepKind::ReadFirst, ..key.clone() }.in_words();
        }
        key.in_words()
    }

    /// An empty record of a step, with the request as the plan has it.
    fn call(&self, step: &Step) -> Call {
        Call {
            step: self.words(&step.key),
            key: Some(step.key.clone()),
            request: self.links.texts.then(|| self.shown(step)),
            attempts: Vec::new(),
            cached: false,
            repeated_after_silence: false,
            ending: String::new(),
            reply: None,
            duration: Duration::ZERO,
            renewal: None,
        }
    }

    /// The request as the plan has it.
    fn shown(&self, step: &Step) -> SentRequest {
        let mask = self.account.mask();
        match wire::request(&step.request) {
            Ok(request) => SentRequest::of(&request, &mask),
            Err(_) => SentRequest {
                method: step.request.method.clone(),
                url: mask.text(&step.request.url),
                headers: Vec::new(),
                body: None,
            },
        }
    }

    fn record(&self, carried: &mut Carried, attempt: &Attempt, duration: Duration, writes: bool) {
        let (status, ending) = match attempt {
            Attempt::Answered(reply, _) => (Some(reply.status), format!("answered with {}", reply.status)),
            Attempt::Failed(error) => (None, self.account.mask().text(&error.to_string())),
        };
        if retry::is_unclear(attempt) && carried.silence.is_none() {
            carried.silence = Some(ending.clone());
        }
        let class = retry::class(attempt, writes);
        carried.call.attempts.push(Sent { waited: carried.waited, status, ending, remark: None, class, duration });
    }

    fn close(&mut self, mut call: Call, ending: &Ending, begun: Instant) {
        let mask = self.account.mask();
        call.ending = in_words(ending, &mask);
        if let (true, Ending::Answered(reply)) = (self.links.texts, ending) {
            call.reply = Some(ReceivedReply::of(reply, &mask));
        }
        call.duration = begun.elapsed();
        self.seen.calls.push(call);
    }
}

/// Whether a provider has taken the credentials: it answered, and about something else.
fn is_taken(attempt: &Attempt) -> bool {
    match attempt {
        Attempt::Answered(_, Judged::Good) => true,
        Attempt::Answered(_, Judged::Fault(fault)) => {
            !matches!(fault.class, Class::Auth | Class::Provider | Class::Unavailable | Class::Ambiguous)
        }
        Attempt::Failed(_) => false,
    }
}

/// Where nothing more can be sent, the last attempt decides, if there was one.
fn ended_or_settled(carried: &Carried, why: &str) -> Turn {
    match carried.last {
        Some(_) => Turn::Settled,
        None => Turn::Ended(Ending::NeverSent(why.to_owned())),
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
