//! Stacks with room for the TOML reader.

use std::cell::Cell;
use std::io;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};

/// A stack with room, in bytes: several times what the TOML reader's deepest value needs.
const STACK: usize = 16 << 20;

/// The greatest number of threads that share the items of a work.
const MOST_THREADS: usize = 4;

thread_local! {
    /// Whether this thread's stack has room.
    static HAS_ROOM: Cell<bool> = const { Cell::new(false) };
}

/// Does a work on a stack with room: on this one where it has.
pub(super) fn with_room<R: Send>(work: impl Fn() -> R + Sync) -> R {
    if HAS_ROOM.get() {
        return work();
    }
    thread::scope(|scope| match roomy(scope, &work) {
        Ok(worker) => joined(worker),
        // Where there are no threads, the stack at hand has to do.
        Err(_) => work(),
    })
}

/// Does a work for each item, several at a time where the machine can, and gives the results in the order of the items.
///
/// What reads a file takes a thread for it, for its stack; within such a work it takes none.
///
/// # Panics
/// Where the work does.
pub fn for_each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if HAS_ROOM.get() {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS).min(items.len());
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map_while(|_| roomy(scope, share).ok()).collect();
        if workers.is_empty() { share() } else { workers.into_iter().flat_map(joined).collect() }
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn roomy<'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> R + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, R>> {
    thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
        HAS_ROOM.set(true);
        work()
    })
}

fn joined<R>(worker: ScopedJoinHandle<'_, R>) -> R {
    worker.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{for_each, with_room};

    #[test]
    fn results_have_the_order_of_the_items() {
        let items: Vec<u32> = (0..1000).collect();
        assert_eq!(for_each(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(for_each(&[] as &[u32], |item| *item), Vec::<u32>::new());
    }

    #[test]
    fn within_a_work_no_thread_is_taken() {
        let found = for_each(&[(); 8], |()| {
            let own = thread::current().id();
            let inner = for_each(&[(); 3], |()| with_room(|| thread::current().id()));
            inner.into_iter().all(|other| other == own)
        });
        assert_eq!(found, [true; 8]);
        let own = thread::current().id();
        assert_ne!(with_room(|| thread::current().id()), own);
    }
}
