//! One connection: what the HTTP library would refuse with a bare status is answered like every other error.
//!
//! The library answers what is no HTTP, or has too large a head, with a status and nothing else, and closes on a head
//! that does not come in time without any answer. Here such an answer is held back, and the documented one is sent.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::IntoResponse as _;
use http::HeaderMap;
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::http::answer::REQUEST_ID;
use crate::http::problem::Problem;
use crate::request_id::RequestId;

/// How long the last answer of a connection may take, and how long it is waited for what the caller still sends:
/// closed before that, the answer might not reach it.
const FAREWELL: Duration = Duration::from_secs(1);

/// The most that is read of what a caller still sends.
const MOST_UNREAD: u64 = 1 << 20;

/// A connection. Copies are the same connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    stream: TcpStream,
    /// Whether something was read since something was written: a request has begun that has no answer.
    asked: bool,
    /// The status of the bare answer that is held back.
    bare: Option<u16>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Connection {
        Connection { shared: Arc::new(Mutex::new(Shared { stream, asked: false, bare: None })) }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers what the library has not answered as documented. `head` is the largest head that is taken.
    pub(crate) async fn farewell(mut self, error: &hyper::Error, head: usize) {
        let Some(problem) = self.unanswered(error, head) else { return };
        let bytes = as_bytes(problem);
        // Whether the caller still listens is not known.
        let _ = timeout(FAREWELL, async {
            self.write_all(&bytes).await?;
            self.shutdown().await?;
            tokio::io::copy(&mut self.take(MOST_UNREAD), &mut tokio::io::sink()).await
        })
        .await;
    }

    /// What the caller is to be told; nothing where it asked nothing, or has its answer.
    fn unanswered(&self, error: &hyper::Error, head: usize) -> Option<Problem> {
        let mut shared = self.lock();
        match shared.bare.take() {
            Some(414) => Some(Problem::target_too_long(head)),
            Some(431) => Some(Problem::headers_too_large(head)),
            Some(_) => Some(Problem::malformed_request("this is no HTTP/1.1 request that can be read")),
            None if !shared.asked => None,
            None if error.is_timeout() => Some(Problem::request_timeout()),
            None if error.is_parse() || error.is_incomplete_message() => {
                Some(Problem::malformed_request("this is no whole HTTP/1.1 request"))
            }
            None => None,
        }
    }
}

/// The answer as it goes over the wire.
fn as_bytes(problem: Problem) -> Vec<u8> {
    let id = RequestId::of(&HeaderMap::new());
    let problem = problem.with_request_id(id.as_str());
    let body = problem.to_json().to_string();
    let status = problem.status();
    tracing::info!(status = status.as_u16(), mapwright.request_id = id.as_str(), "answered what is no request");
    let mut bytes = format!(
        "HTTP/1.1 {} {}\r\nconnection: close\r\ncontent-length: {}\r\ndate: {}\r\n{REQUEST_ID}: {}\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
        body.len(),
        Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT"),
        id.as_str(),
    )
    .into_bytes();
    for (name, value) in problem.into_response().headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body.into_bytes());
    bytes
}

/// The status of an answer that the library makes by itself: a head alone, of an error, without a request's id.
fn bare_status(bytes: &[u8]) -> Option<u16> {
    let head = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.split(' ').next()?.parse().ok()?;
    let own = head.contains(REQUEST_ID.as_str()) || head.contains("\r\n\r\n");
    ((400..500).contains(&status) && !own).then_some(status)
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut shared = self.lock();
        let before = buf.filled().len();
        let read = Pin::new(&mut shared.stream).poll_read(cx, buf);
        shared.asked |= buf.filled().len() > before;
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut shared = self.lock();
        if let Some(status) = bare_status(bytes) {
            shared.bare = Some(status);
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut shared.stream).poll_write(cx, bytes);
        shared.asked &= !matches!(written, Poll::Ready(Ok(1..)));
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut shared = self.lock();
        // The answer that was held back is still to come.
        if shared.bare.is_some() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut shared.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_library_says_by_itself_is_held_back() {
        let bare = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(bare_status(bare.as_bytes()), Some(431));
        for other in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nmapwright-request-id: 1\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 400 Bad Request\r\n\r\nx\r\n\r\n",
            "{}",
            "",
        ] {
            assert_eq!(bare_status(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn an_answer_is_whole() {
        let text = String::from_utf8(as_bytes(Problem::request_timeout())).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n"), "{head}");
        assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())), "{head}");
        assert!(head.contains("\r\ncontent-type: application/json\r\n"), "{head}");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert!(
            head.contains(&format!("\r\nmapwright-request-id: {}\r\n", body["request_id"].as_str().expect("an id")))
        );
    }
}
