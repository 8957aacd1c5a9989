//! Accepts connections, serves them, and lets them end in peace.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::connection::Connection;
use crate::limits::Limits;

/// The number of headers that reach the service, which refuses large heads itself.
const MOST_HEADERS: usize = 1000;

/// The head that the connection itself takes; beyond it there is no answer in JSON.
const BUFFER: usize = 512 << 10;

/// How long nothing is accepted after the process has run out of something, such as file descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// A request as it arrives.
type Arriving = http::Request<Incoming>;

/// Serves until `ended`, and then until what runs has ended or the drain is over.
pub(crate) async fn serve<S>(
    listener: TcpListener,
    service: S,
    limits: &Limits,
    ended: impl Future<Output = ()>,
) -> Drained
where
    S: tower::Service<Arriving, Response = http::Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let mut ended = pin!(ended);
    let room = Arc::new(Semaphore::new(limits.connections.max(1)));
    let connections = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.patience)
        .max_headers(MOST_HEADERS)
        .max_buf_size(BUFFER)
        .half_close(false);
    loop {
        let accepted = async {
            // The semaphore is never closed.
            let permit = Arc::clone(&room).acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = &mut ended => break,
            accepted = accepted => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => {
                // An answer is written whole; where this fails, it only comes later.
                let _ = stream.set_nodelay(true);
                stream
            }
            Err(error) => {
                pause(&error).await;
                continue;
            }
        };
        let stream = Connection::new(stream);
        let served = TowerToHyperService::new(service.clone());
        let watched = connections.watch(http.serve_connection(TokioIo::new(stream.clone()), served));
        let head = limits.head;
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                stream.farewell(&error, head).await;
            }
            drop(permit);
        });
    }
    drop(listener);
    let open = connections.count();
    match timeout(limits.drain, connections.shutdown()).await {
        Ok(()) => Drained::Whole,
        Err(_) => Drained::Cut(open),
    }
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every request had its answer.
    Whole,
    /// The drain was over before; so many connections were open when it began.
    Cut(usize),
}

/// A connection that is gone before it is accepted concerns nobody else; anything else may pass.
async fn pause(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(error = %error, "a connection cannot be accepted");
        tokio::time::sleep(BREATH).await;
    }
}

/// Binds an address; in words that name it where that fails.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))
}
