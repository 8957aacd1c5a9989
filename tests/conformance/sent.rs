//! A request that the project sends.

use std::fmt;

/// A request as it was sent, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sent {
    /// Where it comes from: a case, or the number of a generated patch.
    pub(crate) origin: String,
    /// The method.
    pub(crate) method: String,
    /// The whole URL.
    pub(crate) url: String,
    /// The headers.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// Whether the account has credentials: a case may be without.
    pub(crate) credentials: bool,
    /// The status of the answer, where there was one.
    pub(crate) status: Option<u16>,
}

impl Sent {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The address without its query.
    pub(crate) fn address(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }

    /// The parameters of the query, decoded, in order.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        let query = self.url.split_once('?').map(|(_, query)| query).unwrap_or_default();
        pairs(query)
    }

    /// Whether the answer says that the request itself was wrong: what it names, or what it holds.
    pub(crate) fn is_taken_for_wrong(&self) -> bool {
        self.status.is_some_and(|status| (400..500).contains(&status) && ![401, 402, 403, 408, 429].contains(&status))
    }
}

/// The pairs of a query or of a form, decoded.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

/// A text without its percent-encoding.
pub(crate) fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.origin, self.method, self.url)?;
        if !self.body.is_empty() {
            write!(f, "\n    {}", String::from_utf8_lossy(&self.body))?;
        }
        Ok(())
    }
}
