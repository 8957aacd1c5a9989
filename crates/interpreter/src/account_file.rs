//! An account as a TOML file.
//!
//! ```toml
//! provider = "example"
//! auth = "oauth"               # may be left out where the provider has one way
//! [variables]
//! zone = "eu"
//! [secrets]
//! client_id = "id-of-the-client"
//! client_secret = { env = "CLIENT_SECRET" }
//! refresh_token = { env = "REFRESH_TOKEN" }
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use mapwright_mapping::diagnostic::suggest::did_you_mean;
use mapwright_mapping::document::Document;
use mapwright_mapping::provider::Provider;
use mapwright_mapping::source::SourceFile;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::account::{Account, AccountError, AccountErrors};
use crate::mask::MASKED;

/// The keys of an account.
const KEYS: [&str; 4] = ["provider", "auth", "variables", "secrets"];

/// What an account file says, read and not checked against a provider.
#[derive(Clone, Debug)]
pub struct AccountFile {
    /// The provider; none: the file does not say.
    pub provider: Option<String>,
    /// The way of authenticating.
    pub auth: Option<String>,
    /// The account's variables.
    pub variables: BTreeMap<String, Value>,
    /// Its secrets.
    pub secrets: BTreeMap<String, SecretString>,
}

impl AccountFile {
    /// Reads an account file: every error at once. `environment` gives the value of `{ env = "NAME" }`.
    pub fn parse(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<AccountFile, AccountErrors> {
        AccountFile::read(text, None, environment)
    }

    /// The same; the file has to name this provider.
    fn read(
        text: &str,
        expected: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<AccountFile, AccountErrors> {
        let root = parse(text)?;
        let mut errors = Vec::new();
        closed(&root, &KEYS, &mut errors);
        let provider = text_at(&root, "provider", &mut errors);
        let auth = text_at(&root, "auth", &mut errors);
        match (provider, expected) {
            (Some(given), Some(expected)) if given != expected => {
                errors.push(AccountError::Provider { given: given.to_owned(), expected: expected.to_owned() });
            }
            (None, Some(_)) if !root.contains_key("provider") => errors.push(AccountError::Type {
                key: "provider".to_owned(),
                expected: "needed: the provider that the account is at",
            }),
            _ => {}
        }
        let variables = table_at(&root, "variables", &mut errors);
        let variables = variables.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut secrets = BTreeMap::new();
        for (name, value) in table_at(&root, "secrets", &mut errors) {
            match secret(name, value, environment) {
                Ok(secret) => {
                    secrets.insert(name.clone(), secret);
                }
                Err(error) => errors.push(error),
            }
        }
        // What is wrong with the form of the file is said alone: the rest would follow from it.
        if errors.is_empty() {
            let (provider, auth) = (provider.map(str::to_owned), auth.map(str::to_owned));
            Ok(AccountFile { provider, auth, variables, secrets })
        } else {
            Err(AccountErrors(errors))
        }
    }
}

impl Account {
    /// Reads and checks an account file: every error at once. `environment` gives the value of
    /// `{ env = "NAME" }`; nothing else reads the environment.
    pub fn from_toml(
        name: impl Into<String>,
        text: &str,
        provider: &Arc<Provider>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Account, AccountErrors> {
        let AccountFile { auth, variables, secrets, .. } = AccountFile::read(text, Some(&provider.id), environment)?;
        Account::new(name, provider, auth.as_deref(), &variables, secrets)
    }

    /// The provider that an account file names, so that it can be looked up before the file is checked.
    pub fn provider_in(text: &str) -> Result<String, AccountErrors> {
        let root = parse(text)?;
        let mut errors = Vec::new();
        match text_at(&root, "provider", &mut errors) {
            Some(provider) => Ok(provider.to_owned()),
            None => Err(AccountErrors(vec![AccountError::Type {
                key: "provider".to_owned(),
                expected: "needed: the provider that the account is at",
            }])),
        }
    }
}

/// Reads TOML. Its errors name places alone, since what stands there may be a secret.
fn parse(text: &str) -> Result<Map<String, Value>, AccountErrors> {
    let document = Document::parse(SourceFile::from_text("account", text)).map_err(|wrong| {
        let errors = wrong.iter().map(|diagnostic| {
            let place = &diagnostic.place;
            let (line, column) = place.file.line_column(place.span.start);
            AccountError::Syntax { line, column }
        });
        AccountErrors(errors.collect())
    })?;
    Ok(document.value().as_object().cloned().unwrap_or_default())
}

fn closed(table: &Map<String, Value>, known: &[&str], errors: &mut Vec<AccountError>) {
    let unknown = table.keys().filter(|key| !known.contains(&key.as_str()));
    errors.extend(
        unknown.map(|key| AccountError::Key { key: key.clone(), known: did_you_mean(key, known.iter().copied()) }),
    );
}

fn text_at<'v>(table: &'v Map<String, Value>, key: &str, errors: &mut Vec<AccountError>) -> Option<&'v str> {
    let value = table.get(key)?;
    if value.as_str().is_none() {
        errors.push(AccountError::Type { key: key.to_owned(), expected: "a text" });
    }
    value.as_str()
}

fn table_at<'v>(
    table: &'v Map<String, Value>,
    key: &str,
    errors: &mut Vec<AccountError>,
) -> Vec<(&'v String, &'v Value)> {
    match table.get(key) {
        None => Vec::new(),
        Some(Value::Object(members)) => members.iter().collect(),
        Some(_) => {
            errors.push(AccountError::Type { key: key.to_owned(), expected: "a table" });
            Vec::new()
        }
    }
}

/// A secret: its text, or the name that it has in the environment.
fn secret(
    name: &str,
    value: &Value,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<SecretString, AccountError> {
    let wrong = || AccountError::Type { key: format!("secrets.{name}"), expected: "a text or { env = \"NAME\" }" };
    match value {
        Value::String(text) => Ok(SecretString::from(text.as_str())),
        Value::Object(table) if table.len() == 1 => {
            let variable = table.get("env").and_then(Value::as_str).ok_or_else(wrong)?;
            let text = environment(variable)
                .ok_or_else(|| AccountError::Environment { secret: name.to_owned(), variable: shown(variable) })?;
            Ok(SecretString::from(text))
        }
        _ => Err(wrong()),
    }
}

/// The name of a variable of the environment, where it looks like one: a secret may stand in its place by mistake.
fn shown(variable: &str) -> String {
    let usual = |char: char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_';
    if variable.chars().all(usual) { variable.to_owned() } else { MASKED.to_owned() }
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
