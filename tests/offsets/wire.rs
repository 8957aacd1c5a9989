//! The provider behind a socket of this machine: its answers byte by byte, and a connection that ends where it is told to.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use mapwright_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::fault::{Fault, What};

/// How an answer says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By its length; the connection stays.
    Length,
    /// By pieces of 256 bytes and a last one of none; the connection stays.
    Chunks,
    /// By the end of the connection.
    End,
}

/// A provider behind a socket, for one run.
pub(crate) struct Wire {
    sandbox: Sandbox,
    framing: Framing,
    fault: Option<Fault>,
    /// How many requests have begun.
    begun: AtomicUsize,
    pub(crate) met: AtomicUsize,
    /// The bytes of each request and of each answer.
    noted: Mutex<Vec<(Vec<u8>, Vec<u8>)>>,
}

impl Wire {
    pub(crate) fn new(sandbox: Sandbox, framing: Framing, fault: Option<Fault>) -> Arc<Wire> {
        let (begun, met) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Wire { sandbox, framing, fault, begun, met, noted: Mutex::default() })
    }

    /// The provider.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The bytes of each request and of each answer, in order.
    pub(crate) fn noted(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves until it is dropped.
    pub(crate) async fn serve(self: Arc<Wire>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let wire = Arc::clone(&self);
                    // A caller that breaks off has nobody to tell.
                    connections.spawn(async move { drop(wire.connection(stream).await) });
                }
            }
        }
    }

    /// Answers request after request until one of them ends the connection.
    async fn connection(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        // A request has begun with its first byte, not with the connection.
        while stream.peek(&mut [0]).await? > 0 {
            let number = self.begun.fetch_add(1, Ordering::SeqCst);
            let wrong = self.fault.filter(|fault| fault.what != What::Refused && fault.meets(number, false));
            let wrong = wrong.map(|fault| fault.what);
            if wrong.is_some() {
                self.met.fetch_add(1, Ordering::SeqCst);
            }
            if let Some(What::Request(length)) = wrong {
                let mut begun = vec![0; length];
                stream.read_exact(&mut begun).await?;
                return Ok(());
            }
            let (raw, request) = read(&mut stream).await?;
            let answer = bytes(&self.sandbox.handle(&request), self.framing);
            self.noted.lock().unwrap_or_else(PoisonError::into_inner).push((raw, answer.clone()));
            if let Some(What::Answer(length)) = wrong {
                stream.write_all(&answer[..length.min(answer.len())]).await?;
                return stream.shutdown().await;
            }
            stream.write_all(&answer).await?;
            if self.framing == Framing::End {
                return stream.shutdown().await;
            }
        }
        Ok(())
    }
}

/// Reads a request: its bytes, and what they say.
async fn read(stream: &mut TcpStream) -> io::Result<(Vec<u8>, Request<Bytes>)> {
    let mut raw = Vec::new();
    let head = loop {
        if let Some(end) = raw.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut raw).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let text = String::from_utf8_lossy(&raw[..head]).into_owned();
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::from_bytes(method.as_bytes()).map_err(io::Error::other)?;
    *request.uri_mut() = target.parse::<Uri>().map_err(io::Error::other)?;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(io::Error::other)?;
        request.headers_mut().append(name, HeaderValue::from_str(value).map_err(io::Error::other)?);
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let whole = head + length.unwrap_or(0_usize);
    while raw.len() < whole {
        if stream.read_buf(&mut raw).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    *request.body_mut() = Bytes::copy_from_slice(&raw[head..whole]);
    Ok((raw, request))
}

/// An answer as it is on the wire.
fn bytes(response: &Response<Bytes>, framing: Framing) -> Vec<u8> {
    let status = response.status();
    let mut raw = format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or("")).into_bytes();
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING && name != header::CONNECTION {
            raw.extend_from_slice(name.as_str().as_bytes());
            raw.extend_from_slice(b": ");
            raw.extend_from_slice(value.as_bytes());
            raw.extend_from_slice(b"\r\n");
        }
    }
    let body = response.body();
    // An answer of this status has no body, and says nothing of one (RFC 9110 §15.3.5).
    let is_bare = status == http::StatusCode::NO_CONTENT;
    match framing {
        Framing::Length | Framing::Chunks if is_bare => raw.extend_from_slice(b"\r\n"),
        Framing::Length => {
            raw.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
            raw.extend_from_slice(body);
        }
        Framing::Chunks => {
            raw.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
            for piece in body.chunks(256) {
                raw.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                raw.extend_from_slice(piece);
                raw.extend_from_slice(b"\r\n");
            }
            raw.extend_from_slice(b"0\r\n\r\n");
        }
        Framing::End => {
            raw.extend_from_slice(b"connection: close\r\n\r\n");
            raw.extend_from_slice(body);
        }
    }
    raw
}
