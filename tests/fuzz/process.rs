//! What the system knows of a process: memory and time. Where it says nothing, nothing is measured.

use std::fs;
use std::time::Duration;

/// The memory in use now and the most that was in use since the last [`forget_peak`], in bytes.
pub(crate) fn memory() -> Option<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
    };
    Some((kilobytes("VmRSS:")?, kilobytes("VmHWM:")?))
}

/// Begins a new peak of memory.
pub(crate) fn forget_peak() {
    // Without it the bound is only coarser.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The processor time of this process so far.
pub(crate) fn processor_time() -> Option<Duration> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let nanoseconds = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Some(Duration::from_nanos(nanoseconds.sum()))
}
