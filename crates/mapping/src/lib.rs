//! The Mapwright mapping language: load, check, plan, read. Pure: no clock, no network, no environment, no async.
//!
//! A mapping says once, for both directions, where each leaf of a unified resource lies at a provider. From that
//! this crate plans the requests of a patch and reads a provider's answers back. It sends nothing: whoever runs a
//! plan hands each reply in and is told the next request or the result.

pub mod catalog;
pub mod check;
pub mod codec;
pub mod coverage;
pub mod diagnostic;
pub mod document;
pub mod explain;
pub mod expression;
pub mod mapping;
pub mod model;
pub mod outcome;
mod overlay;
pub mod patch;
pub mod path;
pub mod plan;
pub mod provider;
pub mod raw;
pub mod reply;
pub mod source;
pub mod template;
pub mod variables;
pub mod version;
