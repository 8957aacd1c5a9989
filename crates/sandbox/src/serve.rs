//! The simulated provider over HTTP/1.1.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::error::SandboxError;
use crate::faults::{Comes, Delivery};
use crate::sandbox::Sandbox;

/// Answers requests until `shutdown` is ready; open connections are then dropped. A body that is longer than the
/// sandbox takes reaches it cut, one byte too long, and is answered as too long.
///
/// # Errors
/// The listener is not bound to a loopback address, or its address cannot be told.
pub async fn serve<F>(listener: TcpListener, sandbox: Arc<Sandbox>, shutdown: F) -> io::Result<()>
where
    F: Future,
{
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(io::Error::other(SandboxError::NotLoopback(address)));
    }
    let mut shutdown = pin!(shutdown);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut shutdown => return Ok(()),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                // A connection that is gone before it is accepted concerns nobody else.
                let Ok((stream, _)) = accepted else { continue };
                let sandbox = Arc::clone(&sandbox);
                connections.spawn(async move {
                    let service = service_fn(|request| answer(&sandbox, request));
                    // A caller that breaks off has nobody to tell.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        }
    }
}

/// The answer; an error ends the connection without one.
async fn answer(sandbox: &Sandbox, request: Request<Incoming>) -> io::Result<Response<Outgoing>> {
    let (head, body) = request.into_parts();
    let longest = sandbox.longest_body();
    let body = match Limited::new(body, longest).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(_) => Bytes::from(vec![b' '; longest.saturating_add(1)]),
    };
    let Delivery { comes, delay, .. } = sandbox.deliver(&Request::from_parts(head, body));
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match comes {
        Comes::Whole(response) => Ok(response.map(|body| Outgoing { left: Some(body), ends: Ends::Well })),
        Comes::Part { mut response, length } => {
            response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
            Ok(response.map(|body| Outgoing { left: Some(body), ends: Ends::OnceSent }))
        }
        Comes::Nothing => Err(cut()),
    }
}

fn cut() -> io::Error {
    io::Error::other("the connection is cut")
}

/// A body on its way out.
struct Outgoing {
    left: Option<Bytes>,
    ends: Ends,
}

/// How a body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Whole.
    Well,
    /// With the connection, once what there is has left.
    OnceSent,
    /// With the connection.
    Now,
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match (self.left.take().filter(|bytes| !bytes.is_empty()), self.ends) {
            (Some(bytes), _) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (None, Ends::Well) => Poll::Ready(None),
            (None, Ends::OnceSent) => {
                // The server sends what it has while it waits for more.
                self.ends = Ends::Now;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            (None, Ends::Now) => Poll::Ready(Some(Err(cut()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ends == Ends::Well && self.left.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.left, self.ends) {
            (left, Ends::Well) => SizeHint::with_exact(left.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            _ => SizeHint::default(),
        }
    }
}
