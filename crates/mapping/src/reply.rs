//! What came back from a provider.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

/// A provider's reply, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, in order; names compare without case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Body,
}

/// A body: bytes, and what they are as JSON, found when it is first asked for. Copies share both.
#[derive(Clone, Default)]
pub struct Body {
    shared: Arc<SharedBody>,
}

#[derive(Default)]
struct SharedBody {
    bytes: Vec<u8>,
    json: OnceLock<Option<Arc<Value>>>,
}

impl Body {
    /// The body as JSON, when it is; a mark of the byte order before it is left out.
    ///
    /// ```
    /// use mapwright_mapping::reply::Body;
    ///
    /// let body = Body::from(br#"{"id":1}"#.to_vec());
    /// assert_eq!(body.json().and_then(|body| body["id"].as_u64()), Some(1));
    /// assert_eq!(Body::default().json(), None);
    /// ```
    pub fn json(&self) -> Option<&Arc<Value>> {
        let parse = || {
            let bytes = self.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self);
            serde_json::from_slice(bytes).ok().map(Arc::new)
        };
        self.shared.json.get_or_init(parse).as_ref()
    }

    /// The same JSON without the bytes, where it is JSON and was asked for; else the same.
    pub(crate) fn parsed_alone(&self) -> Body {
        match self.shared.json.get() {
            Some(Some(_)) => {
                let json = self.shared.json.clone();
                Body { shared: Arc::new(SharedBody { bytes: Vec::new(), json }) }
            }
            _ => self.clone(),
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Body {
        Body { shared: Arc::new(SharedBody { bytes, json: OnceLock::new() }) }
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.shared.bytes
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        **self == **other
    }
}

impl Eq for Body {}

/// The bytes.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With a reply.
    Answered(Reply),
    /// It never left: the provider cannot have seen it.
    NeverSent(String),
    /// It was sent, then silence: whether it was done is not known.
    Ambiguous(String),
    /// The answer came but is unusable: larger than the cap, or cut off. A read may be tried again.
    Unusable(String),
    /// The credentials could not be made good: the class of the refusal and what was said.
    Unauthorized(String),
}

impl Reply {
    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, when it is.
    pub fn json(&self) -> Option<&Arc<Value>> {
        self.body.json()
    }

    /// Whether the body is a page for people.
    pub fn is_page(&self) -> bool {
        let start = self.body.trim_ascii_start();
        let begins =
            |word: &str| start.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes()));
        let stated = self.header("Content-Type").is_some_and(|kind| kind.trim_start().starts_with("text/html"));
        !start.is_empty() && (stated && self.json().is_none() || begins("<!doctype html") || begins("<html"))
    }

    /// The body as JSON, or as `{ "text": … }` with the words of a body that is not; an empty body is `{}`.
    pub fn json_or_text(&self) -> Value {
        match self.json() {
            Some(value) => (**value).clone(),
            None if self.body.iter().all(u8::is_ascii_whitespace) => json!({}),
            None => json!({ "text": words(&String::from_utf8_lossy(&self.body)) }),
        }
    }
}

/// The words of a text, markup taken off, at most 500 characters: an HTML page as a sentence.
///
/// ```
/// assert_eq!(mapwright_mapping::reply::words("<h1>Bad  gateway</h1><script>x</script> 502"), "Bad gateway 502");
/// ```
pub fn words(text: &str) -> String {
    let mut plain = String::new();
    let mut skip: Option<&str> = None;
    let mut rest = text;
    while !rest.is_empty() && plain.len() < 4000 {
        let Some(open) = rest.find('<') else {
            if skip.is_none() {
                plain.push_str(rest);
            }
            break;
        };
        if skip.is_none() {
            plain.push_str(rest.get(..open).unwrap_or_default());
            plain.push(' ');
        }
        let tag = rest.get(open + 1..).unwrap_or_default();
        let Some(close) = tag.find('>') else {
            if skip.is_none() {
                plain.push_str(rest.get(open..).unwrap_or_default());
            }
            break;
        };
        let name = tag.get(..close).unwrap_or_default().to_ascii_lowercase();
        skip = match skip {
            Some(end) if name == end => None,
            Some(end) => Some(end),
            None if name.starts_with("style") => Some("/style"),
            None if name.starts_with("script") => Some("/script"),
            None => None,
        };
        rest = tag.get(close + 1..).unwrap_or_default();
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &str) -> Reply {
        Reply { status: 401, headers: vec![], body: body.as_bytes().to_vec().into() }
    }

    #[test]
    fn a_page_becomes_its_words() {
        let page = "<!DOCTYPE html><html><head><style>p { x }</style><title>Oops</title></head><body><p>Not\n allowed</p></body></html>";
        assert_eq!(reply(page).json_or_text(), json!({"text": "Oops Not allowed"}));
    }

    #[test]
    fn a_page_is_known_by_what_it_says_it_is_or_by_how_it_begins() {
        let stated = |kind: &str, body: &str| {
            Reply { headers: vec![("content-type".to_owned(), kind.to_owned())], ..reply(body) }.is_page()
        };
        assert!(stated("text/html; charset=utf-8", "<p>Please wait"));
        assert!(stated("application/json", " <!DOCTYPE HTML><title>Please wait</title>"));
        assert!(reply("<html><body></body></html>").is_page());
        assert!(!stated("text/html", r#"{"id":1}"#), "some providers name the wrong type");
        assert!(!stated("text/html", ""));
        assert!(!reply("no patches").is_page());
    }

    #[test]
    fn text_json_and_nothing_are_told_apart() {
        assert_eq!(reply("no patches").json_or_text(), json!({"text": "no patches"}));
        assert_eq!(reply("\u{feff}{\"a\":1}").json_or_text(), json!({"a": 1}));
        assert_eq!(reply(" \r\n").json_or_text(), json!({}));
        assert_eq!(reply("{\"a\":").json_or_text(), json!({"text": "{\"a\":"}));
    }
}
