//! One run of the command, watched: what it writes, how it ends, and the most memory that it takes.

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The most memory that a run may take, in KiB: less than it takes without work and 50 MB.
const MOST_MEMORY: u64 = 80 << 10;

/// How often more may be taken for standard input, which is parsed, checked, sent, shown and kept by a simulated
/// provider.
const FOR_INPUT: u64 = 16;

/// The longest that a run may take, whatever the machine does besides.
const LONGEST: Duration = Duration::from_secs(40);

/// What stands in every secret, as it is.
pub(crate) const CANARY: &str = "CANARY";

/// What a run wrote, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
    /// The most memory that was seen, in KiB; none where the run was over too soon.
    pub(crate) peak: u64,
}

impl Ran {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The class of the error.
    pub(crate) fn class(&self) -> String {
        self.json().pointer("/error/class").and_then(Value::as_str).unwrap_or("none").to_owned()
    }
}

/// Runs the command, and holds what is true of every run.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    run_with(arguments, b"", &[])
}

/// The same with standard input and an environment.
pub(crate) fn run_with(arguments: &[&str], input: &[u8], environment: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.args(arguments).current_dir(env!("CARGO_TARGET_TMPDIR")).env_clear().envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command runs");
    let begun = Instant::now();
    let mut stdin = child.stdin.take().expect("a pipe");
    let most = MOST_MEMORY + FOR_INPUT * (input.len() as u64 >> 10);
    let input = input.to_owned();
    // A command that ends before it has read everything closes the pipe.
    let writes = thread::spawn(move || drop(stdin.write_all(&input)));
    let stdout = reader(child.stdout.take().expect("a pipe"));
    let stderr = reader(child.stderr.take().expect("a pipe"));
    let status = Path::new("/proc").join(child.id().to_string()).join("status");
    let (ended, end) = channel();
    let mut peak = peak_of(&status).unwrap_or_default();
    let watch = thread::spawn(move || {
        while end.try_recv().is_err() {
            peak = peak_of(&status).unwrap_or(peak).max(peak);
            thread::sleep(Duration::from_millis(2));
        }
        peak
    });
    let code = loop {
        if let Some(status) = child.try_wait().expect("the command is watched") {
            break status.code().unwrap_or(-1);
        }
        if begun.elapsed() > LONGEST {
            child.kill().expect("it runs still");
            panic!("it does not end: {arguments:?}");
        }
        thread::sleep(Duration::from_millis(3));
    };
    ended.send(()).expect("it is watched still");
    writes.join().expect("input is written");
    let [stdout, stderr] = [stdout, stderr].map(|reads| reads.join().expect("output is read"));
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    let ran = Ran { stdout: text(stdout), stderr: text(stderr), code, peak: watch.join().expect("it is watched") };
    hold(&ran, arguments, most);
    ran
}

/// What is true of every run.
fn hold(ran: &Ran, arguments: &[&str], most: u64) {
    let both = format!("{}{}", ran.stdout, ran.stderr);
    assert!((0..=5).contains(&ran.code), "no documented exit code: {arguments:?}: {ran:?}");
    assert!(!both.contains("panicked"), "it panics: {arguments:?}: {both}");
    assert!(ran.peak < most, "it takes {} KiB: {arguments:?}", ran.peak);
    for form in canaries() {
        assert!(!both.contains(&form), "`{form}` shows: {arguments:?}: {both}");
    }
    let obeyed = both.chars().find(|char| char.is_control() && *char != '\n');
    assert_eq!(obeyed, None, "a terminal would obey: {arguments:?}: {both:?}");
}

fn reader(mut from: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("output is read");
        bytes
    })
}

/// The most memory that a process has had, in KiB.
fn peak_of(status: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// What every form of a secret has in it: as it is and percent-encoded the canary itself, in base64 the characters
/// that come from it alone, wherever it stands.
fn canaries() -> Vec<String> {
    let mut forms = vec![CANARY.to_owned(), CANARY.to_lowercase()];
    for before in 0..3 {
        let text = base64(&[&vec![0; before], CANARY.as_bytes()].concat());
        let (first, end) = ((before * 8).div_ceil(6), (before + CANARY.len()) * 8 / 6);
        forms.push(text[first..end].to_owned());
    }
    forms
}

/// Base64 without padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let digit = |six: &[bool]| (0..6).fold(0, |sum, at| sum * 2 + usize::from(six.get(at) == Some(&true)));
    bits.chunks(6).map(|six| char::from(DIGITS[digit(six)])).collect()
}

/// Percent-encoding of everything but letters and digits.
pub(crate) fn percent(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(one).collect()
}

/// A directory of a test alone, empty.
pub(crate) fn scratch(name: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("{name}-{}", COUNT.fetch_add(1, Ordering::SeqCst));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("the old one goes");
    }
    std::fs::create_dir_all(&path).expect("it is made");
    path
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The project's directory.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
