//! Connecting an account: a person is sent to the provider, and the code that comes back is exchanged for tokens.
//!
//! What has to be kept in between is sealed and given to the caller, who hands it in with the code. So nothing of it is
//! in the store, and any replica may finish what another one began.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mapwright_interpreter::{Client, TokenStore as _, Tokens};
use mapwright_mapping::provider::Provider;
use percent_encoding::percent_decode_str;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

use super::Administration;
use super::check::{REFRESH_TOKEN, mappings, refused};
use super::error::{AdminError, Finding};
use crate::keyring::Sealed;
use crate::store::{AccountRow, Change, Secrets, State, StoreError};

/// Where a person is sent, and what is handed in with the code that comes back.
#[derive(Clone)]
pub struct Consent {
    /// The address that the person opens.
    pub url: String,
    /// What is handed in with the code. It is sealed.
    pub handle: String,
}

impl std::fmt::Debug for Consent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consent").finish_non_exhaustive()
    }
}

/// What is kept until the code comes back.
#[derive(Serialize, Deserialize)]
struct Kept {
    redirect_uri: String,
    state: String,
    verifier: Option<String>,
    /// The secrets that the code is exchanged with.
    secrets_revision: i64,
}

/// What came back from the provider.
#[derive(Debug, Default)]
struct Came {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

impl Administration {
    /// Begins to connect an account: the address for the person who owns it.
    pub async fn begin_consent(&self, id: Uuid, redirect_uri: &str) -> Result<Consent, AdminError> {
        let row = self.account(id).await?;
        let (client, _) = self.client(&row)?;
        let begun = client.begin(redirect_uri).map_err(AdminError::Consent)?;
        let kept = Kept {
            redirect_uri: redirect_uri.to_owned(),
            state: begun.state,
            verifier: begun.verifier.map(|verifier| verifier.expose_secret().to_owned()),
            secrets_revision: row.secrets_revision,
        };
        let corrupt = |error: serde_json::Error| StoreError::Corrupt(error.to_string());
        let plain = Zeroizing::new(serde_json::to_vec(&kept).map_err(corrupt)?);
        let sealed = self.store.keyring().seal(&place(id), &plain).map_err(StoreError::from)?;
        let bytes = [sealed.nonce.as_slice(), sealed.bytes.as_slice()].concat();
        let handle = format!("{}.{}", sealed.key, URL_SAFE_NO_PAD.encode(bytes));
        Ok(Consent { url: begun.url, handle })
    }

    /// Exchanges what came back, the code alone or the whole address that the person was sent back to, and makes the
    /// account active with the tokens.
    pub async fn connect(&self, id: Uuid, handle: &str, came: &SecretString) -> Result<AccountRow, AdminError> {
        let row = self.account(id).await?;
        let kept = self.opened(id, handle)?;
        if kept.secrets_revision != row.secrets_revision {
            return Err(AdminError::Moved(row.revision));
        }
        let came = came_back(came);
        if let Some(error) = came.error {
            let words = format!("the provider did not agree: {error}");
            return Err(AdminError::Refused(vec![Finding::new("/code", words)]));
        }
        let code = came.code.filter(|code| !code.is_empty());
        let Some(code) = code.filter(|_| came.state.as_ref().is_none_or(|state| *state == kept.state)) else {
            let words = "this is not what came back: it is the code, or the address with the code of this very request";
            return Err(AdminError::Refused(vec![Finding::new("/code", words)]));
        };
        let (client, mut secrets) = self.client(&row)?;
        let (code, verifier) = (SecretString::from(code), kept.verifier.map(SecretString::from));
        let exchanged = self.interpreter.exchange(&client, &code, &kept.redirect_uri, verifier.as_ref()).await;
        let tokens = exchanged.map_err(AdminError::Consent)?;
        let Some(refresh) = &tokens.refresh else { return Err(AdminError::NoRefreshToken) };
        secrets.insert(REFRESH_TOKEN.to_owned(), refresh.clone());
        self.keep(&row, secrets, &tokens).await
    }

    /// Keeps what a code has brought. The code is spent: what else was changed of the account meanwhile does not hinder.
    async fn keep(&self, row: &AccountRow, secrets: Secrets, tokens: &Tokens) -> Result<AccountRow, AdminError> {
        let change = Change { secrets: Some(secrets), state: Some((State::Active, None)), ..Change::default() };
        let row = self.store.change_account(row.id, None, &change).await?;
        let saved = self.store.save(&row.token_name(), tokens).await;
        if let Err(error) = saved {
            // The account has its refresh token, and gets an access token with it when it is used.
            tracing::warn!(%error, "the access token of a new account is not kept");
        }
        Ok(row)
    }

    /// The account as a client that asks people for accounts, and its secrets.
    fn client(&self, row: &AccountRow) -> Result<(Client, Secrets), AdminError> {
        let secrets = self.store.secrets(row)?;
        let mappings = mappings(&self.catalog(), &row.provider, row.overlay.as_deref())?;
        let provider: &Arc<Provider> = &mappings.first().ok_or(AdminError::UnknownAccount)?.provider;
        let client = Client::new(provider, row.auth.as_deref(), &row.variables, secrets.clone());
        let client = client.map_err(|errors| refused(&errors.0))?;
        let client = match &row.base {
            Some(base) => client.at(base).map_err(|error| refused(&[error]))?,
            None => client,
        };
        Ok((client, secrets))
    }

    fn opened(&self, id: Uuid, handle: &str) -> Result<Kept, AdminError> {
        let read = || {
            let (key, bytes) = handle.rsplit_once('.')?;
            let bytes = URL_SAFE_NO_PAD.decode(bytes).ok()?;
            let (nonce, bytes) = bytes.split_at_checked(24)?;
            let sealed = Sealed { key: key.to_owned(), nonce: nonce.to_vec(), bytes: bytes.to_vec() };
            let plain = self.store.keyring().open(&place(id), &sealed).ok()?;
            serde_json::from_slice(&plain).ok()
        };
        let words = "this is not the handle that was given for this account";
        read().ok_or_else(|| AdminError::Refused(vec![Finding::new("/handle", words)]))
    }
}

fn place(id: Uuid) -> String {
    format!("consent/{id}")
}

/// Reads what came back: a code, or an address with a query.
fn came_back(text: &SecretString) -> Came {
    let text = text.expose_secret().trim();
    let Some((_, query)) = text.split_once('?').filter(|(address, _)| address.contains("://")) else {
        return Came { code: Some(text.to_owned()), ..Came::default() };
    };
    let query = query.split('#').next().unwrap_or_default();
    let mut came = Came::default();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let value = value.replace('+', " ");
        let value = percent_decode_str(&value).decode_utf8_lossy().into_owned();
        match name {
            "code" => came.code = Some(value),
            "state" => came.state = Some(value),
            "error" => came.error = Some(value.chars().filter(|char| !char.is_control()).take(100).collect()),
            _ => {}
        }
    }
    // An address with a code and without its state may be anybody's.
    came.state.get_or_insert_default();
    came
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<String>, Option<String>, Option<String>) {
        let came = came_back(&SecretString::from(text));
        (came.code, came.state, came.error)
    }

    #[test]
    fn a_code_or_the_address_with_it_is_taken() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read(" a/b?c\n"), (some("a/b?c"), None, None));
        let address = "http://localhost:1/back?code=a%2Fb&state=s+t&scope=x#end";
        assert_eq!(read(address), (some("a/b"), some("s t"), None));
        assert_eq!(read("https://x/?code=a"), (some("a"), some(""), None));
        assert_eq!(read("https://x/?error=access_denied&state=s"), (None, some("s"), some("access_denied")));
    }
}
