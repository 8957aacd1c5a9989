//! Signals of the process.

use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::mappings::Current;
use crate::reload::reload;

/// Waits for the signal that ends the service: SIGTERM or SIGINT.
pub async fn ended() {
    let (mut term, mut int) = (heard(SignalKind::terminate()), heard(SignalKind::interrupt()));
    tokio::select! {
        () = next(&mut term) => tracing::info!("SIGTERM: the service drains"),
        () = next(&mut int) => tracing::info!("SIGINT: the service drains"),
    }
}

/// Loads the mappings anew at each SIGHUP; for ever.
pub(crate) async fn reloads(mappings: Arc<Current>) {
    let mut hangup = heard(SignalKind::hangup());
    loop {
        next(&mut hangup).await;
        reload(&mappings).await;
    }
}

fn heard(kind: SignalKind) -> Option<Signal> {
    signal(kind).inspect_err(|error| tracing::warn!(%error, "a signal cannot be heard")).ok()
}

/// The next one; never, where it cannot be heard.
async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}
