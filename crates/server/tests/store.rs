//! What the store promises, on every kind of database.

mod support;

#[path = "store/accounts.rs"]
mod accounts;
#[path = "store/callers.rs"]
mod callers;
#[path = "store/idempotency.rs"]
mod idempotency;
#[path = "store/leases.rs"]
mod leases;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/recent.rs"]
mod recent;
#[path = "store/renewed.rs"]
mod renewed;
#[path = "store/reseal.rs"]
mod reseal;
