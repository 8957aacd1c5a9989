//! Sealing everything with the current key, so that an old one may go.

use std::collections::BTreeMap;

use super::error::StoreError;
use super::row::{column, sealed};
use super::{Store, accounts, idempotency, renewed};

/// How many rows are read at a time.
const BATCH: i64 = 100;

/// A table with sealed rows, and its statements.
struct Table {
    name: &'static str,
    /// The next rows that another key has sealed, after an id.
    next: &'static str,
    /// Puts in what is sealed anew, unless the row has changed since.
    put: &'static str,
    /// How many rows each key has sealed.
    count: &'static str,
    /// Where a row is sealed.
    place: fn(&str) -> String,
}

const TABLES: [Table; 3] = [
    Table {
        name: "accounts",
        next: "SELECT id AS row_id, key_id, nonce, sealed FROM accounts WHERE key_id <> $1 AND id > $2 ORDER BY id LIMIT $3",
        put: "UPDATE accounts SET key_id = $1, nonce = $2, sealed = $3 WHERE id = $4 AND nonce = $5",
        count: "SELECT key_id, COUNT(*) AS number FROM accounts GROUP BY key_id",
        place: accounts::place,
    },
    Table {
        name: "renewed",
        next: "SELECT account AS row_id, key_id, nonce, sealed FROM renewed WHERE key_id <> $1 AND account > $2 \
            ORDER BY account LIMIT $3",
        put: "UPDATE renewed SET key_id = $1, nonce = $2, sealed = $3 WHERE account = $4 AND nonce = $5",
        count: "SELECT key_id, COUNT(*) AS number FROM renewed GROUP BY key_id",
        place: renewed::place,
    },
    Table {
        name: "answers",
        next: "SELECT account || '/' || request AS row_id, key_id, nonce, sealed FROM answers \
            WHERE key_id <> $1 AND account || '/' || request > $2 ORDER BY account || '/' || request LIMIT $3",
        put: "UPDATE answers SET key_id = $1, nonce = $2, sealed = $3 WHERE account || '/' || request = $4 AND nonce = $5",
        count: "SELECT key_id, COUNT(*) AS number FROM answers WHERE key_id IS NOT NULL GROUP BY key_id",
        place: answer_place,
    },
];

fn answer_place(row: &str) -> String {
    let (account, request) = row.split_once('/').unwrap_or((row, ""));
    idempotency::place(account, request)
}

/// How far sealing anew has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The table that is worked on.
    pub table: &'static str,
    /// How many rows of it are sealed anew.
    pub done: u64,
}

/// What became of sealing anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// How many rows are sealed anew.
    pub done: u64,
    /// How many rows do not open, by the id of the key that has sealed them.
    pub unopened: BTreeMap<String, u64>,
}

impl Store {
    /// Seals with the current key whatever another one has sealed. It may be stopped at any time and be begun again,
    /// and others may use the store.
    pub async fn reseal(&self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Resealed, StoreError> {
        let mut resealed = Resealed::default();
        for table in &TABLES {
            self.reseal_table(table, &mut resealed, progress).await?;
        }
        Ok(resealed)
    }

    async fn reseal_table(
        &self,
        table: &Table,
        resealed: &mut Resealed,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), StoreError> {
        let keyring = self.keyring();
        let (mut after, mut done) = (String::new(), 0);
        loop {
            let rows = sqlx::query(table.next)
                .bind(keyring.current().to_owned())
                .bind(after.clone())
                .bind(BATCH)
                .fetch_all(self.pool())
                .await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                let (id, old): (String, _) = (column(row, "row_id")?, sealed(row)?);
                let place = (table.place)(&id);
                after.clone_from(&id);
                let Ok(plain) = keyring.open(&place, &old) else {
                    *resealed.unopened.entry(old.key).or_default() += 1;
                    continue;
                };
                let new = keyring.seal(&place, &plain)?;
                let put = sqlx::query(table.put)
                    .bind(new.key)
                    .bind(new.nonce)
                    .bind(new.bytes)
                    .bind(id)
                    .bind(old.nonce)
                    .execute(self.pool())
                    .await?;
                done += put.rows_affected();
                resealed.done += put.rows_affected();
            }
            progress(Progress { table: table.name, done });
        }
    }

    /// How many sealed rows there are, by the id of the key that has sealed them.
    pub async fn sealed_by(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let mut counts = BTreeMap::new();
        for table in &TABLES {
            for row in sqlx::query(table.count).fetch_all(self.pool()).await? {
                let (key, number): (String, i64) = (column(&row, "key_id")?, column(&row, "number")?);
                *counts.entry(key).or_default() += u64::try_from(number).unwrap_or_default();
            }
        }
        Ok(counts)
    }
}
