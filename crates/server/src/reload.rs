//! Takes up changes of the mappings: at SIGHUP, and when a file has changed.

use std::sync::Arc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::count;
use crate::mappings::Current;

/// How long files have to be quiet before they are read: an editor and a copy write in several steps.
const QUIET: Duration = Duration::from_millis(200);

/// Loads again, and says what came of it. Where the mappings are refused, those in use stay.
pub(crate) async fn reload(mappings: &Arc<Current>) {
    let again = Arc::clone(mappings);
    let loaded = tokio::task::spawn_blocking(move || again.reload()).await;
    match loaded {
        Ok(Ok(generation)) => {
            count::reload(true);
            tracing::info!(generation, "the mappings are loaded anew");
        }
        Ok(Err(refused)) => {
            count::reload(false);
            tracing::error!(findings = %refused, "the mappings are refused; those in use stay");
        }
        Err(error) => {
            count::reload(false);
            tracing::error!(%error, "the mappings cannot be loaded; those in use stay");
        }
    }
}

/// Reloads whenever files have changed and are quiet again; for ever.
pub(crate) async fn watch(mappings: Arc<Current>) {
    let directories = mappings.watched();
    if directories.is_empty() {
        return;
    }
    let (heard, mut changes) = mpsc::unbounded_channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // Nobody listens any more when the service ends.
            let _ = heard.send(());
        }
    });
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "files cannot be watched; the mappings are loaded anew at SIGHUP alone");
            return;
        }
    };
    for directory in &directories {
        if let Err(error) = watcher.watch(directory, RecursiveMode::Recursive) {
            tracing::warn!(%error, "a directory cannot be watched; the mappings are loaded anew at SIGHUP alone");
        }
    }
    while changes.recv().await.is_some() {
        settle(&mut changes).await;
        reload(&mappings).await;
    }
}

/// Waits until nothing more is heard.
async fn settle(changes: &mut UnboundedReceiver<()>) {
    while let Ok(Some(())) = tokio::time::timeout(QUIET, changes.recv()).await {}
}
