//! Why something is refused.

use std::fmt;

use mapwright_interpreter::ConsentError;
use mapwright_mapping::diagnostic::{Diagnostic, pretty};

use crate::store::StoreError;

/// What is wrong with one part of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The part, as a JSON Pointer into the account.
    pub pointer: String,
    /// What is wrong and what is legal.
    pub message: String,
}

impl Finding {
    pub(super) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { pointer: pointer.into(), message: message.into() }
    }
}

/// Why something is refused. No text holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// The account is not what its provider's mapping wants of one: everything at once.
    #[error("{}", lines(.0))]
    Refused(Vec<Finding>),
    /// The overlay does not fit the mapping.
    #[error("the overlay does not fit:\n{}", pretty::render(.0, false).trim_end())]
    Overlay(Vec<Diagnostic>),
    /// There is no such account.
    #[error("there is no such account")]
    UnknownAccount,
    /// There is no such token.
    #[error("there is no such token")]
    UnknownToken,
    /// There is an account of that id already.
    #[error("there is an account of that id already")]
    Taken,
    /// The account has been changed since it was read.
    #[error("the account has been changed since: it is at revision {0}")]
    Moved(i64),
    /// There is no consent to ask for, or a code has brought no tokens.
    #[error(transparent)]
    Consent(ConsentError),
    /// The provider has given an access token alone.
    #[error("the provider gave no refresh token: its app has to ask for one")]
    NoRefreshToken,
    /// The store fails.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> AdminError {
        match error {
            StoreError::Gone => AdminError::UnknownAccount,
            StoreError::Taken => AdminError::Taken,
            StoreError::Moved(revision) => AdminError::Moved(revision),
            other => AdminError::Store(other),
        }
    }
}

fn lines(findings: &[Finding]) -> impl fmt::Display {
    let texts: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    texts.join("\n")
}
