//! The transport over HTTP.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::address_guard::{PrivateAddress, PublicResolver, check_host};
use crate::transport::{Context, Sending, Transport, TransportError};

/// The largest answer that is taken, in bytes.
pub const LARGEST_REPLY: usize = 8 << 20;

/// How long a connection is kept open for the next request: less than servers keep it, since a write that meets a
/// connection just closed is ambiguous.
const IDLE: Duration = Duration::from_secs(20);

/// How long a connection may take to stand, TLS included.
const CONNECT: Duration = Duration::from_secs(5);

/// A transport over a [`reqwest::Client`].
///
/// A request goes out once. Requests of accounts that are not local go over `https` to public addresses alone, those
/// of local accounts to loopback alone. An answer is read up to [`LARGEST_REPLY`] and never beyond.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made")]
#[non_exhaustive]
pub struct HttpError {
    #[from]
    source: reqwest::Error,
}

impl Http {
    /// A client of its own: TLS by rustls with the roots of the operating system, no redirects, no proxies, no
    /// decompression. Where the process has no default cryptography for TLS, `ring` becomes it.
    pub fn new() -> Result<Http, HttpError> {
        Http::build(reqwest::Client::builder().no_proxy().pool_idle_timeout(IDLE))
    }

    /// A client with settings of the embedder: roots, proxies, pools, time-outs. Redirects and repeats are switched
    /// off, and names resolve to public addresses alone. A proxy resolves names itself, so that only literal
    /// addresses are checked then.
    pub fn build(builder: reqwest::ClientBuilder) -> Result<Http, HttpError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Another thread may have been faster; one default is as good as the other.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let client = builder
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT)
            .dns_resolver(PublicResolver::new())
            .build()?;
        Ok(Http { client })
    }

    /// A client of the embedder, as it is. The embedder switches off redirects and repeats, and gives it
    /// [`PublicResolver`]: a finished client shows none of them. Literal addresses are checked all the same.
    pub fn over(client: reqwest::Client) -> Http {
        Http { client }
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = checked(request)?;
        let mut answer = self.client.execute(request).await.map_err(|e| failed(&e))?;
        let too_large = TransportError::TooLarge(LARGEST_REPLY);
        if answer.content_length().is_some_and(|length| length > LARGEST_REPLY as u64) {
            return Err(too_large);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| cut_off(&e))? {
            if body.len() + chunk.len() > LARGEST_REPLY {
                return Err(too_large);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = answer.status();
        *response.version_mut() = answer.version();
        std::mem::swap(response.headers_mut(), answer.headers_mut());
        Ok(response)
    }
}

impl Transport for Http {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(self.exchange(request))
    }
}

/// The request for the client, once its address is seen to be allowed.
fn checked(request: Request<Bytes>) -> Result<reqwest::Request, TransportError> {
    let (parts, body) = request.into_parts();
    let local = parts.extensions.get::<Context>().is_some_and(Context::is_local);
    let refused = |why: &str| TransportError::Refused(why.to_owned());
    let url = reqwest::Url::parse(&parts.uri.to_string())
        .map_err(|e| TransportError::Refused(format!("the URL cannot be used: {e}")))?;
    match url.scheme() {
        "https" => {}
        "http" if local => {}
        _ => return Err(refused("the URL is not `https`")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("the URL holds a user"));
    }
    // A path that changes when it is read holds `..` or the like, and would reach another record.
    let path = parts.uri.path();
    if url.path() != if path.is_empty() { "/" } else { path } {
        return Err(refused("the path of the URL is not in its plain form"));
    }
    let host = url.host_str().unwrap_or_default();
    check_host(host, local).map_err(|e| TransportError::Refused(e.to_string()))?;
    let sized = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
    let mut request = reqwest::Request::new(parts.method, url);
    *request.headers_mut() = parts.headers;
    if sized || !body.is_empty() {
        *request.body_mut() = Some(body.into());
    }
    Ok(request)
}

/// Tells whether a request that has no answer has left.
fn failed(error: &reqwest::Error) -> TransportError {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = source {
        if let Some(private) = inner.downcast_ref::<PrivateAddress>() {
            return TransportError::Refused(private.to_string());
        }
        source = inner.source();
    }
    let words = in_words(error);
    if error.is_builder() {
        TransportError::Refused(words)
    } else if error.is_connect() {
        TransportError::NeverSent(words)
    } else {
        TransportError::Ambiguous(words)
    }
}

fn cut_off(error: &reqwest::Error) -> TransportError {
    TransportError::CutOff(in_words(error))
}

/// The innermost reason, which says most: the outer ones repeat the URL.
fn in_words(error: &reqwest::Error) -> String {
    let mut reason: &(dyn Error + 'static) = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    reason.to_string()
}
