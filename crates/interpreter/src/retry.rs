//! Whether an attempt is followed by another one. Pure: this is the only place where it is decided.

use std::time::{Duration, SystemTime};

use mapwright_mapping::provider::{Class, Fault, Judged, Wait};
use mapwright_mapping::reply::{Ending, Reply};

use crate::transport::TransportError;

/// The most attempts of one step, the renewal of a token not counted.
pub const MOST_ATTEMPTS: u32 = 4;

/// The first wait where nobody says how long.
pub(crate) const FIRST_WAIT: Duration = Duration::from_millis(200);

/// The longest wait where nobody says how long.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Attempt {
    /// With a reply, judged.
    Answered(Reply, Judged),
    /// Without one.
    Failed(TransportError),
}

/// What a step allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permission {
    /// Whether it changes something at the provider.
    pub(crate) writes: bool,
    /// Whether a write may be sent again after silence.
    pub(crate) repeatable: bool,
    /// Whether the token could be renewed.
    pub(crate) renewable: bool,
}

/// What follows an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was the last one.
    Last,
    /// The token is renewed, and then it is sent again.
    Renew,
    /// It is sent again after a wait; none: nobody said how long.
    Again(Option<Wait>),
}

/// Decides what follows an attempt, whatever their number and the time that is left.
pub(crate) fn follow(attempt: &Attempt, step: Permission) -> Verdict {
    let when = |again: bool| if again { Verdict::Again(None) } else { Verdict::Last };
    let unclear = when(!step.writes || step.repeatable);
    match attempt {
        Attempt::Failed(TransportError::NeverSent(_)) => Verdict::Again(None),
        Attempt::Failed(TransportError::Ambiguous(_) | TransportError::CutOff(_)) => unclear,
        // What is refused or too large will be so again.
        Attempt::Failed(TransportError::Refused(_) | TransportError::TooLarge(_))
        | Attempt::Answered(_, Judged::Good) => Verdict::Last,
        Attempt::Answered(_, Judged::Fault(fault)) => after_fault(fault, step, unclear),
    }
}

fn after_fault(fault: &Fault, step: Permission, unclear: Verdict) -> Verdict {
    if !fault.retry {
        return Verdict::Last;
    }
    if fault.class == Class::Auth && step.renewable {
        return Verdict::Renew;
    }
    let refused = match fault.class {
        Class::Rate => true,
        // A breakdown may have done it; any other answer that says when to come back has done nothing.
        Class::Unavailable => (fault.status < 500 || fault.status == 503) && fault.wait.is_some(),
        _ => false,
    };
    let failed = matches!(fault.class, Class::Provider | Class::Unavailable);
    if refused || !step.writes && failed && fault.status >= 500 {
        Verdict::Again(fault.wait.clone())
    } else if fault.class == Class::Ambiguous {
        unclear
    } else {
        Verdict::Last
    }
}

/// How long a wait is at the moment `now`. Where nobody says how long, it is `first` after the first attempt, and after
/// the attempt `number`, counted from one, twice as long as after the one before. A date in the past is no wait at all.
pub(crate) fn span(wait: Option<&Wait>, number: u32, now: SystemTime, first: Duration) -> Duration {
    let stated = match wait {
        Some(Wait::For(span)) => Some(*span),
        Some(Wait::Until(date)) => {
            httpdate::parse_http_date(date).ok().map(|date| date.duration_since(now).unwrap_or_default())
        }
        None => None,
    };
    stated.unwrap_or_else(|| {
        let doubled = first.min(LONGEST_WAIT) * 2_u32.saturating_pow(number.saturating_sub(1).min(10));
        doubled.min(LONGEST_WAIT)
    })
}

/// The class of an attempt that was not good, as the end of a step has it.
pub(crate) fn class(attempt: &Attempt, writes: bool) -> Option<Class> {
    Some(match attempt {
        Attempt::Answered(_, Judged::Good) => return None,
        Attempt::Answered(_, Judged::Fault(fault)) => fault.class,
        Attempt::Failed(TransportError::NeverSent(_) | TransportError::Refused(_)) => Class::Unavailable,
        Attempt::Failed(_) if writes => Class::Ambiguous,
        Attempt::Failed(TransportError::Ambiguous(_)) => Class::Unavailable,
        Attempt::Failed(TransportError::CutOff(_) | TransportError::TooLarge(_)) => Class::Provider,
    })
}

/// Whether an attempt leaves open what was done.
pub(crate) fn is_unclear(attempt: &Attempt) -> bool {
    matches!(
        attempt,
        Attempt::Failed(TransportError::Ambiguous(_) | TransportError::CutOff(_) | TransportError::TooLarge(_))
    ) || leaves_open(attempt)
}

/// Whether an answer says that it is open what was done.
fn leaves_open(attempt: &Attempt) -> bool {
    matches!(attempt, Attempt::Answered(_, Judged::Fault(fault)) if fault.class == Class::Ambiguous)
}

/// How a step ended, from its last attempt. For a write, `silence` is what an earlier attempt left open: then only a good
/// answer settles it. A refusal of the repetition says nothing of that attempt: a record may be gone, or refuse what it
/// has done already. An answer that leaves open itself what was done is the ending too: it has the provider's words.
pub(crate) fn ending(last: Attempt, writes: bool, silence: Option<String>) -> Ending {
    let good = matches!(last, Attempt::Answered(_, Judged::Good));
    if let Some(silence) = silence.filter(|_| writes && !good && !leaves_open(&last)) {
        return Ending::Ambiguous(match &last {
            Attempt::Answered(reply, _) => format!("{silence}; sent again, it was answered with {}", reply.status),
            Attempt::Failed(_) => silence,
        });
    }
    match last {
        Attempt::Answered(reply, _) => Ending::Answered(reply),
        Attempt::Failed(TransportError::NeverSent(why) | TransportError::Refused(why)) => Ending::NeverSent(why),
        Attempt::Failed(error @ (TransportError::CutOff(_) | TransportError::TooLarge(_))) if !writes => {
            Ending::Unusable(error.to_string())
        }
        Attempt::Failed(error) => Ending::Ambiguous(error.to_string()),
    }
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
