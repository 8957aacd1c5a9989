//! Every provider under every fault.

#[path = "faults/bench.rs"]
mod bench;
#[path = "faults/look.rs"]
mod look;
