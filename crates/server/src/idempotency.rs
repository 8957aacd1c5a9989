//! `Idempotency-Key`: of all who come with the same key, one runs, and the others get its answer.

use std::time::{Duration, Instant, SystemTime};

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};

use crate::count;
use crate::http::problem::Problem;
use crate::routes::Incoming;
use crate::run::{Job, Work};
use crate::store::{Begun, Fingerprint, Place, StoredAnswer, Ticket};
use crate::unified;

/// The header that brings a key.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The header that says that an answer was kept.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key, in bytes.
const LONGEST: usize = 255;

/// How much longer than its deadline a run is taken as alive: the renewal of a token may outlast it.
const GRACE: Duration = Duration::from_secs(5);

/// How long a caller whose key is in use should wait.
const WAIT: Duration = Duration::from_secs(1);

/// Statuses of answers that the same request would have again.
const FINAL: [u16; 10] = [200, 204, 400, 403, 404, 405, 412, 413, 415, 422];

/// The key of a request. Only what changes something has one.
pub(crate) fn key(request: &Incoming) -> Result<Option<String>, Problem> {
    if request.method() != Method::PATCH {
        return Ok(None);
    }
    let mut all = request.headers().get_all(&KEY).iter();
    let Some(value) = all.next() else { return Ok(None) };
    let wrong = |why: &str| Problem::bad_header("Idempotency-Key", why);
    if all.next().is_some() {
        return Err(wrong("it stands there twice"));
    }
    let text = value.to_str().map_err(|_| wrong("it is not visible ASCII"))?.trim();
    // A key may be written as a string of RFC 9651.
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if text.is_empty() || text.len() > LONGEST {
        return Err(wrong(&format!("it has 1 to {LONGEST} characters")));
    }
    Ok(Some(text.to_owned()))
}

/// Runs a request, once for all who come with the same key.
pub(crate) async fn answer(job: Job, key: Option<String>) -> Result<Response, Problem> {
    let (Some(key), Work::Patch { bytes, .. }) = (key, &job.work) else { return job.run().await };
    let path = format!("/unified/{}/{}", job.mapping.model.resource, job.id);
    let place = Place::new(job.row.id, &path, &key);
    let fingerprint = Fingerprint::new("PATCH", &path, &job.raw_query, bytes);
    let left = job.deadline.saturating_duration_since(Instant::now());
    let store = &job.service.shared.store;
    let begun = store.begin(&place, fingerprint, SystemTime::now() + left + GRACE).await;
    match begun.map_err(|error| unified::store(&error))? {
        Begun::Run(ticket) => {
            let answered = job.run().await.unwrap_or_else(Problem::into_response);
            Ok(keep(&job, ticket, answered).await)
        }
        Begun::Answered(stored) => {
            count::replayed();
            Ok(again(stored))
        }
        Begun::Running { .. } => Err(Problem::key_in_use().retry_after(WAIT)),
        Begun::Other => Err(Problem::key_reused()),
        Begun::Ambiguous => Err(Problem::key_ambiguous()),
    }
}

/// Keeps an answer that is final, and frees the key of any other. What cannot be kept is answered all the same.
async fn keep(job: &Job, ticket: Ticket, answered: Response) -> Response {
    let store = &job.service.shared.store;
    let (head, body) = answered.into_parts();
    // The bodies of these answers are in memory: none of them fails.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let kept = if FINAL.contains(&head.status.as_u16()) {
        // What the provider said of its limits holds for that moment alone.
        let lasting = head.headers.iter().filter(|(name, _)| !name.as_str().starts_with("ratelimit-"));
        let headers =
            lasting.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
        let stored = StoredAnswer { status: head.status.as_u16(), headers: headers.collect(), body: body.to_vec() };
        store.finish(ticket, &stored).await
    } else {
        store.release(ticket).await
    };
    match kept {
        Ok(true) => {}
        Ok(false) => tracing::warn!("the run has outlasted its idempotency key"),
        Err(error) => tracing::error!(%error, "the answer of an idempotency key cannot be kept"),
    }
    Response::from_parts(head, Body::from(body))
}

/// The body of a kept refusal, which is to name the request that gets it.
#[derive(Clone)]
struct Again(Bytes);

/// Puts the id of the request into the body of a refusal that was kept; any other answer stays as it is.
pub(crate) fn with_request_id(mut response: Response, id: &str) -> Response {
    let Some(Again(kept)) = response.extensions_mut().remove::<Again>() else { return response };
    if let Ok(mut body) = serde_json::from_slice::<Map<String, Value>>(&kept) {
        body.insert("request_id".to_owned(), id.into());
        *response.body_mut() = Body::from(Value::Object(body).to_string());
    }
    response
}

/// A kept answer.
fn again(stored: StoredAnswer) -> Response {
    let body = Bytes::from(stored.body);
    let mut response = Response::new(Body::from(body.clone()));
    if stored.status >= 400 {
        response.extensions_mut().insert(Again(body));
    }
    *response.status_mut() = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    for (name, value) in &stored.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
