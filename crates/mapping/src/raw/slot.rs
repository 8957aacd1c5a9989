use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{OneOrMany, RawBody, RawChain};

/// A unified leaf's place at the provider: a path, or a table with more to say.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawField {
    /// The path, for reading and writing alike.
    Path(String),
    /// A slot, or an action when it has `set`.
    Table(Box<RawSlot>),
}

/// A slot, with all that can be said about it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSlot {
    /// The path for reading and writing alike.
    #[serde(default)]
    pub path: Option<String>,
    /// The path that is read, where it is not the one that is written; a list takes the first that is not empty.
    #[serde(default)]
    pub read: Option<RawRead>,
    /// The path that is written, where it is not the one that is read.
    #[serde(default)]
    pub write: Option<String>,
    /// The conversion between wire and unified value; a chain is written wire side first.
    #[serde(default, rename = "as")]
    pub codec: Option<RawChain>,
    /// The table that translates the value.
    #[serde(default)]
    pub table: Option<String>,
    /// The wire shape around the value.
    #[serde(default)]
    pub form: Option<String>,
    /// Further paths that are written together with this one, from the table's row.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// How null is spelled here, where the record's spelling does not hold: "null", "", [], "remove" or "never".
    #[serde(default)]
    pub clear: Option<Value>,
    /// Remote values that mean "no value" here.
    #[serde(default)]
    pub empty: Option<OneOrMany<Value>>,
    /// Why the provider takes no value for it; the slot is then only read.
    #[serde(default)]
    pub read_only: Option<String>,
    /// What is lost on the way there and back.
    #[serde(default)]
    pub loss: Option<String>,
    /// Whether the slot holds several values.
    #[serde(default)]
    pub many: bool,
    /// Where the facts are stated, where that is not the source of the whole mapping.
    #[serde(default)]
    pub source: Option<String>,
    /// The fact that no source confirms, where the slot rests on one.
    #[serde(default)]
    pub unconfirmed: Option<String>,
    /// The cases that show a slot which the checker cannot prove: computed, set by requests, or read otherwise.
    #[serde(default)]
    pub tested: Option<OneOrMany<String>>,
    /// `JSONata` in both directions, for what a slot cannot say.
    #[serde(default)]
    pub expr: Option<RawExpr>,
    /// Unified leaves that share this one text; only in a list's slot.
    #[serde(default)]
    pub parts: Option<Vec<String>>,
    /// How the parts are joined; only with `parts`.
    #[serde(default)]
    pub join: Option<RawJoin>,
    /// The requests that set the value: the field is then an action.
    #[serde(default)]
    pub set: Option<OneOrMany<RawAction>>,
    /// The request that unsets the value.
    #[serde(default)]
    pub unset: Option<RawAction>,
}

/// What is read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawRead {
    /// One path, or several of which the first that is not empty counts.
    Paths(OneOrMany<String>),
    /// The same with a conversion of its own.
    Table(RawReadTable),
}

/// A path that is read with a conversion of its own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawReadTable {
    /// One path, or several of which the first that is not empty counts.
    pub path: OneOrMany<String>,
    /// The conversion for reading.
    #[serde(rename = "as")]
    pub codec: RawChain,
}

/// `JSONata` in both directions.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExpr {
    /// From the record to the unified value.
    #[serde(default)]
    pub read: Option<String>,
    /// From the unified leaves named in `reads` to the remote value.
    #[serde(default)]
    pub write: Option<String>,
    /// The unified leaves that the written value is computed from.
    #[serde(default)]
    pub reads: Vec<String>,
}

/// A request of its own that sets or unsets a field.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAction {
    /// The unified values that this request is for; without it, all of them.
    #[serde(default)]
    pub is: Option<OneOrMany<String>>,
    /// The table whose row the request uses as `{row.remote}`.
    #[serde(default)]
    pub table: Option<String>,
    /// Method and path below the base URL.
    pub send: String,
    /// Query parameters.
    #[serde(default)]
    pub query: BTreeMap<String, Value>,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, with `{new}`, `{old}`, `{row.COLUMN}`.
    #[serde(default)]
    pub body: Option<RawBody>,
    /// Where the reply holds the main record; without it the record is read again.
    #[serde(default)]
    pub answer: Option<String>,
    /// Whether the request may be sent twice: "safe" or "unsafe".
    #[serde(default)]
    pub repeat: Option<String>,
}

/// Several unified leaves in one text of the provider.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawGroup {
    /// The path of the text.
    pub path: String,
    /// The unified leaves, in the order of the text.
    pub parts: Vec<String>,
    /// How the leaves are joined.
    pub join: RawJoin,
    /// How null is spelled here.
    #[serde(default)]
    pub clear: Option<Value>,
    /// What is lost on the way there and back.
    #[serde(default)]
    pub loss: Option<String>,
    /// Where the facts are stated, where that is not the source of the whole mapping.
    #[serde(default)]
    pub source: Option<String>,
    /// The fact that no source confirms, where the group rests on one.
    #[serde(default)]
    pub unconfirmed: Option<String>,
}

/// How several leaves become one text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawJoin {
    /// "words" (one blank between, lossy) or "lines" (a line each).
    Word(RawJoinWord),
    /// A separator; exact while the first leaf does not contain it.
    Separator(RawJoinSeparator),
}

/// The ways of joining that have a name.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawJoinWord {
    /// One blank between the parts; the text is split at its first blank.
    Words,
    /// A line each.
    Lines,
}

/// A separator between two leaves.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawJoinSeparator {
    /// The text between the leaves.
    pub sep: String,
}
