//! One run for a request: its right to run, its time, its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use mapwright_interpreter::{Finished, Planned, RateLeft, Trace};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::Failure;
use mapwright_mapping::plan::Options;
use mapwright_mapping::version::EntityTag;
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use crate::count::{self, Running};
use crate::http::answer::{MAPPING_VERSION, about_leaves, provider_answer, rate_limit, success_body};
use crate::http::plan::plan_json;
use crate::http::problem::Problem;
use crate::http::query::{DryRun, Format, Query};
use crate::live::Live;
use crate::service::Service;
use crate::store::{AccountRow, State};

/// How long a caller that was turned away should wait.
const WAIT: Duration = Duration::from_secs(1);

/// What is to be done.
pub(crate) enum Work {
    /// A read.
    Get,
    /// A patch.
    Patch {
        /// What it says.
        patch: Value,
        /// The body as it came.
        bytes: Bytes,
    },
}

/// One request that is to be run.
pub(crate) struct Job {
    pub(crate) service: Service,
    pub(crate) row: Arc<AccountRow>,
    pub(crate) live: Arc<Live>,
    pub(crate) mapping: Arc<Mapping>,
    pub(crate) id: String,
    pub(crate) query: Query,
    /// The versions that the caller names.
    pub(crate) if_match: Option<Vec<EntityTag>>,
    pub(crate) raw_query: String,
    pub(crate) work: Work,
    pub(crate) deadline: Instant,
}

/// The right to run, for as long as it is kept.
struct Right {
    _all: OwnedSemaphorePermit,
    _of_the_account: OwnedSemaphorePermit,
    _running: Running,
}

impl Job {
    /// The right to run, where there is room: nothing waits for it.
    fn right(&self) -> Result<Right, Problem> {
        let turned_away = |limit: &'static str| {
            count::shed(limit);
            Problem::overloaded(WAIT)
        };
        let all = Arc::clone(&self.service.shared.runs).try_acquire_owned().map_err(|_| turned_away("runs"))?;
        let own = Arc::clone(&self.live.runs).try_acquire_owned().map_err(|_| turned_away("account_runs"))?;
        Ok(Right { _all: all, _of_the_account: own, _running: Running::begin() })
    }

    /// Runs, and answers.
    pub(crate) async fn run(&self) -> Result<Response, Problem> {
        let right = self.right()?;
        let left = self.deadline.saturating_duration_since(Instant::now());
        let interpreter = self.service.shared.interpreter.clone().within(left);
        let (account, mapping, query, id) = (&self.live.account, &self.mapping, &self.query, self.id.as_str());
        let finished = match &self.work {
            Work::Get => interpreter.get(account, mapping, id, query.remote_query.clone()).await,
            Work::Patch { patch, .. } if query.dry_run == DryRun::No => {
                interpreter.patch(account, mapping, id, patch, self.options()).await
            }
            Work::Patch { patch, .. } => {
                let reads = query.dry_run == DryRun::Reads;
                let planned = interpreter.plan(account, mapping, id, patch, self.options(), reads).await;
                return Ok(self.planned(&planned).await);
            }
        };
        drop(right);
        Ok(self.finished(finished).await)
    }

    fn options(&self) -> Options {
        self.query.options(self.if_match.clone())
    }

    /// The answer to a run.
    async fn finished(&self, finished: Finished) -> Response {
        let refusal = finished.result.as_ref().err();
        self.note(&finished.trace, finished.needs_reauth, refusal).await;
        let provider = self.row.provider.as_str();
        let mut response = match finished.result {
            Ok(success) => {
                count::outcomes(provider, &success.outcomes);
                let about = about_leaves(&success.outcomes, &success.unread);
                let tag = HeaderValue::from_str(&success.version.tag().to_string());
                let main = finished.main.filter(|_| matches!(self.query.format, Format::Raw | Format::Stream));
                let mut response = match main {
                    Some(main) => {
                        let body = main.body();
                        let empty = body.is_empty();
                        provider_answer(body, empty, main.content_type().as_deref())
                    }
                    None => json(&success_body(success, &self.query, &self.mapping)),
                };
                response.headers_mut().extend(about);
                if let Ok(tag) = tag {
                    response.headers_mut().insert(ETAG, tag);
                }
                response
            }
            Err(failure) => {
                count::outcomes(provider, &failure.outcomes);
                let mut response = Problem::of_failure(&failure, Timestamp::now()).into_response();
                response.headers_mut().extend(about_leaves(&failure.outcomes, &[]));
                response
            }
        };
        self.headers(response.headers_mut(), finished.rate.as_ref());
        response
    }

    /// The answer to a dry run: the plan, also where it is a refusal.
    async fn planned(&self, planned: &Planned) -> Response {
        self.note(&planned.trace, planned.needs_reauth, planned.plan.refusal.as_ref()).await;
        let mut response = json(&plan_json(&self.mapping, &self.id, &planned.plan));
        self.headers(response.headers_mut(), planned.rate.as_ref());
        response
    }

    fn headers(&self, headers: &mut HeaderMap, rate: Option<&RateLeft>) {
        if let Ok(version) = HeaderValue::from_str(&self.mapping.version) {
            headers.insert(MAPPING_VERSION, version);
        }
        if let Some(rate) = rate {
            headers.extend(rate_limit(rate));
        }
    }

    /// Counts what a run sent, and sets the account's state where the provider takes its credentials no longer.
    async fn note(&self, trace: &Trace, needs_reauth: bool, refusal: Option<&Failure>) {
        count::calls(&self.row.provider, trace);
        if !needs_reauth {
            return;
        }
        let reason = refused(refusal);
        let store = &self.service.shared.store;
        match store.set_state(self.row.id, self.row.revision, State::NeedsReauth, Some(&reason)).await {
            Ok(_) => tracing::warn!("the provider takes the account's credentials no longer"),
            Err(error) => tracing::error!(%error, "the account's state cannot be kept"),
        }
    }
}

/// Why an account needs to be connected again, in words that can be kept in plain text: a provider's own may repeat
/// what it was sent.
pub(crate) fn refused(failure: Option<&Failure>) -> String {
    let words = "the provider takes the credentials no longer";
    let status = failure.and_then(|failure| failure.fault.as_ref()).map(|fault| fault.status);
    match status {
        Some(status) => format!("{words}: it answered {status}"),
        None => words.to_owned(),
    }
}

/// An answer in JSON.
pub(crate) fn json(body: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    // A value has nothing in it that cannot be written.
    (headers, serde_json::to_vec(body).unwrap_or_default()).into_response()
}
