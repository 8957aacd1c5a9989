//! A problem as JSON and as an answer over HTTP.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::{Code, Problem};
use crate::http::answer::about_leaves;

/// The content types that a PATCH may have, as a 415 lists them.
const ACCEPT_PATCH: &str = "application/json, application/merge-patch+json";

/// A problem, kept beside the answer that was made of it.
#[derive(Clone)]
struct Kept(Arc<Problem>);

impl Problem {
    /// The body. `error` and `title` are the standard name of the status, `message` and `detail` what happened.
    pub fn to_json(&self) -> Value {
        let name = self.status.canonical_reason().unwrap_or("Error");
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| {
            body.insert(name.to_owned(), value);
        };
        put("type", json!(self.code.uri()));
        put("title", json!(name));
        put("status", json!(self.status.as_u16()));
        put("detail", json!(self.detail));
        put("statusCode", json!(self.status.as_u16()));
        put("error", json!(name));
        put("message", json!(self.detail));
        put("code", json!(self.code.as_str()));
        if !self.reasons.is_empty() {
            put("errors", json!(self.reasons));
        }
        if let Some(remote) = &self.remote {
            put("truto_is_remote_error", json!(true));
            put("raw_response", remote.raw.clone());
            put("remote_status", json!(remote.status));
            if let Some(code) = &remote.code {
                put("remote_code", json!(code));
            }
        }
        if let Some(step) = &self.step {
            put("step", json!(step));
        }
        if !self.done.is_empty() {
            put("done", json!(self.done));
        }
        if !self.outcomes.is_empty() {
            put("field_outcomes", json!(self.outcomes));
        }
        if !self.insight.is_empty() {
            put("truto_error_insight", Value::Object(self.insight.clone()));
        }
        if let Some(id) = &self.request_id {
            put("request_id", json!(id));
        }
        Value::Object(body)
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let fixed = HeaderValue::from_static;
        let mut headers = vec![(CONTENT_TYPE, fixed("application/json")), (CACHE_CONTROL, fixed("no-store"))];
        // Without one of these, clients that follow the standard come back at once.
        let waits = matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        if let Some(seconds) = self.retry_after.or(waits.then_some(1)) {
            headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        }
        if let Some(allow) = self.allow {
            headers.push((ALLOW, fixed(allow)));
        }
        if self.accept_patch {
            headers.push((HeaderName::from_static("accept-patch"), fixed(ACCEPT_PATCH)));
            headers.push((ACCEPT_ENCODING, fixed("identity")));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let refused = self.code == Code::TokenInvalid;
            headers.push((WWW_AUTHENTICATE, fixed(if refused { "Bearer error=\"invalid_token\"" } else { "Bearer" })));
        }
        headers
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.to_json().to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers());
        response.headers_mut().extend(about_leaves(&self.outcomes, &[]));
        response.extensions_mut().insert(Kept(Arc::new(self)));
        response
    }
}

/// Puts the id of the request into the body of an answer that was made of a problem; any other stays as it is.
///
/// Headers that were added to the answer meanwhile are kept.
pub fn with_request_id(mut response: Response, id: &str) -> Response {
    if let Some(Kept(problem)) = response.extensions_mut().remove::<Kept>() {
        let problem = Problem::clone(&problem).with_request_id(id);
        *response.body_mut() = Body::from(problem.to_json().to_string());
        // Whoever has told the length has told that of the old body.
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    response
}
