use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{OneOrMany, RawChain};

/// One object of the provider: how it is found, read, written and cleared.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRecord {
    /// Where the record lies in the answer; paths of this record start there.
    #[serde(default)]
    pub at: Option<String>,
    /// The unified leaf that holds this record's id, or, with `inside`, a path in this record.
    #[serde(default)]
    pub id: Option<String>,
    /// What a write does where the record is not there: refuse the patch, or create it with `create`.
    #[serde(default)]
    pub absent: Option<String>,
    /// A path in another record's answer that holds this one, as `record:path`; instead of `read`.
    #[serde(default)]
    pub inside: Option<String>,
    /// How null is spelled: "null", "", [], "remove" (JSON Patch) or "never".
    #[serde(default)]
    pub clear: Option<Value>,
    /// Remote values that mean "no value" besides null.
    #[serde(default)]
    pub empty: Option<OneOrMany<Value>>,
    /// The codec under every slot of this record.
    #[serde(default)]
    pub values: Option<RawChain>,
    /// A read view that turns an array of keyed items into an object.
    #[serde(default)]
    pub index: Option<RawIndex>,
    /// The request that reads the record.
    #[serde(default)]
    pub read: Option<RawRequest>,
    /// The request that writes the record.
    #[serde(default)]
    pub write: Option<RawRequest>,
    /// The request that creates the record; only with `absent = "create"`.
    #[serde(default)]
    pub create: Option<RawRequest>,
}

/// A read view: an array of keyed items, seen as an object.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawIndex {
    /// The array, from the record; empty for the record itself.
    pub at: String,
    /// The member of an item that becomes the key.
    pub by: String,
    /// The name under which the object is seen; without it the object stands for the record itself.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// The member of an item that becomes the value; without it the whole item.
    #[serde(default)]
    pub value: Option<String>,
}

/// A request to the provider.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRequest {
    /// Method and path below the base URL, as "GET /things/{id}".
    pub send: String,
    /// Query parameters; values may hold `{…}`. A parameter that comes out empty is left out.
    #[serde(default)]
    pub query: BTreeMap<String, Value>,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body: a template with the hole "{changes}", or { form = … }, or { `json_patch` = "/prefix", arrays = "diff" }.
    #[serde(default)]
    pub body: Option<RawBody>,
    /// The file with the GraphQL operation; the body is then { query, variables }.
    #[serde(default)]
    pub graphql: Option<String>,
    /// The variables of the GraphQL operation.
    #[serde(default)]
    pub variables: Option<BTreeMap<String, Value>>,
    /// Where the reply holds the written record; without it the record is read again.
    #[serde(default)]
    pub answer: Option<String>,
    /// A header that makes the write conditional on the record's version.
    #[serde(default)]
    pub guard: Option<RawGuard>,
    /// Whether the request may be sent twice: "safe" or "unsafe".
    #[serde(default)]
    pub repeat: Option<String>,
}

/// The body of a request.
pub type RawBody = Value;

/// A header that makes a write conditional.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawGuard {
    /// The header's name.
    pub header: String,
    /// The path in the record that holds its version.
    pub from: String,
    /// "always" (the default), or "asked": only where the caller names a version.
    #[serde(default)]
    pub when: Option<RawGuardWhen>,
}

/// When a write is made conditional.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawGuardWhen {
    /// With every write.
    Always,
    /// Where the caller names a version.
    Asked,
}
