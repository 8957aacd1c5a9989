//! From a request to its answer: which route it is, the id that it has, what is logged and counted of it.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{Method, Request, StatusCode, Uri};
use tower::ServiceExt as _;
use tracing::{Instrument as _, Span, field};

use crate::count;
use crate::http::problem::{Problem, with_request_id};
use crate::idempotency;
use crate::pages;
use crate::request_id::{self, RequestId};
use crate::service::Service;
use crate::unified;

/// What comes in.
pub(crate) type Incoming = Request<Body>;

/// A route, as a template names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Unified,
    Meta,
    Admin,
    Live,
    Ready,
    Metrics,
    OpenApi,
    Docs,
    Problems,
    Unknown,
}

impl Route {
    fn of(path: &str) -> Route {
        match path {
            "/livez" => Route::Live,
            "/readyz" => Route::Ready,
            "/metrics" => Route::Metrics,
            "/openapi.json" => Route::OpenApi,
            "/docs" | "/docs/" => Route::Docs,
            "/docs/problems" => Route::Problems,
            _ if path.starts_with("/admin/") => Route::Admin,
            _ if path.starts_with("/unified/") && path.split('/').nth(5) == Some("meta") => Route::Meta,
            _ if path.starts_with("/unified/") => Route::Unified,
            _ => Route::Unknown,
        }
    }

    /// The template, as logs, spans and counts name the route.
    fn template(self) -> &'static str {
        match self {
            Route::Unified => "/unified/{model}/{resource}/{id}",
            Route::Meta => "/unified/{model}/{resource}/{integration}/meta/{method}",
            Route::Admin => "/admin",
            Route::Live => "/livez",
            Route::Ready => "/readyz",
            Route::Metrics => "/metrics",
            Route::OpenApi => "/openapi.json",
            Route::Docs => "/docs",
            Route::Problems => "/docs/problems",
            Route::Unknown => "unknown",
        }
    }
}

/// All routes.
pub(crate) fn router(service: &Service) -> Router {
    let service = service.clone();
    Router::new().fallback_service(tower::service_fn(move |request: Incoming| {
        let service = service.clone();
        async move { Ok::<_, Infallible>(answer(service, request).await) }
    }))
}

/// Answers one request.
async fn answer(service: Service, mut request: Incoming) -> Response {
    let began = Instant::now();
    let id = RequestId::of(request.headers());
    plain_path(&mut request);
    let route = Route::of(request.uri().path());
    let method = request.method().clone();
    let span = span(route, &method, &id);
    let answered = async {
        let answered = match check_head(&service, &request) {
            Ok(()) => dispatch(&service, route, request, began).await,
            Err(problem) => problem.into_response(),
        };
        let answered = with_request_id(answered, id.as_str());
        let mut answered = idempotency::with_request_id(answered, id.as_str());
        answered.headers_mut().insert(request_id::ANSWERED, id.header());
        let (status, took) = (answered.status(), began.elapsed());
        note(route, status, took);
        count::request(route.template(), &method, status.as_u16(), took);
        answered
    };
    answered.instrument(span).await
}

/// A client whose base URL ends in `/` sends two of them.
fn plain_path(request: &mut Incoming) {
    let path = request.uri().path();
    if !path.starts_with("//") {
        return;
    }
    let plain = format!("/{}", path.trim_start_matches('/'));
    let target = match request.uri().query() {
        Some(query) => format!("{plain}?{query}"),
        None => plain,
    };
    if let Ok(uri) = target.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
}

/// The span of a request, named after the conventions of OpenTelemetry. It has no path, which holds ids.
fn span(route: Route, method: &Method, id: &RequestId) -> Span {
    let template = route.template();
    tracing::info_span!(
        "request",
        otel.name = format!("{method} {template}"),
        otel.kind = "server",
        http.request.method = %method,
        http.route = template,
        http.response.status_code = field::Empty,
        error.r#type = field::Empty,
        mapwright.request_id = id.as_str(),
        mapwright.provider = field::Empty,
        mapwright.account = field::Empty,
    )
}

/// Says how a request ended. Probes come all the time, and are said to those who look closely.
fn note(route: Route, status: StatusCode, took: Duration) {
    let span = Span::current();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("error.type", status.as_str());
    }
    let (status, milliseconds) = (status.as_u16(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    if matches!(route, Route::Live | Route::Ready | Route::Metrics) {
        tracing::debug!(status, milliseconds, "answered");
    } else {
        tracing::info!(status, milliseconds, "answered");
    }
}

/// Refuses what no route could take.
fn check_head(service: &Service, request: &Incoming) -> Result<(), Problem> {
    let most = service.shared.limits.head;
    let target = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    if target > most {
        return Err(Problem::target_too_long(most));
    }
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers > most {
        return Err(Problem::headers_too_large(most));
    }
    Ok(())
}

async fn dispatch(service: &Service, route: Route, request: Incoming, began: Instant) -> Response {
    let answered = match route {
        Route::Unified | Route::Meta => unified::answer(service, request, began).await,
        Route::Admin => Ok(managed(service, request).await),
        Route::Unknown => Err(Problem::unknown_route(request.uri().path())),
        _ if request.method() != Method::GET => Err(Problem::method_not_allowed(request.method().as_str(), "GET")),
        Route::Live => Ok(pages::live()),
        Route::Ready => pages::ready(service).await,
        Route::Metrics => pages::metrics(service),
        Route::OpenApi => Ok(pages::openapi(service)),
        Route::Docs => Ok(pages::docs(service)),
        Route::Problems => Ok(pages::problems()),
    };
    answered.unwrap_or_else(Problem::into_response)
}

/// What the management answers.
async fn managed(service: &Service, request: Incoming) -> Response {
    let admin = service.shared.admin.clone();
    admin.oneshot(request).await.unwrap_or_else(|never| match never {})
}
