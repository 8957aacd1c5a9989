//! A plain connection over HTTP/1.1 that is kept open: one request after the other, no threads, no buffers of others.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: String,
}

/// A request as it goes over the wire.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: bench\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&[name, ": ", value, "\r\n"].concat());
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

impl Connection {
    /// A new one.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Connection { stream, buffer: Vec::with_capacity(16 << 10) })
    }

    /// Sends a request, and waits for its answer.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<Answer> {
        let (status, at) = self.exchange(&request(method, target, headers, body))?;
        Ok(Answer { status, body: String::from_utf8_lossy(&self.buffer[at..]).into_owned() })
    }

    /// Sends a request of these bytes and reads the whole answer: its status, and where its body begins in the buffer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, usize)> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let mut piece = [0; 16 << 10];
        loop {
            let read = self.stream.read(&mut piece)?;
            if read == 0 {
                return Err(io::Error::other("the connection ended before the answer"));
            }
            self.buffer.extend_from_slice(&piece[..read]);
            let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let (status, length) = head(&self.buffer[..end])?;
            if self.buffer.len() >= end + 4 + length {
                return Ok((status, end + 4));
            }
        }
    }
}

/// The status, and the length of the body. Nobody here answers in chunks.
fn head(bytes: &[u8]) -> io::Result<(u16, usize)> {
    let wrong = |what: &str| io::Error::other(format!("an answer {what}: {}", String::from_utf8_lossy(bytes)));
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("that is no text"))?;
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Ok((status.ok_or_else(|| wrong("without a status"))?, length.ok_or_else(|| wrong("without a length"))?))
}
