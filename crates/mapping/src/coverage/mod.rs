//! Which unified field works where: read off the checked mappings, never written by hand.
//!
//! | what | file |
//! |---|---|
//! | what is said of one field in one direction | `cover.rs` |
//! | the names that a field takes: of an enum, a list's types, a map's keys | `names.rs` |
//! | whether what is written reads back the same, and how that is known | `assurance.rs` |
//! | what a mapping knows of a field, both directions together | `facts.rs` |
//! | single values | `leaf.rs` |
//! | lists | `list.rs` |
//! | open maps and raw values | `map.rs` |
//! | all fields of all providers | `report.rs` |
//! | every field that a mapping has, counted | `tally.rs` |
//! | what a contract promises, and what is there of it | `contract.rs` |

mod assurance;
mod contract;
mod cover;
mod facts;
mod leaf;
mod list;
mod map;
mod names;
mod report;
mod tally;
#[cfg(test)]
mod tests;

pub use assurance::Assurance;
pub use contract::{Comparison, Contract, Count, Gap, Pair, Promised};
pub use cover::{Cover, Covers, Direction, Status};
pub use names::{Names, Others};
pub use report::{ProviderCoverage, Report, SCHEMA_VERSION, coverage_schema};
pub use tally::{Tallied, Tally};
