//! One patch on every provider that can be simulated, under every fault: what becomes of the leaf, how often the
//! request is sent, and what the provider has afterwards. Time is paused: waits are measured, not waited for.

#[path = "faults/bench.rs"]
mod bench;
#[path = "faults/honesty.rs"]
mod honesty;
#[path = "faults/sockets.rs"]
mod sockets;
#[path = "faults/writes.rs"]
mod writes;
