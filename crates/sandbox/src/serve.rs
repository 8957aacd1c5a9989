//! The simulated provider over HTTP/1.1.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::error::SandboxError;
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

async fn answer(sandbox: &Sandbox, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let longest = sandbox.longest_body();
    let body = match Limited::new(body, longest).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(_) => Bytes::from(vec![b' '; longest.saturating_add(1)]),
    };
    let response = sandbox.handle(&Request::from_parts(head, body));
    Ok(response.map(Full::new))
}
