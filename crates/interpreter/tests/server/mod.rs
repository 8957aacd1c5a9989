//! A tiny HTTP server on a loopback socket that does one thing with every connection.

// Each test binary uses its part of it.
#![allow(dead_code, unreachable_pub)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a server does with a connection.
pub enum Does {
    /// Reads the request, says what this makes of it and hangs up.
    Answer(Box<dyn Fn(&str) -> String + Send + Sync>),
    /// Reads the request, says this and hangs up.
    Say(String),
    /// Reads the request and answers without end, this many bytes at most.
    Flood(usize),
    /// Hangs up without having read anything.
    HangUp,
    /// Reads the request and says nothing.
    Nothing,
}

/// A server; it ends when it is dropped.
pub struct Server {
    port: u16,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    written: AtomicUsize,
    ended: AtomicUsize,
}

/// The head of an answer that ends with the connection.
pub fn head(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} Any\r\n{headers}Connection: close\r\n\r\n")
}

impl Server {
    pub async fn start(does: Does) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Seen::default());
        let (does, kept) = (Arc::new(does), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                kept.connections.fetch_add(1, Ordering::AcqRel);
                let (does, seen) = (Arc::clone(&does), Arc::clone(&kept));
                tokio::spawn(async move {
                    serve(stream, &does, &seen).await;
                    seen.ended.fetch_add(1, Ordering::AcqRel);
                });
            }
        });
        Server { port, seen, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The requests so far, as they came.
    pub fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().expect("the requests").clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Acquire)
    }

    /// How many bytes went out, once a connection has ended.
    pub async fn written(&self) -> usize {
        while self.seen.ended.load(Ordering::Acquire) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.seen.written.load(Ordering::Acquire)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, does: &Does, seen: &Seen) {
    if matches!(does, Does::HangUp) {
        return;
    }
    let request = read(&mut stream).await;
    seen.requests.lock().expect("the requests").push(request.clone());
    match does {
        Does::Answer(answer) => say(&mut stream, &answer(&request)).await,
        Does::Say(text) => say(&mut stream, text).await,
        Does::Flood(most) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            let block = vec![b'x'; 64 << 10];
            while seen.written.load(Ordering::Acquire) < *most {
                let Ok(written) = stream.write(&block).await else { return };
                seen.written.fetch_add(written, Ordering::AcqRel);
            }
        }
        Does::Nothing | Does::HangUp => tokio::time::sleep(Duration::from_mins(1)).await,
    }
}

async fn say(stream: &mut TcpStream, text: &str) {
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Reads a head, and the body that it announces.
async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut block = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return text.into_owned();
            }
        }
        match stream.read(&mut block).await {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&bytes).into_owned(),
            Ok(n) => bytes.extend_from_slice(&block[..n]),
        }
    }
}
