//! Pages and probes: what there is besides unified resources.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

use crate::http::openapi;
use crate::http::problem::{Problem, page_as_html};
use crate::run;
use crate::service::Service;

/// The text form of metrics.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

const JSON: &str = "application/json";

const HTML: &str = "text/html; charset=utf-8";

/// The process is alive.
pub(crate) fn live() -> Response {
    page(JSON, "{\"status\":\"alive\"}")
}

/// The service takes requests: its mappings are loaded, its store answers, and it is not about to stop.
pub(crate) async fn ready(service: &Service) -> Result<Response, Problem> {
    if service.is_draining() {
        return Err(Problem::draining());
    }
    if let Err(error) = service.shared.store.ping().await {
        tracing::error!(%error, "the store cannot be reached");
        return Err(Problem::not_ready("the store"));
    }
    Ok(page(JSON, "{\"status\":\"ready\"}"))
}

/// What was counted.
pub(crate) fn metrics(service: &Service) -> Result<Response, Problem> {
    match &service.shared.metrics {
        Some(metrics) => Ok(page(PROMETHEUS, metrics.render())),
        None => Err(Problem::unknown_route("/metrics")),
    }
}

/// The description of the service with the mappings in use.
pub(crate) fn openapi(service: &Service) -> Response {
    run::json(&openapi::openapi(&service.shared.mappings.snapshot().catalog))
}

/// Which field works where.
pub(crate) fn docs(service: &Service) -> Response {
    shown(page(HTML, service.shared.mappings.snapshot().docs.clone()))
}

/// What each error means.
pub(crate) fn problems() -> Response {
    shown(page(HTML, page_as_html()))
}

/// A page for people: it has no script, and loads nothing.
fn shown(mut response: Response) -> Response {
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn page(kind: &'static str, text: impl Into<Body>) -> Response {
    let headers =
        [(CONTENT_TYPE, HeaderValue::from_static(kind)), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (headers, text.into()).into_response()
}
