//! What is said of one field in one direction.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::{Assurance, Names};

/// One of the two directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// What a patch may say.
    Request,
    /// What an answer shows.
    Response,
}

impl Direction {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Request => "request",
            Direction::Response => "response",
        }
    }
}

/// What becomes of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In a request: it is sent to the provider.
    Written,
    /// In a request: a patch may carry it, and it is reported and not sent.
    ReadOnly,
    /// In a response: it is shown.
    Read,
    /// The provider has no place for it.
    #[default]
    Unsupported,
}

impl Status {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Written => "written",
            Status::ReadOnly => "read_only",
            Status::Read => "read",
            Status::Unsupported => "unsupported",
        }
    }
}

/// What is said of one field in one direction. What does not apply is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Cover {
    /// What becomes of it. Of an object or a list: the best that becomes of one of its leaves.
    pub status: Status,
    /// The leaves of an object or list that do not have this status.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Why the provider takes no value for it, or for a part of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Whether what is written reads back the same, and how that is known. Of an object or list: the weakest of its
    /// leaves. What is only read makes no such claim, unless it is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
    /// What is lost on the way there and back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<String>,
    /// The cases that the mapping names as its proof.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<String>,
    /// The documents that state the facts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Whether a source confirms all that the mapping says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<bool>,
    /// What no source confirms, and where the doubt comes from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unconfirmed: Vec<String>,
    /// Whether `null` clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clearable: Option<bool>,
    /// The names that it takes: values of an enum, types of a list's items, keys of an open map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Names>,
    /// The types of a list that the provider has a slot for.
    #[serde(skip_serializing_if = "Covers::is_empty")]
    pub types: Covers,
    /// The leaves of an object, or of a list's items.
    #[serde(skip_serializing_if = "Covers::is_empty")]
    pub fields: Covers,
}

/// Fields by name, in the order of the unified schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Covers(pub Vec<(String, Cover)>);

impl Covers {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&Cover> {
        self.iter().find(|(known, _)| *known == name).map(|(_, cover)| cover)
    }

    /// The fields with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Cover)> {
        self.0.iter().map(|(name, cover)| (name.as_str(), cover))
    }
}

impl Serialize for Covers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl JsonSchema for Covers {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Covers".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        BTreeMap::<String, Cover>::json_schema(generator)
    }
}
