//! The service as its callers and operators have it: a process, real sockets, real databases, and simulated providers
//! whose whole state is looked at afterwards.

#[path = "service/canaries/mod.rs"]
mod canaries;
#[path = "service/clients/mod.rs"]
mod clients;
#[path = "service/described/mod.rs"]
mod described;
#[path = "service/killed/mod.rs"]
mod killed;
#[path = "service/limits/mod.rs"]
mod limits;
#[path = "service/replicas/mod.rs"]
mod replicas;
#[path = "service/support/mod.rs"]
mod support;
#[path = "service/trial/mod.rs"]
mod trial;
