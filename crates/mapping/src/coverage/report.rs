//! All fields of all providers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::facts::Facts;
use super::{Comparison, Cover, Covers, Direction, leaf, list, map};
use crate::mapping::Mapping;
use crate::model::{Field, FieldKind};

/// The version of the report's form; it grows when a member changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// Which field of a unified resource works with which provider.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// The version of this form.
    pub schema_version: u32,
    /// The unified resource, as `model/resource`.
    pub resource: String,
    /// The providers, by id.
    pub providers: BTreeMap<String, ProviderCoverage>,
    /// The contract that the report was held against, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Comparison>,
}

/// Which field works with one provider.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProviderCoverage {
    /// The provider's name for people.
    pub label: String,
    /// A hash of the files that the mapping was made from.
    pub mapping_version: String,
    /// What becomes of each field of a patch.
    pub request: Covers,
    /// What an answer has of each field.
    pub response: Covers,
}

impl Report {
    /// The report of a resource over mappings of it.
    pub fn new<'m>(resource: &str, mappings: impl IntoIterator<Item = &'m Mapping>) -> Report {
        let providers = mappings
            .into_iter()
            .filter(|mapping| mapping.model.resource == resource)
            .map(|mapping| (mapping.provider.id.clone(), ProviderCoverage::new(mapping)));
        let providers = providers.collect();
        Report { schema_version: SCHEMA_VERSION, resource: resource.to_owned(), providers, against: None }
    }
}

impl ProviderCoverage {
    /// That of one mapping.
    pub fn new(mapping: &Mapping) -> ProviderCoverage {
        let facts: Vec<(&Field, Facts)> =
            mapping.model.fields.iter().map(|field| (field, facts(mapping, field))).collect();
        let covers = |direction: Direction| {
            let shown = facts.iter().filter(|(field, _)| direction == Direction::Request || !field.request_only);
            Covers(shown.map(|(field, facts)| (field.name.clone(), facts.cover(direction))).collect())
        };
        ProviderCoverage {
            label: mapping.provider.label.clone(),
            mapping_version: mapping.version.clone(),
            request: covers(Direction::Request),
            response: covers(Direction::Response),
        }
    }

    /// The fields of one direction.
    pub fn covers(&self, direction: Direction) -> &Covers {
        match direction {
            Direction::Request => &self.request,
            Direction::Response => &self.response,
        }
    }

    /// A field, or a leaf of an object or list, by its dotted name (`one.two`, `many[].two`).
    pub fn find(&self, direction: Direction, name: &str) -> Option<&Cover> {
        let covers = self.covers(direction);
        match name.split_once('.') {
            None => covers.get(name),
            Some((whole, leaf)) => covers.get(whole.trim_end_matches("[]"))?.fields.get(leaf),
        }
    }
}

/// What a mapping knows of a field.
fn facts(mapping: &Mapping, field: &Field) -> Facts {
    match &field.kind {
        FieldKind::Scalar(_) => leaf::facts(mapping, &field.name),
        FieldKind::Object(leaves) => {
            let fields: Vec<(String, Facts)> = leaves
                .iter()
                .map(|leaf| (leaf.name.clone(), leaf::facts(mapping, &format!("{}.{}", field.name, leaf.name))))
                .collect();
            Facts { fields: fields.clone(), ..Facts::over(&fields) }
        }
        FieldKind::List { leaves, .. } => list::facts(mapping, &field.name, leaves),
        FieldKind::OpenMap => map::facts(mapping, &field.name),
        FieldKind::Raw => map::raw(mapping),
    }
}

/// The JSON Schema of the report.
pub fn coverage_schema() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Report>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), "What `mapwright coverage --format json` writes".into());
    }
    schema
}
