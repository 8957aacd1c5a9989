//! The one runtime of simulated providers and of the store, which lives as long as the tests.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime"))
}

/// Runs to its end what has to do with the store.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}
