//! One exchange over a transport: a request with its last touches, and its reply.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use mapwright_mapping::plan::RequestSpec;
use mapwright_mapping::reply::Reply;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use crate::address_guard::Base;
use crate::http::LARGEST_REPLY;
use crate::interpreter::Links;
use crate::span::{self, Attempt};
use crate::transport::{Context, TransportError};

/// How long one attempt may take.
pub(crate) const ATTEMPT: Duration = Duration::from_secs(10);

/// A request as the plan has it.
pub(crate) fn request(spec: &RequestSpec) -> Result<Request<Bytes>, String> {
    let method = Method::from_bytes(spec.method.as_bytes());
    let method = method.map_err(|_| format!("`{}` is no method", spec.method))?;
    let mut request = Request::builder()
        .method(method)
        .uri(&spec.url)
        .body(Bytes::from(spec.body.clone().unwrap_or_default()))
        .map_err(|e| format!("the request cannot be made: {e}"))?;
    for (name, value) in &spec.headers {
        let legal = HeaderName::from_bytes(name.as_bytes()).ok();
        let legal = legal.zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        let (name, value) = legal.ok_or_else(|| format!("the header `{name}` cannot be sent"))?;
        request.headers_mut().append(name, value);
    }
    Ok(request)
}

/// The request at the address of a local account, with its context.
pub(crate) fn addressed(
    mut request: Request<Bytes>,
    base: Option<&Base>,
    context: Context,
) -> Result<Request<Bytes>, String> {
    if let Some(base) = base {
        let url = std::mem::take(request.uri_mut());
        let url = base.put_in(url).map_err(|e| format!("the URL cannot be used: {e}"))?;
        *request.uri_mut() = url;
    }
    request.extensions_mut().insert(context);
    Ok(request)
}

/// Sends a request once and waits for its reply. Silence beyond [`ATTEMPT`] or the deadline is ambiguous.
pub(crate) async fn exchange(
    links: &Links,
    attempt: Attempt<'_>,
    request: Request<Bytes>,
    deadline: Instant,
) -> Result<Reply, TransportError> {
    let until = deadline.min(Instant::now() + ATTEMPT);
    let span = span::of(attempt, &request);
    let sending = links.transport.send(request).instrument(span.clone());
    let answer = match timeout_at(until, sending).await {
        Ok(Ok(response)) if response.body().len() > LARGEST_REPLY => Err(TransportError::TooLarge(LARGEST_REPLY)),
        Ok(Ok(response)) => Ok(reply(response)),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(TransportError::Ambiguous("it took too long".to_owned())),
    };
    span::end(&span, &answer);
    answer
}

fn reply(response: Response<Bytes>) -> Reply {
    let status = response.status().as_u16();
    let headers = response.headers().iter().map(|(name, value)| {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), text)
    });
    let headers = headers.collect();
    // Bytes that nobody else holds become the body as they are.
    Reply { status, headers, body: Vec::from(response.into_body()).into() }
}
