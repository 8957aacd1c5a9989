//! Puts an account's credentials into a request: the last thing that happens to it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use mapwright_mapping::path::text_of;
use mapwright_mapping::provider::{Auth, Refresh};
use mapwright_mapping::template::Template;
use mapwright_mapping::variables::Bound;
use secrecy::{ExposeSecret, SecretString};

use crate::mask::MASKED;

/// An account's secrets by name.
pub(crate) type Secrets = BTreeMap<String, SecretString>;

/// Why credentials cannot be put into a request. No text holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// A name that neither a variable nor a secret has.
    #[error("`{{{0}}}` has no value")]
    Missing(String),
    /// A header that cannot be sent.
    #[error("the header `{0}` cannot be sent: its name or its value is not legal")]
    Header(String),
    /// A user name with a colon, which HTTP Basic cannot carry.
    #[error("the user name of HTTP Basic holds a colon")]
    Colon,
}

/// A header that carries credentials.
#[derive(Debug)]
pub(crate) struct Credential {
    name: HeaderName,
    value: HeaderValue,
    shown: String,
}

/// The names of all secrets that a scheme uses.
pub(crate) fn needed(auth: &Auth) -> Vec<String> {
    let parameters = auth.refresh.iter().flat_map(|refresh| &refresh.parameters);
    let mut names = auth.secrets();
    names.extend(
        parameters
            .flat_map(|(_, template)| template.names())
            .filter_map(|name| name.strip_prefix("secret."))
            .map(str::to_owned),
    );
    names.sort();
    names.dedup();
    names
}

/// Whether a scheme needs an access token.
pub(crate) fn needs_token(auth: &Auth) -> bool {
    templates(auth).any(|template| template.names().any(|name| name == "token"))
}

fn templates(auth: &Auth) -> impl Iterator<Item = &Template> {
    let basic = auth.basic.iter();
    let basic = basic.flat_map(|basic| [&basic.user, &basic.password]);
    auth.headers.iter().map(|(_, value)| value).chain(basic)
}

/// What the holes of templates are filled with.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) bound: &'a Bound,
    pub(crate) secrets: &'a Secrets,
    pub(crate) token: Option<&'a SecretString>,
}

impl Values<'_> {
    /// A template with variables and secrets put in.
    pub(crate) fn fill(&self, template: &Template) -> Result<String, CredentialError> {
        template.render(|name| {
            let found = match name.strip_prefix("secret.") {
                Some(secret) => self.secrets.get(secret).map(exposed),
                None if name == "token" => self.token.map(exposed),
                None => text_of(self.bound.get(name)).map(std::borrow::Cow::into_owned),
            };
            found.ok_or_else(|| CredentialError::Missing(name.to_owned()))
        })
    }

    /// A template with variables put in, and a mask for each secret.
    fn show(&self, template: &Template) -> String {
        let shown = template.render(|name| {
            Ok::<_, std::convert::Infallible>(match name {
                "token" => MASKED.to_owned(),
                _ if name.starts_with("secret.") => MASKED.to_owned(),
                _ => text_of(self.bound.get(name)).map_or_else(String::new, std::borrow::Cow::into_owned),
            })
        });
        shown.unwrap_or_else(|never| match never {})
    }

    /// The headers of a scheme.
    pub(crate) fn headers(&self, auth: &Auth) -> Result<Vec<Credential>, CredentialError> {
        let mut headers = Vec::new();
        if let Some(basic) = &auth.basic {
            headers.push(self::basic(&self.fill(&basic.user)?, &self.fill(&basic.password)?)?);
        }
        for (name, template) in &auth.headers {
            let value = self.fill(template)?;
            headers.push(Credential::new(name, &value, self.show(template))?);
        }
        Ok(headers)
    }

    /// The texts that HTTP Basic encodes, for the mask.
    pub(crate) fn basic_pairs(&self, auth: &Auth) -> Vec<String> {
        let pair = |user: String, password: String| format!("{user}:{password}");
        let basic = auth
            .basic
            .iter()
            .filter_map(|basic| Some(pair(self.fill(&basic.user).ok()?, self.fill(&basic.password).ok()?)));
        let client = auth.refresh.iter().filter_map(|_| {
            let (id, secret) = client(self.secrets)?;
            Some(pair(form_encoded(id), form_encoded(secret)))
        });
        basic.chain(client).collect()
    }
}

impl Credential {
    fn new(name: &str, value: &str, shown: String) -> Result<Credential, CredentialError> {
        let refused = || CredentialError::Header(name.to_owned());
        if value.chars().any(char::is_control) {
            return Err(refused());
        }
        let mut legal = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| refused())?;
        legal.set_sensitive(true);
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused())?;
        Ok(Credential { name, value: legal, shown })
    }

    /// Puts the header in, in place of any other of its name.
    pub(crate) fn put_in(self, headers: &mut HeaderMap) {
        headers.insert(self.name, self.value);
    }

    /// The header as it may be shown.
    pub(crate) fn shown(&self) -> (String, String) {
        (self.name.as_str().to_owned(), self.shown.clone())
    }
}

/// HTTP Basic (RFC 7617).
fn basic(user: &str, password: &str) -> Result<Credential, CredentialError> {
    if user.contains(':') {
        return Err(CredentialError::Colon);
    }
    let value = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    Credential::new(AUTHORIZATION.as_str(), &value, format!("Basic {MASKED}"))
}

/// The client's id and secret.
pub(crate) fn client(secrets: &Secrets) -> Option<(&str, &str)> {
    let get = |name: &str| secrets.get(name).map(ExposeSecret::expose_secret);
    Some((get("client_id")?, get("client_secret")?))
}

/// The client's id and secret as HTTP Basic, form-encoded first (RFC 6749 §2.3.1).
pub(crate) fn client_basic(secrets: &Secrets) -> Result<Credential, CredentialError> {
    let (id, secret) = client(secrets).ok_or_else(|| CredentialError::Missing("secret.client_id".to_owned()))?;
    basic(&form_encoded(id), &form_encoded(secret))
}

/// The parameters of a refresh that every scheme has, and its own.
pub(crate) fn parameters(refresh: &Refresh, values: Values<'_>) -> Result<Vec<(String, String)>, CredentialError> {
    let own = refresh.parameters.iter();
    own.map(|(name, template)| Ok((name.clone(), values.fill(template)?))).collect()
}

/// A text in `application/x-www-form-urlencoded`.
pub(crate) fn form_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                // Writing to a `String` never fails.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn exposed(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_mapping::provider::Basic;

    fn template(text: &str) -> Template {
        Template::parse(text).expect("a template")
    }

    fn secrets(pairs: &[(&str, &str)]) -> Secrets {
        let pairs = pairs.iter();
        pairs.map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
    }

    fn auth(headers: &[(&str, &str)], basic: Option<(&str, &str)>) -> Auth {
        Auth {
            name: "one".to_owned(),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), template(v))).collect(),
            basic: basic.map(|(user, password)| Basic { user: template(user), password: template(password) }),
            refresh: None,
            authorize: None,
        }
    }

    /// The headers as they are sent and as they are shown.
    fn sent(auth: &Auth, secrets: &Secrets) -> Result<Vec<[String; 2]>, CredentialError> {
        let token = SecretString::from("t-1");
        let bound = Bound::default();
        let values = Values { bound: &bound, secrets, token: Some(&token) };
        let mut map = HeaderMap::new();
        let mut shown = Vec::new();
        for header in values.headers(auth)? {
            let (name, text) = header.shown();
            header.put_in(&mut map);
            let value = map.get(&name).expect("the header").as_bytes();
            shown.push([format!("{name}: {}", String::from_utf8_lossy(value)), text]);
        }
        Ok(shown)
    }

    #[test]
    fn headers_hold_secrets_and_show_none() {
        let auth = auth(&[("Authorization", "Own {token}"), ("X-Key", "a {secret.key} b")], None);
        assert_eq!(
            sent(&auth, &secrets(&[("key", "kéy")])),
            Ok(vec![
                ["authorization: Own t-1".to_owned(), "Own ***".to_owned()],
                ["x-key: a kéy b".to_owned(), "a *** b".to_owned()],
            ])
        );
    }

    #[test]
    fn basic_encodes_user_and_password() {
        let auth = auth(&[], Some(("{secret.user}", "{secret.word}")));
        assert_eq!(
            sent(&auth, &secrets(&[("user", "Aladdin"), ("word", "open sesame")])),
            Ok(vec![["authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned(), "Basic ***".to_owned()]])
        );
        assert_eq!(sent(&auth, &secrets(&[("user", "a:b"), ("word", "c")])), Err(CredentialError::Colon));
    }

    #[test]
    fn what_would_end_or_break_a_header_is_refused() {
        let auth = auth(&[("X-Key", "{secret.key}")], None);
        for value in ["a\r\nX: y", "a\n", "a\0", "a\u{7f}", "a\u{85}", "a\tb"] {
            assert_eq!(
                sent(&auth, &secrets(&[("key", value)])),
                Err(CredentialError::Header("X-Key".to_owned())),
                "{value:?}"
            );
        }
        assert_eq!(sent(&auth, &Secrets::new()), Err(CredentialError::Missing("secret.key".to_owned())));
    }
}
