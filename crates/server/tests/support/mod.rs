//! What tests of the store share: databases of their own, and a clock.
//!
//! Another test takes it with `#[path = "support/mod.rs"] mod support;`.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test crate uses a part of it")]
#![allow(clippy::needless_pass_by_value, reason = "a test is a closure, written where it is given")]

mod clock;
mod database;
mod postgres;

pub use clock::TestClock;
pub use database::{Database, everywhere, keyring, shared};
