//! The proxy: axum and reqwest with the settings of the service, and no mapping.
//!
//! For each request that comes in, whatever it says, the requests of a script go to the provider in their order, and
//! the last answer's bytes go back. Nothing is parsed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use reqwest::Url;
use tokio::net::TcpListener;

use crate::service::exchange::Exchange;

/// What goes to the provider for each request.
struct Script {
    client: reqwest::Client,
    requests: Vec<Prepared>,
}

/// A request that is ready to go.
struct Prepared {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    status: StatusCode,
}

/// Serves the script in a file, after a line with the address on standard output.
pub(crate) fn run(script: &Path, provider: SocketAddr) -> io::Result<()> {
    let exchanges: Vec<Exchange> = serde_json::from_slice(&std::fs::read(script)?)?;
    let requests = exchanges.iter().map(|exchange| prepared(exchange, provider)).collect();
    let script = Arc::new(Script { client: client()?, requests });
    // As `mapwright serve` makes its own: a thread for each core.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("{}", listener.local_addr()?);
        axum::serve(listener, Router::new().fallback(forward).with_state(script)).await
    })
}

/// As `mapwright_interpreter::Http::new` makes its own. Names are not resolved here: the provider's address is a number.
fn client() -> io::Result<reqwest::Client> {
    // The client wants a default for TLS, although no connection here uses it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .pool_idle_timeout(Duration::from_secs(20))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(Duration::from_secs(5))
        .build()
        .map_err(io::Error::other)
}

fn prepared(exchange: &Exchange, provider: SocketAddr) -> Prepared {
    let header = |(name, value): &(String, String)| {
        let name: HeaderName = name.parse().expect("a name that was sent before");
        (name, HeaderValue::from_str(value).expect("a value that was sent before"))
    };
    Prepared {
        method: exchange.method.parse().expect("a method"),
        url: format!("http://{provider}{}", exchange.target).parse().expect("a URL"),
        headers: exchange.headers.iter().map(header).collect(),
        body: exchange.body.clone().into(),
        status: StatusCode::from_u16(exchange.status).expect("a status"),
    }
}

/// Sends the script. An answer with another status than it had before is a failure.
async fn forward(State(script): State<Arc<Script>>, _body: Bytes) -> Response<Body> {
    let mut last = (None, Bytes::new());
    for prepared in &script.requests {
        let Ok(answer) = send(&script.client, prepared).await else {
            let mut failed = Response::new(Body::empty());
            *failed.status_mut() = StatusCode::BAD_GATEWAY;
            return failed;
        };
        last = answer;
    }
    let mut response = Response::new(Body::from(last.1));
    if let Some(kind) = last.0 {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response
}

async fn send(client: &reqwest::Client, prepared: &Prepared) -> Result<(Option<HeaderValue>, Bytes), ()> {
    let mut request = reqwest::Request::new(prepared.method.clone(), prepared.url.clone());
    request.headers_mut().clone_from(&prepared.headers);
    if !prepared.body.is_empty() {
        *request.body_mut() = Some(prepared.body.clone().into());
    }
    let answer = client.execute(request).await.map_err(drop)?;
    if answer.status() != prepared.status {
        return Err(());
    }
    let kind = answer.headers().get(CONTENT_TYPE).cloned();
    Ok((kind, answer.bytes().await.map_err(drop)?))
}
