//! The service over real sockets: whatever comes, the answer is the documented one, and the service goes on.

#[path = "service/connections.rs"]
mod connections;
#[path = "service/documented.rs"]
mod documented;
#[path = "service/methods.rs"]
mod methods;
#[path = "service/paths.rs"]
mod paths;
#[path = "service/refusals.rs"]
mod refusals;
#[path = "service/server.rs"]
mod server;
#[path = "service/socket.rs"]
mod socket;
