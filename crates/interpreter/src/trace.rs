//! What went over the wire, with every secret masked.

use std::time::Duration;

use http::{HeaderMap, Request};
use mapwright_mapping::plan::StepKey;
use mapwright_mapping::provider::Class;
use mapwright_mapping::reply::{Ending, Reply};
use serde::{Serialize, Serializer};

use crate::mask::{MASKED, Mask};

/// The most of a body that is shown, in bytes.
const LONGEST_BODY: usize = 64 << 10;

/// Headers of replies that are masked whatever they hold.
const MASKED_HEADERS: [&str; 5] =
    ["set-cookie", "cookie", "authorization", "proxy-authorization", "authentication-info"];

/// Headers of replies that hold an address: who sends elsewhere may hand a token along.
const ADDRESSES: [&str; 3] = ["location", "content-location", "refresh"];

/// The calls of a run, in order. It holds no secret and no token of the account, in none of the usual encodings.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Trace {
    /// The calls.
    pub calls: Vec<Call>,
}

/// One step, or one renewal of the access token, with all its attempts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// The step in words.
    pub step: String,
    /// Which step it was; none for the renewal of a token.
    pub key: Option<StepKey>,
    /// The request as it was sent; none where the interpreter is [without texts](crate::Interpreter::without_texts).
    pub request: Option<SentRequest>,
    /// The attempts, in order; none where the reply was kept from before or nothing could be sent.
    pub attempts: Vec<Sent>,
    /// Whether the reply was kept from before.
    pub cached: bool,
    /// Whether it was a write that was sent again after silence.
    pub repeated_after_silence: bool,
    /// How it ended, in words.
    pub ending: String,
    /// The reply that it ended with; none where there was none, or the interpreter is without texts.
    pub reply: Option<ReceivedReply>,
    /// How long it took, waits included.
    #[serde(rename = "milliseconds", serialize_with = "milliseconds")]
    pub duration: Duration,
    /// How it ended, when it was the renewal of a token.
    #[serde(skip)]
    pub renewal: Option<Renewal>,
}

/// How the renewal of a token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// There is a new token.
    Renewed,
    /// The provider refuses the credentials.
    Refused,
    /// The token endpoint cannot answer now.
    Unavailable,
}

impl Call {
    /// Whether it is the renewal of a token, and no step of the run.
    pub fn is_renewal(&self) -> bool {
        self.key.is_none()
    }
}

/// A request as it was sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SentRequest {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The headers, those of the credentials last.
    pub headers: Vec<(String, String)>,
    /// The body, when there is one.
    pub body: Option<ShownBody>,
}

/// A reply as it came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReceivedReply {
    /// The status.
    pub status: u16,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: ShownBody,
}

/// A body as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownBody {
    /// Its text, cut where it is very long; bytes that are no text are replaced.
    pub text: String,
    /// Its true length in bytes.
    pub length: usize,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sent {
    /// How long was waited before it because of the attempt before.
    #[serde(rename = "waited_milliseconds", serialize_with = "milliseconds")]
    pub waited: Duration,
    /// The status of the reply, when there was one.
    pub status: Option<u16>,
    /// How it ended, in words.
    pub ending: String,
    /// What somebody else knows of it, such as a simulated provider; a run leaves it empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The class of what went wrong; none where the answer was good.
    #[serde(skip)]
    pub class: Option<Class>,
    /// How long it took, without the wait before it.
    #[serde(skip)]
    pub duration: Duration,
}

fn milliseconds<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
}

impl SentRequest {
    /// A request as it may be shown; headers that are marked as sensitive are masked whole.
    pub(crate) fn of(request: &Request<bytes::Bytes>, mask: &Mask) -> SentRequest {
        SentRequest {
            method: request.method().to_string(),
            url: mask.text(&request.uri().to_string()),
            headers: headers(request.headers(), mask),
            body: (!request.body().is_empty()).then(|| ShownBody::of(request.body(), mask)),
        }
    }
}

fn headers(map: &HeaderMap, mask: &Mask) -> Vec<(String, String)> {
    map.iter()
        .map(|(name, value)| {
            let shown = if value.is_sensitive() {
                MASKED.to_owned()
            } else {
                mask.text(&String::from_utf8_lossy(value.as_bytes()))
            };
            (name.as_str().to_owned(), shown)
        })
        .collect()
}

impl ReceivedReply {
    /// A reply as it may be shown.
    pub(crate) fn of(reply: &Reply, mask: &Mask) -> ReceivedReply {
        let headers = reply.headers.iter().map(|(name, value)| {
            let hidden = MASKED_HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known));
            let shown = match hidden {
                true => MASKED.to_owned(),
                false if ADDRESSES.iter().any(|known| name.eq_ignore_ascii_case(known)) => bare(&mask.text(value)),
                false => mask.text(value),
            };
            (name.clone(), shown)
        });
        ReceivedReply { status: reply.status, headers: headers.collect(), body: ShownBody::of(&reply.body, mask) }
    }
}

/// An address without its user, its query and its fragment.
fn bare(address: &str) -> String {
    let end = address.find(['?', '#']).map_or(address.len(), |at| at + 1);
    let (shown, rest) = address.split_at(end);
    let hidden = if rest.is_empty() { "" } else { MASKED };
    let (scheme, after) = match shown.find("//") {
        Some(at) => shown.split_at(at + 2),
        None => ("", shown),
    };
    let authority = after.find(['/', '?', '#']).unwrap_or(after.len());
    match after.get(..authority).and_then(|authority| authority.rfind('@')) {
        Some(at) => format!("{scheme}{MASKED}{}{hidden}", after.get(at..).unwrap_or_default()),
        None => format!("{shown}{hidden}"),
    }
}

impl ShownBody {
    /// A body as it may be shown. It is masked before it is cut, so that a secret at the cut does not show in part.
    fn of(body: &[u8], mask: &Mask) -> ShownBody {
        let head = body.get(..2 * LONGEST_BODY).unwrap_or(body);
        let mut text = mask.text(&String::from_utf8_lossy(head));
        if text.len() > LONGEST_BODY {
            text.truncate(text.floor_char_boundary(LONGEST_BODY));
        }
        ShownBody { text, length: body.len() }
    }

    /// A body that is not shown.
    pub(crate) fn withheld(length: usize) -> ShownBody {
        ShownBody { text: MASKED.to_owned(), length }
    }
}

/// An ending in words, masked.
pub(crate) fn in_words(ending: &Ending, mask: &Mask) -> String {
    match ending {
        Ending::Answered(reply) => format!("answered with {}", reply.status),
        Ending::NeverSent(why) | Ending::Ambiguous(why) | Ending::Unusable(why) => mask.text(why),
        Ending::Unauthorized(why) => format!("unauthorized: {}", mask.text(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_at_the_cut_does_not_show() {
        let mask = Mask::new(["canary-canary"]);
        let mut body = vec![b'x'; LONGEST_BODY - 6];
        body.extend_from_slice(b"canary-canary and more");
        let shown = ShownBody::of(&body, &mask);
        assert_eq!(shown.length, body.len());
        assert_eq!(shown.text.len(), LONGEST_BODY);
        assert!(shown.text.ends_with("xx*** an"), "{}", &shown.text[LONGEST_BODY - 20..]);
    }

    #[test]
    fn an_address_is_shown_without_what_it_hands_along() {
        for (address, want) in [
            ("https://other.example/a?token=canary#b", "https://other.example/a?***"),
            ("https://ann:canary@other.example/a#canary", "https://***@other.example/a#***"),
            ("//canary@other.example", "//***@other.example"),
            ("/a/b?", "/a/b?"),
            ("0; url=https://other.example/?canary", "0; url=https://other.example/?***"),
        ] {
            assert_eq!(bare(address), want);
        }
    }

    #[test]
    fn headers_that_carry_sessions_are_masked_whole() {
        let reply = Reply {
            status: 200,
            headers: vec![
                ("Set-Cookie".to_owned(), "sid=1".to_owned()),
                ("X-Echo".to_owned(), "key canary-1".to_owned()),
            ],
            body: b"{}".to_vec().into(),
        };
        let shown = ReceivedReply::of(&reply, &Mask::new(["canary-1"]));
        assert_eq!(
            shown.headers,
            [("Set-Cookie".to_owned(), "***".to_owned()), ("X-Echo".to_owned(), "key ***".to_owned())]
        );
    }
}
