//! Work that goes on where whoever waits for it goes away.
//!
//! It is done where it is waited for, and only moves into a task of its own when it is dropped before its end: a task for
//! each request would cost a change of threads both ways.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Work has panicked.
pub(crate) struct Panicked(Box<dyn Any + Send>);

/// What the panic has said.
impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.downcast_ref::<String>().map(String::as_str);
        f.write_str(words.or_else(|| self.0.downcast_ref::<&str>().copied()).unwrap_or("a panic without words"))
    }
}

/// Work that ends whatever becomes of who waits for it; what it comes to, unless it panics.
pub(crate) struct Outliving<F: Future<Output: Send> + Send + 'static> {
    /// The work; none once it has ended.
    work: Option<Pin<Box<F>>>,
    tasks: TaskTracker,
    /// The tracker waits for the work wherever it is done.
    _token: TaskTrackerToken,
}

impl<F: Future<Output: Send> + Send + 'static> Outliving<F> {
    /// Takes work that `tasks` is to wait for.
    pub(crate) fn new(tasks: &TaskTracker, work: F) -> Outliving<F> {
        Outliving { work: Some(Box::pin(work)), tasks: tasks.clone(), _token: tasks.token() }
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for Outliving<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Polled again after its end, it never ends again.
        let Some(work) = self.work.as_mut() else { return Poll::Pending };
        // What has panicked is dropped, and so seen by nobody.
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        let ended = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(output)) => Ok(output),
            Err(panicked) => Err(Panicked(panicked)),
        };
        self.work = None;
        Poll::Ready(ended)
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for Outliving<F> {
    fn drop(&mut self) {
        // Where the runtime ends, nothing goes on.
        if let (Some(work), Ok(runtime)) = (self.work.take(), Handle::try_current()) {
            runtime.spawn(self.tasks.track_future(work));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_waited_for_is_done() {
        let tasks = TaskTracker::new();
        let work = Outliving::new(&tasks, async {
            sleep(Duration::from_secs(1)).await;
            7
        });
        assert_eq!(tasks.len(), 1);
        assert_eq!(work.await.ok(), Some(7));
        assert_eq!(tasks.len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_any_more_is_done_all_the_same() {
        let tasks = TaskTracker::new();
        let done = Arc::new(AtomicBool::new(false));
        let sets = Arc::clone(&done);
        let work = Outliving::new(&tasks, async move {
            sleep(Duration::from_secs(2)).await;
            sets.store(true, Ordering::Release);
        });
        assert!(timeout(Duration::from_secs(1), work).await.is_err());
        assert_eq!(tasks.len(), 1);
        tasks.close();
        tasks.wait().await;
        assert!(done.load(Ordering::Acquire));
    }

    #[tokio::test]
    async fn a_panic_is_told() {
        let tasks = TaskTracker::new();
        let work = async { panic!("on purpose, {}", 7) };
        let panicked: Result<(), Panicked> = Outliving::new(&tasks, work).await;
        assert_eq!(panicked.err().map(|panicked| panicked.to_string()), Some("on purpose, 7".to_owned()));
        assert_eq!(tasks.len(), 0);
    }
}
