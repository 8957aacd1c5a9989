//! A clock that tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use mapwright_interpreter::Clock;

/// A clock that stands still until it is moved. Copies are the same clock.
#[derive(Clone, Default)]
pub struct TestClock(Arc<AtomicU64>);

impl TestClock {
    /// A clock at 2026-03-01T12:00:00Z.
    pub fn new() -> TestClock {
        TestClock(Arc::new(AtomicU64::new(1_772_366_400_000)))
    }

    /// The time.
    pub fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    /// Moves it.
    pub fn pass(&self, span: Duration) {
        self.0.fetch_add(u64::try_from(span.as_millis()).expect("a short span"), Ordering::SeqCst);
    }

    /// The clock, as a store takes it.
    pub fn clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}
