//! Accounts: adding, listing, showing, changing, removing.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use super::Administration;
use super::check::{Candidate, Checked, check};
use super::error::AdminError;
use crate::store::{self, AccountRow, Change, Secrets, State, StoreError, Tenant};

/// What is said of an account that is still to be connected.
const CONNECTING: &str = "it has no refresh token yet";

/// An account that is to be added.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id; none: a new one.
    pub id: Option<Uuid>,
    /// Whose it is.
    pub tenant: Tenant,
    /// The provider that it is at.
    pub provider: String,
    /// The name that people give it.
    pub label: String,
    /// The way of authenticating; none: the provider's only one.
    pub auth: Option<String>,
    /// What it has to say besides its credentials.
    pub variables: BTreeMap<String, Value>,
    /// Its secrets. Without the refresh token that its way of authenticating needs, it is still to be connected.
    pub secrets: Secrets,
    /// The text of an overlay.
    pub overlay: Option<String>,
    /// An address of this machine that stands for the provider.
    pub local: Option<String>,
}

/// What is to be changed of an account; what is left out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// The name that people give it.
    pub label: Option<String>,
    /// The way of authenticating.
    pub auth: Option<Option<String>>,
    /// Variables by name; none takes one away.
    pub variables: BTreeMap<String, Option<Value>>,
    /// Secrets by name; none takes one away.
    pub secrets: BTreeMap<String, Option<SecretString>>,
    /// The text of an overlay.
    pub overlay: Option<Option<String>>,
    /// An address of this machine that stands for the provider.
    pub local: Option<Option<String>>,
}

impl AccountChange {
    /// Whether more than the label changes.
    fn is_deep(&self) -> bool {
        self.auth.is_some()
            || !self.variables.is_empty()
            || !self.secrets.is_empty()
            || self.overlay.is_some()
            || self.local.is_some()
    }
}

impl Administration {
    /// Checks an account and keeps it.
    pub async fn add_account(&self, new: NewAccount) -> Result<AccountRow, AdminError> {
        let id = new.id.unwrap_or_else(Uuid::new_v4);
        let candidate = Candidate {
            name: id.to_string(),
            provider: &new.provider,
            label: &new.label,
            auth: new.auth.as_deref(),
            variables: &new.variables,
            overlay: new.overlay.as_deref(),
            base: new.local.as_deref(),
            secrets: new.secrets.clone(),
        };
        let Checked { state, .. } = check(&self.catalog(), candidate)?;
        let added = store::NewAccount {
            id,
            tenant: new.tenant,
            provider: new.provider,
            label: new.label,
            auth: new.auth,
            state,
            state_reason: (state == State::Connecting).then(|| CONNECTING.to_owned()),
            variables: new.variables,
            overlay: new.overlay,
            base: new.local,
            secrets: new.secrets,
        };
        Ok(self.store.add_account(added).await?)
    }

    /// A tenant's accounts, or all, in the order of their ids: at most `limit` after the id `after`.
    pub async fn accounts(
        &self,
        tenant: Option<&Tenant>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<AccountRow>, AdminError> {
        Ok(self.store.accounts(tenant, after, limit).await?)
    }

    /// An account.
    pub async fn account(&self, id: Uuid) -> Result<AccountRow, AdminError> {
        self.store.account_of_anyone(id).await?.ok_or(AdminError::UnknownAccount)
    }

    /// The names of an account's secrets; none where they do not open.
    pub fn secret_names(&self, row: &AccountRow) -> Option<Vec<String>> {
        self.store.secrets(row).ok().map(|secrets| secrets.into_keys().collect())
    }

    /// Changes an account and checks it as it is then. With a revision that it is to have had, an account that has
    /// another one is left alone.
    pub async fn change_account(
        &self,
        id: Uuid,
        expected: Option<i64>,
        change: &AccountChange,
    ) -> Result<AccountRow, AdminError> {
        loop {
            let row = self.account(id).await?;
            if let Some(expected) = expected
                && expected != row.revision
            {
                return Err(AdminError::Moved(row.revision));
            }
            let made = self.change_of(&row, change)?;
            match self.store.change_account(id, Some(row.revision), &made).await {
                Err(StoreError::Moved(_)) if expected.is_none() => {}
                changed => return Ok(changed?),
            }
        }
    }

    /// What is to be kept of a change of an account.
    fn change_of(&self, row: &AccountRow, change: &AccountChange) -> Result<Change, AdminError> {
        let mut variables = row.variables.clone();
        merge(&mut variables, &change.variables);
        let secrets = self.changed_secrets(row, change)?;
        let label = change.label.as_ref().unwrap_or(&row.label);
        let auth = change.auth.as_ref().unwrap_or(&row.auth);
        let overlay = change.overlay.as_ref().unwrap_or(&row.overlay);
        let base = change.local.as_ref().unwrap_or(&row.base);
        let candidate = Candidate {
            name: row.token_name(),
            provider: &row.provider,
            label,
            auth: auth.as_deref(),
            variables: &variables,
            overlay: overlay.as_deref(),
            base: base.as_deref(),
            secrets: secrets.clone(),
        };
        let Checked { state, .. } = check(&self.catalog(), candidate)?;
        let new_credentials = !change.secrets.is_empty() || change.auth.is_some();
        let state = match (state, row.state) {
            (State::Connecting, _) => Some((State::Connecting, Some(CONNECTING.to_owned()))),
            // Only other credentials cure what a provider has refused.
            (_, State::NeedsReauth) if !new_credentials => None,
            _ if change.is_deep() => Some((state, None)),
            _ => None,
        };
        Ok(Change {
            label: change.label.clone(),
            auth: change.auth.clone(),
            state,
            variables: (!change.variables.is_empty()).then_some(variables),
            overlay: change.overlay.clone(),
            base: change.local.clone(),
            secrets: (!change.secrets.is_empty()).then_some(secrets),
        })
    }

    /// All secrets as they are after a change. Where the change has every secret that is needed, those that were kept
    /// need not open: so an account whose key is lost gets new ones.
    fn changed_secrets(&self, row: &AccountRow, change: &AccountChange) -> Result<Secrets, AdminError> {
        let mut secrets = match self.store.secrets(row) {
            Ok(secrets) => secrets,
            Err(_) if !change.secrets.is_empty() => Secrets::new(),
            Err(error) => return Err(error.into()),
        };
        merge(&mut secrets, &change.secrets);
        Ok(secrets)
    }

    /// Removes an account with all that is kept for it.
    pub async fn remove_account(&self, id: Uuid) -> Result<(), AdminError> {
        if self.store.remove_account(id).await? { Ok(()) } else { Err(AdminError::UnknownAccount) }
    }
}

/// Puts in what has a value, and takes away what has none.
fn merge<T: Clone>(all: &mut BTreeMap<String, T>, changes: &BTreeMap<String, Option<T>>) {
    for (name, value) in changes {
        match value {
            Some(value) => all.insert(name.clone(), value.clone()),
            None => all.remove(name),
        };
    }
}
