//! A fault at every byte of a provider's answers and at every point of a request: what is told of each leaf is what the
//! provider has, nothing is done twice, and what was done before a failure is named.

#[path = "offsets/case.rs"]
mod case;
#[path = "offsets/fault.rs"]
mod fault;
#[path = "offsets/in_process.rs"]
mod in_process;
#[path = "offsets/inside.rs"]
mod inside;
#[path = "offsets/patches.rs"]
mod patches;
#[path = "scene/mod.rs"]
mod scene;
#[path = "offsets/sockets.rs"]
mod sockets;
#[path = "offsets/spread.rs"]
mod spread;
#[path = "offsets/table.rs"]
mod table;
#[path = "offsets/wire.rs"]
mod wire;
