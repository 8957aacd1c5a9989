//! Requests and answers as callers see them: pure functions, without a store and without a network.
//!
//! | what | room |
//! |---|---|
//! | answers to what succeeded | `answer/` |
//! | the body of a PATCH | `body/` |
//! | what a method takes and gives | `meta.rs` |
//! | the description for machines | `openapi/` |
//! | a plan, for a dry run | `plan.rs` |
//! | the one body of all errors | `problem/` |
//! | the query of a request | `query/` |
//! | the two forms of a resource as schemas | `schema.rs` |

pub mod answer;
pub mod body;
#[cfg(test)]
mod fixture;
pub mod meta;
pub mod openapi;
pub mod plan;
pub mod problem;
pub mod query;
pub mod schema;
