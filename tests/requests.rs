//! The service over real sockets: whatever comes, the answer is the documented one, and the service goes on.

#[path = "requests/connections.rs"]
mod connections;
#[path = "requests/documented.rs"]
mod documented;
#[path = "requests/methods.rs"]
mod methods;
#[path = "requests/paths.rs"]
mod paths;
#[path = "requests/refusals.rs"]
mod refusals;
#[path = "requests/server.rs"]
mod server;
#[path = "requests/socket.rs"]
mod socket;
