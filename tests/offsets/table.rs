//! What was tried of a case, and how the runs ended.

use std::collections::BTreeMap;

use crate::case::{Case, How};
use crate::fault::Fault;

/// What was tried of a case.
#[derive(Clone)]
pub(crate) struct Tally {
    provider: String,
    patch: &'static str,
    requests: usize,
    writes: usize,
    /// How many bytes could be the last one.
    pub(crate) bytes: usize,
    /// How many of them were.
    pub(crate) offsets: usize,
    runs: usize,
    /// Runs in which a fault was met and all was written all the same.
    ended: BTreeMap<How, usize>,
    pub(crate) violations: Vec<String>,
}

impl Tally {
    pub(crate) fn new(case: &Case<'_>) -> Tally {
        Tally {
            provider: case.scene.id().to_owned(),
            patch: case.patch.name,
            requests: case.exchanges.len(),
            writes: case.patch.writes.len(),
            bytes: 0,
            offsets: 0,
            runs: 0,
            ended: BTreeMap::new(),
            violations: Vec::new(),
        }
    }

    /// The tallies of the parts of one case as one.
    pub(crate) fn joined(parts: &[Tally]) -> Tally {
        let mut parts = parts.iter();
        let mut all = parts.next().expect("a part").clone();
        for part in parts {
            all.bytes += part.bytes;
            all.offsets += part.offsets;
            all.runs += part.runs;
            for (how, count) in &part.ended {
                *all.ended.entry(*how).or_default() += count;
            }
            all.violations.extend(part.violations.iter().cloned());
        }
        all
    }

    /// Counts a run.
    pub(crate) fn count(&mut self, case: &Case<'_>, fault: &Fault, ended: Result<How, String>) {
        self.runs += 1;
        match ended {
            Ok(how) => *self.ended.entry(how).or_default() += 1,
            Err(why) => self.violations.push(format!("{}: {why}", case.named(fault))),
        }
    }
}

/// Prints the tallies as a table in Markdown, and fails where a run broke the law.
pub(crate) fn report(title: &str, tallies: &[Tally]) {
    println!("\n{title}\n");
    println!(
        "| provider | patch | requests | writes | bytes | offsets | runs | written | not read back | partly | unknown | nothing | violations |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let row = |name: &str, patch: &str, all: &[&Tally]| {
        let sum = |of: fn(&Tally) -> usize| all.iter().map(|tally| of(tally)).sum::<usize>().to_string();
        let ended = |how: How| all.iter().filter_map(|tally| tally.ended.get(&how)).sum::<usize>().to_string();
        let cells = [
            name.to_owned(),
            patch.to_owned(),
            sum(|tally| tally.requests),
            sum(|tally| tally.writes),
            sum(|tally| tally.bytes),
            sum(|tally| tally.offsets),
            sum(|tally| tally.runs),
            ended(How::Written),
            ended(How::Unread),
            ended(How::Partly),
            ended(How::Unknown),
            ended(How::Nothing),
            sum(|tally| tally.violations.len()),
        ];
        println!("| {} |", cells.join(" | "));
    };
    for tally in tallies {
        row(&tally.provider, tally.patch, &[tally]);
    }
    row("all", "", &tallies.iter().collect::<Vec<_>>());
    let violations: Vec<&String> = tallies.iter().flat_map(|tally| &tally.violations).collect();
    let shown: Vec<&str> = violations.iter().take(40).map(|text| text.as_str()).collect();
    assert!(violations.is_empty(), "{} violations, of which the first are\n{}", violations.len(), shown.join("\n"));
}
