//! A caller of simulated providers that knows no mapping: requests as bytes, answers as whole values.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use mapwright_sandbox::Sandbox;
use serde_json::Value;
use tokio::net::TcpListener;

/// The text of a provider's sandbox file.
pub(crate) fn text(provider: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/../../mappings/{provider}/sandbox.toml");
    std::fs::read_to_string(path).expect("the sandbox file is there")
}

/// A fresh provider.
pub(crate) fn sandbox(provider: &str) -> Sandbox {
    match Sandbox::from_toml(&format!("mappings/{provider}/sandbox.toml"), &text(provider)) {
        Ok(sandbox) => sandbox,
        Err(error) => panic!("{error}"),
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In lower case, sorted.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&self.body)),
        }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The headers as borrowed pairs.
    pub(crate) fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// A request: headers as written, the body as bytes.
pub(crate) fn request(method: &str, uri: &str, headers: &[(&str, &str)], body: &str) -> Request<Bytes> {
    let mut builder = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Bytes::copy_from_slice(body.as_bytes())).expect("a request that can be sent")
}

/// Sends a request.
pub(crate) fn send(sandbox: &Sandbox, method: &str, uri: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    answer(sandbox.handle(&request(method, uri, headers, body)))
}

/// An answer of this process.
pub(crate) fn answer(response: Response<Bytes>) -> Answer {
    let mut headers: Vec<(String, String)> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().expect("a printable header").to_owned()))
        .collect();
    headers.sort();
    Answer { status: response.status().as_u16(), headers, body: response.into_body() }
}

/// Sends one request over a real loopback socket and reads the answer by hand; `date`, `content-length` and
/// `connection` belong to the transport and are left out.
pub(crate) fn over_the_wire(
    sandbox: &Sandbox,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    parse(&bytes_over_the_wire(sandbox, method, target, headers, body))
}

/// The bytes that come over a real loopback socket until the connection ends.
pub(crate) fn bytes_over_the_wire(
    sandbox: &Sandbox,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Vec<u8> {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (tell, told) = std::sync::mpsc::channel();
    let shared = Arc::new(sandbox.clone());
    let server = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            tell.send(listener.local_addr().expect("an address")).expect("the caller waits");
            mapwright_sandbox::serve(listener, shared, stopped).await
        })
    });
    let address = told.recv().expect("the server runs");
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").expect("text");
    }
    write!(text, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("text");
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(text.as_bytes()).expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("answered");
    stop.send(()).expect("the server runs");
    server.join().expect("no panic").expect("no error");
    bytes
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("the end of the head");
    let head = std::str::from_utf8(&bytes[..end]).expect("a head");
    let mut lines = head.split("\r\n");
    let status = lines.next().expect("a status line");
    let mut headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "content-length" | "connection"))
        .collect();
    headers.sort();
    Answer {
        status: status.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status code"),
        headers,
        body: Bytes::copy_from_slice(&bytes[end + 4..]),
    }
}

/// Two texts of the file, and what the second one does to it: loading is refused at this line with this problem.
pub(crate) fn refused(provider: &str, from: &str, to: &str) -> String {
    let text = text(provider);
    assert!(text.contains(from), "`{from}` is in the file");
    let text = text.replacen(from, to, 1);
    match Sandbox::from_toml("sandbox.toml", &text) {
        Ok(_) => panic!("`{to}` was taken"),
        Err(error) => error.to_string(),
    }
}

/// Sends requests that no client means well with; the provider answers each of them and changes nothing.
pub(crate) fn survives_hostile_requests(sandbox: &Sandbox, headers: &[(&str, &str)], seeds: &[(&str, &str)]) {
    let before = sandbox.state();
    let long = "x".repeat(5000);
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "0",
        "\"\"",
        "[null]",
        "[[]]",
        "[{}]",
        "{\"\":null}",
        "{\"a\":{\"b\":[]}}",
        "\u{0}",
        "\u{fffd}{",
        "{\"op\":1}",
        "[{\"op\":\"add\",\"path\":7}]",
        "[{\"op\":\"add\",\"path\":\"\"}]",
        "[{\"op\":\"add\",\"path\":\"/~2//\",\"value\":{}}]",
        "9999999999999999999999",
        "1e999",
        deep.as_str(),
        long.as_str(),
    ];
    let tails = ["", "/", "//", "?", "?%", "?%ff=%ff&&=&a", "/%00", "/..", "/%2e%2e", "/%ff", "(", ")", "()", "(%2F)"];
    let media = ["", "application/json", "application/json-patch+json", "application/x-www-form-urlencoded", "\u{7f}"];
    let mut answered = 0_u32;
    for (method, path) in seeds {
        for method in [*method, "GET", "POST", "DELETE", "OPTIONS", "HEAD", "X-ODD"] {
            for tail in tails {
                for body in bodies {
                    for kind in media {
                        let uri = format!("{path}{tail}");
                        let mut builder = Request::builder().method(method).uri(&uri);
                        for (name, value) in headers {
                            builder = builder.header(*name, *value);
                        }
                        if !kind.is_empty() {
                            builder = builder.header("content-type", kind);
                        }
                        let Ok(request) = builder.body(Bytes::copy_from_slice(body.as_bytes())) else {
                            continue;
                        };
                        let status = sandbox.handle(&request).status().as_u16();
                        assert!((200..600).contains(&status), "{method} {uri} {body}: {status}");
                        answered += 1;
                    }
                }
            }
        }
    }
    assert!(answered > 1000, "{answered} requests were answered");
    let after = sandbox.state();
    assert_eq!(before["collections"], after["collections"], "a hostile request changed a record");
}
