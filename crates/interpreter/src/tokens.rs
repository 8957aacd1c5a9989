//! An account's tokens: where they are kept, and that they are renewed once for all who wait.

use std::collections::BTreeMap;
use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, timeout_at};

use crate::oauth::AccessToken;

/// A token is renewed this long before it expires, or half its life where that is shorter. Each holder adds a share of
/// its own, up to half as much again, so that those who hold the same token do not all renew it in the same moment.
const EARLY: Duration = Duration::from_mins(1);

/// When a token is due that has this long to live.
fn due(expires: SystemTime, life: Duration) -> Option<SystemTime> {
    let early = EARLY.min(life / 2);
    // The seed of a hash map is the one source of chance that the standard library has.
    let chance = RandomState::new().build_hasher().finish();
    let share = u32::try_from(chance % 1000).unwrap_or_default();
    expires.checked_sub(early + early / 2 * share / 1000)
}

/// The tokens of an account that change by themselves.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// The access token.
    pub access: Option<AccessToken>,
    /// The refresh token; none: the account's own secret.
    pub refresh: Option<SecretString>,
}

/// The answer of a [`TokenStore`].
pub type Stored<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The store failed. The text reaches traces and callers: it holds no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// Keeps tokens between runs. New tokens are saved before they are used, so that a refresh token that the provider
/// has replaced is never lost.
///
/// The calls of one renewal are `lock`, `load`, `save`, with the lock held over all of them. They run in a task of
/// their own: whoever waits for the token may go away.
pub trait TokenStore: Send + Sync + 'static {
    /// The tokens of an account, when there are any.
    fn load<'a>(&'a self, account: &'a str) -> Stored<'a, Option<Tokens>>;

    /// Keeps the tokens of an account in place of the old ones.
    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> Stored<'a, ()>;

    /// Keeps other processes from renewing the tokens of an account until what it gives is dropped. A store that one
    /// process has for itself need not do anything.
    fn lock<'a>(&'a self, account: &'a str) -> Stored<'a, Box<dyn Send>> {
        let _ = account;
        Box::pin(std::future::ready(Ok(Box::new(()) as Box<dyn Send>)))
    }
}

/// Keeps tokens in memory, for as long as the process lives.
#[derive(Debug, Default)]
pub struct MemoryTokens {
    kept: Mutex<BTreeMap<String, Tokens>>,
}

impl TokenStore for MemoryTokens {
    fn load<'a>(&'a self, account: &'a str) -> Stored<'a, Option<Tokens>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Box::pin(std::future::ready(Ok(kept.get(account).cloned())))
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> Stored<'a, ()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(account.to_owned(), tokens.clone());
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unrenewed {
    /// The credentials are not good.
    Refused(String),
    /// The token endpoint, or the store, cannot answer now.
    Unavailable(String),
}

/// The tokens of one account in this process.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    state: Arc<tokio::sync::Mutex<State>>,
    /// How many renewals have ended.
    ended: Arc<AtomicU64>,
}

/// What a slot holds.
#[derive(Debug, Default)]
pub(crate) struct State {
    tokens: Tokens,
    /// When the access token is due.
    due: Option<SystemTime>,
    /// Whether the store does not have the tokens yet.
    unsaved: bool,
    failed: Option<Unrenewed>,
}

/// A slot, held by the one who may renew.
pub(crate) struct Held {
    state: OwnedMutexGuard<State>,
    ended: Arc<AtomicU64>,
}

/// A token that is at hand, or the right to renew it.
pub(crate) enum Turn {
    /// The token.
    Token(SecretString),
    /// The right to renew.
    Renew(Held),
}

impl Slot {
    /// Waits for a turn. `spent` is a token that the provider has refused. Whoever waited while another one's renewal
    /// failed shares that failure.
    pub(crate) async fn turn(
        &self,
        now: SystemTime,
        spent: Option<&SecretString>,
        deadline: Instant,
    ) -> Result<Turn, Unrenewed> {
        let ended = self.ended.load(Ordering::Acquire);
        let state = timeout_at(deadline, Arc::clone(&self.state).lock_owned())
            .await
            .map_err(|_| Unrenewed::Unavailable("the token is still being renewed".to_owned()))?;
        if let Some(failed) = &state.failed
            && self.ended.load(Ordering::Acquire) != ended
        {
            return Err(failed.clone());
        }
        let held = Held { state, ended: Arc::clone(&self.ended) };
        Ok(match held.usable(now, spent) {
            Some(token) => Turn::Token(token),
            None => Turn::Renew(held),
        })
    }
}

impl Held {
    /// The token, when it is saved, not due and not the one that was refused.
    pub(crate) fn usable(&self, now: SystemTime, spent: Option<&SecretString>) -> Option<SecretString> {
        let access = self.state.tokens.access.as_ref()?;
        let spent = spent.is_some_and(|s| s.expose_secret() == access.value.expose_secret());
        let due = self.state.due.is_some_and(|due| due <= now);
        (!self.state.unsaved && !spent && !due).then(|| access.value.clone())
    }

    /// The refresh token that replaced the account's own.
    pub(crate) fn refresh_token(&self) -> Option<SecretString> {
        self.state.tokens.refresh.clone()
    }

    /// Whether there are tokens that the store lacks.
    pub(crate) fn is_unsaved(&self) -> bool {
        self.state.unsaved
    }

    /// Takes tokens that another process has saved. How long they have lived is not known: one that has less than a
    /// minute left is due.
    pub(crate) fn adopt(&mut self, tokens: Tokens, now: SystemTime) {
        let value = |tokens: &Tokens| tokens.access.as_ref().map(|access| access.value.expose_secret().to_owned());
        let known = value(&tokens).is_some() && value(&tokens) == value(&self.state.tokens);
        let expires = tokens.access.as_ref().and_then(|access| access.expires);
        // The one that is held already stays due when it was.
        let same = self.state.due.filter(|_| known);
        self.state.due = same.or_else(|| {
            let expires = expires?;
            let left = expires.duration_since(now).unwrap_or_default();
            if left <= EARLY { Some(now) } else { due(expires, left) }
        });
        self.state.tokens = tokens;
    }

    /// Takes tokens that were renewed just now; they are not usable before they are saved.
    pub(crate) fn renew(&mut self, access: Option<AccessToken>, refresh: Option<SecretString>, now: SystemTime) {
        let expires = access.as_ref().and_then(|access| access.expires);
        self.state.due = expires.and_then(|expires| {
            let life = expires.duration_since(now).unwrap_or_default();
            due(expires, life)
        });
        self.state.tokens.access = access;
        if refresh.is_some() {
            self.state.tokens.refresh = refresh;
        }
        self.state.unsaved = true;
    }

    /// Saves the tokens.
    pub(crate) async fn save(&mut self, store: &dyn TokenStore, account: &str) -> Result<(), StoreError> {
        store.save(account, &self.state.tokens).await?;
        self.state.unsaved = false;
        Ok(())
    }

    /// Ends the renewal and lets the next one in.
    pub(crate) fn end(mut self, result: &Result<SecretString, Unrenewed>) {
        self.state.failed = result.as_ref().err().cloned();
        self.ended.fetch_add(1, Ordering::Release);
    }
}
