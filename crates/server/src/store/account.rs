//! Accounts, as they are kept.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use super::Tenant;
use crate::keyring::Sealed;

/// The secrets of an account, by name.
pub type Secrets = BTreeMap<String, SecretString>;

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It can.
    Active,
    /// Its owner has not agreed yet.
    Connecting,
    /// What had to follow the connecting has failed.
    PostInstallError,
    /// It is not what the provider's mapping wants of an account.
    ValidationError,
    /// The provider does not take its credentials any more.
    NeedsReauth,
}

impl State {
    /// All of them.
    pub const ALL: [State; 5] =
        [State::Active, State::Connecting, State::PostInstallError, State::ValidationError, State::NeedsReauth];

    /// The state's name.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Connecting => "connecting",
            State::PostInstallError => "post_install_error",
            State::ValidationError => "validation_error",
            State::NeedsReauth => "needs_reauth",
        }
    }

    /// The state of a name.
    pub fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An account, as it is kept. Its secrets are sealed: [`Store::secrets`](super::Store::secrets) opens them.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountRow {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub tenant: Tenant,
    /// The provider that it is at.
    pub provider: String,
    /// The name that people gave it.
    pub label: String,
    /// The way of authenticating; none: the provider's only one.
    pub auth: Option<String>,
    /// Whether it can be used.
    pub state: State,
    /// Why it cannot.
    pub state_reason: Option<String>,
    /// What it has to say besides its credentials.
    pub variables: BTreeMap<String, Value>,
    /// What its mapping has otherwise: the text of an overlay.
    pub overlay: Option<String>,
    /// An address of this machine that stands for the provider: a local account.
    pub base: Option<String>,
    /// Grows by one with every change but those of the state and of renewed tokens.
    pub revision: i64,
    /// Grows by one with every change of the secrets.
    pub secrets_revision: i64,
    /// When it was added.
    pub created: SystemTime,
    /// When it was changed last.
    pub updated: SystemTime,
    pub(super) sealed: Sealed,
}

impl AccountRow {
    /// What the account is called in a [`TokenStore`](mapwright_interpreter::TokenStore): its id, and the revision of
    /// the secrets that renewed tokens belong to.
    pub fn token_name(&self) -> String {
        format!("{}#{}", self.id, self.secrets_revision)
    }
}

/// An account that is to be added.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub tenant: Tenant,
    /// The provider that it is at.
    pub provider: String,
    /// The name that people give it.
    pub label: String,
    /// The way of authenticating.
    pub auth: Option<String>,
    /// Whether it can be used.
    pub state: State,
    /// Why it cannot.
    pub state_reason: Option<String>,
    /// What it has to say besides its credentials.
    pub variables: BTreeMap<String, Value>,
    /// The text of an overlay.
    pub overlay: Option<String>,
    /// An address of this machine that stands for the provider.
    pub base: Option<String>,
    /// Its secrets.
    pub secrets: Secrets,
}

impl NewAccount {
    /// An account that can be used, with a new id and nothing else.
    pub fn new(tenant: Tenant, provider: impl Into<String>) -> NewAccount {
        NewAccount {
            id: Uuid::new_v4(),
            tenant,
            provider: provider.into(),
            label: String::new(),
            auth: None,
            state: State::Active,
            state_reason: None,
            variables: BTreeMap::new(),
            overlay: None,
            base: None,
            secrets: Secrets::new(),
        }
    }
}

/// What is to be changed of an account; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name that people give it.
    pub label: Option<String>,
    /// The way of authenticating.
    pub auth: Option<Option<String>>,
    /// Whether it can be used, and why not.
    pub state: Option<(State, Option<String>)>,
    /// All of its variables.
    pub variables: Option<BTreeMap<String, Value>>,
    /// The text of an overlay.
    pub overlay: Option<Option<String>>,
    /// An address of this machine that stands for the provider.
    pub base: Option<Option<String>>,
    /// All of its secrets. Tokens that were renewed with the old ones are dropped.
    pub secrets: Option<Secrets>,
}
