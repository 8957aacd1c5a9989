//! The Mapwright service: the contract's endpoint over HTTP, for many accounts.
//!
//! | what | room |
//! |---|---|
//! | the service, and how it is served | `service.rs`, `listen.rs`, `connection.rs`, `limits.rs`, `settings.rs` |
//! | from a request to its answer | `routes.rs`, `unified.rs`, `run.rs`, `idempotency.rs`, `pages.rs` |
//! | who asks, for what | `bearer.rs`, `target.rs`, `request_id.rs` |
//! | requests and answers as callers see them | `http/` |
//! | accounts in use | `live.rs` |
//! | what is kept: accounts, tokens, idempotency keys, leases | `store/`, sealed by `keyring.rs` |
//! | accounts and tokens, managed | `admin/` |
//! | beside the requests: the mappings' reload, the sweep of the store | `mappings.rs`, `reload.rs`, `signals.rs`, `sweep.rs` |
//! | what is logged and counted | `logs.rs`, `count.rs` |
//! | simulated providers beside the service | `sandboxed.rs`, `demo.rs` |

pub mod admin;
mod bearer;
mod connection;
pub mod count;
pub mod demo;
pub mod http;
mod idempotency;
pub mod keyring;
pub mod limits;
pub mod listen;
mod live;
pub mod logs;
pub mod mappings;
mod outlive;
mod pages;
mod reload;
mod request_id;
mod routes;
mod run;
pub mod sandboxed;
mod service;
pub mod settings;
pub mod signals;
pub mod store;
mod sweep;
mod target;
mod unified;

pub use service::Service;
