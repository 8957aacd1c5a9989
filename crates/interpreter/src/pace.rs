//! How fast one account may call its provider.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mapwright_mapping::provider::{Limits, Pace as Rate};
use mapwright_mapping::reply::Reply;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::rate::parameter;

/// The longest pause that a provider's word gives an account; after it one call finds out how things stand.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The pause where a header says that nothing is left, and nothing says until when.
const SHORT_PAUSE: Duration = Duration::from_secs(1);

/// The pace of one account: no span of `per` ever has more than `requests` calls, and no more than `concurrent` calls
/// are open at a time.
#[derive(Debug)]
pub(crate) struct Pace {
    rate: Option<Rate>,
    remaining: Option<String>,
    limits: Limits,
    open: Option<Arc<Semaphore>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the latest calls went out, or will; as many as `requests` at most.
    sent: VecDeque<Instant>,
    /// The provider asked not to be called before.
    paused: Option<Instant>,
}

/// The right to have one call open.
#[derive(Debug)]
pub(crate) struct Permit {
    _open: Option<OwnedSemaphorePermit>,
}

impl Pace {
    pub(crate) fn new(limits: &Limits) -> Pace {
        let open = limits.concurrent.map(|n| usize::try_from(n.max(1)).unwrap_or(1));
        Pace {
            rate: limits.pace.filter(|rate| rate.requests > 0),
            remaining: limits.remaining.clone(),
            limits: limits.clone(),
            open: open.map(|n| Arc::new(Semaphore::new(n.min(Semaphore::MAX_PERMITS)))),
            state: Mutex::default(),
        }
    }

    /// Waits until a call may go out. The error says why it may not before the deadline; nothing is used up then.
    pub(crate) async fn enter(&self, deadline: Instant) -> Result<Permit, String> {
        let open = match &self.open {
            None => None,
            Some(open) => match timeout_at(deadline, Arc::clone(open).acquire_owned()).await {
                Ok(permit) => permit.ok(),
                Err(_) => return Err("too many calls of this account are open".to_owned()),
            },
        };
        let turn = self.reserve(deadline)?;
        // A sleep ends with the next millisecond, also where its moment is now.
        if turn > Instant::now() {
            sleep_until(turn).await;
        }
        Ok(Permit { _open: open })
    }

    /// The moment at which the next call may go out.
    fn reserve(&self, deadline: Instant) -> Result<Instant, String> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let paused = state.paused.filter(|until| *until > now);
        if let Some(until) = paused.filter(|until| *until >= deadline) {
            let seconds = (until - now).as_secs_f64().ceil();
            return Err(format!("the provider asked this account to wait {seconds} s"));
        }
        let mut at = paused.unwrap_or(now);
        if let Some(rate) = self.rate {
            let all = usize::try_from(rate.requests).unwrap_or(usize::MAX);
            let turn = state.sent.len().checked_sub(all).and_then(|i| state.sent.get(i));
            at = at.max(turn.map_or(Some(now), |first| first.checked_add(rate.per)).unwrap_or(deadline));
            at = at.max(state.sent.back().copied().unwrap_or(now));
            if at >= deadline {
                return Err("the pace of this account leaves no room".to_owned());
            }
            state.sent.push_back(at);
            while state.sent.len() > all {
                state.sent.pop_front();
            }
        }
        Ok(at)
    }

    /// Keeps the account from calling for a while, because the provider said so.
    pub(crate) fn pause(&self, span: Duration) {
        let until = Instant::now() + span.min(LONGEST_PAUSE);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.paused = Some(state.paused.map_or(until, |paused| paused.max(until)));
    }

    /// Pauses where a reply says that nothing is left.
    pub(crate) fn observe(&self, reply: &Reply) {
        if let Some(span) = self.emptied(reply) {
            self.pause(span);
        }
    }

    /// How long nothing is left, if so.
    fn emptied(&self, reply: &Reply) -> Option<Duration> {
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let per = self.rate.map_or(SHORT_PAUSE, |rate| rate.per);
        let header = |name: &Option<String>| name.as_deref().and_then(|name| reply.header(name));
        if let Some(left) = header(&self.remaining).and_then(number)
            && left <= 0.0
        {
            let reset = self.limits.reset.as_ref();
            let reset = reset.and_then(|r| r.unit.of(number(reply.header(&r.header)?)?));
            return Some(reset.unwrap_or(per));
        }
        let structured = header(&self.limits.structured)?;
        let left = parameter(structured, &["r", "remaining"]).and_then(number)?;
        let reset = parameter(structured, &["t", "reset"]).and_then(number);
        let reset = reset.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        (left <= 0.0).then_some(reset.unwrap_or(per))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_mapping::provider::{Reset, Unit};

    fn limits(requests: u32, per: u64) -> Limits {
        Limits { pace: Some(Rate { requests, per: Duration::from_secs(per) }), ..Limits::default() }
    }

    fn in_seconds(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn no_span_has_more_calls_than_the_pace() {
        let pace = Pace::new(&limits(3, 2));
        let start = Instant::now();
        let mut at = Vec::new();
        for _ in 0..7 {
            pace.enter(in_seconds(100)).await.expect("a turn");
            at.push(start.elapsed().as_secs());
        }
        assert_eq!(at, [0, 0, 0, 2, 2, 2, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_beyond_the_deadline_is_refused_and_not_used_up() {
        let pace = Pace::new(&limits(1, 10));
        pace.enter(in_seconds(5)).await.expect("a turn");
        assert_eq!(
            pace.enter(in_seconds(5)).await.map(|_| ()),
            Err("the pace of this account leaves no room".to_owned())
        );
        let start = Instant::now();
        pace.enter(in_seconds(11)).await.expect("a turn");
        assert_eq!(start.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn open_calls_are_counted() {
        let pace = Pace::new(&Limits { concurrent: Some(1), ..Limits::default() });
        let first = pace.enter(in_seconds(1)).await.expect("a turn");
        assert_eq!(
            pace.enter(in_seconds(1)).await.map(|_| ()),
            Err("too many calls of this account are open".to_owned())
        );
        drop(first);
        assert!(pace.enter(in_seconds(1)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_obeyed_up_to_the_deadline_and_never_longer_than_a_minute() {
        let pace = Pace::new(&Limits::default());
        pace.pause(Duration::from_secs(3));
        pace.pause(Duration::from_secs(1));
        assert_eq!(
            pace.enter(in_seconds(2)).await.map(|_| ()),
            Err("the provider asked this account to wait 3 s".to_owned())
        );
        let start = Instant::now();
        pace.enter(in_seconds(9)).await.expect("a turn");
        assert_eq!(start.elapsed().as_secs(), 3);
        pace.pause(Duration::from_hours(24));
        let start = Instant::now();
        pace.enter(in_seconds(90)).await.expect("a turn");
        assert_eq!(start.elapsed().as_secs(), 60);
    }

    #[test]
    fn headers_tell_when_nothing_is_left() {
        let reply = |headers: &[(&str, &str)]| Reply {
            status: 200,
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            ..Reply::default()
        };
        let limits = Limits {
            remaining: Some("X-Left".to_owned()),
            reset: Some(Reset { header: "X-Reset".to_owned(), unit: Unit::Milliseconds }),
            structured: Some("RateLimit".to_owned()),
            ..limits(1, 7)
        };
        let pace = Pace::new(&limits);
        for (headers, want) in [
            (&[("x-left", "0"), ("x-reset", "1500")][..], Some(1500)),
            (&[("X-Left", "0")], Some(7000)),
            (&[("X-Left", "1"), ("X-Reset", "1500")], None),
            (&[("X-Left", "many")], None),
            (&[("RateLimit", "\"a\";r=0;t=5")], Some(5000)),
            (&[("RateLimit", "limit=9, remaining=0, reset=6")], Some(6000)),
            (&[("RateLimit", "\"a\";r=3;t=5")], None),
            (&[("RateLimit", "\"a\";r=0;t=-1")], Some(7000)),
            (&[], None),
        ] {
            let want = want.map(Duration::from_millis);
            assert_eq!(pace.emptied(&reply(headers)), want, "{headers:?}");
        }
    }
}
