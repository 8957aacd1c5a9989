//! Many at once, and waiting for what is to come.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// How long something that has to come is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Does it so many times at once, each with its number, and gives what came of each in order.
pub fn together<T: Send>(times: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(times);
    let (barrier, work) = (&barrier, &work);
    thread::scope(|scope| {
        let begun: Vec<_> = (0..times)
            .map(|number| {
                scope.spawn(move || {
                    barrier.wait();
                    work(number)
                })
            })
            .collect();
        begun.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

/// Waits until something holds; a panic with the words where it never does.
pub fn until(words: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{words}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(10));
    }
}
