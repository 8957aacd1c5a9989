//! What tests of the running service share: the program as a process, simulated providers in this process, a store that
//! both know, and a client that writes its requests byte by byte.
//!
//! Another test takes it with `#[path = "service/support/mod.rs"] mod support;`.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test crate uses a part of it")]

mod answer;
mod client;
mod database;
mod directory;
mod everywhere;
#[path = "../../../crates/server/tests/support/postgres.rs"]
mod postgres;
mod process;
mod provider;
mod python;
mod random;
mod runtime;
mod scene;
mod together;

pub use answer::Answer;
pub use client::{Client, Request, exchange};
pub use database::Database;
pub use directory::{Directory, mappings_of, root};
pub use everywhere::everywhere;
pub use process::{Service, Start};
pub use provider::{ALL, Provider, is_effect};
pub use python::python;
pub use random::Random;
pub use runtime::run;
pub use scene::Scene;
pub use together::{together, until};
