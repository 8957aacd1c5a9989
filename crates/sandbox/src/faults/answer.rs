//! Answers that no provider's file declares.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

/// The page of something between caller and provider.
const PAGE: &str = "<!DOCTYPE html><html><head><title>Please wait</title></head><body><h1>Please wait</h1>\
                    <p>Your connection is being checked.</p></body></html>";

/// A page with status 200.
pub(crate) fn page() -> Response<Bytes> {
    of(StatusCode::OK, "text/html; charset=utf-8", Bytes::from_static(PAGE.as_bytes()))
}

/// An answer of a status of which the provider's file declares no error; it says so.
pub(crate) fn plain(status: StatusCode) -> Response<Bytes> {
    let reason = status.canonical_reason().unwrap_or("no reason");
    let body = format!(
        "{} {reason}: a plain answer, since no error of this status is declared for this provider",
        status.as_str()
    );
    of(status, "text/plain; charset=utf-8", body.into())
}

/// What stands for an answer that is never sent.
pub(crate) fn nothing() -> Response<Bytes> {
    Response::new(Bytes::new())
}

fn of(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
