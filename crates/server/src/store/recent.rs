//! What was read of accounts and tokens a moment ago, so that not every request asks the database.
//!
//! Who reads says how long ago that may be. A change through this process makes all that was read before it too old,
//! so it holds with the next request; a change through another process holds when that time is over. Only what is
//! there is kept: what is not there is asked for every time, so that strangers take no room here, and what is added
//! holds at once.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::account::AccountRow;
use super::bearer::Bearer;
use super::callers::Caller;
use super::{Store, StoreError, Tenant};

/// The longest that something is kept, whoever reads.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);

/// The most accounts, and the most tokens, that are kept.
const MOST: u64 = 10_000;

/// What was read of late.
pub(super) struct Recent {
    accounts: Kept<Uuid, AccountRow>,
    tokens: Kept<String, KnownToken>,
    /// Counts the changes through this process.
    changes: AtomicU64,
}

/// A token whose text was right.
struct KnownToken {
    hash: [u8; 32],
    caller: Caller,
}

/// Rows of one table.
struct Kept<K, T>(Cache<K, (Moment, Arc<T>)>);

/// When something was read: before that moment's next change, and not before the moment.
#[derive(Clone, Copy)]
struct Moment {
    at: Instant,
    changes: u64,
}

/// A change that is being made. When it is dropped, all that was read before is too old.
pub(super) struct Changing<'a>(&'a AtomicU64);

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl Recent {
    pub(super) fn new() -> Recent {
        Recent { accounts: Kept::new(), tokens: Kept::new(), changes: AtomicU64::new(0) }
    }

    /// Begins a change. It is kept until the change is in the database, or may be.
    pub(super) fn changing(&self) -> Changing<'_> {
        Changing(&self.changes)
    }

    fn now(&self) -> Moment {
        Moment { at: Instant::now(), changes: self.changes.load(Ordering::Acquire) }
    }
}

impl<K: Hash + Eq + Send + Sync + 'static, T: Send + Sync + 'static> Kept<K, T> {
    fn new() -> Kept<K, T> {
        Kept(Cache::builder().max_capacity(MOST).time_to_live(LONGEST).build())
    }

    /// What is kept, where it was read so short a time before this moment, and nothing was changed since.
    fn get<Q>(&self, key: &Q, now: Moment, within: Duration) -> Option<Arc<T>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let (read, kept) = self.0.get(key)?;
        let recent = now.at.saturating_duration_since(read.at) < within && read.changes == now.changes;
        recent.then_some(kept)
    }
}

impl Store {
    /// A tenant's account as [`Store::account`] has it, or had it so short a time ago.
    pub async fn recent_account(
        &self,
        within: Duration,
        tenant: &Tenant,
        id: Uuid,
    ) -> Result<Option<Arc<AccountRow>>, StoreError> {
        let (recent, now) = (&self.inner.recent, self.inner.recent.now());
        if let Some(row) = recent.accounts.get(&id, now, within).filter(|row| row.tenant == *tenant) {
            return Ok(Some(row));
        }
        let row = self.account(tenant, id).await?.map(Arc::new);
        if let Some(row) = row.as_ref().filter(|_| !within.is_zero()) {
            recent.accounts.0.insert(id, (now, Arc::clone(row)));
        }
        Ok(row)
    }

    /// Who calls with this token as [`Store::caller`] says it, or said it so short a time ago.
    pub async fn recent_caller(&self, within: Duration, text: &SecretString) -> Result<Option<Caller>, StoreError> {
        let Some(bearer) = Bearer::parse(text.expose_secret()) else { return Ok(None) };
        let (recent, now) = (&self.inner.recent, self.inner.recent.now());
        let right = |known: &Arc<KnownToken>| bool::from(known.hash.ct_eq(&bearer.hash));
        if let Some(known) = recent.tokens.get(bearer.id, now, within).filter(right) {
            return Ok(Some(known.caller.clone()));
        }
        let caller = self.caller(text).await?;
        if let Some(caller) = caller.as_ref().filter(|_| !within.is_zero()) {
            let known = KnownToken { hash: bearer.hash, caller: caller.clone() };
            recent.tokens.0.insert(bearer.id.to_owned(), (now, Arc::new(known)));
        }
        Ok(caller)
    }
}
