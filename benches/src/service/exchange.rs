//! What went to the provider, and what came back.

use serde::{Deserialize, Serialize};

/// One request and its answer, as the provider saw them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exchange {
    /// The method.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// The headers, sorted by name, without those that follow from the connection and the body.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, which is text with all providers here.
    pub(crate) body: String,
    /// The status of the answer.
    pub(crate) status: u16,
    /// The headers of the answer.
    pub(crate) answer_headers: Vec<(String, String)>,
    /// The body of the answer.
    pub(crate) answer: String,
}

impl Exchange {
    /// What an answer is found by.
    pub(crate) fn key(method: &str, target: &str, body: &str) -> String {
        [method, " ", target, "\n", body].concat()
    }

    /// The same without the answer.
    pub(crate) fn asked(&self) -> (&str, &str, &[(String, String)], &str) {
        (&self.method, &self.target, &self.headers, &self.body)
    }
}

/// Headers as texts, sorted by name, without those that follow from the connection and the body.
pub(crate) fn headers(all: &http::HeaderMap) -> Vec<(String, String)> {
    const OWN: [&str; 5] = ["host", "content-length", "connection", "transfer-encoding", "date"];
    let named = all.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let mut texts: Vec<_> =
        named.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    texts.sort();
    texts
}
