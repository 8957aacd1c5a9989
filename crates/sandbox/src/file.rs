//! The shape of a sandbox file, apart from collections and routes. Every table is closed.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use toml::Spanned;

use crate::collection::{Collection, RefusalSet};
use crate::demand::Demand;
use crate::form::Form;
use crate::hole::TextTemplate;
use crate::pattern::Pattern;
use crate::pointer::Pointer;
use crate::step::RouteFile;
use crate::template::{JsonTemplate, Template};

/// A name that must be declared elsewhere in the file; it remembers where it stands.
pub(crate) type Name = Spanned<String>;

/// A whole sandbox file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Version of this language.
    pub(crate) language: Spanned<u32>,
    /// The provider's clock and counter.
    pub(crate) clock: Clock,
    /// What a caller needs to reach the provider.
    pub(crate) demo: DemoFile,
    /// Longest body that is taken, in bytes.
    #[serde(default = "megabyte")]
    pub(crate) longest_body: usize,
    /// Headers of every reply.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, TextTemplate>,
    /// How callers prove who they are.
    #[serde(default)]
    pub(crate) auth: BTreeMap<String, AuthFile>,
    /// Headers that every request to a route with a proof carries.
    #[serde(default)]
    pub(crate) demands: Vec<Demand>,
    /// Named conditions on a request.
    #[serde(default)]
    pub(crate) asks: BTreeMap<String, Ask>,
    /// Which declared error answers what kind of wrong request.
    #[serde(default)]
    pub(crate) refuse: BTreeMap<Situation, Name>,
    /// Which declared error answers what kind of wrong value.
    #[serde(default)]
    pub(crate) refusals: BTreeMap<String, RefusalSet>,
    /// The provider's error answers.
    #[serde(default)]
    pub(crate) errors: BTreeMap<String, Reply>,
    /// How fields are written and shown.
    #[serde(default)]
    pub(crate) forms: BTreeMap<String, Spanned<Form>>,
    /// The replies to requests that succeed.
    #[serde(default)]
    pub(crate) replies: BTreeMap<String, Reply>,
    /// Kinds of records.
    #[serde(default)]
    pub(crate) collections: BTreeMap<String, Collection>,
    /// Links between records that are requests of their own.
    #[serde(default)]
    pub(crate) links: BTreeMap<String, LinkFile>,
    /// What is answered, in the order in which it is tried.
    #[serde(default)]
    pub(crate) routes: Vec<Spanned<RouteFile>>,
}

fn megabyte() -> usize {
    1 << 20
}

/// A clock that moves with writes alone, so that every run of the same requests gives the same replies.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clock {
    /// The time before the first write.
    #[serde(deserialize_with = "timestamp")]
    pub(crate) start: Timestamp,
    /// Milliseconds that pass with each write.
    pub(crate) step_ms: i64,
    /// The counter `serial` before the first write; each write adds one.
    #[serde(default)]
    pub(crate) serial: u64,
}

fn timestamp<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// What a caller needs to reach the provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoFile {
    /// The scheme of `auth` to use unless another is asked for.
    pub(crate) scheme: Name,
    /// The first record, by collection and id.
    pub(crate) first: FirstRecord,
    /// Variables of the provider's addresses.
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
    /// Secrets of each scheme.
    pub(crate) secrets: BTreeMap<String, BTreeMap<String, String>>,
}

/// A record by collection and id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstRecord {
    /// The collection's name.
    pub(crate) collection: Name,
    /// The record's id in the provider's form.
    pub(crate) id: Name,
}

/// One way of proving who calls. Exactly one of `secret`, `issued` and `basic` is stated.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthFile {
    /// The header that carries the proof.
    #[serde(default = "authorization")]
    pub(crate) header: String,
    /// What stands before the token, such as a scheme's word and a space.
    #[serde(default)]
    pub(crate) prefix: String,
    /// Whether the prefix may be left out.
    #[serde(default)]
    pub(crate) bare: bool,
    /// A fixed token: the demo secret of this name.
    pub(crate) secret: Option<Name>,
    /// Tokens that a token route issues; the demo secret of this name is the first one.
    pub(crate) issued: Option<Name>,
    /// User and password of basic credentials.
    pub(crate) basic: Option<Basic>,
    /// Answers a request without proof.
    pub(crate) missing: Name,
    /// Answers a wrong proof.
    pub(crate) wrong: Name,
    /// Answers a proof without the `prefix`; `wrong` where it is not stated.
    pub(crate) malformed: Option<Name>,
    /// Answers an expired token; `wrong` where it is not stated.
    pub(crate) expired: Option<Name>,
}

fn authorization() -> String {
    "authorization".to_owned()
}

/// The two halves of basic credentials; each a template over `demo/variables` and `demo/secrets`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Basic {
    /// The user.
    pub(crate) user: TextTemplate,
    /// The password.
    pub(crate) password: TextTemplate,
}

/// A condition on a request: what a header or a query parameter matches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    /// The header to look at; several of one name are joined with a comma.
    pub(crate) header: Option<Spanned<String>>,
    /// The query parameter to look at.
    pub(crate) query: Option<Spanned<String>>,
    /// What it matches.
    pub(crate) pattern: Spanned<Pattern>,
}

/// A kind of wrong request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Situation {
    /// No route has this path.
    NoRoute,
    /// A route has the path, none the method.
    BadMethod,
    /// The body is longer than is taken.
    TooLong,
    /// The body's media type is not taken.
    MediaType,
    /// The body is not JSON.
    BadJson,
    /// The body is JSON of another shape.
    BadShape,
    /// A text with calls, or its variables, cannot be read.
    BadCall,
    /// An id has another form than this provider's ids.
    BadId,
    /// The record does not exist.
    Missing,
    /// The other record of a link, or the record that a body names, does not exist.
    MissingOther,
    /// The record's version is another one.
    Version,
    /// A JSON Patch without operations.
    EmptyPatch,
    /// A link of an unknown kind.
    BadKind,
    /// A link that must stay.
    KeptLink,
    /// A name to select that the collection does not know.
    BadSelect,
    /// A page of a list that does not exist in that form.
    BadPage,
    /// A grant that the token route does not give.
    BadGrant,
    /// A wrong client at the token route.
    BadClient,
    /// A wrong or used refresh token.
    BadRefresh,
}

impl fmt::Display for Situation {
    /// The name that it has in a file.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(formatter)
    }
}

/// One reply.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    /// Holds where all of these do: names of `asks`, and `created`. Not for errors.
    #[serde(default)]
    pub(crate) when: Vec<Name>,
    /// The status code.
    pub(crate) status: Spanned<Status>,
    /// Headers, besides those of every reply.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, TextTemplate>,
    /// A JSON body; its content type is `application/json` unless a header says otherwise.
    pub(crate) json: Option<JsonTemplate>,
    /// Any other body.
    pub(crate) text: Option<TextTemplate>,
}

impl Reply {
    /// Whether it may show descriptions of fields.
    pub(crate) fn shows_fields(&self) -> bool {
        let mut texts = self.headers.values().chain(&self.text);
        texts.any(TextTemplate::shows_fields) || self.json.as_ref().is_some_and(|json| json.1)
    }
}

/// A status code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Status(pub(crate) http::StatusCode);

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = u16::deserialize(deserializer)?;
        http::StatusCode::from_u16(code).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Links from the records of one collection to those of another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkFile {
    /// The collection that links lead from.
    pub(crate) from: Name,
    /// The collection that links lead to.
    pub(crate) to: Name,
    /// The kinds of link, in the order in which they are listed.
    pub(crate) kinds: Vec<Kind>,
    /// The first links.
    #[serde(default)]
    pub(crate) records: Vec<LinkRecord>,
}

/// One kind of link.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kind {
    /// The provider's number of the kind.
    pub(crate) id: i64,
    /// The provider's name of the kind.
    pub(crate) name: String,
    /// The provider's label; without one `null` is answered.
    pub(crate) label: Option<String>,
    /// Every link is also of this kind.
    #[serde(default)]
    pub(crate) base: bool,
    /// A record has at most one link of this kind; a new one takes the place of the old one.
    #[serde(default)]
    pub(crate) single: bool,
    /// Once there is a link of this kind, there always is one.
    #[serde(default)]
    pub(crate) kept: bool,
}

/// One link at the start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkRecord {
    /// The id in the collection `from`.
    pub(crate) from: Name,
    /// The id in the collection `to`.
    pub(crate) to: Name,
    /// Numbers of kinds.
    pub(crate) kinds: Vec<i64>,
}

/// A JSON value written as JSON in a TOML text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonText(pub(crate) Value);

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map(Self).map_err(|error| serde::de::Error::custom(format!("not JSON: {error}")))
    }
}

/// A condition on the body, for routes that share one path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BodyTest {
    /// Where in the body.
    pub(crate) at: Pointer,
    /// A text in which this pattern is found stands there.
    pub(crate) matches: Pattern,
}

/// What a template stores at a place of a record.
pub(crate) type Assignments = BTreeMap<String, Template>;
