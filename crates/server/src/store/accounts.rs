//! Keeping accounts.

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::account::{AccountRow, Change, NewAccount, Secrets, State};
use super::error::{StoreError, is_taken};
use super::row::{column, json, sealed};
use super::{Store, Tenant, time};
use crate::keyring::Sealed;

const ADD: &str = "INSERT INTO accounts (id, tenant, provider, label, auth, state, state_reason, variables, overlay, base, \
    revision, secrets_revision, created, updated, key_id, nonce, sealed) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 1, $11, $11, $12, $13, $14)";

const CHANGE: &str = "UPDATE accounts SET label = $1, auth = $2, state = $3, state_reason = $4, variables = $5, overlay = $6, \
    base = $7, updated = $8, revision = revision + 1 WHERE id = $9 AND revision = $10";

const RENEW: &str = "UPDATE accounts SET secrets_revision = secrets_revision + 1, key_id = $1, nonce = $2, sealed = $3 \
    WHERE id = $4";

/// Where the secrets of an account are sealed.
pub(super) fn place(id: &str) -> String {
    format!("accounts/{id}/secrets")
}

impl Store {
    /// Adds an account.
    pub async fn add_account(&self, new: NewAccount) -> Result<AccountRow, StoreError> {
        let id = new.id.to_string();
        let sealed = self.seal_secrets(&id, &new.secrets)?;
        let now = self.millis();
        let added = sqlx::query(ADD)
            .bind(id)
            .bind(new.tenant.as_str().to_owned())
            .bind(new.provider.clone())
            .bind(new.label.clone())
            .bind(new.auth.clone())
            .bind(new.state.as_str())
            .bind(new.state_reason.clone())
            .bind(text(&new.variables)?)
            .bind(new.overlay.clone())
            .bind(new.base.clone())
            .bind(now)
            .bind(sealed.key.clone())
            .bind(sealed.nonce.clone())
            .bind(sealed.bytes.clone())
            .execute(self.pool())
            .await;
        added.map_err(|error| if is_taken(&error) { StoreError::Taken } else { error.into() })?;
        Ok(AccountRow {
            id: new.id,
            tenant: new.tenant,
            provider: new.provider,
            label: new.label,
            auth: new.auth,
            state: new.state,
            state_reason: new.state_reason,
            variables: new.variables,
            overlay: new.overlay,
            base: new.base,
            revision: 1,
            secrets_revision: 1,
            created: time::time(now),
            updated: time::time(now),
            sealed,
        })
    }

    /// A tenant's account. Another tenant's account is none.
    pub async fn account(&self, tenant: &Tenant, id: Uuid) -> Result<Option<AccountRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM accounts WHERE id = $1 AND tenant = $2")
            .bind(id.to_string())
            .bind(tenant.as_str().to_owned())
            .fetch_optional(self.pool())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// An account, whosever it is.
    pub async fn account_of_anyone(&self, id: Uuid) -> Result<Option<AccountRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM accounts WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(self.pool())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// A tenant's accounts, or all, in the order of their ids: at most `limit` after the id `after`.
    pub async fn accounts(
        &self,
        tenant: Option<&Tenant>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<AccountRow>, StoreError> {
        let query = match tenant {
            Some(tenant) => sqlx::query("SELECT * FROM accounts WHERE id > $1 AND tenant = $3 ORDER BY id LIMIT $2")
                .bind(after.map(|id| id.to_string()).unwrap_or_default())
                .bind(i64::from(limit))
                .bind(tenant.as_str().to_owned()),
            None => sqlx::query("SELECT * FROM accounts WHERE id > $1 ORDER BY id LIMIT $2")
                .bind(after.map(|id| id.to_string()).unwrap_or_default())
                .bind(i64::from(limit)),
        };
        query.fetch_all(self.pool()).await?.iter().map(read).collect()
    }

    /// The secrets of an account.
    pub fn secrets(&self, row: &AccountRow) -> Result<Secrets, StoreError> {
        let place = place(&row.id.to_string());
        let plain = self.keyring().open(&place, &row.sealed)?;
        let texts: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt(place))?;
        Ok(texts.into_iter().map(|(name, text)| (name, SecretString::from(text))).collect())
    }

    /// Changes an account and gives it as it is then. With a revision that it is to have had, an account that has
    /// another one is left alone. New secrets drop tokens that were renewed with the old ones.
    pub async fn change_account(
        &self,
        id: Uuid,
        expected: Option<i64>,
        change: &Change,
    ) -> Result<AccountRow, StoreError> {
        loop {
            let old = self.account_of_anyone(id).await?.ok_or(StoreError::Gone)?;
            if expected.is_some_and(|expected| expected != old.revision) {
                return Err(StoreError::Moved(old.revision));
            }
            if let Some(changed) = self.change_from(old, change).await? {
                return Ok(changed);
            }
        }
    }

    /// Changes an account that is as it was read; none: it is not.
    async fn change_from(&self, old: AccountRow, change: &Change) -> Result<Option<AccountRow>, StoreError> {
        let (id, now) = (old.id.to_string(), self.millis());
        let _changing = self.changing();
        let mut new = changed(old, change);
        new.updated = time::time(now);
        let mut transaction = self.begin_writing().await?;
        let done = sqlx::query(CHANGE)
            .bind(new.label.clone())
            .bind(new.auth.clone())
            .bind(new.state.as_str())
            .bind(new.state_reason.clone())
            .bind(text(&new.variables)?)
            .bind(new.overlay.clone())
            .bind(new.base.clone())
            .bind(now)
            .bind(id.clone())
            .bind(new.revision - 1)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        if let Some(secrets) = &change.secrets {
            new.sealed = self.seal_secrets(&id, secrets)?;
            new.secrets_revision += 1;
            sqlx::query(RENEW)
                .bind(new.sealed.key.clone())
                .bind(new.sealed.nonce.clone())
                .bind(new.sealed.bytes.clone())
                .bind(id.clone())
                .execute(&mut *transaction)
                .await?;
            sqlx::query("DELETE FROM renewed WHERE account = $1").bind(id).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(Some(new))
    }

    /// Sets the state of an account that is still at this revision, and says whether it is.
    pub async fn set_state(
        &self,
        id: Uuid,
        revision: i64,
        state: State,
        reason: Option<&str>,
    ) -> Result<bool, StoreError> {
        let _changing = self.changing();
        let done = sqlx::query(
            "UPDATE accounts SET state = $1, state_reason = $2, updated = $3 WHERE id = $4 AND revision = $5",
        )
        .bind(state.as_str())
        .bind(reason.map(str::to_owned))
        .bind(self.millis())
        .bind(id.to_string())
        .bind(revision)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Removes an account with all that is kept for it, and says whether it was there.
    pub async fn remove_account(&self, id: Uuid) -> Result<bool, StoreError> {
        let _changing = self.changing();
        let done = sqlx::query("DELETE FROM accounts WHERE id = $1").bind(id.to_string()).execute(self.pool()).await?;
        Ok(done.rows_affected() > 0)
    }

    fn seal_secrets(&self, id: &str, secrets: &Secrets) -> Result<Sealed, StoreError> {
        let texts: BTreeMap<&str, &str> =
            secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect();
        let plain = Zeroizing::new(serde_json::to_vec(&texts).map_err(|e| StoreError::Corrupt(e.to_string()))?);
        Ok(self.keyring().seal(&place(id), &plain)?)
    }
}

/// The account as it is after a change, but for its secrets.
fn changed(old: AccountRow, change: &Change) -> AccountRow {
    let (state, state_reason) = change.state.clone().unwrap_or((old.state, old.state_reason));
    AccountRow {
        label: change.label.clone().unwrap_or(old.label),
        auth: change.auth.clone().unwrap_or(old.auth),
        state,
        state_reason,
        variables: change.variables.clone().unwrap_or(old.variables),
        overlay: change.overlay.clone().unwrap_or(old.overlay),
        base: change.base.clone().unwrap_or(old.base),
        revision: old.revision + 1,
        ..old
    }
}

fn text(variables: &BTreeMap<String, serde_json::Value>) -> Result<String, StoreError> {
    serde_json::to_string(variables).map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn read(row: &AnyRow) -> Result<AccountRow, StoreError> {
    let corrupt = |name: &str, text: &str| StoreError::Corrupt(format!("{name}: `{text}`"));
    let (id, tenant): (String, String) = (column(row, "id")?, column(row, "tenant")?);
    let state: String = column(row, "state")?;
    Ok(AccountRow {
        id: Uuid::parse_str(&id).map_err(|_| corrupt("id", &id))?,
        tenant: tenant.parse().map_err(|_| corrupt("tenant", &tenant))?,
        provider: column(row, "provider")?,
        label: column(row, "label")?,
        auth: column(row, "auth")?,
        state: State::named(&state).ok_or_else(|| corrupt("state", &state))?,
        state_reason: column(row, "state_reason")?,
        variables: json(row, "variables")?,
        overlay: column(row, "overlay")?,
        base: column(row, "base")?,
        revision: column(row, "revision")?,
        secrets_revision: column(row, "secrets_revision")?,
        created: time::time(column(row, "created")?),
        updated: time::time(column(row, "updated")?),
        sealed: sealed(row)?,
    })
}
