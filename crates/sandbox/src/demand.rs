//! Headers that every request to a route with a proof carries.

use http::HeaderMap;
use serde::Deserialize;
use toml::Spanned;

use crate::file::Name;
use crate::pattern::Pattern;
use crate::spec::Spec;

/// A header that requests carry; it is looked at before the caller's proof, and not where a route asks for none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Demand {
    /// The header.
    pub(crate) header: String,
    /// What it matches.
    pub(crate) pattern: Spanned<Pattern>,
    /// Answers where it is absent or does not match.
    pub(crate) error: Name,
}

/// The error of the first demand that a request does not meet.
pub(crate) fn unmet(spec: &Spec, headers: &HeaderMap) -> Option<String> {
    let met = |demand: &&Demand| {
        let value = headers.get(demand.header.as_str());
        value.is_some_and(|value| demand.pattern.get_ref().matches(&String::from_utf8_lossy(value.as_bytes())))
    };
    spec.demands.iter().find(|demand| !met(demand)).map(|demand| demand.error.get_ref().clone())
}
