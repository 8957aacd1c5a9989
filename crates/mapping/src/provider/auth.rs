//! Authentication as a mapping states it: where credentials go, and how an access token is renewed. The credentials
//! themselves are not here; the interpreter puts them in last.

use super::Address;
use crate::path::Path;
use crate::template::Template;

/// One way of authenticating.
#[derive(Clone, Debug)]
pub struct Auth {
    /// Its name.
    pub name: String,
    /// Headers with `{secret.NAME}`, `{token}` and variables.
    pub headers: Vec<(String, Template)>,
    /// HTTP Basic.
    pub basic: Option<Basic>,
    /// How an access token is renewed.
    pub refresh: Option<Refresh>,
    /// How a person lets a client have an account; there only where `refresh` is.
    pub authorize: Option<Authorize>,
}

/// How a person lets a client have an account (RFC 6749 §4.1).
#[derive(Clone, Debug)]
pub struct Authorize {
    /// The address that a person opens.
    pub url: Address,
    /// The scopes that are asked for.
    pub scopes: Vec<Template>,
    /// What stands between scopes.
    pub separator: String,
    /// Further parameters.
    pub parameters: Vec<(String, Template)>,
    /// Whether the code is bound to a secret of the client (RFC 7636).
    pub pkce: bool,
}

/// HTTP Basic.
#[derive(Clone, Debug)]
pub struct Basic {
    /// The user name.
    pub user: Template,
    /// The password.
    pub password: Template,
}

/// How an access token is renewed with a refresh token (RFC 6749 §6).
#[derive(Clone, Debug)]
pub struct Refresh {
    /// The method.
    pub method: String,
    /// The token endpoint.
    pub url: Address,
    /// How the parameters are sent.
    pub body: TokenBody,
    /// Where the client's id and secret go.
    pub client: TokenClient,
    /// Further headers.
    pub headers: Vec<(String, Template)>,
    /// Further parameters.
    pub parameters: Vec<(String, Template)>,
    /// Where the lifetime is found.
    pub expires: Option<Expires>,
    /// Whether each answer brings a new refresh token that replaces the old one.
    pub rotates: bool,
    /// The path of the access token; an answer without it has failed.
    pub token: Path,
    /// The path of the error's name in an answer that has failed.
    pub failed: Option<Path>,
    /// A host that the answer may name, and the value that it has to have.
    pub host: Option<HostCheck>,
}

/// How the parameters of a token request are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenBody {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

/// Where the client's id and secret go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenClient {
    /// As parameters of the body.
    Body,
    /// As HTTP Basic.
    Basic,
}

/// Where the lifetime of an access token is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Expires {
    /// At this path of the answer, in seconds.
    In(Path),
    /// As `exp` inside the access token, a JWT.
    Jwt,
}

/// A host that the answer may name, and the value that it has to have.
#[derive(Clone, Debug)]
pub struct HostCheck {
    /// The path of the host or URL in the answer.
    pub from: Path,
    /// The host that it has to be.
    pub must_be: Template,
}

impl Auth {
    /// The names of the secrets that an account has to bring, in order and each once.
    pub fn secrets(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .headers
            .iter()
            .map(|(_, value)| value)
            .chain(self.basic.iter().flat_map(|basic| [&basic.user, &basic.password]))
            .flat_map(super::super::template::Template::names)
            .filter_map(|name| name.strip_prefix("secret."))
            .map(str::to_owned)
            .collect();
        if self.refresh.is_some() {
            names.extend(["client_id", "client_secret", "refresh_token"].map(str::to_owned));
        }
        names.sort();
        names.dedup();
        names
    }
}
