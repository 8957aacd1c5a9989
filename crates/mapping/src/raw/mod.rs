//! The files as they are written: plain types from which the editors' schemas are generated. Nothing here runs;
//! `crate::mapping` and `crate::provider` turn it into checked values.

mod list;
mod place;
mod provider;
mod record;
mod slot;
mod table;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub use crate::codec::{RawChain, RawCodec};
pub use list::{
    RawArrayItem, RawList, RawListSlot, RawRest, RawRestEntries, RawRestForm, RawRestKeys, RawRestReadOnly, RawTakes,
};
pub use place::{RawConvertedPlace, RawPlace};
pub use provider::{
    RawAuth, RawAuthorize, RawBasic, RawChoices, RawClass, RawDuring, RawErrorRule, RawErrors, RawExpires, RawLimits,
    RawNormalize, RawProvider, RawProviderFile, RawRefresh, RawRefreshHost, RawReset, RawRetry, RawTokenBody,
    RawTokenClient, RawUnit, RawVariable, RawWhen,
};
pub use record::{RawBody, RawGuard, RawGuardWhen, RawIndex, RawRecord, RawRequest};
pub use slot::{
    RawAction, RawExpr, RawField, RawGroup, RawJoin, RawJoinSeparator, RawJoinWord, RawRead, RawReadTable, RawSlot,
};
pub use table::{
    RawAmbiguous, RawFold, RawForm, RawPageCount, RawPages, RawRows, RawTable, RawUnknown, RawUnknownTable,
    RawUnknownWord,
};

/// The newest version of the language that this build reads.
pub const LANGUAGE: i64 = 1;

/// One value or a list of them. A list is tried first: a value of any kind could be a list itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// Several, in order.
    Many(Vec<T>),
    /// A single value.
    One(T),
}

impl<T> OneOrMany<T> {
    /// The values as a list.
    pub fn as_slice(&self) -> &[T] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
    }
}

/// The mapping of one unified resource on one provider.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMapping {
    /// The version of the mapping language that the file is written in.
    pub language: i64,
    /// The unified resource, as `model/resource`.
    pub resource: String,
    /// Where the facts are stated: the documents that the mapping is written from.
    #[serde(default)]
    pub source: Option<String>,
    /// The record that the id in the path, query parameters and raw values of the caller belong to.
    pub main: String,
    /// How the id in the path becomes the provider's id.
    #[serde(default)]
    pub id: Option<RawId>,
    /// Unified fields that this provider has no place for.
    #[serde(default)]
    pub unsupported: Vec<String>,
    /// The provider's objects behind one unified resource.
    pub records: BTreeMap<String, RawRecord>,
    /// The order of the writes.
    #[serde(default)]
    pub update: RawUpdate,
    /// Unified leaves, each with its place at the provider.
    #[serde(default)]
    pub fields: BTreeMap<String, RawField>,
    /// Several unified leaves in one text of the provider.
    #[serde(default)]
    pub groups: BTreeMap<String, RawGroup>,
    /// Unified lists, against typed slots or one array.
    #[serde(default)]
    pub lists: BTreeMap<String, RawList>,
    /// Open maps: the keys that no entry owns.
    #[serde(default)]
    pub rest: BTreeMap<String, RawRest>,
    /// Wire shapes with a hole for the value.
    #[serde(default)]
    pub forms: BTreeMap<String, RawForm>,
    /// Unified value against remote value, written down or fetched.
    #[serde(default)]
    pub tables: BTreeMap<String, RawTable>,
}

/// The codec of the id in the path.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawId {
    /// The conversion, wire side first.
    #[serde(rename = "as")]
    pub codec: RawChain,
}

/// The order of the writes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawUpdate {
    /// Records and action fields, each at most once, first to last.
    #[serde(default)]
    pub order: Vec<String>,
}

/// The JSON Schema of a mapping file, for editors and for the shape check.
pub fn mapping_schema() -> serde_json::Value {
    schema_of::<RawMapping>("A Mapwright mapping file")
}

/// The JSON Schema of `provider.toml`, for editors and for the shape check.
pub fn provider_schema() -> serde_json::Value {
    schema_of::<RawProviderFile>("A Mapwright provider file")
}

fn schema_of<T: JsonSchema>(title: &str) -> serde_json::Value {
    let mut schema =
        schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), title.into());
    }
    schema
}
