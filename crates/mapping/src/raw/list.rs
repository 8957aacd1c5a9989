use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{OneOrMany, RawField};

/// A unified list, against typed slots or one array of the provider.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawList {
    /// The leaf of an item that tells items apart.
    pub key: String,
    /// The slots, in the order in which they are read.
    #[serde(default)]
    pub slots: Option<Vec<RawListSlot>>,
    /// The provider's array; an atom.
    #[serde(default)]
    pub array: Option<String>,
    /// The leaves of an item of the array.
    #[serde(default)]
    pub item: Option<BTreeMap<String, RawArrayItem>>,
    /// The leaf by which attributes that `item` does not name are kept.
    #[serde(default)]
    pub keep: Option<String>,
    /// How null is spelled for the array.
    #[serde(default)]
    pub clear: Option<serde_json::Value>,
    /// What is lost on the way there and back.
    #[serde(default)]
    pub loss: Option<String>,
    /// Where the facts are stated, where that is not the source of the whole mapping.
    #[serde(default)]
    pub source: Option<String>,
    /// The fact that no source confirms, where the list rests on one.
    #[serde(default)]
    pub unconfirmed: Option<String>,
}

/// One typed slot of a list.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct RawListSlot {
    /// The key of the item that belongs here; it is what reading gives.
    pub is: String,
    /// Further keys that are written here; they read back as `is`.
    #[serde(default)]
    pub also: Vec<String>,
    /// "any": takes an item of any key when the slot is free.
    #[serde(default)]
    pub takes: Option<RawTakes>,
    /// The leaves of the item, each with its place.
    #[serde(flatten)]
    pub leaves: BTreeMap<String, RawField>,
}

/// Which items a slot takes besides its own.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawTakes {
    /// An item of any key.
    Any,
}

/// One leaf of an array's item: a member, or a member with a table or a conversion.
pub type RawArrayItem = RawField;

/// An open map over the keys that nobody owns.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRest {
    /// The path for reading and writing alike; it ends in `*`.
    #[serde(default)]
    pub path: Option<String>,
    /// The path that is read.
    #[serde(default)]
    pub read: Option<String>,
    /// The path that is written.
    #[serde(default)]
    pub write: Option<String>,
    /// An array of name and value pairs instead of an object.
    #[serde(default)]
    pub entries: Option<RawRestEntries>,
    /// Which keys belong to the map.
    #[serde(default)]
    pub keys: Option<RawRestKeys>,
    /// The wire shape of a value, by the type of its key.
    #[serde(default)]
    pub form: Option<RawRestForm>,
    /// The keys that are shown and never written.
    #[serde(default)]
    pub read_only: Option<RawRestReadOnly>,
    /// Whether the provider replaces the whole map, or may do so: it is then read first, and all of its keys are sent.
    #[serde(default)]
    pub whole: bool,
    /// How null is spelled here.
    #[serde(default)]
    pub clear: Option<serde_json::Value>,
    /// What is lost on the way there and back.
    #[serde(default)]
    pub loss: Option<String>,
    /// Where the facts are stated, where that is not the source of the whole mapping.
    #[serde(default)]
    pub source: Option<String>,
    /// The fact that no source confirms, where the map rests on one.
    #[serde(default)]
    pub unconfirmed: Option<String>,
    /// The cases that show a map which is read at another place than it is written.
    #[serde(default)]
    pub tested: Option<OneOrMany<String>>,
}

/// An array of name and value pairs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRestEntries {
    /// The path of the array.
    pub at: String,
    /// The member that holds the name.
    pub name: String,
    /// The member that holds the value.
    pub value: String,
}

/// Which keys belong to an open map.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRestKeys {
    /// The table whose remote values are the keys.
    #[serde(default)]
    pub table: Option<String>,
    /// The pattern of a key; it has to match the whole of it.
    #[serde(default)]
    pub pattern: Option<String>,
}

/// Keys of an open map that are shown and never written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRestReadOnly {
    /// The pattern of such a key; it has to match the whole of it.
    pub keys: String,
    /// Why the provider takes no value for them.
    pub reason: String,
}

/// The wire shape of a value, by the type of its key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRestForm {
    /// The column of the table that names the form; a type without a form of its name takes `other`, or goes as it is.
    pub by: String,
    /// The table that knows the types.
    pub table: String,
    /// The form of a type that has none of its own name.
    #[serde(default)]
    pub other: Option<String>,
    /// The types that the provider does not let be written.
    #[serde(default)]
    pub read_only: Option<OneOrMany<String>>,
}
