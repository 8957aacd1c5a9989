//! As much load as is taken: `wrk`, as a process.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::service::process::cpu;
use crate::service::stand::Stand;

/// Connections that are always busy.
pub(crate) const CONNECTIONS: usize = 32;

/// Threads of `wrk`.
const THREADS: usize = 2;

/// What `wrk` has seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Answers.
    pub(crate) requests: f64,
    /// Seconds.
    pub(crate) seconds: f64,
    /// The median of its times, in milliseconds; it sends the next request when it has the answer.
    pub(crate) median: f64,
    /// The 99th percentile of the same.
    pub(crate) p99: f64,
    /// The time of the processor that it took, in seconds.
    pub(crate) cpu: f64,
}

/// Writes the script for `wrk`.
pub(crate) fn script(stand: &Stand, path: &Path) -> std::io::Result<()> {
    // JSON's escapes are among Lua's, for what stands here.
    let quoted = |text: &str| Value::from(text).to_string();
    let mut lua = String::from("wrk.method = \"PATCH\"\n");
    let _ = writeln!(lua, "wrk.body = {}", quoted(&stand.scene.patch));
    for (name, value) in stand.headers() {
        let _ = writeln!(lua, "wrk.headers[{}] = {}", quoted(&name), quoted(&value));
    }
    let targets: Vec<String> = stand.targets.iter().map(|target| quoted(target)).collect();
    let _ = writeln!(lua, "local targets = {{ {} }}\nlocal threads = {THREADS}", targets.join(", "));
    lua.push_str(SCRIPT);
    std::fs::write(path, lua)
}

/// A thread has accounts of its own, so that none has more runs at the same time than the service grants.
const SCRIPT: &str = r#"
local started = 0
function setup(thread)
  thread:set("number", started)
  started = started + 1
end

local requests = {}
local last = 0
function init()
  for i, target in ipairs(targets) do
    if i % threads == number then requests[#requests + 1] = wrk.format(nil, target) end
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary, latency)
  local e = summary.errors
  print(string.format(
    '{"requests": %d, "microseconds": %d, "errors": %d, "median": %d, "p99": %d}',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"#;

/// Puts load on an address. An answer that is a refusal fails, and so does a connection that breaks.
pub(crate) fn run(address: SocketAddr, script: &Path, seconds: u64) -> Result<Seen, Box<dyn Error>> {
    let (threads, connections) = (format!("-t{THREADS}"), format!("-c{CONNECTIONS}"));
    let mut child = Command::new("wrk")
        .args([threads, connections, format!("-d{seconds}s"), "-s".to_owned()])
        .arg(script)
        .arg(format!("http://{address}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("wrk: {error}"))?;
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut text)?;
    }
    let cpu = cpu(child.id())?;
    if !child.wait()?.success() {
        return Err(format!("wrk failed: {text}").into());
    }
    let line = text.lines().find(|line| line.starts_with('{')).ok_or(format!("wrk says nothing of use: {text}"))?;
    let told: Value = serde_json::from_str(line)?;
    let number = |name: &str| told[name].as_f64().ok_or(format!("wrk says no `{name}`: {line}"));
    if number("errors")? > 0.0 {
        return Err(format!("not every answer was good: {text}").into());
    }
    Ok(Seen {
        requests: number("requests")?,
        seconds: number("microseconds")? / 1e6,
        median: number("median")? / 1e3,
        p99: number("p99")? / 1e3,
        cpu,
    })
}
