//! The headers of an answer.

use http::{HeaderMap, HeaderName, HeaderValue};
use mapwright_interpreter::RateLeft;
use mapwright_mapping::outcome::{Fate, LeafOutcome, Unread};

use super::structured;

/// Names the leaves of the patch that were not written as they are, each with a reason.
pub const UNWRITTEN: HeaderName = HeaderName::from_static("mapwright-unwritten");
/// Names the leaves that the answer lacks although the mapping has them.
pub const UNREAD: HeaderName = HeaderName::from_static("mapwright-unread");
/// The version of the mapping: a hash of its files.
pub const MAPPING_VERSION: HeaderName = HeaderName::from_static("mapwright-mapping-version");
/// The id of the request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("mapwright-request-id");

/// The longest list in a header, in bytes.
pub const LONGEST_LIST: usize = 4096;

/// The headers about leaves that were not written and leaves that were not read; none where there are none, since a
/// list without members has no header (RFC 9651).
pub fn about_leaves(outcomes: &[LeafOutcome], unread: &[Unread]) -> HeaderMap {
    let unwritten = outcomes
        .iter()
        .filter(|outcome| is_unwritten(outcome.outcome))
        .map(|outcome| format!("{};reason={}", structured::string(&outcome.pointer), outcome.outcome.as_str()));
    let unread = unread.iter().map(|unread| structured::string(&unread.pointer));
    let mut headers = HeaderMap::new();
    for (name, members) in [(UNWRITTEN, unwritten.collect::<Vec<_>>()), (UNREAD, unread.collect())] {
        let text = structured::list(&members, LONGEST_LIST);
        if let Some(value) = HeaderValue::from_str(&text).ok().filter(|value| !value.is_empty()) {
            headers.insert(name, value);
        }
    }
    headers
}

/// Whether the provider does not hold the value as the patch has it, or nobody knows.
fn is_unwritten(fate: Fate) -> bool {
    match fate {
        Fate::Send | Fate::Written | Fate::Lossy | Fate::Unchanged | Fate::Emptied => false,
        Fate::Altered
        | Fate::ReadOnly
        | Fate::Unsupported
        | Fate::NoSlot
        | Fate::Overridden
        | Fate::Kept
        | Fate::NotSent
        | Fate::Unknown
        | Fate::Rejected => true,
    }
}

/// The headers of a limit, in the one form of the contract.
pub fn rate_limit(rate: &RateLeft) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, text: Option<String>| {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    let limit = rate.limit.map(|limit| match rate.window {
        Some(window) => format!("{limit};w={window}"),
        None => limit.to_string(),
    });
    put("ratelimit-limit", limit);
    put("ratelimit-remaining", rate.remaining.map(|remaining| remaining.to_string()));
    put("ratelimit-reset", rate.reset.map(|reset| reset.to_string()));
    headers
}
