//! A client that sends the bytes that it is given.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Nothing takes as long; a test that waits for it fails.
const LONGEST: Duration = Duration::from_mins(1);

/// One connection.
pub(crate) struct Socket {
    stream: TcpStream,
    /// What came and belongs to no answer yet.
    came: Vec<u8>,
}

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The words after the status.
    pub(crate) reason: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Socket {
    pub(crate) fn open(address: SocketAddr) -> Socket {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(LONGEST)).expect("a time-out");
        Socket { stream, came: Vec::new() }
    }

    /// Sends bytes. The other side may have closed already: what it answered is read all the same.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Sends no more.
    pub(crate) fn end(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The next answer.
    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_to("GET")
    }

    /// The next answer; one to a HEAD has no body whatever its headers say.
    pub(crate) fn answer_to(&mut self, method: &str) -> Answer {
        let end = loop {
            if let Some(at) = self.came.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(
                self.more(),
                "the connection ended without an answer; came: {:?}",
                String::from_utf8_lossy(&self.came)
            );
        };
        let head = String::from_utf8(self.came.drain(..end).collect()).expect("a head in ASCII");
        let mut lines = head.trim_end().split("\r\n");
        let line = lines.next().expect("a status line");
        let mut words = line.splitn(3, ' ');
        assert_eq!(words.next(), Some("HTTP/1.1"), "{line}");
        let status = words.next().and_then(|text| text.parse().ok()).expect("a status");
        let reason = words.next().unwrap_or_default().to_owned();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut answer = Answer { status, reason, headers, body: Vec::new() };
        let length: usize = answer.header("content-length").map_or(0, |text| text.parse().expect("a length"));
        assert_eq!(answer.header("transfer-encoding"), None, "no answer of these tests comes in chunks");
        if method != "HEAD" {
            while self.came.len() < length {
                assert!(self.more(), "the connection ended within a body");
            }
            answer.body = self.came.drain(..length).collect();
        }
        answer
    }

    /// Whether the other side has closed, without another byte.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.came.is_empty() && !self.more()
    }

    /// Reads more; false at the end.
    fn more(&mut self) -> bool {
        let mut bytes = [0; 16 << 10];
        match self.stream.read(&mut bytes) {
            Ok(0) => false,
            Ok(length) => {
                self.came.extend(&bytes[..length]);
                true
            }
            // A connection that is reset is at its end.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => false,
            Err(error) => panic!("nothing came: {error}"),
        }
    }
}

impl Answer {
    /// The only header of that name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let one = all.next();
        assert_eq!(all.next(), None, "`{name}` stands there twice");
        one
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }
}
