//! Requests and answers as callers see them: pure functions, without a store and without a network.
//!
//! | what | room |
//! |---|---|
//! | the one body of all errors | `problem/` |
//! | the query of a request | `query/` |

pub mod problem;
pub mod query;
