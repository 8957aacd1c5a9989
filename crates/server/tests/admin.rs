//! The admin API over a real socket, on every kind of database.

mod support;

#[path = "admin/access.rs"]
mod access;
#[path = "admin/accounts.rs"]
mod accounts;
#[path = "admin/consent.rs"]
mod consent;
#[path = "admin/scene.rs"]
mod scene;
