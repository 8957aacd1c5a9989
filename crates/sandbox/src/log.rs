//! What arrived and what was answered, without credentials.

use bytes::Bytes;
use http::{HeaderMap, Request, Response};

use crate::faults::{Fault, What};
use crate::spec::Spec;

/// What stands in place of a credential.
pub const REDACTED: &str = "[redacted]";

/// Exchanges kept; older ones are forgotten.
pub(crate) const KEPT: usize = 10_000;

/// One request and its answer. Header names are in lower case, in the order of arrival; credentials, and the
/// bodies of token requests and of forms that no route takes, with their answers, are replaced by [`REDACTED`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path with the query, as sent.
    pub path_and_query: String,
    /// The request's headers.
    pub headers: Vec<(String, String)>,
    /// The request's body.
    pub body: Bytes,
    /// The answer's status code; 0 where a connection was cut before there was one.
    pub status: u16,
    /// The answer's headers.
    pub reply_headers: Vec<(String, String)>,
    /// The answer's body.
    pub reply_body: Bytes,
    /// The fault that the request has met. The answer stands here as it was made, however much of it came.
    pub fault: Option<Fault>,
}

/// Notes an exchange; `secret` says that the bodies are of a token route.
pub(crate) fn exchange(
    spec: &Spec,
    request: &Request<Bytes>,
    reply: &Response<Bytes>,
    secret: bool,
    fault: Option<&Fault>,
) -> Exchange {
    let unanswered = fault.is_some_and(|fault| fault.what == What::CutBefore);
    let body = |bytes: &Bytes| {
        if secret { Bytes::from_static(REDACTED.as_bytes()) } else { bytes.clone() }
    };
    Exchange {
        method: request.method().to_string(),
        path_and_query: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
        headers: headers(spec, request.headers()),
        body: body(request.body()),
        status: if unanswered { 0 } else { reply.status().as_u16() },
        reply_headers: headers(spec, reply.headers()),
        reply_body: body(reply.body()),
        fault: fault.cloned(),
    }
}

fn headers(spec: &Spec, headers: &HeaderMap) -> Vec<(String, String)> {
    let is_secret = |name: &str| {
        matches!(name, "authorization" | "proxy-authorization" | "cookie" | "set-cookie")
            || spec.auth.values().any(|auth| auth.header.eq_ignore_ascii_case(name))
    };
    headers
        .iter()
        .map(|(name, value)| {
            let text = if is_secret(name.as_str()) {
                REDACTED.to_owned()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.as_str().to_owned(), text)
        })
        .collect()
}
