//! A server on this machine that answers as it is told, and keeps what arrived.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a server does once it has read a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Sends these bytes, and closes.
    Send(Vec<u8>),
    /// Sends a head and 50 MB of JSON that never ends.
    Stream,
    /// Says nothing for as long as the server stands.
    Silence,
    /// Closes.
    Close,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    /// The method.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// The headers.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// What is answered to a request.
type Answer = dyn Fn(&Arrived) -> Act + Send + Sync;

/// The server; it ends when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers each request by what the function says, each on a connection of its own.
    pub(crate) fn new(answer: impl Fn(&Arrived) -> Act + Send + Sync + 'static) -> Server {
        Server::start(Some(Arc::new(answer)))
    }

    /// Closes every connection before anything is read.
    pub(crate) fn deaf() -> Server {
        Server::start(None)
    }

    fn start(answer: Option<Arc<Answer>>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (over, arrived) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (ends, keeps) = (Arc::clone(&over), Arc::clone(&arrived));
        let thread = std::thread::spawn(move || {
            let mut connections = Vec::new();
            while let Ok((stream, _)) = listener.accept() {
                if ends.load(Ordering::SeqCst) {
                    break;
                }
                let Some(answer) = answer.clone() else { continue };
                let (ends, keeps) = (Arc::clone(&ends), Arc::clone(&keeps));
                connections.push(std::thread::spawn(move || converse(stream, &*answer, &ends, &keeps)));
            }
            for connection in connections {
                connection.join().expect("a connection ends");
            }
        });
        Server { address, over, arrived, thread: Some(thread) }
    }

    /// Its address, as `--base-url` takes it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has arrived so far.
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().expect("no thread has failed").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))), "the server has failed");
    }
}

fn converse(mut stream: TcpStream, answer: &Answer, over: &AtomicBool, keeps: &Mutex<Vec<Arrived>>) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
    stream.set_write_timeout(Some(Duration::from_secs(10))).expect("a time-out");
    let Some(arrived) = read(&mut stream) else { return };
    let act = answer(&arrived);
    keeps.lock().expect("no thread has failed").push(arrived);
    // A client that goes away in between does what it may.
    match act {
        Act::Send(bytes) => drop(stream.write_all(&bytes)),
        Act::Stream => drop(stream_json(&mut stream)),
        Act::Close => {}
        Act::Silence => {
            let begun = Instant::now();
            while !over.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

fn stream_json(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[\"")?;
    let part = vec![b'x'; 64 << 10];
    (0..800).try_for_each(|_| stream.write_all(&part))
}

fn read(stream: &mut TcpStream) -> Option<Arrived> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.extend(byte);
    }
    let head = String::from_utf8(head).expect("a head of text");
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers: Vec<_> = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, text)| text.parse().expect("a length"))];
    stream.read_exact(&mut body).ok()?;
    Some(Arrived { method, target, headers, body })
}
