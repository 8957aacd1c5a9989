//! The Mapwright service: the contract's endpoint over HTTP, for many accounts.
//!
//! | what | room |
//! |---|---|
//! | requests and answers as callers see them | `http/` |
//! | what is kept: accounts, tokens, idempotency keys, leases | `store/` |
//! | the keys that it is sealed with | `keyring.rs` |
//! | accounts and tokens, managed | `admin/` |

pub mod admin;
mod http;
pub mod keyring;
pub mod store;
