//! A provider that says everything that it was sent, in each of its answers.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;

/// The provider. It is gone with the process of the tests.
#[derive(Clone, Debug)]
pub(super) struct Echo {
    pub(super) address: SocketAddr,
    status: Arc<AtomicU16>,
}

impl Echo {
    pub(super) fn start() -> Echo {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let echo = Echo { address: listener.local_addr().expect("an address"), status: Arc::new(AtomicU16::new(200)) };
        let status = Arc::clone(&echo.status);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let status = Arc::clone(&status);
                thread::spawn(move || answer(&stream, &status));
            }
        });
        echo
    }

    /// The status of its next answers; 0: a page in HTML.
    pub(super) fn set(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

/// Answers one request, and ends the connection.
fn answer(stream: &TcpStream, status: &AtomicU16) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_exact(&mut byte).is_err() {
            return;
        }
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let said = format!("{head}{}", String::from_utf8_lossy(&body));
    let (status, kind, text) = match status.load(Ordering::SeqCst) {
        0 => (200, "text/html", format!("<html><body>{said}</body></html>")),
        status => (status, "application/json", everywhere(&said).to_string()),
    };
    let head = format!("HTTP/1.1 {status} Echo\r\nContent-Type: {kind}\r\nConnection: close\r\n");
    let mut stream = stream;
    let _ = stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
}

/// The words, wherever one of the nine has its words.
fn everywhere(said: &str) -> serde_json::Value {
    serde_json::json!({
        "message": said, "Message": said, "error": said, "error_description": said, "error_info": said, "code": said,
        "category": said, "name": said, "text": said, "data": [{"message": said, "code": said}],
        "errors": [{"message": said, "title": said, "error": {"message": said, "code": said},
            "extensions": {"code": said}}],
        said: said,
    })
}
