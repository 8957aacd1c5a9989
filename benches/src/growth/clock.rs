//! How long something takes.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long a round is, at least: what is quicker is done several times in it.
const SLICE: Duration = Duration::from_millis(20);

/// After this long no further round is begun.
const LONGEST: Duration = Duration::from_secs(6);

/// A clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The rounds, of which the median counts.
    pub(crate) rounds: usize,
}

impl Clock {
    /// Does something, gives what comes out, and how long it takes: what takes long is done once.
    pub(crate) fn time_and_keep<T>(self, mut what: impl FnMut() -> T) -> (T, f64) {
        let begun = Instant::now();
        let kept = what();
        let once = begun.elapsed();
        let seconds = if once > LONGEST / 4 { once.as_secs_f64() } else { self.time(what) };
        (kept, seconds)
    }

    /// How long it takes, in seconds: the median of the rounds, after a while that does not count. What takes long has
    /// fewer rounds, or none.
    pub(crate) fn time<T>(self, mut what: impl FnMut() -> T) -> f64 {
        let begun = Instant::now();
        let mut once = Duration::MAX;
        while begun.elapsed() < SLICE {
            let time = Instant::now();
            black_box(what());
            once = once.min(time.elapsed());
        }
        if once >= LONGEST {
            return once.as_secs_f64();
        }
        let times = SLICE.as_nanos().checked_div(once.as_nanos()).unwrap_or(1);
        let times = u32::try_from(times.clamp(1, 1 << 20)).unwrap_or(1);
        let mut seconds = Vec::new();
        while seconds.len() < self.rounds && (seconds.is_empty() || begun.elapsed() < LONGEST) {
            let round = Instant::now();
            for _ in 0..times {
                black_box(what());
            }
            seconds.push(round.elapsed().as_secs_f64() / f64::from(times));
        }
        median(&mut seconds)
    }
}

/// The middle one.
pub(crate) fn median(all: &mut [f64]) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
