//! What a process has in memory, as Linux tells it.

use std::fs;

/// A line of a file below `/proc/PID`, in kilobytes; none where there is no such process or line.
pub(crate) fn kilobytes(process: &str, file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The resident set of this process, in bytes.
pub(crate) fn own() -> u64 {
    kilobytes("self", "status", "VmRSS").unwrap_or_default() * 1024
}
