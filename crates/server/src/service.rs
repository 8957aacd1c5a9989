//! The service: what all requests share, and the routes.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use mapwright_interpreter::Interpreter;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::admin::{self, Administration};
use crate::limits::Limits;
use crate::listen::{self, Drained};
use crate::live::Accounts;
use crate::mappings::Current;
use crate::store::Store;
use crate::sweep::sweep;
use crate::{reload, routes, signals};

/// The service. Copies are cheap and share everything.
#[derive(Clone)]
pub struct Service {
    pub(crate) shared: Arc<Shared>,
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) mappings: Arc<Current>,
    pub(crate) store: Store,
    pub(crate) interpreter: Interpreter,
    pub(crate) limits: Limits,
    pub(crate) accounts: Accounts,
    /// The right to run.
    pub(crate) runs: Arc<Semaphore>,
    pub(crate) metrics: Option<PrometheusHandle>,
    /// The routes of the management.
    pub(crate) admin: Router,
    /// The requests that are being run.
    pub(crate) tasks: TaskTracker,
    draining: AtomicBool,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("limits", &self.shared.limits).finish_non_exhaustive()
    }
}

impl Service {
    /// A service over mappings and a store. `interpreter` carries the calls of providers; its tokens are to be kept in the
    /// same store.
    pub fn new(mappings: Current, store: Store, interpreter: Interpreter, limits: Limits) -> Service {
        // The service shows no trace: it counts attempts.
        let interpreter = interpreter.without_texts();
        let mappings = Arc::new(mappings);
        let catalogs = Arc::clone(&mappings);
        let administration =
            Administration::new(store.clone(), Arc::new(move || catalogs.catalog()), interpreter.clone());
        let shared = Shared {
            mappings,
            store,
            admin: admin::router(Arc::new(administration)),
            interpreter,
            accounts: Accounts::new(limits.runs_of_an_account),
            runs: Arc::new(Semaphore::new(limits.runs)),
            limits,
            metrics: None,
            tasks: TaskTracker::new(),
            draining: AtomicBool::new(false),
        };
        Service { shared: Arc::new(shared) }
    }

    /// The same with what `/metrics` shows.
    ///
    /// # Panics
    /// If the service is shared already.
    #[must_use]
    pub fn counting(self, metrics: PrometheusHandle) -> Service {
        let shared = Arc::into_inner(self.shared).expect("a service that is not shared yet");
        Service { shared: Arc::new(Shared { metrics: Some(metrics), ..shared }) }
    }

    /// The routes, to be served by whoever embeds them. The bounds of connections and the drain belong to
    /// [`Service::serve`].
    pub fn routes(&self) -> Router {
        routes::router(self)
    }

    /// The mappings in use.
    pub fn mappings(&self) -> &Arc<Current> {
        &self.shared.mappings
    }

    /// Does what goes on beside the requests, until it is aborted: takes up new mappings at SIGHUP and, where `watch`
    /// says so, whenever their files change, and sweeps the store.
    pub fn tend(&self, watch: bool) -> JoinHandle<()> {
        let (mappings, store) = (Arc::clone(self.mappings()), self.shared.store.clone());
        tokio::spawn(async move {
            let watched = async {
                if watch {
                    reload::watch(Arc::clone(&mappings)).await;
                }
            };
            tokio::join!(signals::reloads(Arc::clone(&mappings)), watched, sweep(store));
        })
    }

    /// Whether the service is about to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.shared.draining.load(Ordering::Acquire)
    }

    /// Serves until `ended`: then it is not ready any more, takes no new connection, and ends when what runs has its
    /// answer, or when the drain is over.
    pub async fn serve(&self, listener: TcpListener, ended: impl Future<Output = ()>) -> Drained {
        let service = self.clone();
        let begin_to_drain = async move {
            ended.await;
            service.shared.draining.store(true, Ordering::Release);
        };
        let limits = &self.shared.limits;
        let served = listen::serve(listener, self.routes(), limits, begin_to_drain).await;
        // Requests whose callers have gone away are ended without a connection.
        self.shared.tasks.close();
        let rest = timeout(limits.drain.max(Duration::from_millis(1)), self.shared.tasks.wait()).await;
        let running = self.shared.tasks.len();
        match (served, rest) {
            (Drained::Whole, Ok(())) => tracing::info!("the service has ended"),
            (Drained::Cut(open), _) => tracing::warn!(open, running, "the service ends although not all is answered"),
            (Drained::Whole, Err(_)) => tracing::warn!(running, "the service ends although not all runs have ended"),
        }
        served
    }
}
