//! Ends the process when an input does not end.
//!
//! What counts is the processor time that the input takes, since a machine under load stretches the wall's; an input
//! that takes none at all and does not end is caught by the wall clock, much later.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::process;

/// The most processor time of one input, in an unoptimised build.
pub(crate) const LONGEST: Duration = Duration::from_secs(10);

/// The most time of one input that does nothing.
const LONGEST_SLEEP: Duration = Duration::from_mins(3);

/// How the watchdog says that it was it.
pub(crate) const WORDS: &str = "the input does not end";

/// The input that is run, counted from 1; 0: none.
static RUNNING: AtomicU64 = AtomicU64::new(0);

/// Begins to watch.
pub(crate) fn start() {
    thread::spawn(|| {
        let mut watched = 0;
        let (mut since, mut used) = (Instant::now(), Duration::ZERO);
        loop {
            thread::sleep(Duration::from_millis(200));
            let running = RUNNING.load(Ordering::SeqCst);
            let now = process::processor_time().unwrap_or_default();
            if running != watched {
                (watched, since, used) = (running, Instant::now(), now);
            } else if running != 0 && (now.saturating_sub(used) > LONGEST || since.elapsed() > LONGEST_SLEEP) {
                eprintln!("{WORDS}");
                std::process::abort();
            }
        }
    });
}

/// Runs an input under the watchdog's eyes.
pub(crate) fn watch<T>(number: u64, work: impl FnOnce() -> T) -> T {
    RUNNING.store(number + 1, Ordering::SeqCst);
    let result = work();
    RUNNING.store(0, Ordering::SeqCst);
    result
}
