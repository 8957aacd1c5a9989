//! The parent of a target's process: starts it, within a bound of memory, and tells how it ended.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child;
use crate::targets;

/// The address space of a target's process, in KB: what runs away ends it before it ends the machine.
const SPACE: u64 = 8 << 20;

/// The variable that tells a process that it is a target's.
const CHILD: &str = "FUZZ_CHILD";

/// Runs a target; called again by its own process.
pub(crate) fn holds(name: &str) {
    if is_child(name) {
        child::run(name);
        return;
    }
    let target = targets::find(name);
    let (is_well, said) = run(name, name, None);
    for line in said.lines().filter(|line| line.starts_with("fuzz ")) {
        println!("{line}");
    }
    assert!(
        is_well,
        "{name} ({})\nthe input is {}; keep it in tests/fuzz/found/{name}/\n{said}",
        target.about,
        scratch(name).join("input").display()
    );
    assert!(said.contains(&format!("fuzz {name}: ")), "the process of {name} ran nothing: {said}");
}

/// Whether this process is the target's own.
pub(crate) fn is_child(name: &str) -> bool {
    std::env::var_os(CHILD).is_some_and(|child| child == name)
}

/// Runs a target on one input, in the process of a test: whether it ended well, and what it said.
pub(crate) fn run_on(name: &str, test: &str, input: &[u8]) -> (bool, String) {
    let file = scratch(name).join("given");
    std::fs::write(&file, input).expect("a file");
    run(name, test, Some(&file))
}

/// Runs a target in the process of a test, on one file or on all of its inputs.
fn run(name: &str, test: &str, file: Option<&Path>) -> (bool, String) {
    let program = std::env::current_exe().expect("the program of the tests");
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -v {SPACE}; exec \"$0\" \"$@\"")])
        .arg(program)
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, name);
    if let Some(file) = file {
        command.env("FUZZ_FILE", file);
    }
    let output = command.output().expect("a process of its own");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), format!("{said}\n{}", output.status))
}

/// Where a target's process puts the input that it runs.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz").join(name);
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

/// A number from the environment.
pub(crate) fn number(name: &str) -> Option<u64> {
    let text: OsString = std::env::var_os(name)?;
    Some(text.to_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} is a number")))
}
