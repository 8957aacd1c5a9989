//! The id of a request: the caller's `X-Request-Id`, or one that is made.

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that brings an id.
const BROUGHT: HeaderName = HeaderName::from_static("x-request-id");

/// The header that answers with it.
pub(crate) const ANSWERED: HeaderName = HeaderName::from_static("mapwright-request-id");

/// The longest id that is taken over, in bytes.
const LONGEST: usize = 128;

/// The id of a request; letters, digits, `.`, `_` and `-` alone, so that it can stand in every line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The caller's, where it is a legal one.
    pub(crate) fn of(headers: &HeaderMap) -> RequestId {
        let legal = |text: &&str| {
            let fits = !text.is_empty() && text.len() <= LONGEST;
            fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        let brought = headers.get(BROUGHT).and_then(|value| value.to_str().ok()).filter(legal);
        RequestId(brought.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of a header.
    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(brought: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(BROUGHT, HeaderValue::from_bytes(brought.as_bytes()).expect("a header"));
        RequestId::of(&headers).as_str().to_owned()
    }

    #[test]
    fn a_callers_id_is_taken_over_where_it_can_stand_in_a_log() {
        assert_eq!(of("req-1.A_b"), "req-1.A_b");
        for other in ["", "a b", "a\tb", "ä", "a\"b", &"x".repeat(129)] {
            assert_eq!(Uuid::parse_str(&of(other)).map(|id| id.get_version_num()), Ok(4), "{other}");
        }
    }
}
