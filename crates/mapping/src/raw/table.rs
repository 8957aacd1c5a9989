use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{OneOrMany, RawChain, RawPlace, RawRequest};

/// Unified value against remote value.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTable {
    /// The rows: written down as unified = remote, or the path of the rows in the fetched answer.
    #[serde(default)]
    pub rows: Option<RawRows>,
    /// The request that fetches the rows.
    #[serde(default)]
    pub fetch: Option<RawRequest>,
    /// The member of a fetched row that holds the unified value.
    #[serde(default)]
    pub unified: Option<RawPlace>,
    /// The member of a fetched row that holds the remote value.
    #[serde(default)]
    pub remote: Option<String>,
    /// Further members of a fetched row, by the name under which `{row.…}` knows them.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Column = path in the current record: breaks a tie between rows of one name.
    #[serde(default)]
    pub prefer: BTreeMap<String, String>,
    /// Several rows for one name: refuse, or take the first.
    #[serde(default)]
    pub ambiguous: Option<RawAmbiguous>,
    /// The member of a fetched row by which the rows are sorted before names are looked up: numbers by value, then
    /// texts; rows without it come last.
    #[serde(default)]
    pub sort: Option<String>,
    /// How further pages of fetched rows are asked for.
    #[serde(default)]
    pub pages: Option<RawPages>,
    /// How long fetched rows are good, as "1h", "10m", "30s".
    #[serde(default)]
    pub cache: Option<String>,
    /// Further unified spellings, written only: spelling = name of a row.
    #[serde(default)]
    pub also: BTreeMap<String, String>,
    /// Names of rows that the unified model does not list: the provider's own.
    #[serde(default)]
    pub own: Vec<String>,
    /// A value that no row knows.
    #[serde(default)]
    pub unknown: Option<RawUnknown>,
    /// What is disregarded when names are compared.
    #[serde(default)]
    pub fold: Vec<RawFold>,
    /// Remote values that mean "no value".
    #[serde(default)]
    pub empty: Option<OneOrMany<Value>>,
}

/// How further pages of fetched rows are asked for: until a page has fewer rows than a full one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPages {
    /// The query parameter that says which page.
    pub query: String,
    /// What the parameter counts: "pages", or the "rows" to skip.
    pub counts: RawPageCount,
    /// The number of the first page; 1 for pages and 0 for rows unless it is stated.
    #[serde(default)]
    pub from: Option<u32>,
    /// How many rows a full page has: of those that `rows` leads to, so a path that picks some of them ends too early.
    #[schemars(range(min = 1))]
    pub size: u32,
}

/// What the parameter of a page counts.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawPageCount {
    /// Pages.
    Pages,
    /// Rows before the page.
    Rows,
}

/// The rows of a table.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawRows {
    /// The path of the rows in the fetched answer.
    Path(String),
    /// The rows themselves, unified = remote.
    Static(BTreeMap<String, Value>),
}

/// What happens to a value that no row knows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawUnknown {
    /// The same for both directions; reading always passes the raw value.
    Word(RawUnknownWord),
    /// Apart for writing and reading.
    Table(RawUnknownTable),
}

/// What happens to a value that no row knows, apart for writing and reading.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawUnknownTable {
    /// On writing.
    pub write: RawUnknownWord,
    /// On reading.
    pub read: RawUnknownWord,
}

/// What happens to a value that no row knows.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawUnknownWord {
    /// The patch is refused.
    Refuse,
    /// The value goes through as it is.
    Pass,
    /// The value is left out and reported.
    Omit,
}

/// Several rows for one name.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawAmbiguous {
    /// The patch is refused with the candidates.
    Refuse,
    /// The first row counts.
    First,
}

/// What is disregarded when names are compared.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawFold {
    /// Upper and lower case.
    Case,
    /// White space around the name, and how much of it is inside.
    Space,
    /// Blanks, `_` and `-` count as the same.
    Separators,
}

/// A wire shape around one value; `{}` is the hole.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawForm {
    /// The shape that is written.
    #[serde(default)]
    pub write: Option<Value>,
    /// The path of the value in the shape that is read; without it the value itself.
    #[serde(default)]
    pub read: Option<RawPlace>,
    /// The conversion of the value inside the shape.
    #[serde(default, rename = "as")]
    pub codec: Option<RawChain>,
    /// Whether the shape holds several values: the hole takes a list, and all that the path leads to are read.
    #[serde(default)]
    pub many: bool,
    /// How null is spelled for the whole shape.
    #[serde(default)]
    pub clear: Option<Value>,
    /// Why the provider takes no value of this shape; it is then only read.
    #[serde(default)]
    pub read_only: Option<String>,
    /// What is lost on the way there and back.
    #[serde(default)]
    pub loss: Option<String>,
    /// The cases that show values of an open map in a shape that is read otherwise than it is written.
    #[serde(default)]
    pub tested: Option<OneOrMany<String>>,
}
