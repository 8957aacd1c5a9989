//! A transport that sends nothing: it expects requests, compares them, and gives the replies that it was given.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::transport::{Context, Sending, Transport, TransportError};

/// A request that is expected, and what comes back.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request.
    pub request: Expected,
    /// What comes back, or why nothing does.
    pub reply: Result<Response<Bytes>, TransportError>,
}

/// What a request has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The method.
    pub method: String,
    /// The whole URL, as the request has it before a local account's address takes its host's place.
    pub url: String,
    /// Headers that it has, with these texts; names compare without case. Others do not matter.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: ExpectedBody,
}

/// What a body has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedBody {
    /// None.
    Empty,
    /// JSON of this value; the order of members and the blanks do not matter, numbers are exact.
    Json(Value),
    /// These bytes.
    Bytes(Vec<u8>),
}

/// A request that is not the expected one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Difference {
    /// A part of a request differs.
    #[error("request {number} ({step}): the {part} differs\n  expected: {expected}\n  sent:     {sent}")]
    Part {
        /// Which request it is, from one.
        number: usize,
        /// The step that sent it.
        step: String,
        /// The part.
        part: String,
        /// What is expected.
        expected: String,
        /// What was sent, with secrets masked.
        sent: String,
    },
    /// More requests than expected.
    #[error("request {number} ({step}) is not expected: {sent}")]
    Unexpected {
        /// Which request it is, from one.
        number: usize,
        /// The step that sent it.
        step: String,
        /// Its method and URL.
        sent: String,
    },
    /// Fewer requests than expected.
    #[error("request {number} was never sent: {expected}")]
    Unsent {
        /// Which request it is, from one.
        number: usize,
        /// Its method and URL.
        expected: String,
    },
}

/// Replays exchanges in their order. Copies share them. After the first difference every request is refused.
#[derive(Clone, Debug)]
pub struct Replay {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    left: VecDeque<Exchange>,
    number: usize,
    difference: Option<Difference>,
}

impl Replay {
    /// From the exchanges that are expected.
    pub fn new(exchanges: impl IntoIterator<Item = Exchange>) -> Replay {
        Replay {
            state: Arc::new(Mutex::new(State { left: exchanges.into_iter().collect(), number: 0, difference: None })),
        }
    }

    /// Whether everything went as expected; to be asked when the run has ended.
    pub fn finish(&self) -> Result<(), Difference> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match (&state.difference, state.left.front()) {
            (Some(difference), _) => Err(difference.clone()),
            (None, Some(next)) => Err(Difference::Unsent {
                number: state.number + 1,
                expected: format!("{} {}", next.request.method, next.request.url),
            }),
            (None, None) => Ok(()),
        }
    }

    fn answer(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.difference.is_some() {
            return Err(TransportError::Refused("an earlier request differs".to_owned()));
        }
        state.number += 1;
        let seen = Seen { request, context: request.extensions().get::<Context>(), number: state.number };
        let compared = match state.left.pop_front() {
            Some(exchange) => seen.compare(&exchange.request).map(|()| exchange.reply),
            None => Err(seen.unexpected()),
        };
        compared.unwrap_or_else(|difference| {
            let words = difference.to_string();
            state.difference = Some(difference);
            Err(TransportError::Refused(words))
        })
    }
}

impl Transport for Replay {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(std::future::ready(self.answer(&request)))
    }
}

/// A request that came.
struct Seen<'a> {
    request: &'a Request<Bytes>,
    context: Option<&'a Context>,
    number: usize,
}

impl Seen<'_> {
    fn step(&self) -> String {
        self.context.map_or("unknown step", Context::step).to_owned()
    }

    fn masked(&self, text: &str) -> String {
        self.context.map_or_else(|| text.to_owned(), |context| context.masked(text))
    }

    fn unexpected(&self) -> Difference {
        Difference::Unexpected {
            number: self.number,
            step: self.step(),
            sent: self.masked(&format!("{} {}", self.request.method(), self.request.uri())),
        }
    }

    fn differs<T>(&self, part: impl Into<String>, expected: impl fmt::Display, sent: &str) -> Result<T, Difference> {
        Err(Difference::Part {
            number: self.number,
            step: self.step(),
            part: part.into(),
            expected: expected.to_string(),
            sent: self.masked(sent),
        })
    }

    fn compare(&self, expected: &Expected) -> Result<(), Difference> {
        let (method, url) = (self.request.method().as_str(), self.request.uri().to_string());
        if expected.method != method {
            return self.differs("method", &expected.method, method);
        }
        if expected.url != url {
            return self.differs("URL", &expected.url, &url);
        }
        for (name, want) in &expected.headers {
            let all = self.request.headers().get_all(name.as_str());
            let sent: Vec<String> =
                all.iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
            let sent = sent.join(", ");
            if *want != sent {
                return self.differs(format!("header `{name}`"), want, &sent);
            }
        }
        let body = self.request.body();
        let text = String::from_utf8_lossy(body);
        let same = match &expected.body {
            ExpectedBody::Empty => body.is_empty(),
            ExpectedBody::Bytes(bytes) => bytes.as_slice() == &**body,
            ExpectedBody::Json(value) => serde_json::from_slice::<Value>(body).is_ok_and(|sent| sent == *value),
        };
        if same { Ok(()) } else { self.differs("body", &expected.body, &text) }
    }
}

impl fmt::Display for ExpectedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExpectedBody::Empty => f.write_str("no body"),
            ExpectedBody::Json(value) => write!(f, "{value}"),
            ExpectedBody::Bytes(bytes) => f.write_str(&String::from_utf8_lossy(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;
    use serde_json::json;

    const URL: &str = "https://api.example.com/books/1";

    fn exchange(body: ExpectedBody) -> Exchange {
        Exchange {
            request: Expected {
                method: "PATCH".to_owned(),
                url: URL.to_owned(),
                headers: vec![("if-match".to_owned(), "7".to_owned())],
                body,
            },
            reply: Ok(Response::new(Bytes::from_static(b"{}"))),
        }
    }

    fn request(method: &str, url: &str, guard: &str, body: &str) -> Request<Bytes> {
        let context = Context::new("write book", false).with_mask(Mask::new(["canary"]));
        Request::builder()
            .method(method)
            .uri(url)
            .header("If-Match", guard)
            .header("X-Other", "1")
            .extension(context)
            .body(Bytes::from(body.to_owned()))
            .expect("a request")
    }

    async fn sent(request: Request<Bytes>, body: ExpectedBody) -> String {
        let replay = Replay::new([exchange(body)]);
        let answer = replay.send(request).await;
        match replay.finish() {
            Ok(()) => format!("{}", answer.expect("an answer").status()),
            Err(difference) => difference.to_string(),
        }
    }

    #[tokio::test]
    async fn the_expected_request_gets_its_reply() {
        let body = || ExpectedBody::Json(json!({"a": 1, "b": [12_345_678_901_234_567_u64]}));
        let text = "{\"b\":[12345678901234567],\"a\":1}";
        assert_eq!(sent(request("PATCH", URL, "7", text), body()).await, "200 OK");
        assert_eq!(sent(request("PATCH", URL, "7", ""), ExpectedBody::Empty).await, "200 OK");
        let bytes = ExpectedBody::Bytes(b"a=1".to_vec());
        assert_eq!(sent(request("PATCH", URL, "7", "a=1"), bytes).await, "200 OK");
    }

    #[tokio::test]
    async fn a_difference_names_the_step_and_shows_both() {
        let body = || ExpectedBody::Json(json!({"a": 1}));
        for (request, want) in [
            (request("PUT", URL, "7", "{\"a\":1}"), "the method differs\n  expected: PATCH\n  sent:     PUT"),
            (
                request("PATCH", "https://api.example.com/books/2", "7", "{\"a\":1}"),
                "the URL differs\n  expected: https://api.example.com/books/1\n  sent:     https://api.example.com/books/2",
            ),
            (request("PATCH", URL, "8", "{\"a\":1}"), "the header `if-match` differs\n  expected: 7\n  sent:     8"),
            (
                request("PATCH", URL, "7", "{\"a\":\"canary\"}"),
                "the body differs\n  expected: {\"a\":1}\n  sent:     {\"a\":\"***\"}",
            ),
        ] {
            assert_eq!(sent(request, body()).await, format!("request 1 (write book): {want}"));
        }
    }

    #[tokio::test]
    async fn requests_too_many_and_too_few_are_differences() {
        let replay = Replay::new([]);
        let answer = replay.send(request("PATCH", URL, "7", "")).await;
        let want = "request 1 (write book) is not expected: PATCH https://api.example.com/books/1";
        assert_eq!(answer.err(), Some(TransportError::Refused(want.to_owned())));
        assert_eq!(replay.finish().map_err(|d| d.to_string()), Err(want.to_owned()));

        let replay = Replay::new([exchange(ExpectedBody::Empty)]);
        assert_eq!(
            replay.finish().map_err(|d| d.to_string()),
            Err("request 1 was never sent: PATCH https://api.example.com/books/1".to_owned())
        );
    }
}
