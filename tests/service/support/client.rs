//! A client that writes its requests byte by byte, as the contract's client for Node does.

use std::fmt::Write as _;
use std::io::{self, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::Answer;

/// How long an answer may take; the client for Node waits half of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client with a token.
#[derive(Clone, Debug)]
pub struct Client {
    /// Where the service is.
    pub address: SocketAddr,
    /// The token.
    pub token: String,
}

/// A request that can be varied before it is sent.
#[derive(Clone, Debug)]
pub struct Request {
    address: SocketAddr,
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Sends bytes on a connection of their own, and gives the answer.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    stream.write_all(bytes)?;
    Answer::read(&mut BufReader::new(stream))
}

impl Client {
    /// A `PATCH` of a lead. The id is encoded as `encodeURIComponent` does.
    pub fn patch(&self, account: Uuid, id: &str, body: &Value) -> Request {
        self.request("PATCH", account, id)
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes())
    }

    /// A `GET` of a lead.
    pub fn get(&self, account: Uuid, id: &str) -> Request {
        self.request("GET", account, id)
    }

    /// A request for a lead, without a body.
    pub fn request(&self, method: &'static str, account: Uuid, id: &str) -> Request {
        let target = format!("/unified/crm/leads/{}?integrated_account_id={account}", encoded(id));
        self.raw(method, &target)
    }

    /// A request for anything, with the token.
    pub fn raw(&self, method: &'static str, target: &str) -> Request {
        let request =
            Request { address: self.address, method, target: target.to_owned(), headers: Vec::new(), body: Vec::new() };
        request.header("authorization", &format!("Bearer {}", self.token)).header("accept", "application/json")
    }
}

impl Request {
    /// The same with a header.
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with an idempotency key.
    pub fn key(self, key: &str) -> Request {
        self.header("idempotency-key", key)
    }

    /// The same with more behind the query, which is encoded already.
    pub fn query(mut self, more: &str) -> Request {
        self.target.push('&');
        self.target.push_str(more);
        self
    }

    /// The same with a body.
    pub fn body(mut self, body: Vec<u8>) -> Request {
        self.body = body;
        self
    }

    /// The same for a base URL that ends in `/`.
    pub fn with_a_doubled_slash(mut self) -> Request {
        self.target.insert(0, '/');
        self
    }

    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", self.method, self.target, self.address);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if self.method != "GET" {
            let _ = write!(head, "content-length: {}\r\n", self.body.len());
        }
        let mut bytes = format!("{head}\r\n").into_bytes();
        bytes.extend(&self.body);
        bytes
    }

    /// Sends it, and gives the answer.
    pub fn send(&self) -> Answer {
        self.try_send().unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.target))
    }

    /// Sends it; an error where there is no answer.
    pub fn try_send(&self) -> io::Result<Answer> {
        exchange(self.address, &self.bytes())
    }
}

/// A segment of a path as `encodeURIComponent` writes it.
fn encoded(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    text.bytes().map(|byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
