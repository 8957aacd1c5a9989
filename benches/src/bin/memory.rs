//! Memory: `memory [--patches N] [idle] [allocations] [resident]`, or `memory --pid PID`.
//!
//! Counts the allocations of patches and reads, tells what a process has in memory that has loaded the shipped mappings and
//! done nothing else, and what it has after a thousand, ten thousand, a hundred thousand and a million patches through the
//! interpreter. `--pid` tells what another process has in memory.

#[path = "../growth/resident.rs"]
mod resident;

use std::alloc::System;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use mapwright_benches::lead::{Lead, read};
use mapwright_benches::shipped::{self, Shipped};
use mapwright_cli::{Library, demo_account};
use mapwright_interpreter::{Account, Context, Interpreter, Sending, Transport, TransportError};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::Options;
use mapwright_sandbox::Sandbox;
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often something is done whose allocations are counted.
const TIMES: usize = 100;

/// Patches at the same time: the pace of an account waits for the next tick of the clock, and many wait together.
const TOGETHER: usize = 64;

/// The argument that makes this program load the shipped mappings, tell what that takes, and end.
const LOADED: &str = "--loaded";

fn main() -> Result<(), Box<dyn Error>> {
    let (mut patches, mut parts) = (1_000_000, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--patches" => patches = value()?.parse()?,
            "--pid" => return of_process(&value()?),
            LOADED => {
                let before = resident::own();
                let library = Library::shipped();
                println!("| {} | {:.1} | {:.1} |", library.providers().len(), mib(before), mib(resident::own()));
                return Ok(());
            }
            "idle" | "allocations" | "resident" => parts.push(argument),
            other => return Err(format!("there is no `{other}`; there are idle, allocations and resident").into()),
        }
    }
    let wants = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    if wants("idle") {
        idle()?;
    }
    if wants("allocations") {
        allocations();
    }
    if wants("resident") {
        over_time(patches)?;
    }
    Ok(())
}

/// What another process has in memory.
fn of_process(process: &str) -> Result<(), Box<dyn Error>> {
    println!("| resident set, MiB | its share, MiB | largest resident set, MiB |\n|--:|--:|--:|");
    let of = |file, name| resident::kilobytes(process, file, name).ok_or(format!("process {process} shows no {name}"));
    let all = [of("status", "VmRSS")?, of("smaps_rollup", "Pss")?, of("status", "VmHWM")?];
    println!("| {} |", all.map(|kilobytes| format!("{:.1}", mib(kilobytes * 1024))).join(" | "));
    Ok(())
}

/// What a process has that has loaded the shipped mappings: this program, started anew.
fn idle() -> Result<(), Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?).arg(LOADED).output()?;
    println!("\n### A process that has loaded the shipped mappings\n");
    println!("| mappings | resident set before, MiB | after, MiB |\n|--:|--:|--:|");
    print!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}

/// The allocations of patches and of reads.
fn allocations() {
    println!("\n### Allocations: all that the engine does between requests\n");
    println!("| | patch: allocations | bytes | read: allocations | bytes |\n|---|--:|--:|--:|--:|");
    for fields in [15, 60] {
        let lead = Lead::of(fields);
        let (run, replies) = lead.answered();
        let counted = [counted(|| lead.plan()), counted(|| read(&run, &replies))];
        row(&format!("lead of {fields} fields: a body, a lead"), counted);
    }
    for shipped in shipped::all() {
        let counted = [true, false].map(|is_patch| {
            let script = shipped.script(is_patch);
            counted(|| shipped.play(&script, is_patch))
        });
        row(&shipped.provider, counted);
    }
    println!("\n### Allocations: whole patches through the interpreter, look-ups kept\n");
    println!("| | requests | patch: allocations | bytes |\n|---|--:|--:|--:|");
    let runtime = runtime();
    for line in lines().expect("the mappings") {
        runtime.block_on(line.patch());
        let (before, counted) = (line.sent(), counted(|| runtime.block_on(line.patch())));
        // Once before the count, and so often in it.
        let requests = (line.sent() - before) / (TIMES + 1);
        println!("| {} | {requests} | {} | {} |", line.provider, counted.0, counted.1);
    }
}

/// Allocations, moves to another size among them, and bytes of one time, once everything is warm.
fn counted<T>(mut what: impl FnMut() -> T) -> (usize, usize) {
    black_box(what());
    let region = Region::new(COUNTING);
    for _ in 0..TIMES {
        black_box(what());
    }
    let Stats { allocations, reallocations, bytes_allocated, .. } = region.change();
    ((allocations + reallocations) / TIMES, bytes_allocated / TIMES)
}

fn row(name: &str, [patch, read]: [(usize, usize); 2]) {
    println!("| {name} | {} | {} | {} | {} |", patch.0, patch.1, read.0, read.1);
}

/// The resident set after more and more patches.
fn over_time(patches: usize) -> Result<(), Box<dyn Error>> {
    let (runtime, lines) = (runtime(), lines()?);
    println!("\n### Patches through the interpreter, the shipped mappings in turn\n");
    println!("| patches | resident set, MiB | largest, MiB | on the heap, MiB |\n|--:|--:|--:|--:|");
    let mut done = 0;
    for until in [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|until| *until < patches).chain([patches]) {
        runtime.block_on(patch(&lines, done..until));
        done = until;
        let largest = resident::kilobytes("self", "status", "VmHWM").unwrap_or_default() * 1024;
        let heap = COUNTING.stats();
        let heap = heap.bytes_allocated.saturating_sub(heap.bytes_deallocated) as u64;
        println!("| {done} | {:.2} | {:.2} | {:.2} |", mib(resident::own()), mib(largest), mib(heap));
    }
    Ok(())
}

/// Patches of these numbers, the mappings in turn.
async fn patch(lines: &[Arc<Line>], numbers: std::ops::Range<usize>) {
    let next = Arc::new(AtomicUsize::new(numbers.start));
    let mut running = JoinSet::new();
    for _ in 0..TOGETHER {
        let (next, lines) = (Arc::clone(&next), lines.to_vec());
        running.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= numbers.end {
                    break;
                }
                lines[number % lines.len()].patch().await;
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("patches");
    }
}

/// A mapping with an account and a provider that answers as the simulated one has.
struct Line {
    provider: String,
    mapping: Arc<Mapping>,
    account: Account,
    id: String,
    patch: Value,
    interpreter: Interpreter,
    answers: Arc<Answers>,
}

impl Line {
    async fn patch(&self) {
        let options = Options::default();
        let finished = self.interpreter.patch(&self.account, &self.mapping, &self.id, &self.patch, options).await;
        black_box(finished.result.unwrap_or_else(|failure| panic!("{}: {failure}", self.provider)));
    }

    /// The requests so far.
    fn sent(&self) -> usize {
        self.answers.sent.load(Ordering::Relaxed)
    }
}

/// The answers of a simulated provider by step and address: noted from it where they are not known yet, and given again.
/// So a provider does not grow, and every patch is like the first.
struct Answers {
    sandbox: Sandbox,
    known: Mutex<BTreeMap<(String, String), Response<Bytes>>>,
    sent: AtomicUsize,
}

impl Answers {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let step = request.extensions().get::<Context>().map(Context::step).unwrap_or_default();
        let key = (step.to_owned(), request.uri().to_string());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known.get(&key) {
            return answer.clone();
        }
        let answer = self.sandbox.handle(request);
        // A token that is spent is renewed, and the request sent again.
        if answer.status().is_success() {
            known.insert(key, answer.clone());
        }
        answer
    }
}

impl Transport for Answers {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move { Ok::<_, TransportError>(self.answer(&request)) })
    }
}

/// The shipped mappings without the paces of their providers, which would have a million patches take days.
fn lines() -> Result<Vec<Arc<Line>>, Box<dyn Error>> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mappings");
    let directory: PathBuf = std::env::temp_dir().join(format!("mapwright-memory-{}", std::process::id()));
    copy(&shipped, &directory)?;
    let library = Library::open(std::slice::from_ref(&directory), None);
    fs::remove_dir_all(&directory)?;
    let library = library.map_err(|problem| format!("the mappings cannot be read: {problem:?}"))?;
    let mut lines = Vec::new();
    for provider in library.providers() {
        let mapping = Arc::clone(library.mapping(provider, None).map_err(|problem| format!("{problem:?}"))?);
        let sandbox = library.sandbox(provider).map_err(|problem| format!("{problem:?}"))?;
        let account = demo_account(&mapping.provider, sandbox.demo())?;
        let id = sandbox.demo().first_id.clone();
        let answers = Arc::new(Answers { sandbox, known: Mutex::default(), sent: AtomicUsize::new(0) });
        let interpreter = Interpreter::new(Arc::clone(&answers));
        let (provider, patch) = (provider.to_owned(), Shipped::patch());
        lines.push(Arc::new(Line { provider, mapping, account, id, patch, interpreter, answers }));
    }
    Ok(lines)
}

/// Copies a directory; what a provider's file says of its pace is left out.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else if entry.file_name() == "provider.toml" {
            let text = fs::read_to_string(entry.path())?;
            let is_pace = |line: &&str| {
                let key = line.split('=').next().unwrap_or_default().trim();
                line.contains('=') && ["pace", "concurrent"].contains(&key)
            };
            let kept: Vec<&str> = text.lines().filter(|line| !is_pace(line)).collect();
            fs::write(to, kept.join("\n"))?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
}

/// Bytes in MiB.
fn mib(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far from 2^52 bytes")]
    let bytes = bytes as f64;
    bytes / f64::from(1 << 20)
}
