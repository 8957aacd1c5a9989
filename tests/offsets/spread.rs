//! Which offsets are tried, and on how many threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every offset, or every so many of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    every: usize,
    shift: usize,
}

impl Spread {
    /// Every so many, from a place that follows from `OFFSETS_SEED`; all of them with `OFFSETS=all`.
    pub(crate) fn every(every: usize) -> Spread {
        if is_all() {
            return Spread { every: 1, shift: 0 };
        }
        Spread { every, shift: seed() % every }
    }

    /// Whether an offset is tried.
    pub(crate) fn has(self, offset: usize) -> bool {
        offset % self.every == self.shift
    }
}

/// Whether all offsets are tried.
pub(crate) fn is_all() -> bool {
    std::env::var("OFFSETS").is_ok_and(|which| which == "all")
}

/// The number that the choice of offsets follows from.
pub(crate) fn seed() -> usize {
    std::env::var("OFFSETS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// Does all work, several pieces at a time, and gives the results in the order of the pieces.
pub(crate) fn in_parallel<W: Sync, T: Send>(pieces: &[W], work: impl Fn(&W) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.min(pieces.len()) {
            scope.spawn(|| {
                while let (number, Some(piece)) = {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    (number, pieces.get(number))
                } {
                    let result = work(piece);
                    done.lock().expect("no thread has panicked").push((number, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread has panicked");
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
