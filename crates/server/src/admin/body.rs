//! The bodies of requests: what they may say, read part by part. No message repeats a value, which may be a secret.

use std::collections::BTreeMap;

use mapwright_mapping::diagnostic::suggest::{did_you_mean, suggest};
use secrecy::SecretString;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::accounts::{AccountChange, NewAccount};
use super::check::escaped;
use crate::http::problem::{Code, Problem, Reason};
use crate::store::{Secrets, Tenant};

const NEW_ACCOUNT: [&str; 9] =
    ["tenant", "provider", "auth", "label", "variables", "secrets", "overlay", "local", "id"];
const CHANGE: [&str; 7] = ["label", "auth", "variables", "secrets", "overlay", "local", "revision"];
const NEW_TOKEN: [&str; 3] = ["tenant", "admin", "name"];
const CONSENT: [&str; 1] = ["redirect_uri"];
const CONNECT: [&str; 2] = ["handle", "code"];
const TEST: [&str; 1] = ["record"];

/// Reads an object, and notes all that is wrong with it.
struct Reader {
    members: Map<String, Value>,
    reasons: Vec<Reason>,
}

/// A member: left out, null, or a value.
enum Given<T> {
    Out,
    Null,
    Value(T),
}

impl<T> Given<T> {
    fn value(self) -> Option<T> {
        match self {
            Given::Value(value) => Some(value),
            Given::Out | Given::Null => None,
        }
    }

    /// What a merge patch says: nothing, that it goes, or what it is.
    #[expect(clippy::option_option, reason = "a merge patch has three cases, and so have the changes of accounts")]
    fn patch(self) -> Option<Option<T>> {
        match self {
            Given::Out => None,
            Given::Null => Some(None),
            Given::Value(value) => Some(Some(value)),
        }
    }
}

impl Reader {
    fn new(body: Value, known: &[&str]) -> Reader {
        let Value::Object(members) = body else {
            return Reader { members: Map::new(), reasons: vec![Reason::in_body("", "type", "this is not an object")] };
        };
        let unknown = members.keys().filter(|name| !known.contains(&name.as_str()));
        let reasons = unknown.map(|name| {
            let nearest = did_you_mean(name, known.iter().copied());
            let message = format!("there is no such member; {nearest}");
            let nearest = suggest(name, known.iter().copied());
            Reason::in_body(format!("/{}", escaped(name)), "unknown-key", message).suggest(nearest)
        });
        let reasons = reasons.collect();
        Reader { members, reasons }
    }

    fn wrong(&mut self, pointer: String, message: &str) {
        self.reasons.push(Reason::in_body(pointer, "type", message));
    }

    fn text(&mut self, name: &str) -> Given<String> {
        match self.members.remove(name) {
            None => Given::Out,
            Some(Value::Null) => Given::Null,
            Some(Value::String(text)) => Given::Value(text),
            Some(_) => {
                self.wrong(format!("/{name}"), "it is a text");
                Given::Out
            }
        }
    }

    /// A text in a form of its own.
    fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name).value()?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(format!("/{name}"), &error.to_string());
                None
            }
        }
    }

    fn needed<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        let pointer = format!("/{name}");
        if value.is_none() && !self.reasons.iter().any(|reason| reason.pointer.as_ref() == Some(&pointer)) {
            self.reasons.push(Reason::in_body(pointer, "missing", "it is missing"));
        }
        value
    }

    fn object(&mut self, name: &str) -> Map<String, Value> {
        match self.members.remove(name) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(members)) => members,
            Some(_) => {
                self.wrong(format!("/{name}"), "it is an object");
                Map::new()
            }
        }
    }

    /// Secrets by name; null where one is to go.
    fn secrets(&mut self) -> BTreeMap<String, Option<SecretString>> {
        let mut secrets = BTreeMap::new();
        for (name, value) in self.object("secrets") {
            match value {
                Value::Null => {
                    secrets.insert(name, None);
                }
                Value::String(text) => {
                    secrets.insert(name, Some(SecretString::from(text)));
                }
                _ => self.wrong(format!("/secrets/{}", escaped(&name)), "a secret is a text"),
            }
        }
        secrets
    }

    fn end<T>(self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.reasons.is_empty() => Ok(value),
            _ => {
                let detail = match self.reasons.as_slice() {
                    [one] => format!("{}: {}", one.pointer.as_deref().unwrap_or_default(), one.message),
                    many => format!("the body is refused for {} reasons", many.len()),
                };
                Err(Problem::new(Code::AdminRefused, detail).because(self.reasons))
            }
        }
    }
}

/// An account that is to be added.
pub(super) fn new_account(body: Value) -> Result<NewAccount, Problem> {
    let mut reader = Reader::new(body, &NEW_ACCOUNT);
    let tenant: Option<Tenant> = reader.parsed("tenant");
    let tenant = reader.needed("tenant", tenant);
    let provider = reader.text("provider").value();
    let provider = reader.needed("provider", provider);
    let id: Option<Uuid> = reader.parsed("id");
    let label = reader.text("label").value().unwrap_or_default();
    let auth = reader.text("auth").value();
    let overlay = reader.text("overlay").value();
    let local = reader.text("local").value();
    let variables = reader.object("variables").into_iter().filter(|(_, value)| !value.is_null()).collect();
    let secrets: Secrets = reader.secrets().into_iter().filter_map(|(name, secret)| Some((name, secret?))).collect();
    let account = tenant.zip(provider).map(|(tenant, provider)| NewAccount {
        id,
        tenant,
        provider,
        label,
        auth,
        variables,
        secrets,
        overlay,
        local,
    });
    reader.end(account)
}

/// A change of an account, and the revision that it is to have had.
pub(super) fn change(body: Value) -> Result<(AccountChange, Option<i64>), Problem> {
    let mut reader = Reader::new(body, &CHANGE);
    let revision = match reader.members.remove("revision") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let revision = value.as_i64();
            if revision.is_none() {
                reader.wrong("/revision".to_owned(), "it is a whole number");
            }
            revision
        }
    };
    let variables = reader.object("variables").into_iter();
    let variables = variables.map(|(name, value)| (name, Some(value).filter(|value| !value.is_null()))).collect();
    let change = AccountChange {
        label: reader.text("label").patch().map(Option::unwrap_or_default),
        auth: reader.text("auth").patch(),
        variables,
        secrets: reader.secrets(),
        overlay: reader.text("overlay").patch(),
        local: reader.text("local").patch(),
    };
    reader.end(Some((change, revision)))
}

/// A token that is to be added: whose, and its name. Exactly one of `tenant` and `admin` is given.
pub(super) fn new_token(body: Value) -> Result<(Option<Tenant>, String), Problem> {
    let mut reader = Reader::new(body, &NEW_TOKEN);
    let admin = match reader.members.remove("admin") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(admin)) => admin,
        Some(_) => {
            reader.wrong("/admin".to_owned(), "it is true or false");
            false
        }
    };
    let tenant: Option<Tenant> = reader.parsed("tenant");
    let tenant = if admin { tenant } else { reader.needed("tenant", tenant) };
    if admin && tenant.is_some() {
        reader.wrong("/tenant".to_owned(), "an admin token belongs to no tenant");
    }
    let name = reader.text("name").value().unwrap_or_default();
    reader.end(Some((tenant, name)))
}

/// The id of the record that a test reads.
pub(super) fn test(body: Value) -> Result<Option<String>, Problem> {
    let mut reader = Reader::new(body, &TEST);
    let record = reader.text("record").value();
    reader.end(Some(record))
}

/// The address that a person is sent back to.
pub(super) fn consent(body: Value) -> Result<String, Problem> {
    let mut reader = Reader::new(body, &CONSENT);
    let redirect_uri = reader.text("redirect_uri").value();
    let redirect_uri = reader.needed("redirect_uri", redirect_uri);
    reader.end(redirect_uri)
}

/// What was given at the beginning, and what came back.
pub(super) fn connect(body: Value) -> Result<(String, SecretString), Problem> {
    let mut reader = Reader::new(body, &CONNECT);
    let handle = reader.text("handle").value();
    let handle = reader.needed("handle", handle);
    let code = reader.text("code").value();
    let code = reader.needed("code", code);
    reader.end(handle.zip(code.map(SecretString::from)))
}
