//! What hostile input does to the command: replies of providers, patches, ids, mapping directories, account files and
//! data, none of which are to be trusted. Each session runs the real binary; providers are servers on this machine.
//!
//! Every session ends by itself with one of the documented exit codes, without a panic, and shows no secret.

#[path = "hostile/accounts.rs"]
mod accounts;
#[path = "hostile/directories.rs"]
mod directories;
#[path = "hostile/patches.rs"]
mod patches;
#[path = "hostile/replies.rs"]
mod replies;
#[path = "hostile/secrets.rs"]
mod secrets;
#[path = "hostile/server.rs"]
mod server;
#[path = "hostile/session.rs"]
mod session;
#[path = "hostile/wanted.rs"]
mod wanted;
