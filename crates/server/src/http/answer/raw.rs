//! The provider's own answer, in the formats `raw` and `stream`.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};

/// The content type of what the provider gave none.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// An answer with a provider's bytes; `empty` is whether it is known that there are none.
///
/// The status is 200, or 204 without bytes, since clients take an empty 200 for broken JSON. A browser is told to
/// take the content type as it is and to run nothing: what a provider sends may be a page.
pub fn provider_answer(body: impl Into<Body>, empty: bool, content_type: Option<&str>) -> Response {
    let fixed = HeaderValue::from_static;
    let mut response = Response::new(if empty { Body::empty() } else { body.into() });
    if empty {
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    }
    let content_type = content_type.map(str::trim).filter(|text| !text.is_empty()).unwrap_or(UNKNOWN_TYPE);
    let content_type = HeaderValue::from_str(content_type).unwrap_or(fixed(UNKNOWN_TYPE));
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, fixed("sandbox; default-src 'none'"));
    response
}
