//! An answer as it came over the wire.

use std::io::{self, Read};

use serde_json::Value;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The words beside it.
    pub reason: String,
    /// The headers in order, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Head and body as they came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Reads one answer; an error where the connection ends before the answer does.
    pub fn read(stream: &mut impl Read) -> io::Result<Answer> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(byte(stream)?);
        }
        let head = String::from_utf8(bytes.clone()).expect("a head of text");
        let mut lines = head.lines();
        let status = lines.next().expect("a status line");
        let mut words = status.splitn(3, ' ');
        assert_eq!(words.next(), Some("HTTP/1.1"), "{status}");
        let number = words.next().and_then(|text| text.parse().ok()).expect("a status");
        let reason = words.next().unwrap_or_default().to_owned();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let mut answer = Answer { status: number, reason, headers, body: Vec::new(), bytes };
        answer.body = answer.rest(stream)?;
        answer.bytes.extend(&answer.body);
        Ok(answer)
    }

    fn rest(&self, stream: &mut impl Read) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        if self.header("transfer-encoding") == Some("chunked") {
            loop {
                let mut line = Vec::new();
                while !line.ends_with(b"\r\n") {
                    line.push(byte(stream)?);
                }
                let text = String::from_utf8_lossy(&line);
                let length = usize::from_str_radix(text.trim(), 16).expect("the length of a chunk");
                let mut chunk = vec![0; length + 2];
                stream.read_exact(&mut chunk)?;
                if length == 0 {
                    return Ok(body);
                }
                body.extend(&chunk[..length]);
            }
        }
        match self.header("content-length") {
            Some(length) => body.resize(length.parse().expect("a length"), 0),
            None => return Ok(body),
        }
        stream.read_exact(&mut body)?;
        Ok(body)
    }

    /// The value of a header that stands there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "`{name}` stands there twice");
        value
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The code of a problem; nothing where it is none.
    pub fn code(&self) -> String {
        serde_json::from_slice::<Value>(&self.body)
            .ok()
            .and_then(|body| body["code"].as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Holds an error to what clients of the contract need: a standard reason phrase, JSON with the three fields, and
    /// a wait in whole seconds where there is one.
    pub fn assert_is_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text());
        let phrase = http::StatusCode::from_u16(status).expect("a status").canonical_reason().expect("a standard one");
        assert_eq!(self.reason, phrase);
        assert_eq!(self.header("content-type"), Some("application/json"));
        let body = self.json();
        assert_eq!(body["statusCode"], status, "{body}");
        assert_eq!(body["error"], phrase, "{body}");
        assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        assert_eq!(self.header("mapwright-request-id"), body["request_id"].as_str());
        if [429, 503].contains(&status) {
            let wait: u64 = self.header("retry-after").expect("a wait").parse().expect("whole seconds");
            assert!(wait >= 1, "{wait}");
        }
    }
}

fn byte(stream: &mut impl Read) -> io::Result<u8> {
    let mut one = [0];
    stream.read_exact(&mut one)?;
    Ok(one[0])
}
