//! Tokens of callers. A token belongs to a tenant, or to an administrator; what is kept of it is a hash.

use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::AnyRow;
use subtle::ConstantTimeEq as _;

use super::bearer::{self, Bearer};
use super::error::{StoreError, is_taken};
use super::row::column;
use super::{Store, Tenant, time};

/// How exact the time of the last use is.
const DAY: Duration = Duration::from_hours(24);

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// Whose it is; none: an administrator's.
    pub tenant: Option<Tenant>,
    /// What people call it.
    pub name: String,
    /// When it was added.
    pub created: SystemTime,
    /// The day on which it was used last.
    pub last_used: Option<SystemTime>,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The id of the token.
    pub token: String,
    /// The tenant; none: an administrator.
    pub tenant: Option<Tenant>,
}

impl Caller {
    /// Whether it is an administrator.
    pub fn is_admin(&self) -> bool {
        self.tenant.is_none()
    }
}

impl Store {
    /// Adds a token of a tenant, or of an administrator. Its text is given this once.
    pub async fn add_token(&self, tenant: Option<&Tenant>, name: &str) -> Result<(TokenRow, SecretString), StoreError> {
        let text = bearer::new(tenant.is_none())?;
        let row = self.insert_token(tenant, name, &text).await?;
        Ok((row, text))
    }

    /// Puts in a token whose text is given: one of that id is replaced.
    pub async fn put_token(
        &self,
        tenant: Option<&Tenant>,
        name: &str,
        text: &SecretString,
    ) -> Result<TokenRow, StoreError> {
        let id = Bearer::parse(text.expose_secret()).ok_or(StoreError::Token)?.id.to_owned();
        self.revoke_token(&id).await?;
        self.insert_token(tenant, name, text).await
    }

    async fn insert_token(
        &self,
        tenant: Option<&Tenant>,
        name: &str,
        text: &SecretString,
    ) -> Result<TokenRow, StoreError> {
        let bearer = Bearer::parse(text.expose_secret()).ok_or(StoreError::Token)?;
        if bearer.is_admin != tenant.is_none() {
            return Err(StoreError::Token);
        }
        let now = self.millis();
        let added = sqlx::query("INSERT INTO tokens (id, tenant, name, hash, created) VALUES ($1, $2, $3, $4, $5)")
            .bind(bearer.id.to_owned())
            .bind(tenant.map(|tenant| tenant.as_str().to_owned()))
            .bind(name.to_owned())
            .bind(bearer.hash.to_vec())
            .bind(now)
            .execute(self.pool())
            .await;
        added.map_err(|error| if is_taken(&error) { StoreError::Taken } else { error.into() })?;
        Ok(TokenRow {
            id: bearer.id.to_owned(),
            tenant: tenant.cloned(),
            name: name.to_owned(),
            created: time::time(now),
            last_used: None,
        })
    }

    /// Who calls with this token; none: nobody known.
    pub async fn caller(&self, text: &SecretString) -> Result<Option<Caller>, StoreError> {
        let Some(bearer) = Bearer::parse(text.expose_secret()) else { return Ok(None) };
        let row = sqlx::query("SELECT tenant, hash, last_used FROM tokens WHERE id = $1")
            .bind(bearer.id.to_owned())
            .fetch_optional(self.pool())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (tenant, hash): (Option<String>, Vec<u8>) = (column(&row, "tenant")?, column(&row, "hash")?);
        if !bool::from(hash.as_slice().ct_eq(bearer.hash.as_slice())) || bearer.is_admin != tenant.is_none() {
            return Ok(None);
        }
        self.note_use(bearer.id, column(&row, "last_used")?).await?;
        let tenant = tenant.map(|name| named(&name)).transpose()?;
        Ok(Some(Caller { token: bearer.id.to_owned(), tenant }))
    }

    /// Notes that a token is used, once a day.
    async fn note_use(&self, id: &str, last: Option<i64>) -> Result<(), StoreError> {
        let now = self.millis();
        let today = now - now.rem_euclid(time::span(DAY));
        if last.is_some_and(|last| last >= today) {
            return Ok(());
        }
        sqlx::query("UPDATE tokens SET last_used = $1 WHERE id = $2 AND (last_used IS NULL OR last_used < $1)")
            .bind(today)
            .bind(id.to_owned())
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// All tokens, or a tenant's, in the order of their ids: at most `limit` after the id `after`.
    pub async fn tokens(
        &self,
        tenant: Option<&Tenant>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let query = match tenant {
            Some(tenant) => sqlx::query("SELECT * FROM tokens WHERE id > $1 AND tenant = $3 ORDER BY id LIMIT $2")
                .bind(after.unwrap_or_default().to_owned())
                .bind(i64::from(limit))
                .bind(tenant.as_str().to_owned()),
            None => sqlx::query("SELECT * FROM tokens WHERE id > $1 ORDER BY id LIMIT $2")
                .bind(after.unwrap_or_default().to_owned())
                .bind(i64::from(limit)),
        };
        query.fetch_all(self.pool()).await?.iter().map(read).collect()
    }

    /// Takes a token out of use, and says whether it was there.
    pub async fn revoke_token(&self, id: &str) -> Result<bool, StoreError> {
        let _changing = self.changing();
        let done = sqlx::query("DELETE FROM tokens WHERE id = $1").bind(id.to_owned()).execute(self.pool()).await?;
        Ok(done.rows_affected() > 0)
    }
}

fn named(tenant: &str) -> Result<Tenant, StoreError> {
    tenant.parse().map_err(|_| StoreError::Corrupt(format!("tenant: `{tenant}`")))
}

fn read(row: &AnyRow) -> Result<TokenRow, StoreError> {
    let tenant: Option<String> = column(row, "tenant")?;
    let last_used: Option<i64> = column(row, "last_used")?;
    Ok(TokenRow {
        id: column(row, "id")?,
        tenant: tenant.map(|name| named(&name)).transpose()?,
        name: column(row, "name")?,
        created: time::time(column(row, "created")?),
        last_used: last_used.map(time::time),
    })
}
