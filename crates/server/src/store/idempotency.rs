//! Idempotency keys: of all who come with the same key, one runs, and the others get its answer.
//!
//! A row is made by who runs, and has a ticket that nobody else has. With the ticket it is finished or released; who
//! was too late finds the ticket gone.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::error::{StoreError, is_orphan};
use super::fingerprint::{Fingerprint, hex, of_parts};
use super::row::{column, sealed};
use super::{Store, time};

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_hours(24);

/// How many rows are removed at a time.
const BATCH: i64 = 500;

/// How often a row is looked at again that others are changing.
const TRIES: usize = 20;

const CLAIM: &str = "INSERT INTO answers (account, request, fingerprint, ticket, owner, started, deadline) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, request) DO NOTHING";

const TAKE_OVER: &str = "UPDATE answers SET fingerprint = $1, ticket = $2, owner = $3, started = $4, deadline = $5, \
    key_id = NULL, nonce = NULL, sealed = NULL WHERE ticket = $6";

const FINISH: &str = "UPDATE answers SET key_id = $1, nonce = $2, sealed = $3 WHERE ticket = $4 AND sealed IS NULL";

/// What a key stands for: a key of a caller, for a path of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    account: String,
    request: String,
}

impl Place {
    /// The place of a key. What it says is kept as a hash.
    pub fn new(account: Uuid, path: &str, key: &str) -> Place {
        let request = hex(&of_parts(&[path.as_bytes(), key.as_bytes()]));
        Place { account: account.to_string(), request }
    }

    fn sealed_at(&self) -> String {
        place(&self.account, &self.request)
    }
}

/// Where an answer is sealed.
pub(super) fn place(account: &str, request: &str) -> String {
    format!("answers/{account}/{request}")
}

/// The right to run a request.
#[derive(Debug)]
pub struct Ticket {
    id: String,
    place: Place,
}

/// An answer that is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The status.
    pub status: u16,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for StoredAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAnswer")
            .field("status", &self.status)
            .field("body", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What is to be done with a request that has a key.
#[derive(Debug)]
pub enum Begun {
    /// Run it, and finish or release the ticket.
    Run(Ticket),
    /// Give this answer.
    Answered(StoredAnswer),
    /// Another one runs it.
    Running {
        /// Since when.
        since: SystemTime,
    },
    /// The key was used for another request.
    Other,
    /// It was begun and never ended: what became of it is not known. The next one may run it.
    Ambiguous,
}

/// The answer as it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    /// In base64.
    body: String,
}

impl Store {
    /// Asks what is to be done with a request. Of those who ask at the same time, in all processes, one gets
    /// [`Begun::Run`]. A run that has not ended at its deadline is taken as dead.
    pub async fn begin(
        &self,
        place: &Place,
        fingerprint: Fingerprint,
        deadline: SystemTime,
    ) -> Result<Begun, StoreError> {
        for _ in 0..TRIES {
            if let Some(begun) = self.try_begin(place, fingerprint, deadline).await? {
                return Ok(begun);
            }
        }
        Ok(Begun::Running { since: self.now() })
    }

    /// One try; none: another one has been faster.
    async fn try_begin(
        &self,
        place: &Place,
        fingerprint: Fingerprint,
        deadline: SystemTime,
    ) -> Result<Option<Begun>, StoreError> {
        let (ticket, now) = (Ticket { id: Uuid::new_v4().to_string(), place: place.clone() }, self.millis());
        let claimed = sqlx::query(CLAIM)
            .bind(place.account.clone())
            .bind(place.request.clone())
            .bind(fingerprint.0.to_vec())
            .bind(ticket.id.clone())
            .bind(self.inner.owner.to_string())
            .bind(now)
            .bind(time::millis(deadline))
            .execute(self.pool())
            .await;
        let claimed = claimed.map_err(|error| if is_orphan(&error) { StoreError::Gone } else { error.into() })?;
        if claimed.rows_affected() > 0 {
            return Ok(Some(Begun::Run(ticket)));
        }
        let row = sqlx::query("SELECT * FROM answers WHERE account = $1 AND request = $2")
            .bind(place.account.clone())
            .bind(place.request.clone())
            .fetch_optional(self.pool())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (theirs, started): (String, i64) = (column(&row, "ticket")?, column(&row, "started")?);
        if started <= now.saturating_sub(time::span(REMEMBERED)) {
            let taken = sqlx::query(TAKE_OVER)
                .bind(fingerprint.0.to_vec())
                .bind(ticket.id.clone())
                .bind(self.inner.owner.to_string())
                .bind(now)
                .bind(time::millis(deadline))
                .bind(theirs)
                .execute(self.pool())
                .await?;
            return Ok((taken.rows_affected() > 0).then_some(Begun::Run(ticket)));
        }
        if column::<Vec<u8>>(&row, "fingerprint")? != fingerprint.0 {
            return Ok(Some(Begun::Other));
        }
        if column::<Option<Vec<u8>>>(&row, "sealed")?.is_some() {
            return Ok(Some(Begun::Answered(self.answer(place, &row)?)));
        }
        if column::<i64>(&row, "deadline")? > now {
            return Ok(Some(Begun::Running { since: time::time(started) }));
        }
        let freed = sqlx::query("DELETE FROM answers WHERE ticket = $1 AND sealed IS NULL")
            .bind(theirs)
            .execute(self.pool())
            .await?;
        Ok((freed.rows_affected() > 0).then_some(Begun::Ambiguous))
    }

    fn answer(&self, place: &Place, row: &AnyRow) -> Result<StoredAnswer, StoreError> {
        let place = place.sealed_at();
        let plain = self.keyring().open(&place, &sealed(row)?)?;
        let corrupt = || StoreError::Corrupt(place.clone());
        let kept: Kept = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
        let body = STANDARD.decode(kept.body.as_bytes()).map_err(|_| corrupt())?;
        Ok(StoredAnswer { status: kept.status, headers: kept.headers, body })
    }

    /// Keeps the answer of a request, and says whether the ticket was still good.
    pub async fn finish(&self, ticket: Ticket, answer: &StoredAnswer) -> Result<bool, StoreError> {
        let kept = Kept { status: answer.status, headers: answer.headers.clone(), body: STANDARD.encode(&answer.body) };
        let plain = Zeroizing::new(serde_json::to_vec(&kept).map_err(|e| StoreError::Corrupt(e.to_string()))?);
        let sealed = self.keyring().seal(&ticket.place.sealed_at(), &plain)?;
        let done = sqlx::query(FINISH)
            .bind(sealed.key)
            .bind(sealed.nonce)
            .bind(sealed.bytes)
            .bind(ticket.id)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Frees the key of a request that has no final answer, and says whether the ticket was still good.
    pub async fn release(&self, ticket: Ticket) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM answers WHERE ticket = $1 AND sealed IS NULL")
            .bind(ticket.id)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Removes keys that are not remembered any longer, in small batches, and says how many there were.
    pub async fn sweep_answers(&self) -> Result<u64, StoreError> {
        let before = self.millis().saturating_sub(time::span(REMEMBERED));
        let mut swept = 0;
        loop {
            let done = sqlx::query(
                "DELETE FROM answers WHERE ticket IN \
                 (SELECT ticket FROM answers WHERE started <= $1 ORDER BY started LIMIT $2)",
            )
            .bind(before)
            .bind(BATCH)
            .execute(self.pool())
            .await?;
            if done.rows_affected() == 0 {
                return Ok(swept);
            }
            swept += done.rows_affected();
        }
    }
}
