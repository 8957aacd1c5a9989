//! Tokens of providers that change by themselves, kept for the interpreter.

use std::time::SystemTime;

use mapwright_interpreter::{AccessToken, StoreError as TokenError, Stored, TokenStore, Tokens};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::row::sealed;
use super::{Store, StoreError, time};

/// Tokens of the account's present secrets. Those of earlier secrets are none.
const LOAD: &str = "SELECT r.key_id, r.nonce, r.sealed FROM renewed r JOIN accounts a ON a.id = r.account \
    WHERE a.id = $1 AND r.secrets_revision = a.secrets_revision AND ($2 = 0 OR a.secrets_revision = $2)";

const SAVE: &str = "INSERT INTO renewed (account, secrets_revision, updated, key_id, nonce, sealed) \
    SELECT a.id, a.secrets_revision, $3, $4, $5, $6 FROM accounts a \
    WHERE a.id = $1 AND ($2 = 0 OR a.secrets_revision = $2) \
    ON CONFLICT (account) DO UPDATE SET secrets_revision = excluded.secrets_revision, updated = excluded.updated, \
    key_id = excluded.key_id, nonce = excluded.nonce, sealed = excluded.sealed";

/// The tokens as they are sealed. What is read is moved into secrets at once.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    access: Option<T>,
    /// In Unix milliseconds.
    expires: Option<i64>,
    refresh: Option<T>,
}

/// Where the tokens of an account are sealed.
pub(super) fn place(account: &str) -> String {
    format!("renewed/{account}/tokens")
}

/// An account's id, and the revision of its secrets that tokens are to belong to; 0: any.
fn named(account: &str) -> Result<(String, i64), StoreError> {
    let (id, revision) = account.split_once('#').unwrap_or((account, "0"));
    match (Uuid::parse_str(id), revision.parse()) {
        (Ok(id), Ok(revision)) => Ok((id.to_string(), revision)),
        _ => Err(StoreError::Gone),
    }
}

impl Store {
    async fn load_tokens(&self, account: &str) -> Result<Option<Tokens>, StoreError> {
        let (id, revision) = named(account)?;
        let query = sqlx::query(LOAD).bind(id.clone()).bind(revision);
        let Some(row) = query.fetch_optional(self.pool()).await? else { return Ok(None) };
        let place = place(&id);
        let plain = self.keyring().open(&place, &sealed(&row)?)?;
        let kept: Kept<String> = serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt(place))?;
        let expires: Option<SystemTime> = kept.expires.map(time::time);
        let access = kept.access.map(|text| AccessToken { value: SecretString::from(text), expires });
        Ok(Some(Tokens { access, refresh: kept.refresh.map(SecretString::from) }))
    }

    async fn save_tokens(&self, account: &str, tokens: &Tokens) -> Result<(), StoreError> {
        let (id, revision) = named(account)?;
        let kept = Kept {
            access: tokens.access.as_ref().map(|access| access.value.expose_secret()),
            expires: tokens.access.as_ref().and_then(|access| access.expires).map(time::millis),
            refresh: tokens.refresh.as_ref().map(SecretString::expose_secret),
        };
        let plain = Zeroizing::new(serde_json::to_vec(&kept).map_err(|e| StoreError::Corrupt(e.to_string()))?);
        let sealed = self.keyring().seal(&place(&id), &plain)?;
        let done = sqlx::query(SAVE)
            .bind(id)
            .bind(revision)
            .bind(self.millis())
            .bind(sealed.key)
            .bind(sealed.nonce)
            .bind(sealed.bytes)
            .execute(self.pool())
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::Gone) } else { Ok(()) }
    }
}

impl TokenStore for Store {
    fn load<'a>(&'a self, account: &'a str) -> Stored<'a, Option<Tokens>> {
        Box::pin(async move { self.load_tokens(account).await.map_err(|e| TokenError(e.to_string())) })
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> Stored<'a, ()> {
        Box::pin(async move { self.save_tokens(account, tokens).await.map_err(|e| TokenError(e.to_string())) })
    }

    fn lock<'a>(&'a self, account: &'a str) -> Stored<'a, Box<dyn Send>> {
        let name = format!("tokens/{}", account.split_once('#').map_or(account, |(id, _)| id));
        Box::pin(async move {
            let lease = self.lease(&name).await.map_err(|e| TokenError(e.to_string()))?;
            Ok(Box::new(lease) as Box<dyn Send>)
        })
    }
}
