//! Removes from the store what is not needed any longer.

use std::time::Duration;

use crate::store::Store;

/// How often it is done.
const EVERY: Duration = Duration::from_mins(10);

/// Sweeps now and then; for ever. Several processes may do it at the same time.
pub(crate) async fn sweep(store: Store) {
    let mut turns = tokio::time::interval(EVERY);
    loop {
        turns.tick().await;
        let swept = async { Ok((store.sweep_answers().await?, store.sweep_leases().await?)) };
        let swept: Result<_, crate::store::StoreError> = swept.await;
        match swept {
            Ok((answers, leases)) => tracing::debug!(answers, leases, "the store is swept"),
            Err(error) => tracing::warn!(%error, "the store cannot be swept"),
        }
    }
}
