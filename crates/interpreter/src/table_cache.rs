//! Replies of look-ups that are good for a while, for all runs of one account.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mapwright_mapping::plan::RequestSpec;
use mapwright_mapping::reply::{Ending, Reply};
use tokio::time::{Instant, timeout_at};

/// What a look-up asks for: method, URL and body.
type Question = (String, String, Option<Vec<u8>>);

/// The kept replies of one account. A look-up is sent once for all who wait for it.
#[derive(Debug, Default)]
pub(crate) struct TableCache {
    places: Mutex<BTreeMap<Question, Arc<tokio::sync::Mutex<Option<Kept>>>>>,
    /// Counts questions and fetches in one order.
    clock: AtomicU64,
}

#[derive(Debug)]
struct Kept {
    reply: Reply,
    began: u64,
    until: Instant,
}

/// How a step ended, and whether with a good reply: one that may be kept.
pub(crate) struct Fetched {
    pub(crate) ending: Ending,
    pub(crate) good: bool,
}

impl TableCache {
    /// The reply that is kept, or else what `fetch` brings; a good one is kept for `lifetime`. With `fresh` a reply
    /// is good enough only if its fetch began after the question. Tells whether the reply was kept by another.
    ///
    /// Dropping the future drops the fetch; whoever waits next fetches then.
    pub(crate) async fn get<F>(
        &self,
        request: &RequestSpec,
        lifetime: Duration,
        fresh: bool,
        deadline: Instant,
        fetch: impl FnOnce() -> F,
    ) -> (Fetched, bool)
    where
        F: Future<Output = Fetched>,
    {
        let asked = self.clock.fetch_add(1, Ordering::AcqRel);
        let place = self.place(request);
        let Ok(mut kept) = timeout_at(deadline, place.lock()).await else {
            let words = "another look-up of the same rows has not ended in time";
            return (Fetched { ending: Ending::NeverSent(words.to_owned()), good: false }, false);
        };
        if let Some(kept) = &*kept
            && kept.until > Instant::now()
            && (!fresh || kept.began > asked)
        {
            return (Fetched { ending: Ending::Answered(kept.reply.clone()), good: true }, true);
        }
        let began = self.clock.fetch_add(1, Ordering::AcqRel);
        let fetched = fetch().await;
        let until = Instant::now().checked_add(lifetime);
        if let (true, Ending::Answered(reply), Some(until)) = (fetched.good, &fetched.ending, until) {
            *kept = Some(Kept { reply: reply.clone(), began, until });
        }
        (fetched, false)
    }

    fn place(&self, request: &RequestSpec) -> Arc<tokio::sync::Mutex<Option<Kept>>> {
        let question = (request.method.clone(), request.url.clone(), request.body.clone());
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(question).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU16;

    fn request() -> RequestSpec {
        RequestSpec {
            method: "GET".to_owned(),
            url: "https://api.example.com/colours".to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// Asks, and tells the number of the fetch that answered and whether it was kept.
    async fn ask(cache: &TableCache, fetches: &AtomicU16, fresh: bool, good: bool) -> (u16, bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let fetch = || async {
            let status = fetches.fetch_add(1, Ordering::AcqRel) + 1;
            tokio::time::sleep(Duration::from_secs(1)).await;
            let reply = Reply { status, ..Reply::default() };
            Fetched { ending: Ending::Answered(reply), good }
        };
        match cache.get(&request(), Duration::from_mins(1), fresh, deadline, fetch).await {
            (Fetched { ending: Ending::Answered(reply), .. }, kept) => (reply.status, kept),
            (Fetched { ending, .. }, _) => panic!("{ending:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_good_reply_is_kept_for_its_lifetime() {
        let (cache, fetches) = (TableCache::default(), AtomicU16::new(0));
        assert_eq!(ask(&cache, &fetches, false, true).await, (1, false));
        assert_eq!(ask(&cache, &fetches, false, true).await, (1, true));
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert_eq!(ask(&cache, &fetches, false, true).await, (2, false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_bad_reply_is_not_kept() {
        let (cache, fetches) = (TableCache::default(), AtomicU16::new(0));
        assert_eq!(ask(&cache, &fetches, false, false).await, (1, false));
        assert_eq!(ask(&cache, &fetches, false, true).await, (2, false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_fresh_reply_replaces_the_kept_one() {
        let (cache, fetches) = (TableCache::default(), AtomicU16::new(0));
        assert_eq!(ask(&cache, &fetches, false, true).await, (1, false));
        assert_eq!(ask(&cache, &fetches, true, true).await, (2, false));
        assert_eq!(ask(&cache, &fetches, false, true).await, (2, true));
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_share_one_fetch() {
        let (cache, fetches) = (TableCache::default(), AtomicU16::new(0));
        let both = tokio::join!(ask(&cache, &fetches, false, true), ask(&cache, &fetches, false, true));
        assert_eq!(both, ((1, false), (1, true)));
        // The second asks when the fetch of the first has begun, and so cannot use it; the third can use the second's.
        let three = tokio::join!(
            ask(&cache, &fetches, true, true),
            ask(&cache, &fetches, true, true),
            ask(&cache, &fetches, true, true)
        );
        assert_eq!(three, ((2, false), (3, false), (3, true)));
    }
}
