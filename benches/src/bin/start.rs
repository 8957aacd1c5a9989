//! How long whole processes take: `start [BINARY] [--runs N]`.
//!
//! Each command runs so many times after a run that is not counted, from its start to its end; `serve` to its first
//! answer 200 at `/readyz`. Then what `serve` takes of the memory when nobody asks. Prints tables in Markdown with the
//! goals beside. The binary is `target/release/mapwright` unless named.

#[path = "../service/connection.rs"]
mod connection;

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use connection::Connection;

/// How long a service stands before its memory is looked at.
const IDLE: Duration = Duration::from_secs(1);

/// How long between two questions whether it is ready.
const LOOK: Duration = Duration::from_millis(1);

/// The most that an idle service should take, in megabytes.
const MOST_MEMORY: f64 = 40.0;

/// Commands that end, each with its goal in milliseconds.
const COMMANDS: [(&[&str], Option<f64>); 6] = [
    (&["--version"], None),
    (&["check"], Some(100.0)),
    (&["explain", "unknown-key"], None),
    (&["explain", "first_name", "--provider", "hubspot"], None),
    (&["plan", "hubspot", "563417219", "--data", r#"{"first_name":"Ada"}"#], None),
    (&["patch", "hubspot", "563417219", "--sandbox", "--data", r#"{"first_name":"Ada"}"#], None),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut binary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/mapwright");
    let mut runs = 11;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--runs" => runs = arguments.next().ok_or("--runs wants a number")?.parse::<usize>()?.max(1),
            _ => binary = argument.into(),
        }
    }
    // Commands run in a directory of their own: there is nothing in it that they could find.
    let binary = binary.canonicalize().map_err(|error| format!("{}: {error}", binary.display()))?;
    let directory = std::env::temp_dir().join(format!("mapwright-start-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let measured = measure(&binary, &directory, runs);
    std::fs::remove_dir_all(&directory)?;
    measured
}

fn measure(binary: &Path, directory: &Path, runs: usize) -> Result<(), Box<dyn Error>> {
    println!("# Whole processes\n\n`{}`, {runs} runs each.\n", binary.display());
    println!("| process | median ms | least | most | goal ms | |\n|---|--:|--:|--:|--:|---|");
    for (words, goal) in COMMANDS {
        let times = repeated(runs, || {
            let start = Instant::now();
            let output = command(binary, directory).args(words).output()?;
            let took = start.elapsed();
            let said = String::from_utf8_lossy(&output.stderr);
            if output.status.success() { Ok(took) } else { Err(format!("{words:?}: {} {said}", output.status).into()) }
        })?;
        row(&format!("`mapwright {}`", words.join(" ")), &times, goal);
    }
    let services: [(&[&str], Option<f64>); 2] = [(&["--sandbox"], Some(200.0)), (&["--store", "sqlite:kept.db"], None)];
    for (words, goal) in services {
        let times = repeated(runs, || Ok(Service::start(binary, directory, words)?.ready))?;
        row(&format!("`mapwright serve {}`, until it is ready", words.join(" ")), &times, goal);
    }
    println!("\n| idle, with all shipped mappings | VmRSS MB | Pss MB | goal MB | |\n|---|--:|--:|--:|---|");
    for (words, _) in services {
        let service = Service::start(binary, directory, words)?;
        thread::sleep(IDLE);
        let id = service.child.id();
        let resident = megabytes(&format!("/proc/{id}/status"), "VmRSS:")?;
        let own = megabytes(&format!("/proc/{id}/smaps_rollup"), "Pss:")?;
        println!(
            "| `mapwright serve {}` | {resident:.1} | {own:.1} | {MOST_MEMORY} | {} |",
            words.join(" "),
            verdict(resident < MOST_MEMORY)
        );
    }
    #[expect(clippy::cast_precision_loss, reason = "a file's size")]
    let size = std::fs::metadata(binary)?.len() as f64 / 1e6;
    println!("\nThe binary has {size:.1} MB.");
    Ok(())
}

/// The program, away from the settings of the bench's own environment.
fn command(binary: &Path, directory: &Path) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(directory).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MAPWRIGHT_")) {
        command.env_remove(name);
    }
    command
}

/// The times of several runs in milliseconds, sorted, without that of a first one.
fn repeated(
    runs: usize,
    mut run: impl FnMut() -> Result<Duration, Box<dyn Error>>,
) -> Result<Vec<f64>, Box<dyn Error>> {
    run()?;
    let mut times = Vec::new();
    for _ in 0..runs {
        times.push(run()?.as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn row(name: &str, times: &[f64], goal: Option<f64>) {
    let (median, least, most) = (times[times.len() / 2], times[0], times[times.len() - 1]);
    let (goal, met) = match goal {
        Some(goal) => (format!("{goal}"), verdict(median < goal)),
        None => (String::new(), ""),
    };
    println!("| {name} | {median:.1} | {least:.1} | {most:.1} | {goal} | {met} |");
}

/// Whether a goal is met, in a word.
fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

/// A running service. It ends with this value.
struct Service {
    child: Child,
    /// How long it took to be ready.
    ready: Duration,
}

impl Service {
    fn start(binary: &Path, directory: &Path, words: &[&str]) -> Result<Service, Box<dyn Error>> {
        let start = Instant::now();
        let mut command = command(binary, directory);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(words).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut service = Service { child: command.spawn()?, ready: Duration::ZERO };
        let mut line = String::new();
        if let Some(stdout) = service.child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim().rsplit('/').next().unwrap_or_default();
        let address: SocketAddr = address.parse().map_err(|_| format!("serve {words:?} says: {line}"))?;
        let mut connection = Connection::open(address)?;
        loop {
            let answer = connection.ask("GET", "/readyz", &[], "")?;
            if answer.status == 200 {
                service.ready = start.elapsed();
                return Ok(service);
            }
            if start.elapsed() > Duration::from_secs(10) {
                return Err(format!("serve {words:?} does not get ready: {}", answer.body).into());
            }
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A size that a file below `/proc` tells in kilobytes of 1024 bytes, in megabytes.
fn megabytes(path: &str, name: &str) -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or(format!("{path} has no {name}"))?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024.0 / 1e6)
}
