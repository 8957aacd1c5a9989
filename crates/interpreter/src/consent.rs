//! A person lets a client have an account: the address to open, and the code that comes back (RFC 6749 §4.1, RFC 7636).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mapwright_mapping::provider::{Authorize, Provider, Refresh};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::account::{Account, AccountError, AccountErrors};
use crate::interpreter::Links;
use crate::oauth::{self, Answer, Grant};
use crate::span::Attempt;
use crate::tokens::Tokens;
use crate::transport::{Context, TransportError};
use crate::wire;

/// How the exchange of a code is named to transports.
const STEP: &str = "exchange the code";

/// The most attempts of an exchange that never leaves.
const MOST_ATTEMPTS: u32 = 3;

/// A client that asks people for accounts: what an account has, all but its refresh token.
#[derive(Clone, Debug)]
pub struct Client {
    account: Account,
    authorize: Authorize,
    refresh: Refresh,
}

/// What a person is sent to, and what has to be kept until the code comes back.
#[derive(Clone)]
#[non_exhaustive]
pub struct Authorization {
    /// The address that the person opens.
    pub url: String,
    /// What comes back beside the code: a code without it is somebody else's.
    pub state: String,
    /// What the code is bound to, where the provider takes that; it is handed in with the code, and to nobody else.
    pub verifier: Option<SecretString>,
}

/// Why there is no consent to ask for, or why a code has brought no tokens. The texts hold no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// The address to come back to is not one.
    #[error("the address to come back to is an `https` URL without a fragment, or an `http` one of this machine")]
    RedirectUri,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoChance,
    /// The provider refuses the code or the client: another code is needed.
    #[error("the provider refuses the code: {0}")]
    Refused(String),
    /// The token endpoint cannot answer now. Whether the code is still good is not known.
    #[error("the token endpoint cannot answer now: {0}")]
    Unavailable(String),
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").finish_non_exhaustive()
    }
}

impl Client {
    /// Checks a client as an account is checked: every error at once. Its secrets are those of an account, and a refresh
    /// token may be missing.
    pub fn new(
        provider: &Arc<Provider>,
        auth: Option<&str>,
        variables: &BTreeMap<String, Value>,
        secrets: BTreeMap<String, SecretString>,
    ) -> Result<Client, AccountErrors> {
        let account = Account::lacking("", provider, auth, variables, secrets, &["refresh_token"])?;
        Client::of(account)
    }

    fn of(account: Account) -> Result<Client, AccountErrors> {
        let auth = account.auth();
        let consent = auth.and_then(|auth| Some((auth.authorize.clone()?, auth.refresh.clone()?)));
        let Some((authorize, refresh)) = consent else {
            let name = auth.map(|auth| auth.name.clone()).unwrap_or_default();
            return Err(AccountErrors(vec![AccountError::NoConsent(name)]));
        };
        Ok(Client { account, authorize, refresh })
    }

    /// The same client with its token endpoint at an address of this machine, as [`Account::at`].
    pub fn at(self, address: &str) -> Result<Client, AccountError> {
        Ok(Client { account: self.account.at(address)?, ..self })
    }

    /// Begins: an address for one person, with a state and a secret of its own.
    pub fn begin(&self, redirect_uri: &str) -> Result<Authorization, ConsentError> {
        if !is_redirect(redirect_uri) {
            return Err(ConsentError::RedirectUri);
        }
        let (authorize, bound) = (&self.authorize, self.account.bound());
        let state = chance()?;
        let verifier = if authorize.pkce { Some(chance()?) } else { None };
        let id = self.account.secrets().get("client_id").map(ExposeSecret::expose_secret).unwrap_or_default();
        let scopes: Vec<_> = authorize.scopes.iter().map(|scope| bound.name(scope)).collect();
        let mut query = vec![
            ("response_type".to_owned(), "code".to_owned()),
            ("client_id".to_owned(), id.to_owned()),
            ("redirect_uri".to_owned(), redirect_uri.to_owned()),
            ("state".to_owned(), state.clone()),
        ];
        if !scopes.is_empty() {
            query.push(("scope".to_owned(), scopes.join(&authorize.separator)));
        }
        if let Some(verifier) = &verifier {
            query.push(("code_challenge".to_owned(), URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))));
            query.push(("code_challenge_method".to_owned(), "S256".to_owned()));
        }
        let further = authorize.parameters.iter();
        query.extend(further.map(|(name, text)| (name.clone(), bound.name(text).into_owned())));
        let url = format!("{}?{}", authorize.url.render(bound), oauth::form(&query));
        Ok(Authorization { url, state, verifier: verifier.map(SecretString::from) })
    }

    /// Exchanges a code for tokens. A code is good once: it is sent again only where it has never left.
    pub(crate) async fn exchange(
        &self,
        links: &Links,
        grant: Grant<'_>,
        deadline: Instant,
    ) -> Result<Tokens, ConsentError> {
        let account = &self.account;
        if let Grant::Code { code, verifier, .. } = grant {
            [Some(code), verifier].into_iter().flatten().for_each(|secret| account.remember(secret));
        }
        let masked = |why: &str| account.mask().text(why);
        let mut attempts = 0;
        loop {
            let attempt = Attempt { provider: &account.provider().id, step: STEP, resend: attempts };
            attempts += 1;
            let request = oauth::request(&self.refresh, account.bound(), account.secrets(), grant);
            let request = request.map_err(|e| ConsentError::Refused(e.to_string()))?;
            let context = Context::new(STEP, account.is_local()).with_mask(account.mask());
            let request = wire::addressed(request, account.base(), context);
            let request = request.map_err(|why| ConsentError::Unavailable(masked(&why)))?;
            let reply = match wire::exchange(links, attempt, request, deadline).await {
                Err(TransportError::NeverSent(_)) if attempts < MOST_ATTEMPTS && Instant::now() < deadline => continue,
                Err(error) => return Err(ConsentError::Unavailable(masked(&error.to_string()))),
                Ok(reply) => reply,
            };
            return match oauth::read(&self.refresh, account.bound(), &reply, links.now()) {
                Answer::Renewed { access: Ok(access), refresh } => Ok(Tokens { access: Some(access), refresh }),
                Answer::Renewed { access: Err(why), .. } | Answer::Refused(why) => {
                    Err(ConsentError::Refused(masked(&why)))
                }
                Answer::Unavailable(why) => Err(ConsentError::Unavailable(masked(&why))),
            };
        }
    }
}

/// An address that a provider may send a person back to (RFC 6749 §3.1.2).
fn is_redirect(text: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(text) else { return false };
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = url.scheme() == "https" || url.scheme() == "http" && local;
    scheme && url.has_host() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
}

/// A text of 256 random bits.
fn chance() -> Result<String, ConsentError> {
    let mut bytes = [0; 32];
    let source = rustls::crypto::ring::default_provider().secure_random;
    source.fill(&mut bytes).map_err(|_| ConsentError::NoChance)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
