//! What an account is checked for before it is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use mapwright_interpreter::{Account, AccountError};
use mapwright_mapping::catalog::Catalog;
use mapwright_mapping::diagnostic::Diagnostic;
use mapwright_mapping::diagnostic::suggest::did_you_mean;
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::provider::Provider;
use mapwright_mapping::source::SourceFile;
use secrecy::SecretString;
use serde_json::Value;

use super::error::{AdminError, Finding};
use crate::store::{Secrets, State};

/// The secret that an account of a user gets when the user has agreed.
pub(super) const REFRESH_TOKEN: &str = "refresh_token";

/// The name that an overlay has in findings.
const OVERLAY: &str = "overlay";

/// The longest label, in bytes.
const LONGEST_LABEL: usize = 200;

/// The largest overlay, in bytes.
const LARGEST_OVERLAY: usize = 256 << 10;

/// The parts of an account that are checked together.
pub(super) struct Candidate<'a> {
    /// What it is called where tokens are kept.
    pub(super) name: String,
    pub(super) provider: &'a str,
    pub(super) label: &'a str,
    pub(super) auth: Option<&'a str>,
    pub(super) variables: &'a BTreeMap<String, Value>,
    pub(super) overlay: Option<&'a str>,
    pub(super) base: Option<&'a str>,
    pub(super) secrets: Secrets,
}

/// An account that can be kept.
pub(super) struct Checked {
    /// The account; while it is connecting, with a stand-in for the token that it has to get.
    pub(super) account: Account,
    /// The mappings of the provider, with the overlay.
    pub(super) mappings: Vec<Arc<Mapping>>,
    /// Whether it can be used at once, or is still to be connected.
    pub(super) state: State,
}

/// Checks an account against the catalog: everything at once, but for an overlay that does not fit, which is told alone.
pub(super) fn check(catalog: &Catalog, candidate: Candidate<'_>) -> Result<Checked, AdminError> {
    let mut findings = Vec::new();
    if candidate.label.len() > LONGEST_LABEL || candidate.label.chars().any(char::is_control) {
        let message = format!("the label is longer than {LONGEST_LABEL} bytes or holds control characters");
        findings.push(Finding::new("/label", message));
    }
    let mappings = match mappings(catalog, candidate.provider, candidate.overlay) {
        Err(AdminError::Refused(more)) => {
            findings.extend(more);
            return Err(AdminError::Refused(findings));
        }
        other => other?,
    };
    let Some(first) = mappings.first() else { return Err(AdminError::Refused(findings)) };
    let provider = &first.provider;
    let connected = is_connected(provider, candidate.auth, &candidate.secrets);
    let mut secrets = candidate.secrets;
    if !connected {
        secrets.insert(REFRESH_TOKEN.to_owned(), SecretString::from("none yet"));
    }
    let made = Account::new(candidate.name, provider, candidate.auth, candidate.variables, secrets);
    let account = match (made, candidate.base) {
        (Ok(account), Some(base)) => account.at(base).map_err(|error| findings.push(finding(&error))).ok(),
        (Ok(account), None) => Some(account),
        (Err(errors), _) => {
            findings.extend(errors.0.iter().map(finding));
            None
        }
    };
    match account {
        Some(account) if findings.is_empty() => {
            let state = if connected { State::Active } else { State::Connecting };
            Ok(Checked { account, mappings, state })
        }
        _ => Err(AdminError::Refused(findings)),
    }
}

/// The mappings of a provider, with the overlay where there is one: those that it fits.
pub(super) fn mappings(
    catalog: &Catalog,
    provider: &str,
    overlay: Option<&str>,
) -> Result<Vec<Arc<Mapping>>, AdminError> {
    let bases: Vec<&Arc<Mapping>> = catalog.mappings().filter(|mapping| mapping.provider.id == provider).collect();
    if bases.is_empty() {
        let mut known: Vec<&str> = catalog.mappings().map(|mapping| mapping.provider.id.as_str()).collect();
        known.dedup();
        let message = format!("there is no provider `{provider}`; {}", did_you_mean(provider, known));
        return Err(AdminError::Refused(vec![Finding::new("/provider", message)]));
    }
    match overlay {
        Some(text) => overlaid(catalog, &bases, text),
        None => Ok(bases.into_iter().map(Arc::clone).collect()),
    }
}

/// Whether an account has the token that its user's consent gives, or needs none.
fn is_connected(provider: &Provider, auth: Option<&str>, secrets: &Secrets) -> bool {
    let scheme = match auth {
        Some(name) => provider.auth.get(name),
        None if provider.auth.len() == 1 => provider.auth.values().next(),
        None => None,
    };
    scheme.is_none_or(|scheme| scheme.refresh.is_none()) || secrets.contains_key(REFRESH_TOKEN)
}

/// The mappings of a provider with the overlay: those that it fits. It has to fit one.
fn overlaid(catalog: &Catalog, bases: &[&Arc<Mapping>], text: &str) -> Result<Vec<Arc<Mapping>>, AdminError> {
    if text.len() > LARGEST_OVERLAY {
        let message = format!("the overlay is larger than {LARGEST_OVERLAY} bytes");
        return Err(AdminError::Refused(vec![Finding::new("/overlay", message)]));
    }
    let file = SourceFile::from_text(OVERLAY, text);
    let mut wrong: Option<Vec<Diagnostic>> = None;
    let mut fitting = Vec::new();
    for base in bases {
        match catalog.overlaid(&base.provider.id, &base.model.resource, &file) {
            Ok(mapping) => fitting.push(mapping),
            Err(found) => wrong = wrong.or(Some(found)),
        }
    }
    match (wrong, fitting.is_empty()) {
        (Some(found), true) => Err(AdminError::Overlay(found)),
        _ => Ok(fitting),
    }
}

/// Errors of an account, each with its place.
pub(super) fn refused(errors: &[AccountError]) -> AdminError {
    AdminError::Refused(errors.iter().map(finding).collect())
}

/// An error of an account, with its place.
fn finding(error: &AccountError) -> Finding {
    let pointer = match error {
        AccountError::Auth { .. } | AccountError::NoAuth { .. } | AccountError::NoConsent(_) => "/auth".to_owned(),
        AccountError::Variable(error) => format!("/variables/{}", escaped(&error.name)),
        AccountError::MissingSecret { name, .. }
        | AccountError::UnknownSecret { name, .. }
        | AccountError::Secret(name) => format!("/secrets/{}", escaped(name)),
        AccountError::Base => "/local".to_owned(),
        AccountError::Credentials(_) => "/secrets".to_owned(),
        _ => String::new(),
    };
    Finding::new(pointer, error.to_string())
}

/// A name within a JSON Pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
