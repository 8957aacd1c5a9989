//! What the service keeps, in SQLite or PostgreSQL.
//!
//! | what | file |
//! |---|---|
//! | opening, and the version of the tables | `open.rs`, `migrate.rs` |
//! | accounts: their rows, what changes them | `account.rs`, `accounts.rs` |
//! | tokens of providers, which change by themselves | `renewed.rs` |
//! | who may do what alone, across processes | `lease.rs` |
//! | tokens of callers | `bearer.rs`, `callers.rs` |
//! | what was read of both a moment ago | `recent.rs` |
//! | idempotency keys and answers | `idempotency.rs`, `fingerprint.rs` |
//! | sealing everything anew | `reseal.rs` |
//! | a copy of the whole | `backup.rs` |
//!
//! Both databases get the same SQL. Whatever several processes could do at the same time is one statement, or is
//! tried again when another one was faster.

mod account;
mod accounts;
mod backup;
mod bearer;
mod callers;
mod error;
mod fingerprint;
mod idempotency;
mod lease;
mod migrate;
mod open;
mod recent;
mod renewed;
mod reseal;
mod row;
mod tenant;
mod time;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use mapwright_interpreter::Clock;
use sqlx::{Any, Pool};
use uuid::Uuid;

use crate::keyring::Keyring;
use recent::{Changing, Recent};

pub use account::{AccountRow, Change, NewAccount, Secrets, State};
pub(crate) use recent::LONGEST;

pub use callers::{Caller, TokenRow};
pub use error::StoreError;
pub use fingerprint::Fingerprint;
pub use idempotency::{Begun, Place, StoredAnswer, Ticket};
pub use lease::{LEASE, Lease};
pub use reseal::{Progress, Resealed};
pub use tenant::{Tenant, TenantError};

/// The store. Copies are cheap and share everything.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    clock: Clock,
}

struct Inner {
    pool: Pool<Any>,
    kind: Kind,
    keyring: Keyring,
    recent: Recent,
    /// This process, as rows name it.
    owner: Uuid,
}

/// The database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("kind", &self.inner.kind)
            .field("keyring", &self.inner.keyring)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The same with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Store {
        self.clock = clock;
        self
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(self.pool()).await?;
        Ok(())
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.inner.pool.close().await;
    }

    /// The keys.
    pub fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }

    fn pool(&self) -> &Pool<Any> {
        &self.inner.pool
    }

    /// Begins a change of an account or a token, which outdates what was read of all.
    fn changing(&self) -> Changing<'_> {
        self.inner.recent.changing()
    }

    fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Now, in Unix milliseconds.
    fn millis(&self) -> i64 {
        time::millis(self.now())
    }

    /// Begins a transaction that writes.
    async fn begin_writing(&self) -> Result<sqlx::Transaction<'static, Any>, StoreError> {
        Ok(self.inner.pool.begin_with(self.inner.kind.begin()).await?)
    }
}

impl Kind {
    /// How a transaction that writes begins. SQLite has to be told at the beginning: a transaction that has read
    /// cannot wait for another one's end.
    fn begin(self) -> &'static str {
        match self {
            Kind::Sqlite => "BEGIN IMMEDIATE",
            Kind::Postgres => "BEGIN",
        }
    }
}
