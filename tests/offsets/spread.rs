//! Which offsets are tried, and on how many threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many offsets of an answer are tried where `OFFSETS` does not say otherwise.
pub(crate) const FEW: usize = 2;

/// Which offsets are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spread {
    /// All.
    All,
    /// So many of each message, evenly spread, from a place that follows from `OFFSETS_SEED`.
    Of(usize),
}

impl Spread {
    /// What `OFFSETS` says: `all`, or how many of each message.
    pub(crate) fn given() -> Spread {
        match said("OFFSETS") {
            Some(which) if which == "all" => Spread::All,
            Some(which) => Spread::Of(which.parse().expect("OFFSETS is `all` or a number")),
            None => Spread::Of(FEW),
        }
    }

    /// The offsets below a length that are tried.
    pub(crate) fn below(self, length: usize) -> Vec<usize> {
        match self {
            Spread::Of(count) if length > count => {
                let every = length / count.max(1);
                (seed() % every..length).step_by(every).collect()
            }
            _ => (0..length).collect(),
        }
    }

    /// Whether a fault at an offset is also tried with every repetition, which takes much longer.
    pub(crate) fn is_repeated(self, offset: usize) -> bool {
        match self {
            Spread::All => offset % 16 == seed() % 16,
            Spread::Of(_) => offset % 3 == seed() % 3,
        }
    }
}

/// What a variable of the environment says.
#[allow(clippy::disallowed_methods, reason = "long runs and other seeds are asked for by environment variables")]
fn said(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The number that the choice of offsets follows from.
fn seed() -> usize {
    said("OFFSETS_SEED").and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// Whether a provider is tried: all are, or the one that `OFFSETS_ONLY` names.
pub(crate) fn is_wanted(provider: &str) -> bool {
    said("OFFSETS_ONLY").is_none_or(|only| only.split(',').any(|name| name == provider))
}

/// Whether a framing of answers is tried: all are, or the ones that `OFFSETS_FRAMING` names.
pub(crate) fn is_framed(framing: &str) -> bool {
    said("OFFSETS_FRAMING").is_none_or(|only| only.split(',').any(|name| name.eq_ignore_ascii_case(framing)))
}

/// Does all work, so many pieces at a time, and gives the results in the order of the pieces.
pub(crate) fn in_parallel<W: Sync, T: Send>(at_once: usize, pieces: &[W], work: impl Fn(&W) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once.min(pieces.len()) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(piece) = pieces.get(number) else { break };
                    let result = work(piece);
                    if Spread::given() == Spread::All {
                        eprintln!(
                            "{} of {} pieces begun",
                            next.load(Ordering::Relaxed).min(pieces.len()),
                            pieces.len()
                        );
                    }
                    done.lock().expect("no thread has panicked").push((number, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread has panicked");
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
