//! A span for each attempt at a provider, named as OpenTelemetry names those of HTTP clients. No path, query, header or
//! body is in it: they hold ids, people and credentials.

use bytes::Bytes;
use http::Request;
use mapwright_mapping::reply::Reply;
use tracing::Span;
use tracing::field::Empty;

use crate::transport::TransportError;

/// What an attempt is for.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    /// The provider's id.
    pub(crate) provider: &'a str,
    /// The step in words.
    pub(crate) step: &'a str,
    /// Which attempt it is, from zero.
    pub(crate) resend: u32,
}

/// The span of an attempt.
pub(crate) fn of(attempt: Attempt<'_>, request: &Request<Bytes>) -> Span {
    let (method, url) = (request.method().as_str(), request.uri());
    let scheme = url.scheme_str().unwrap_or("https");
    let span = tracing::info_span!(
        "provider request",
        otel.name = method,
        otel.kind = "client",
        http.request.method = method,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        server.address = url.host().unwrap_or_default().trim_matches(['[', ']']),
        server.port = url.port_u16().unwrap_or(if scheme == "http" { 80 } else { 443 }),
        url.scheme = scheme,
        error.type = Empty,
        mapwright.step = attempt.step,
        mapwright.provider = attempt.provider,
    );
    if attempt.resend > 0 {
        span.record("http.request.resend_count", attempt.resend);
    }
    span
}

/// Notes how the attempt ended.
pub(crate) fn end(span: &Span, answer: &Result<Reply, TransportError>) {
    match answer {
        Ok(reply) => {
            span.record("http.response.status_code", reply.status);
            if reply.status >= 400 {
                span.record("error.type", reply.status.to_string());
            }
        }
        Err(error) => {
            let kind = match error {
                TransportError::NeverSent(_) => "never_sent",
                TransportError::Refused(_) => "refused",
                TransportError::Ambiguous(_) => "ambiguous",
                TransportError::CutOff(_) => "cut_off",
                TransportError::TooLarge(_) => "too_large",
            };
            span.record("error.type", kind);
        }
    }
}
