//! Clients that were written for the contract's API run unchanged against all nine providers.

mod answers;
mod node;
mod python;
mod query;
mod shared;
mod storms;
