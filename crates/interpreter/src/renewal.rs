//! Renews an account's access token: one request for all who wait, in a task of its own.
//!
//! The task goes on when those who wait for it go away. A provider that replaces refresh tokens has perhaps replaced
//! this one already, and only the answer has the next.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use mapwright_mapping::provider::{Class, Refresh};
use mapwright_mapping::reply::{Ending, Reply};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument as _;

use crate::account::Account;
use crate::interpreter::Links;
use crate::oauth::{self, Answer, Grant};
use crate::retry;
use crate::span::Attempt;
use crate::tokens::{Held, Turn, Unrenewed};
use crate::trace::{Call, ReceivedReply, Renewal, Sent, SentRequest, ShownBody};
use crate::transport::{Context, TransportError};
use crate::wire;

/// How a renewal is named in traces.
const STEP: &str = "renew the access token";

/// How long a renewal may take in all.
const LIMIT: Duration = Duration::from_secs(20);

/// The most attempts with one refresh token.
const MOST_ATTEMPTS: u32 = 3;

/// A token, and the calls that it took.
pub(crate) struct Renewed {
    pub(crate) result: Result<SecretString, Unrenewed>,
    pub(crate) calls: Vec<Call>,
}

/// A good access token of the account. `spent` is one that the provider has refused.
pub(crate) async fn token(
    account: &Account,
    links: &Links,
    spent: Option<&SecretString>,
    deadline: Instant,
) -> Renewed {
    let ended = |result| Renewed { result, calls: Vec::new() };
    let held = match account.slot().turn(links.now(), spent, deadline).await {
        Ok(Turn::Token(token)) => return ended(Ok(token)),
        Ok(Turn::Renew(held)) => held,
        Err(why) => return ended(Err(why)),
    };
    let renewal = renew(account.clone(), links.clone(), spent.cloned(), held);
    let task = tokio::spawn(renewal.in_current_span());
    let unavailable = |why: &str| ended(Err(Unrenewed::Unavailable(why.to_owned())));
    match timeout_at(deadline, task).await {
        Ok(Ok(renewed)) => renewed,
        Ok(Err(_)) => unavailable("the renewal of the token broke off"),
        Err(_) => unavailable("the token is still being renewed"),
    }
}

async fn renew(account: Account, links: Links, spent: Option<SecretString>, mut held: Held) -> Renewed {
    let mut calls = Vec::new();
    let work = Work { account: &account, links: &links, until: Instant::now() + LIMIT };
    let result = timeout_at(work.until, work.run(spent.as_ref(), &mut held, &mut calls)).await.unwrap_or_else(|_| {
        let why = "the token endpoint took too long";
        Err(Unrenewed::Unavailable(why.to_owned()))
    });
    held.end(&result);
    Renewed { result, calls }
}

struct Work<'a> {
    account: &'a Account,
    links: &'a Links,
    until: Instant,
}

impl Work<'_> {
    async fn run(
        &self,
        spent: Option<&SecretString>,
        held: &mut Held,
        calls: &mut Vec<Call>,
    ) -> Result<SecretString, Unrenewed> {
        let (store, name) = (&*self.links.tokens, self.account.name());
        let unavailable = |e: crate::StoreError| Unrenewed::Unavailable(format!("the tokens cannot be kept: {e}"));
        let Some(refresh) = self.account.auth().and_then(|auth| auth.refresh.as_ref()) else {
            let why = "a token is needed, and nothing says how to get one";
            return Err(Unrenewed::Refused(why.to_owned()));
        };
        let _lock = store.lock(name).await.map_err(unavailable)?;
        if held.is_unsaved() {
            held.save(store, name).await.map_err(unavailable)?;
        } else if let Some(stored) = store.load(name).await.map_err(unavailable)? {
            let access = stored.access.iter().map(|access| &access.value);
            access.chain(&stored.refresh).for_each(|token| self.account.remember(token));
            held.adopt(stored, self.links.now());
        }
        if let Some(token) = held.usable(self.links.now(), spent) {
            return Ok(token);
        }
        let mut result = Err(Unrenewed::Refused("there is no refresh token".to_owned()));
        // Where the token that the provider gave last is refused, the account may have been given a new one by hand.
        for refresh_token in self.refresh_tokens(held) {
            match self.ask(refresh, &refresh_token, calls).await {
                Answer::Renewed { access, refresh } => {
                    let tokens = access.iter().map(|access| &access.value);
                    tokens.chain(&refresh).for_each(|token| self.account.remember(token));
                    held.renew(access.as_ref().ok().cloned(), refresh, self.links.now());
                    held.save(store, name).await.map_err(unavailable)?;
                    return access.map(|access| access.value).map_err(Unrenewed::Refused);
                }
                Answer::Unavailable(why) => return Err(Unrenewed::Unavailable(why)),
                Answer::Refused(why) => result = Err(Unrenewed::Refused(why)),
            }
        }
        result
    }

    /// The refresh token that the provider gave last, and the account's own.
    fn refresh_tokens(&self, held: &Held) -> Vec<SecretString> {
        let own = self.account.secrets().get("refresh_token").cloned();
        let mut tokens: Vec<SecretString> = held.refresh_token().into_iter().chain(own).collect();
        tokens.dedup_by(|a, b| a.expose_secret() == b.expose_secret());
        tokens
    }

    /// Asks for a token, and again where that can help and cannot hurt.
    async fn ask(&self, refresh: &Refresh, token: &SecretString, calls: &mut Vec<Call>) -> Answer {
        let begun = Instant::now();
        let mut attempts = Vec::new();
        let mut waited = Duration::ZERO;
        let (request, last, answer) = loop {
            let request = match self.request(refresh, token) {
                Ok(request) => request,
                Err(why) => return Answer::Refused(why),
            };
            let shown = self.shown(&request);
            let sent = Instant::now();
            let resend = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
            let attempt = Attempt { provider: &self.account.provider().id, step: STEP, resend };
            let ending = wire::exchange(self.links, attempt, request, self.until).await;
            let duration = sent.elapsed();
            let (answer, again) = self.judge(refresh, &ending);
            let number = resend.saturating_add(1);
            attempts.push(Sent {
                waited,
                status: ending.as_ref().ok().map(|reply| reply.status),
                ending: match &answer {
                    Answer::Renewed { access: Ok(_), .. } => "renewed".to_owned(),
                    Answer::Renewed { access: Err(why), .. } | Answer::Refused(why) | Answer::Unavailable(why) => {
                        self.account.mask().text(why)
                    }
                },
                remark: None,
                class: match answer.renewal() {
                    Renewal::Renewed => None,
                    Renewal::Refused => Some(Class::Auth),
                    Renewal::Unavailable => Some(Class::Unavailable),
                },
                duration,
            });
            waited = retry::span(None, number, self.links.now(), self.links.first_wait);
            if !again || number >= MOST_ATTEMPTS || Instant::now() + waited >= self.until {
                break (shown, ending, answer);
            }
            sleep(waited).await;
        };
        let mask = self.account.mask();
        calls.push(Call {
            step: STEP.to_owned(),
            key: None,
            request,
            ending: match attempts.last() {
                Some(sent) => sent.ending.clone(),
                None => String::new(),
            },
            attempts,
            cached: false,
            repeated_after_silence: false,
            reply: last.ok().filter(|_| self.links.texts).map(|reply| ReceivedReply {
                body: ShownBody::withheld(reply.body.len()),
                ..ReceivedReply::of(&reply, &mask)
            }),
            duration: begun.elapsed(),
            renewal: Some(answer.renewal()),
        });
        answer
    }

    fn request(&self, refresh: &Refresh, token: &SecretString) -> Result<Request<Bytes>, String> {
        let account = self.account;
        account.remember(token);
        let request = oauth::request(refresh, account.bound(), account.secrets(), Grant::Refresh(token));
        let request = request.map_err(|e| e.to_string())?;
        let context = Context::new(STEP, account.is_local()).with_mask(account.mask());
        wire::addressed(request, account.base(), context)
    }

    /// The request without its body, which is credentials and little else.
    fn shown(&self, request: &Request<Bytes>) -> Option<SentRequest> {
        self.links.texts.then(|| SentRequest {
            body: Some(ShownBody::withheld(request.body().len())),
            ..SentRequest::of(request, &self.account.mask())
        })
    }

    /// What an attempt means, and whether another one may follow. After silence a refresh token that is replaced by
    /// each answer may be spent.
    fn judge(&self, refresh: &Refresh, ending: &Result<Reply, TransportError>) -> (Answer, bool) {
        match ending {
            Ok(reply) => {
                let answer = oauth::read(refresh, self.account.bound(), reply, self.links.now());
                let again = matches!(answer, Answer::Unavailable(_)) && reply.status >= 500;
                (answer, again && !refresh.rotates)
            }
            Err(error) => {
                let again = match error {
                    TransportError::NeverSent(_) => true,
                    TransportError::Ambiguous(_) | TransportError::CutOff(_) => !refresh.rotates,
                    TransportError::Refused(_) | TransportError::TooLarge(_) => false,
                };
                (Answer::Unavailable(format!("the token endpoint: {error}")), again)
            }
        }
    }
}

/// How a step ends that has no token.
pub(crate) fn ending(why: Unrenewed) -> Ending {
    match why {
        Unrenewed::Refused(why) => Ending::Unauthorized(why),
        Unrenewed::Unavailable(why) => Ending::NeverSent(format!("there is no access token: {why}")),
    }
}

#[cfg(test)]
#[path = "renewal_tests.rs"]
mod tests;
