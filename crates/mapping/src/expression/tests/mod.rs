//! Specifications of expressions.

mod audit;
mod backends;
#[cfg(feature = "jsonata-rs")]
mod differential;
mod properties;
mod signatures;
