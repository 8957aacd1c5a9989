//! The provider: a process that answers at once, and counts.
//!
//! At first a [`Source`] answers. `POST /-/note` begins to note what goes back and forth, `POST /-/noted` ends it and
//! gives it. `POST /-/can` takes such a list: from then on its answers are given as they are, the last one where a
//! record was read before and after a write; anything else is a failure that is counted. `POST /-/counts` gives the
//! counts, without connections that asked for nothing but such orders.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::service::connection::Connection;
use crate::service::exchange::{Exchange, headers};
use crate::service::source::Source;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Connections that were accepted.
    pub(crate) connections: u64,
    /// Requests that were answered.
    pub(crate) requests: u64,
    /// Requests among them that nobody knows.
    pub(crate) unknown: u64,
}

/// What an answer is made of.
type Canned = (StatusCode, HeaderMap, Bytes);

struct Provider {
    source: Source,
    canned: OnceLock<BTreeMap<String, Canned>>,
    noted: RefCell<Option<Vec<Exchange>>>,
    counts: Cell<Counts>,
}

/// Serves on one thread, after a line with the address on standard output.
pub(crate) fn run(source: &str, mappings: PathBuf) -> io::Result<()> {
    let provider = Rc::new(Provider {
        source: Source::named(source, mappings),
        canned: OnceLock::new(),
        noted: RefCell::default(),
        counts: Cell::default(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let provider = Rc::clone(&provider);
            tokio::task::spawn_local(async move {
                let is_new = Cell::new(true);
                let service = service_fn(|request| provider.answer(request, &is_new));
                // A caller that breaks off has nobody to tell.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}

impl Provider {
    async fn answer(
        &self,
        request: Request<Incoming>,
        is_new: &Cell<bool>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let request = Request::from_parts(head, body);
        if let Some(order) = request.uri().path().strip_prefix("/-/") {
            return Ok(Response::new(Full::new(self.ordered(order, request.body()))));
        }
        let mut counts = self.counts.get();
        counts.requests += 1;
        counts.connections += u64::from(is_new.replace(false));
        let target = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let body = std::str::from_utf8(request.body()).unwrap_or_default();
        let response = match self.canned.get() {
            None => self.source.answer(&request),
            Some(canned) => {
                let known = canned.get(&Exchange::key(request.method().as_str(), target, body));
                counts.unknown += u64::from(known.is_none());
                let missing = || (StatusCode::NOT_IMPLEMENTED, HeaderMap::new(), Bytes::new());
                let (status, headers, bytes) = known.cloned().unwrap_or_else(missing);
                let mut response = Response::new(bytes);
                (*response.status_mut(), *response.headers_mut()) = (status, headers);
                response
            }
        };
        self.counts.set(counts);
        if let Some(noted) = &mut *self.noted.borrow_mut() {
            noted.push(Exchange {
                method: request.method().to_string(),
                target: target.to_owned(),
                headers: headers(request.headers()),
                body: body.to_owned(),
                status: response.status().as_u16(),
                answer_headers: headers(response.headers()),
                answer: String::from_utf8_lossy(response.body()).into_owned(),
            });
        }
        Ok(response.map(Full::new))
    }

    /// Does what the bench orders.
    fn ordered(&self, order: &str, body: &Bytes) -> Bytes {
        match order {
            "note" => *self.noted.borrow_mut() = Some(Vec::new()),
            "noted" => {
                let noted = self.noted.borrow_mut().take().unwrap_or_default();
                return serde_json::to_vec(&noted).expect("texts").into();
            }
            "can" => {
                let exchanges: Vec<Exchange> = serde_json::from_slice(body).expect("what was noted");
                let canned = exchanges.into_iter().map(|exchange| {
                    let key = Exchange::key(&exchange.method, &exchange.target, &exchange.body);
                    (key, can(&exchange))
                });
                assert!(self.canned.set(canned.collect()).is_ok(), "the answers are canned once");
            }
            "counts" => return serde_json::to_vec(&self.counts.get()).expect("numbers").into(),
            other => panic!("there is no order `{other}`"),
        }
        Bytes::new()
    }
}

fn can(exchange: &Exchange) -> Canned {
    let header = |(name, value): &(String, String)| {
        let name: HeaderName = name.parse().expect("a name that was sent before");
        (name, HeaderValue::from_str(value).expect("a value that was sent before"))
    };
    let headers = exchange.answer_headers.iter().map(header).collect();
    (StatusCode::from_u16(exchange.status).expect("a status"), headers, exchange.answer.clone().into())
}

/// The bench's line to the provider.
pub(crate) struct Line {
    connection: Connection,
}

impl Line {
    /// To the provider at this address.
    pub(crate) fn to(address: SocketAddr) -> io::Result<Line> {
        Ok(Line { connection: Connection::open(address)? })
    }

    /// Begins to note.
    pub(crate) fn note(&mut self) -> io::Result<()> {
        self.order("note", "").map(drop)
    }

    /// What was noted.
    pub(crate) fn noted(&mut self) -> io::Result<Vec<Exchange>> {
        Ok(serde_json::from_str(&self.order("noted", "")?)?)
    }

    /// From now on these answers alone are given.
    pub(crate) fn can(&mut self, exchanges: &[Exchange]) -> io::Result<()> {
        self.order("can", &serde_json::to_string(exchanges)?).map(drop)
    }

    /// What was counted so far.
    pub(crate) fn counts(&mut self) -> io::Result<Counts> {
        Ok(serde_json::from_str(&self.order("counts", "")?)?)
    }

    fn order(&mut self, order: &str, body: &str) -> io::Result<String> {
        let answer = self.connection.ask("POST", &format!("/-/{order}"), &[], body)?;
        if answer.status != 200 {
            return Err(io::Error::other(format!("the provider answers {} to `{order}`", answer.status)));
        }
        Ok(answer.body)
    }
}
