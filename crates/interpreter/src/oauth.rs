//! The request for an access token, and what its answer means (RFC 6749 §4.1.3 and §6). Pure.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use mapwright_mapping::path::text_of;
use mapwright_mapping::provider::{Expires, HostCheck, Refresh, TokenBody, TokenClient};
use mapwright_mapping::reply::Reply;
use mapwright_mapping::variables::Bound;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::credentials::{CredentialError, Secrets, Values, client, client_basic, form_encoded, parameters};
use crate::trace::Renewal;

/// The codes by which a token endpoint says that it may answer better later.
const LATER: [&str; 3] = ["temporarily_unavailable", "server_error", "slow_down"];

/// An access token.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The token.
    pub value: SecretString,
    /// When it expires; none: nobody said, and it is good until it is refused.
    pub expires: Option<SystemTime>,
}

/// What the answer of a token endpoint means.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A new token.
    Renewed {
        /// The access token; none where the answer names another host than the account.
        access: Result<AccessToken, String>,
        /// A refresh token that replaces the old one.
        refresh: Option<SecretString>,
    },
    /// The credentials are not good. What was said.
    Refused(String),
    /// The endpoint cannot answer now. What was said.
    Unavailable(String),
}

impl Answer {
    /// The same as data.
    pub(crate) fn renewal(&self) -> Renewal {
        match self {
            Answer::Renewed { access: Ok(_), .. } => Renewal::Renewed,
            Answer::Renewed { access: Err(_), .. } | Answer::Refused(_) => Renewal::Refused,
            Answer::Unavailable(_) => Renewal::Unavailable,
        }
    }
}

/// What a token is asked for with.
#[derive(Clone, Copy)]
pub(crate) enum Grant<'a> {
    /// A refresh token (RFC 6749 §6).
    Refresh(&'a SecretString),
    /// A code that a person's consent has brought (§4.1.3), and the secret that it is bound to (RFC 7636).
    Code { code: &'a SecretString, redirect_uri: &'a str, verifier: Option<&'a SecretString> },
}

impl Grant<'_> {
    fn fields(self) -> Vec<(String, String)> {
        let fields = match self {
            Grant::Refresh(token) => {
                vec![("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())]
            }
            Grant::Code { code, redirect_uri, verifier } => {
                let mut fields = vec![
                    ("grant_type", "authorization_code"),
                    ("code", code.expose_secret()),
                    ("redirect_uri", redirect_uri),
                ];
                fields.extend(verifier.map(|verifier| ("code_verifier", verifier.expose_secret())));
                fields
            }
        };
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// The request for a token, at the address as the mapping states it.
pub(crate) fn request(
    refresh: &Refresh,
    bound: &Bound,
    secrets: &Secrets,
    grant: Grant<'_>,
) -> Result<Request<Bytes>, CredentialError> {
    let values = Values { bound, secrets, token: None };
    let mut fields = grant.fields();
    if refresh.client == TokenClient::Body {
        let (id, secret) = client(secrets).ok_or_else(|| CredentialError::Missing("secret.client_id".to_owned()))?;
        fields.push(("client_id".to_owned(), id.to_owned()));
        fields.push(("client_secret".to_owned(), secret.to_owned()));
    }
    fields.extend(parameters(refresh, values)?);
    let (media, body) = match refresh.body {
        TokenBody::Form => ("application/x-www-form-urlencoded", form(&fields)),
        TokenBody::Json => ("application/json", json(fields)),
    };
    let mut request = Request::builder()
        .method(refresh.method.as_str())
        .uri(refresh.url.render(bound))
        .body(Bytes::from(body))
        .map_err(|_| CredentialError::Missing("url".to_owned()))?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    for (name, template) in &refresh.headers {
        let illegal = || CredentialError::Header(name.clone());
        let value = HeaderValue::from_str(&bound.name(template)).map_err(|_| illegal())?;
        headers.insert(HeaderName::from_bytes(name.as_bytes()).map_err(|_| illegal())?, value);
    }
    if refresh.client == TokenClient::Basic {
        client_basic(secrets)?.put_in(headers);
    }
    Ok(request)
}

pub(crate) fn form(fields: &[(String, String)]) -> String {
    let pairs = fields.iter();
    let pairs: Vec<String> =
        pairs.map(|(name, value)| format!("{}={}", form_encoded(name), form_encoded(value))).collect();
    pairs.join("&")
}

fn json(fields: Vec<(String, String)>) -> String {
    let members = fields.into_iter().map(|(name, value)| (name, value.into()));
    Value::Object(members.collect::<Map<_, _>>()).to_string()
}

/// Reads the answer of a token endpoint at the moment `now`.
pub(crate) fn read(refresh: &Refresh, bound: &Bound, reply: &Reply, now: SystemTime) -> Answer {
    let body = reply.json();
    let status = reply.status;
    let said = said(refresh, bound, reply);
    if matches!(status, 408 | 425 | 429 | 500..) || matches!(said.code.as_deref(), Some(code) if LATER.contains(&code))
    {
        return Answer::Unavailable(said.words);
    }
    match (status, body) {
        (200..=299, Some(_)) if said.failed => Answer::Refused(said.words),
        (200..=299, Some(body)) => renewed(refresh, bound, body, now, said.words),
        // An endpoint refuses with a code, or with one of two statuses (RFC 6749 §5.2). A page, or another status without
        // a code, comes from something before it, and says nothing of the credentials.
        (400..=499, _) if said.code.is_some() => Answer::Refused(said.words),
        (400 | 401, _) if !reply.is_page() => Answer::Refused(said.words),
        _ => Answer::Unavailable(said.words),
    }
}

fn renewed(refresh: &Refresh, bound: &Bound, body: &Value, now: SystemTime, otherwise: String) -> Answer {
    let token = refresh.token.get(body, bound).and_then(Value::as_str);
    let Some(token) = token.filter(|token| is_sendable(token)) else {
        return Answer::Refused(otherwise);
    };
    let expires = refresh.expires.as_ref().and_then(|expires| match expires {
        Expires::In(path) => {
            let text = text_of(path.get(body, bound))?;
            // A lifetime with a fraction counts as its whole seconds.
            let whole = text.trim().split('.').next()?.parse::<u64>().ok()?;
            now.checked_add(Duration::from_secs(whole))
        }
        Expires::Jwt => expiry_of_jwt(token),
    });
    let access = match &refresh.host {
        Some(check) => same_host(check, body, bound),
        None => Ok(()),
    };
    let new = body.get("refresh_token").and_then(Value::as_str);
    Answer::Renewed {
        access: access.map(|()| AccessToken { value: token.into(), expires }),
        refresh: new.filter(|new| !new.is_empty()).map(SecretString::from),
    }
}

/// Whether a token can stand in a header.
fn is_sendable(token: &str) -> bool {
    !token.is_empty() && !token.chars().any(char::is_control)
}

/// The host that the answer names, if it names one, is the one that the account has.
fn same_host(check: &HostCheck, body: &Value, bound: &Bound) -> Result<(), String> {
    let Some(named) = check.from.get(body, bound).and_then(Value::as_str) else {
        return Ok(());
    };
    let named = host_of(named);
    let want = bound.name(&check.must_be).to_ascii_lowercase();
    if named == want {
        return Ok(());
    }
    Err(format!("the token is for the host `{named}`, and the account says `{want}`"))
}

/// The host of a URL, or the text itself where it is a host.
fn host_of(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// When a JSON Web Token says that it expires. Its signature is the provider's business.
fn expiry_of_jwt(token: &str) -> Option<SystemTime> {
    let claims = token.split('.').nth(1)?.trim_end_matches('=');
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let whole = text_of(claims.get("exp"))?.split('.').next()?.parse().ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(whole))
}

/// What a token endpoint said of an error.
struct Said {
    /// Whether the place of errors holds one.
    failed: bool,
    code: Option<String>,
    words: String,
}

fn said(refresh: &Refresh, bound: &Bound, reply: &Reply) -> Said {
    let body = reply.json_or_text();
    let text = |value: Option<&Value>| text_of(value).map(std::borrow::Cow::into_owned);
    let at_failed = refresh.failed.as_ref().and_then(|path| path.get(&body, bound));
    let code = text(at_failed).or_else(|| text(body.get("error")));
    // What is neither JSON nor a page may be a token in a form that is not read.
    let page = reply.body.trim_ascii_start().starts_with(b"<");
    let more = if reply.status < 300 && !page { &["error_description"][..] } else { &["error_description", "text"] };
    let more = more.iter().find_map(|name| text(body.get(name)));
    let failed = match at_failed {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    };
    let parts = [Some(format!("status {}", reply.status)), code.clone(), more];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let words: String = parts.join(", ").chars().take(500).collect();
    Said { failed, code, words }
}

#[cfg(test)]
#[path = "oauth_tests.rs"]
mod tests;
