//! Leases: what one process at a time may do. A lease is a row with its holder and the time at which it ends by itself,
//! should the holder have died. Processes on several machines need clocks that agree to a few seconds.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Store, StoreError, time};

/// How long a lease lasts without a sign of its holder.
pub const LEASE: Duration = Duration::from_secs(12);

/// How often the holder gives a sign.
const SIGN: Duration = Duration::from_secs(3);

/// How long one waits between two looks, in milliseconds: at least, and at random on top.
const LOOK: (u64, u64) = (20, 60);

const TAKE: &str = "INSERT INTO leases (name, holder, expires) VALUES ($1, $2, $3) \
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires WHERE leases.expires <= $4";

/// A lease that is held until it is dropped.
pub struct Lease {
    store: Store,
    name: String,
    holder: String,
    signs: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease").field("name", &self.name).field("holder", &self.holder).finish_non_exhaustive()
    }
}

impl Store {
    /// Waits for a lease.
    pub async fn lease(&self, name: &str) -> Result<Lease, StoreError> {
        // Made before the row is, so that a caller who goes away in between leaves none behind.
        let mut lease =
            Lease { store: self.clone(), name: name.to_owned(), holder: Uuid::new_v4().to_string(), signs: None };
        while !lease.take().await? {
            let (least, random) = LOOK;
            let random = u64::from(Uuid::new_v4().as_bytes()[0]) % random;
            tokio::time::sleep(Duration::from_millis(least + random)).await;
        }
        lease.signs = Some(tokio::spawn(signs(self.clone(), lease.name.clone(), lease.holder.clone())));
        Ok(lease)
    }

    /// Removes leases that have ended, and says how many there were.
    pub async fn sweep_leases(&self) -> Result<u64, StoreError> {
        let done =
            sqlx::query("DELETE FROM leases WHERE expires <= $1").bind(self.millis()).execute(self.pool()).await?;
        Ok(done.rows_affected())
    }

    /// When a lease that is taken now ends.
    fn lease_end(&self) -> i64 {
        self.millis().saturating_add(time::span(LEASE))
    }
}

impl Lease {
    async fn take(&self) -> Result<bool, StoreError> {
        let store = &self.store;
        let done = sqlx::query(TAKE)
            .bind(self.name.clone())
            .bind(self.holder.clone())
            .bind(store.lease_end())
            .bind(store.millis())
            .execute(store.pool())
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Keeps a lease alive until it is lost.
async fn signs(store: Store, name: String, holder: String) {
    loop {
        tokio::time::sleep(SIGN).await;
        let done = sqlx::query("UPDATE leases SET expires = $1 WHERE name = $2 AND holder = $3")
            .bind(store.lease_end())
            .bind(name.clone())
            .bind(holder.clone())
            .execute(store.pool())
            .await;
        if done.is_ok_and(|done| done.rows_affected() == 0) {
            return;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(signs) = self.signs.take() {
            signs.abort();
        }
        // Without a runtime the lease ends by itself.
        let Ok(runtime) = Handle::try_current() else { return };
        let (store, name, holder) =
            (self.store.clone(), std::mem::take(&mut self.name), std::mem::take(&mut self.holder));
        runtime.spawn(async move {
            let released = sqlx::query("DELETE FROM leases WHERE name = $1 AND holder = $2")
                .bind(name)
                .bind(holder)
                .execute(store.pool())
                .await;
            if let Err(error) = released {
                tracing::warn!(%error, "a lease could not be released; it ends by itself");
            }
        });
    }
}
