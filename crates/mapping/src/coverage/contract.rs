//! What a contract promises, and what is there of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Direction, ProviderCoverage, Report, Status};
use crate::model::{FieldKind, Model};

/// What a contract promises of each provider. Members that say something else are disregarded.
#[derive(Clone, Debug, Deserialize)]
pub struct Contract {
    /// The providers, by id.
    pub providers: BTreeMap<String, Promised>,
}

/// What a contract promises of one provider.
#[derive(Clone, Debug, Deserialize)]
pub struct Promised {
    /// The fields that a patch may have.
    pub request_fields: Vec<String>,
    /// The fields that an answer has.
    pub response_fields: Vec<String>,
}

/// A field of a provider in one direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair {
    /// The provider's id.
    pub provider: String,
    /// The direction.
    pub direction: Direction,
    /// The field.
    pub field: String,
    /// Why the provider takes no value for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Why the pair is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
}

/// Why a pair is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// No mapping is of that provider.
    UnknownProvider,
    /// The unified resource has no such field.
    UnknownField,
    /// The mapping has no place for the field.
    Unsupported,
}

impl Gap {
    /// In words.
    pub fn in_words(self) -> &'static str {
        match self {
            Gap::UnknownProvider => "there is no such provider",
            Gap::UnknownField => "there is no such unified field",
            Gap::Unsupported => "the mapping has no place for it",
        }
    }
}

/// How many pairs a contract has, and how many of them are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    /// The contract's pairs.
    pub promised: usize,
    /// Those that are there; in requests also those that are only read.
    pub there: usize,
}

/// A contract against a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparison {
    /// The pairs of requests.
    pub request: Count,
    /// The pairs of responses.
    pub response: Count,
    /// The contract's pairs that are not there.
    pub missing: Vec<Pair>,
    /// The contract's writable pairs that are only read.
    pub read_only: Vec<Pair>,
    /// The pairs that are there, of the contract's providers, beyond the contract.
    pub gains: Vec<Pair>,
}

impl Comparison {
    /// Holds a contract against a report of that model. `within` says which fields of which providers are compared.
    pub fn new(contract: &Contract, report: &Report, model: &Model, within: &dyn Fn(&str, &str) -> bool) -> Comparison {
        let mut comparison = Comparison::default();
        for (provider, promised) in &contract.providers {
            let coverage = report.providers.get(provider);
            for (direction, fields) in
                [(Direction::Request, &promised.request_fields), (Direction::Response, &promised.response_fields)]
            {
                let fields = fields.iter().filter(|field| within(provider, field));
                for field in fields.clone() {
                    comparison.promise(provider, direction, field, coverage, model);
                }
                let known: Vec<&String> = fields.collect();
                let there = coverage.into_iter().flat_map(|coverage| coverage.covers(direction).iter());
                let gains = there
                    .filter(|(_, cover)| matches!(cover.status, Status::Written | Status::Read))
                    .filter(|(field, _)| within(provider, field) && !known.iter().any(|known| known == field))
                    // Raw values pass everywhere; no contract lists them by provider.
                    .filter(|(field, _)| model.field(field).is_some_and(|field| field.kind != FieldKind::Raw));
                comparison.gains.extend(gains.map(|(field, _)| pair(provider, direction, field)));
            }
        }
        comparison
    }

    fn promise(
        &mut self,
        provider: &str,
        direction: Direction,
        field: &str,
        coverage: Option<&ProviderCoverage>,
        model: &Model,
    ) {
        let count = match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        };
        count.promised += 1;
        let cover = coverage.and_then(|coverage| coverage.covers(direction).get(field));
        let gap = match cover.map(|cover| cover.status) {
            _ if model.field(field).is_none() => Gap::UnknownField,
            None if coverage.is_none() => Gap::UnknownProvider,
            None | Some(Status::Unsupported) => Gap::Unsupported,
            Some(Status::Written | Status::Read) => {
                count.there += 1;
                return;
            }
            Some(Status::ReadOnly) => {
                count.there += 1;
                let reasons = cover.map(|cover| cover.reasons.clone()).unwrap_or_default();
                self.read_only.push(Pair { reasons, ..pair(provider, direction, field) });
                return;
            }
        };
        self.missing.push(Pair { gap: Some(gap), ..pair(provider, direction, field) });
    }

    /// Whether every promised pair is there, and at most so many of the writable ones are only read.
    pub fn holds(&self, most_read_only: Option<usize>) -> bool {
        self.missing.is_empty() && most_read_only.is_none_or(|most| self.read_only.len() <= most)
    }
}

fn pair(provider: &str, direction: Direction, field: &str) -> Pair {
    Pair { provider: provider.to_owned(), direction, field: field.to_owned(), reasons: Vec::new(), gap: None }
}
