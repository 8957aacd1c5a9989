//! The tables, and their version.

use sqlx::{Any, AssertSqlSafe, Executor as _, Pool, Row as _};

use super::{Kind, StoreError};

/// The steps from nothing to the latest version, in order: the first makes version 1.
const STEPS: [&str; 1] = [include_str!("../../migrations/0001_store.sql")];

/// What processes that open the same PostgreSQL wait for.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7079326411)";

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS versions (version BIGINT NOT NULL PRIMARY KEY)";

/// Brings the tables up to date, in one transaction that others wait for.
pub(super) async fn run(pool: &Pool<Any>, kind: Kind) -> Result<(), StoreError> {
    let mut transaction = pool.begin_with(kind.begin()).await?;
    if kind == Kind::Postgres {
        transaction.execute(LOCK).await?;
    }
    transaction.execute(VERSIONS).await?;
    let row = transaction.fetch_one("SELECT COALESCE(MAX(version), 0) FROM versions").await?;
    let found: i64 = row.try_get(0)?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > found) {
        sqlx::raw_sql(AssertSqlSafe(dialect(step, kind))).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO versions (version) VALUES ($1)").bind(version).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The step as the database spells it.
fn dialect(step: &str, kind: Kind) -> String {
    match kind {
        Kind::Sqlite => step.to_owned(),
        Kind::Postgres => step.replace(" BLOB", " BYTEA"),
    }
}
