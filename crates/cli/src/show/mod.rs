//! Requests, results and outcomes as text for people and as JSON for programs.

pub(crate) mod coverage;
pub(crate) mod exchange;
pub(crate) mod explanation;
pub(crate) mod json_text;
pub(crate) mod outcome;
pub(crate) mod result;
pub(crate) mod rows;
pub(crate) mod tally;
pub(crate) mod wrap;

/// The columns that texts for people keep to.
pub(crate) const WIDTH: usize = 100;

/// The version of the JSON forms; it grows when a member changes its meaning or goes away.
pub(crate) const SCHEMA_VERSION: u32 = 1;
