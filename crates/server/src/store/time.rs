//! Times as the tables have them: Unix milliseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time in Unix milliseconds; one before 1970 is 0.
pub(super) fn millis(time: SystemTime) -> i64 {
    span(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A span in milliseconds.
pub(super) fn span(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// The time of Unix milliseconds.
pub(super) fn time(millis: i64) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}
