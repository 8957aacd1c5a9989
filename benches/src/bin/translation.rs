//! Times the translation by a mapping, by hand and by expressions, one after the other in each round, and prints the
//! medians and their ratios as tables in Markdown.

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mapwright_benches::lead::{Lead, read};
use mapwright_benches::shipped::{self, Shipped};
use mapwright_benches::{by_hand, expression};
use mapwright_mapping::expression::{Backend, Limits, default_backend};
use mapwright_mapping::patch::Patch;
use serde_json::{Value, json};

/// Rounds; in each every way is timed once.
const ROUNDS: usize = 7;

/// How long a way is timed in a round, at least.
const MILLISECONDS: u64 = 100;

/// The same.
const SLICE: Duration = Duration::from_millis(MILLISECONDS);

/// A way to do something, timed.
struct Way<'w> {
    name: String,
    run: Box<dyn FnMut() + 'w>,
    nanoseconds: Vec<f64>,
}

impl<'w> Way<'w> {
    fn new<T>(name: impl Into<String>, mut run: impl FnMut() -> T + 'w) -> Way<'w> {
        Way { name: name.into(), run: Box::new(move || drop(black_box(run()))), nanoseconds: Vec::new() }
    }

    /// Runs it for a while.
    fn time(&mut self) {
        let mut times = 1_u32;
        loop {
            let start = Instant::now();
            for _ in 0..times {
                (self.run)();
            }
            let took = start.elapsed();
            if took >= SLICE || times > u32::MAX / 4 {
                self.nanoseconds.push(took.as_secs_f64() * 1e9 / f64::from(times));
                return;
            }
            times *= 2;
        }
    }

    fn median(&self) -> f64 {
        let mut all = self.nanoseconds.clone();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    }
}

/// Times all ways in turn, and prints each beside the first.
fn compare(title: &str, ways: &mut [Way<'_>]) {
    for _ in 0..ROUNDS {
        for way in ways.iter_mut() {
            way.time();
        }
    }
    println!("\n{title}\n\n| way | microseconds | against the first |\n|---|--:|--:|");
    let first = ways[0].median();
    for way in ways.iter() {
        println!("| {} | {:.2} | {:.2} |", way.name, way.median() / 1000.0, way.median() / first);
    }
}

/// All of it, or the shipped mappings alone that are named.
fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let fields: &[usize] = if named.is_empty() { &[15, 60] } else { &[] };
    for fields in fields.iter().copied() {
        let lead = Lead::of(fields);
        lead.check();
        let model = &lead.mapping.model;
        let (to_body, to_lead) = (expression::to_body(fields), expression::to_lead(fields));
        let checked = lead.run();
        let mut ways = vec![
            Way::new("by hand", || by_hand::to_body(&lead.patch)),
            Way::new("mapping: translation", || checked.translated()),
            Way::new("by hand, to bytes", || serde_json::to_vec(&by_hand::to_body(&lead.patch))),
            Way::new("mapping: validation alone", || Patch::parse(&lead.patch, model)),
            Way::new("mapping: validation, outcomes, translation, request", || lead.plan()),
        ];
        ways.extend(expressions(&to_body, &lead.patch, &by_hand::to_body(&lead.patch)));
        compare(&format!("A patch of {fields} fields becomes a body"), &mut ways);
        node("node: expression", &to_body, &lead.patch, &ways[0]);

        let (run, replies) = lead.answered();
        let bytes = lead.record.to_string();
        let record = Arc::new(lead.record.clone());
        let mut ways = vec![
            Way::new("by hand", || by_hand::to_lead(&lead.record, fields)),
            Way::new("mapping: translation", || run.shown(Arc::clone(&record))),
            Way::new("by hand, from bytes", || {
                by_hand::to_lead(&serde_json::from_slice(bytes.as_bytes()).expect("JSON"), fields)
            }),
            Way::new("mapping: judged answer, translation, version", || read(&run, &replies)),
        ];
        ways.extend(expressions(&to_lead, &lead.record, &lead.lead));
        compare(&format!("A record becomes a lead of {fields} fields"), &mut ways);
        node("node: expression", &to_lead, &lead.record, &ways[0]);
    }
    println!(
        "\nThe shipped mappings: all that the engine does between requests\n\n| provider | patch, microseconds | read, microseconds |\n|---|--:|--:|"
    );
    let wanted = |shipped: &Shipped| named.is_empty() || named.contains(&shipped.provider);
    for shipped in shipped::all().into_iter().filter(wanted) {
        let scripts = [shipped.script(true), shipped.script(false)];
        let [mut patch, mut get] = [true, false].map(|is_patch| {
            let (shipped, script): (&Shipped, _) = (&shipped, &scripts[usize::from(!is_patch)]);
            Way::new("", move || shipped.play(script, is_patch))
        });
        for _ in 0..ROUNDS {
            patch.time();
            get.time();
        }
        println!("| {} | {:.1} | {:.1} |", shipped.provider, patch.median() / 1000.0, get.median() / 1000.0);
    }
}

/// An expression in each engine that is built in.
fn expressions<'w>(text: &'w str, input: &'w Value, wanted: &Value) -> Vec<Way<'w>> {
    let backends: &[&'static dyn Backend] = &[
        default_backend(),
        #[cfg(feature = "jsonata-rs")]
        mapwright_mapping::expression::second_backend(),
    ];
    let way = |backend: &&'static dyn Backend| {
        let compiled = backend.compile(text, &Limits::default()).expect("it compiles");
        let once = compiled.eval(input, &[].into()).expect("it runs");
        assert_eq!(once.as_ref(), Some(wanted), "{}", backend.name());
        Way::new(format!("{}: expression", backend.name()), move || compiled.eval(input, &[].into()))
    };
    backends.iter().map(way).collect()
}

/// The same expression in the reference engine, parsed once, where it is installed.
fn node(name: &str, text: &str, input: &Value, first: &Way<'_>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("npm/expression.mjs");
    if !script.with_file_name("node_modules").is_dir() {
        println!("| {name} | not measured: run `npm ci` in benches/npm | |");
        return;
    }
    let question = json!({"text": text, "input": input, "rounds": ROUNDS, "milliseconds": MILLISECONDS});
    let mut process =
        Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node");
    let mut stdin = process.stdin.take().expect("its input");
    stdin.write_all(question.to_string().as_bytes()).expect("it listens");
    drop(stdin);
    let output = process.wait_with_output().expect("it ends");
    let nanoseconds: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number");
    println!("| {name} | {:.2} | {:.2} |", nanoseconds / 1000.0, nanoseconds / first.median());
}
