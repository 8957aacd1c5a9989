//! An integrated account: a provider, what the account has to say about itself, and its credentials.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use mapwright_mapping::diagnostic::suggest::did_you_mean;
use mapwright_mapping::provider::{Auth, Provider};
use mapwright_mapping::variables::{Bound, VariableError};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::address_guard::Base;
use crate::credentials::{self, CredentialError, Secrets, Values};
use crate::mask::Mask;
use crate::pace::Pace;
use crate::table_cache::TableCache;
use crate::tokens::Slot;

/// How many tokens that are no longer in use are still masked.
const REMEMBERED: usize = 8;

/// An account, checked. Copies share its pace, its look-ups and its tokens, so that an account is made once and kept
/// for as long as it is in use.
#[derive(Clone)]
pub struct Account {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    provider: Arc<Provider>,
    bound: Arc<Bound>,
    auth: Option<Auth>,
    secrets: Secrets,
    base: Option<Base>,
    pace: Pace,
    tables: TableCache,
    slot: Slot,
    seen: Mutex<SeenTokens>,
}

/// What is masked of late.
#[derive(Default)]
struct SeenTokens {
    /// Tokens that were in use, the latest last.
    tokens: Vec<SecretString>,
    /// The mask over all secrets and these; none: it is to be made anew.
    mask: Option<Mask>,
}

/// Why an account is refused. No text holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The file is not TOML, or holds what an account cannot.
    #[error("line {line}, column {column}: this cannot be read as TOML")]
    Syntax {
        /// The line, from one.
        line: usize,
        /// The column, from one.
        column: usize,
    },
    /// A key that an account does not have.
    #[error("there is no key `{key}`; {known}")]
    Key {
        /// The key.
        key: String,
        /// The nearest known one, or all.
        known: String,
    },
    /// A value of another type.
    #[error("`{key}` is {expected}")]
    Type {
        /// The key.
        key: String,
        /// What it has to be.
        expected: &'static str,
    },
    /// The account is one of another provider.
    #[error("the account is for the provider `{given}`, and this is `{expected}`")]
    Provider {
        /// The provider that the account names.
        given: String,
        /// The provider that it was to be checked against.
        expected: String,
    },
    /// The way of authenticating is not known.
    #[error("the provider has no way of authenticating `{given}`; {known}")]
    Auth {
        /// The way that the account names.
        given: String,
        /// The nearest known one, or all.
        known: String,
    },
    /// The way of authenticating is not told, although there are several.
    #[error("`auth` is missing: the way of authenticating; it is one of {known}")]
    NoAuth {
        /// All that there are.
        known: String,
    },
    /// A variable is missing or not legal.
    #[error(transparent)]
    Variable(#[from] VariableError),
    /// A secret is missing.
    #[error("the secret `{name}` is missing; `{auth}` needs it")]
    MissingSecret {
        /// The secret.
        name: String,
        /// The way of authenticating that needs it.
        auth: String,
    },
    /// A secret that the way of authenticating does not use.
    #[error("`{auth}` uses no secret `{name}`; {known}")]
    UnknownSecret {
        /// The secret.
        name: String,
        /// The way of authenticating.
        auth: String,
        /// The nearest known one, or all.
        known: String,
    },
    /// The environment does not have what a secret is said to be.
    #[error("the secret `{secret}` is to come from `{variable}`, which is not set")]
    Environment {
        /// The secret.
        secret: String,
        /// The name in the environment.
        variable: String,
    },
    /// A secret that no header can carry.
    #[error("the secret `{0}` is empty or holds a control character, such as a line break at its end")]
    Secret(String),
    /// The credentials do not make legal headers.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// An address that does not stand for a provider on this machine.
    #[error("this is not the address of a server on this machine, as http://127.0.0.1:8080")]
    Base,
    /// A way of authenticating that nobody's consent brings.
    #[error("with `{0}` there is nothing to consent to: the mapping has no `authorize`")]
    NoConsent(String),
}

/// Everything that is wrong with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountErrors(pub Vec<AccountError>);

impl fmt::Display for AccountErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("\n"))
    }
}

impl std::error::Error for AccountErrors {}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.inner.name)
            .field("provider", &self.inner.provider.id)
            .field("auth", &self.inner.auth.as_ref().map(|auth| &auth.name))
            .field("secrets", &self.inner.secrets.keys().collect::<Vec<_>>())
            .field("base", &self.inner.base)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// Checks an account: every error at once. `name` tells it from others in a [`TokenStore`](crate::TokenStore).
    /// `auth` may be left out where the provider has one way of authenticating.
    pub fn new(
        name: impl Into<String>,
        provider: &Arc<Provider>,
        auth: Option<&str>,
        variables: &BTreeMap<String, Value>,
        secrets: BTreeMap<String, SecretString>,
    ) -> Result<Account, AccountErrors> {
        Account::lacking(name, provider, auth, variables, secrets, &[])
    }

    /// The same, where these secrets may be missing.
    pub(crate) fn lacking(
        name: impl Into<String>,
        provider: &Arc<Provider>,
        auth: Option<&str>,
        variables: &BTreeMap<String, Value>,
        secrets: BTreeMap<String, SecretString>,
        lacks: &[&str],
    ) -> Result<Account, AccountErrors> {
        let mut errors = Vec::new();
        let bound = Bound::new(&provider.variables, variables).unwrap_or_else(|wrong| {
            errors.extend(wrong.into_iter().map(AccountError::from));
            Bound::default()
        });
        let auth = scheme(provider, auth).map_err(|e| errors.push(e)).ok();
        if let Some(auth) = auth {
            errors.extend(wrong_secrets(auth, &secrets, lacks));
            if errors.is_empty() {
                errors.extend(wrong_headers(auth, &bound, &secrets));
            }
        }
        match (auth, errors.is_empty()) {
            (Some(auth), true) => {
                Ok(Account::of(Inner { auth: Some(auth.clone()), secrets, ..Inner::new(name.into(), provider, bound) }))
            }
            _ => Err(AccountErrors(errors)),
        }
    }

    /// An account that sends no credentials: for examples that are replayed.
    pub fn without_credentials(
        name: impl Into<String>,
        provider: &Arc<Provider>,
        variables: &BTreeMap<String, Value>,
    ) -> Result<Account, AccountErrors> {
        match Bound::new(&provider.variables, variables) {
            Ok(bound) => Ok(Account::of(Inner::new(name.into(), provider, bound))),
            Err(wrong) => {
                let errors = wrong.into_iter().map(AccountError::from);
                Err(AccountErrors(errors.collect()))
            }
        }
    }

    /// The same account at an address of this machine, such as `http://127.0.0.1:8080`: it takes the place of scheme,
    /// host and port of every request, token endpoint included. The account then reaches loopback alone. Pace,
    /// look-ups and tokens begin anew.
    pub fn at(self, address: &str) -> Result<Account, AccountError> {
        let base = Base::parse(address).ok_or(AccountError::Base)?;
        let old = &self.inner;
        Ok(Account::of(Inner {
            auth: old.auth.clone(),
            secrets: old.secrets.clone(),
            base: Some(base),
            ..Inner::new(old.name.clone(), &old.provider, (*old.bound).clone())
        }))
    }

    fn of(inner: Inner) -> Account {
        Account { inner: Arc::new(inner) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Its provider.
    pub fn provider(&self) -> &Arc<Provider> {
        &self.inner.provider
    }

    /// Its variables.
    pub fn bound(&self) -> &Arc<Bound> {
        &self.inner.bound
    }

    /// Whether it is bound to an address of this machine.
    pub fn is_local(&self) -> bool {
        self.inner.base.is_some()
    }

    pub(crate) fn auth(&self) -> Option<&Auth> {
        self.inner.auth.as_ref()
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.inner.secrets
    }

    pub(crate) fn base(&self) -> Option<&Base> {
        self.inner.base.as_ref()
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.inner.pace
    }

    pub(crate) fn tables(&self) -> &TableCache {
        &self.inner.tables
    }

    pub(crate) fn slot(&self) -> &Slot {
        &self.inner.slot
    }

    /// What the holes of the account's templates are filled with.
    pub(crate) fn values<'a>(&'a self, token: Option<&'a SecretString>) -> Values<'a> {
        Values { bound: &self.inner.bound, secrets: &self.inner.secrets, token }
    }

    /// Remembers a token, so that it is masked from now on.
    pub(crate) fn remember(&self, token: &SecretString) {
        let mut seen = self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.tokens.iter().any(|known| known.expose_secret() == token.expose_secret()) {
            return;
        }
        if seen.tokens.len() >= REMEMBERED {
            seen.tokens.remove(0);
        }
        seen.tokens.push(token.clone());
        seen.mask = None;
    }

    /// The mask over all secrets and all tokens of late; made once for each change of them.
    pub(crate) fn mask(&self) -> Mask {
        let mut seen = self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let SeenTokens { tokens, mask } = &mut *seen;
        mask.get_or_insert_with(|| self.mask_over(tokens)).clone()
    }

    fn mask_over(&self, tokens: &[SecretString]) -> Mask {
        let pairs = self.auth().map(|auth| self.values(None).basic_pairs(auth)).unwrap_or_default();
        let secrets = self.inner.secrets.values().chain(tokens);
        let secrets = secrets.map(ExposeSecret::expose_secret);
        Mask::new(secrets.chain(pairs.iter().map(String::as_str)))
    }
}

impl Inner {
    fn new(name: String, provider: &Arc<Provider>, bound: Bound) -> Inner {
        Inner {
            name,
            provider: Arc::clone(provider),
            bound: Arc::new(bound),
            auth: None,
            secrets: Secrets::new(),
            base: None,
            pace: Pace::new(&provider.limits),
            tables: TableCache::default(),
            slot: Slot::default(),
            seen: Mutex::default(),
        }
    }
}

/// The way of authenticating that an account names, or the only one.
fn scheme<'p>(provider: &'p Provider, given: Option<&str>) -> Result<&'p Auth, AccountError> {
    let mut all = provider.auth.values();
    let found = match (given, all.next(), all.next()) {
        (Some(given), _, _) => provider.auth.get(given),
        (None, only, None) => only,
        (None, _, Some(_)) => None,
    };
    let known = || provider.auth.keys().map(String::as_str);
    found.ok_or_else(|| match given {
        Some(given) => AccountError::Auth { given: given.to_owned(), known: did_you_mean(given, known()) },
        None => AccountError::NoAuth { known: known().collect::<Vec<_>>().join(", ") },
    })
}

/// Secrets that are missing, not legal or not used.
fn wrong_secrets(auth: &Auth, secrets: &Secrets, lacks: &[&str]) -> Vec<AccountError> {
    let needed = credentials::needed(auth);
    let missing = needed.iter().filter(|name| !secrets.contains_key(*name) && !lacks.contains(&name.as_str()));
    let mut errors: Vec<AccountError> =
        missing.map(|name| AccountError::MissingSecret { name: name.clone(), auth: auth.name.clone() }).collect();
    for (name, secret) in secrets {
        let text = secret.expose_secret();
        if !needed.contains(name) {
            errors.push(AccountError::UnknownSecret {
                name: name.clone(),
                auth: auth.name.clone(),
                known: did_you_mean(name, needed.iter().map(String::as_str)),
            });
        } else if text.is_empty() || text.chars().any(char::is_control) {
            errors.push(AccountError::Secret(name.clone()));
        }
    }
    errors
}

/// Headers that cannot be made whatever the token is.
fn wrong_headers(auth: &Auth, bound: &Bound, secrets: &Secrets) -> Vec<AccountError> {
    let token = SecretString::from("token");
    let values = Values { bound, secrets, token: auth.refresh.as_ref().map(|_| &token) };
    let headers = values.headers(auth).map(|_| ());
    let refresh = auth.refresh.as_ref().map_or(Ok(()), |refresh| credentials::parameters(refresh, values).map(|_| ()));
    [headers, refresh].into_iter().filter_map(Result::err).map(AccountError::from).collect()
}
