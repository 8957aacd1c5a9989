//! Cases: examples beside a mapping, replayed through the very code that runs against providers.
//!
//! | what | file |
//! |---|---|
//! | what a case is | `mod.rs`; its JSON Schema: `case.schema.json` |
//! | from the file | `read.rs` |
//! | the run over replayed exchanges | `replay.rs` |
//! | how long a renewed token lives | `kept.rs` |
//! | what came against what is expected | `compare.rs`, shown by `difference.rs` |
//! | writing back what came | `update.rs` |

mod compare;
mod difference;
mod kept;
mod read;
mod replay;
mod update;

use std::collections::BTreeMap;

use mapwright_mapping::document::Document;
use mapwright_mapping::plan::Options;
use serde::Deserialize;
use serde_json::Value;

pub use compare::{Mismatch, verdict};
pub use read::{case_schema, read};
pub use replay::{Ran, SentBytes};
pub use update::{Updated, update};

/// One example of a mapping.
#[derive(Clone, Debug)]
pub struct Case {
    /// The provider.
    pub provider: String,
    /// The name: that of the file without its ending.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// Where its requests and replies are known from.
    pub source: String,
    /// The unified resource; the provider's first otherwise.
    pub resource: Option<String>,
    /// The account that it runs on.
    pub account: CaseAccount,
    /// The id of the record.
    pub id: String,
    /// What is asked.
    pub operation: Operation,
    /// Every request with its reply, in order.
    pub exchanges: Vec<CaseExchange>,
    /// What is expected.
    pub expect: Option<Expect>,
    document: Document,
}

/// The account of a case.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaseAccount {
    /// The way of authenticating; without it no credentials are sent.
    pub auth: Option<String>,
    /// The variables.
    pub variables: BTreeMap<String, Value>,
    /// Made-up secrets, none of which may show in any output.
    pub secrets: BTreeMap<String, String>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// A patch.
    Patch(Value, Options),
    /// A read, with query parameters for the provider.
    Get(Vec<(String, Value)>),
}

/// A request that is expected, and what comes back.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseExchange {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers that are compared.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: CaseBody,
    /// What comes back.
    pub reply: CaseReply,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseBody {
    /// None.
    Empty,
    /// JSON, compared as a value.
    Json(Value),
    /// Any other text, compared byte by byte.
    Text(String),
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseReply {
    /// A reply.
    Answer {
        /// The status.
        status: u16,
        /// The headers.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
    },
    /// The request never left.
    NeverSent,
    /// There was no answer.
    Silence,
    /// The answer broke off.
    Cut,
}

/// What is expected, in the forms of the outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// The unified resource, or the error with those members that are compared.
    pub result: Result<Value, Value>,
    /// What became of every leaf, each with those members that are compared.
    pub outcomes: Vec<Value>,
    /// Leaves that could not be read, each with those members that are compared.
    pub unread: Vec<Value>,
    /// Every wait before an attempt, in order, as `30s` or `1500ms`; not compared where it is not given.
    pub waits: Option<Vec<String>>,
    /// The access token that was kept last, with those members that are compared: `lifetime` and `until`, in seconds.
    pub token: Option<Value>,
}

impl Case {
    /// The provider and the name.
    pub fn title(&self) -> String {
        format!("{}/{}", self.provider, self.name)
    }

    /// A text with the case's secrets masked.
    pub(crate) fn masked(&self, text: &str) -> String {
        let secrets = self.longest_first().into_iter();
        secrets.fold(text.to_owned(), |text, (_, secret)| text.replace(secret, "***"))
    }

    /// A text with the case's secrets in place of their names.
    pub(crate) fn with_secrets(&self, text: &str) -> String {
        let secrets = self.account.secrets.iter();
        secrets.fold(text.to_owned(), |text, (name, secret)| text.replace(&hole(name), secret))
    }

    /// A text with the names of the case's secrets in their place.
    pub(crate) fn without_secrets(&self, text: &str) -> String {
        let secrets = self.longest_first().into_iter();
        secrets.fold(text.to_owned(), |text, (name, secret)| text.replace(secret, &hole(name)))
    }

    /// The secrets, the longest first, so that none hides behind a part of it.
    fn longest_first(&self) -> Vec<(&str, &str)> {
        let secrets = self.account.secrets.iter();
        let mut secrets: Vec<(&str, &str)> = secrets.map(|(name, secret)| (name.as_str(), secret.as_str())).collect();
        secrets.sort_by_key(|(_, secret)| std::cmp::Reverse(secret.len()));
        secrets
    }
}

/// What stands for a secret in the body of an exchange.
fn hole(name: &str) -> String {
    format!("{{secret.{name}}}")
}
