//! One run for a request: its right to run, its time, its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::response::Response;
use bytes::Bytes;
use mapwright_interpreter::Finished;
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::provider::Class;
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use crate::count::{self, Running};
use crate::http::problem::Problem;
use crate::http::query::Query;
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
    pub(crate) row: AccountRow,
    pub(crate) live: Arc<Live>,
    pub(crate) mapping: Arc<Mapping>,
    pub(crate) id: String,
    pub(crate) query: Query,
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
        let (account, mapping, query) = (&self.live.account, &self.mapping, &self.query);
        let finished = match &self.work {
            Work::Get => interpreter.get(account, mapping, &self.id).await,
            Work::Patch { patch, .. } => interpreter.patch(account, mapping, &self.id, patch, query.options()).await,
        };
        drop(right);
        self.note(&finished).await;
        match &finished.result {
            Ok(success) => Ok(Response::new(axum::body::Body::from(success.resource.to_string()))),
            Err(failure) => Err(Problem::of_failure(failure, jiff::Timestamp::now())),
        }
    }

    /// Counts what a run did, and sets the account's state where the provider takes its credentials no longer.
    async fn note(&self, finished: &Finished) {
        let provider = self.row.provider.as_str();
        count::calls(provider, &finished.trace);
        let outcomes = match &finished.result {
            Ok(success) => &success.outcomes,
            Err(failure) => &failure.outcomes,
        };
        count::outcomes(provider, outcomes);
        if finished.result.as_ref().is_err_and(|failure| failure.class == Class::Auth) {
            let reason = finished.result.as_ref().err().map(|failure| failure.message.as_str());
            let set = self.service.shared.store.set_state(self.row.id, self.row.revision, State::NeedsReauth, reason);
            match set.await {
                Ok(_) => tracing::warn!("the provider takes the account's credentials no longer"),
                Err(error) => tracing::error!(%error, "the account's state cannot be kept"),
            }
        }
    }
}
