//! What a provider says of its limits, in one form.

use mapwright_mapping::provider::{Limits, Reset};
use mapwright_mapping::reply::Reply;
use serde::Serialize;

/// What a provider says of its limits with an answer. What it does not say is not there: nothing is guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RateLeft {
    /// The requests of a window.
    pub limit: Option<u64>,
    /// The length of a window, in seconds.
    pub window: Option<u64>,
    /// The requests that are left.
    pub remaining: Option<u64>,
    /// When they are filled up again, in seconds from now.
    pub reset: Option<u64>,
}

impl RateLeft {
    /// Reads the headers that the mapping names; none where the answer has none of them.
    pub(crate) fn of(limits: &Limits, reply: &Reply) -> Option<RateLeft> {
        let header = |name: &Option<String>| name.as_deref().and_then(|name| reply.header(name));
        let span = |named: &Option<Reset>| {
            let named = named.as_ref()?;
            let number = reply.header(&named.header)?.trim().parse().ok()?;
            Some(named.unit.of(number)?.as_secs_f64().ceil())
        };
        let structured = header(&limits.structured);
        // The draft has the limits themselves in a header of their own.
        let policy = limits.structured.as_ref().and_then(|name| reply.header(&format!("{name}-Policy")));
        let stated = |names: &[&str]| {
            let mut texts = [structured, policy].into_iter().flatten();
            texts.find_map(|text| whole(parameter(text, names)?))
        };
        let left = RateLeft {
            limit: header(&limits.limit).and_then(whole).or_else(|| stated(&["q", "limit"])),
            window: span(&limits.window).and_then(count).or_else(|| stated(&["w"])),
            remaining: header(&limits.remaining).and_then(whole).or_else(|| stated(&["r", "remaining"])),
            reset: span(&limits.reset).and_then(count).or_else(|| stated(&["t", "reset"])),
        };
        (left != RateLeft::default()).then_some(left)
    }
}

/// A whole number; a fraction counts as its whole part, and what is below nothing as nothing.
fn whole(text: &str) -> Option<u64> {
    count(text.trim().parse::<f64>().ok().filter(|number| number.is_finite())?.max(0.0).floor())
}

fn count(number: f64) -> Option<u64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is seen to be in range")]
    (0.0..=LARGEST).contains(&number).then_some(number as u64)
}

/// A parameter of a structured header, in both of its drafts: `"a";r=0;t=5` and `limit=9, remaining=0, reset=5`.
pub(crate) fn parameter<'t>(text: &'t str, names: &[&str]) -> Option<&'t str> {
    text.split([';', ',']).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        names.contains(&name.trim()).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_mapping::provider::{Pace, Unit};
    use std::time::Duration;

    fn limits() -> Limits {
        let millis = |name: &str| Some(Reset { header: name.to_owned(), unit: Unit::Milliseconds });
        Limits {
            pace: Some(Pace { requests: 5, per: Duration::from_secs(1) }),
            concurrent: None,
            limit: Some("X-Max".to_owned()),
            window: millis("X-Window"),
            remaining: Some("X-Left".to_owned()),
            reset: millis("X-Reset"),
            structured: Some("X-Rate".to_owned()),
        }
    }

    fn left(headers: &[(&str, &str)]) -> Option<[Option<u64>; 4]> {
        let headers = headers.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let reply = Reply { status: 200, headers: headers.collect(), ..Reply::default() };
        RateLeft::of(&limits(), &reply).map(|left| [left.limit, left.window, left.remaining, left.reset])
    }

    #[test]
    fn only_what_the_provider_sends_is_passed_on() {
        let all = [("x-max", "110"), ("x-window", "10000"), ("x-left", "109"), ("x-reset", "1500")];
        assert_eq!(left(&all), Some([Some(110), Some(10), Some(109), Some(2)]));
        assert_eq!(left(&all[2..3]), Some([None, None, Some(109), None]));
        assert_eq!(left(&[("X-Other", "1")]), None, "the pace of the mapping is ours, and not the provider's word");
    }

    #[test]
    fn structured_headers_are_read_in_both_drafts() {
        let new = [("X-Rate", "\"default\";r=999;t=60"), ("X-Rate-Policy", "\"default\";q=1000;w=30")];
        assert_eq!(left(&new), Some([Some(1000), Some(30), Some(999), Some(60)]));
        let old = [("X-Rate", "limit=9, remaining=0, reset=6")];
        assert_eq!(left(&old), Some([Some(9), None, Some(0), Some(6)]));
    }

    #[test]
    fn what_is_no_number_is_not_there() {
        for odd in ["many", "", "NaN", "inf", "1e300", "0x10"] {
            assert_eq!(left(&[("X-Max", odd), ("X-Reset", odd)]), None, "{odd}");
        }
        assert_eq!(left(&[("X-Left", "-3"), ("X-Max", "12.9")]), Some([Some(12), None, Some(0), None]));
    }
}
