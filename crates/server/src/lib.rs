//! The Mapwright service: the contract's endpoint over HTTP, for many accounts.
//!
//! | what | room |
//! |---|---|
//! | requests and answers as callers see them | `http/` |
//! | what is kept: accounts, tokens, idempotency keys, leases | `store/` |
//! | accounts and tokens, managed | `admin/` |

pub mod admin;
pub mod http;
pub mod store;
