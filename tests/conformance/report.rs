//! The report: how much of what is sent the descriptions know, and what they refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::properties::Compared;
use crate::sent::Sent;
use crate::verdict::{Contradiction, Verdict};

/// What was found for one provider.
#[derive(Default)]
pub(crate) struct Found {
    /// Requests that the description knows and does not contradict.
    pub(crate) validated: usize,
    /// The operations that were validated, with their number.
    pub(crate) operations: BTreeMap<String, usize>,
    /// Requests that the description says nothing about, by address.
    pub(crate) silent: BTreeMap<String, usize>,
    /// Parts of validated requests that it says nothing about.
    pub(crate) parts: BTreeSet<String>,
    /// Requests that it refuses, and that the provider's answer takes for wrong as well.
    pub(crate) wrong: BTreeMap<String, Vec<Contradiction>>,
    /// Requests that it refuses.
    pub(crate) refused: Vec<(Sent, Vec<Contradiction>)>,
    /// What it says of the properties.
    pub(crate) properties: Compared,
    /// How many of the requests came from generated patches, and why how many patches were drawn again.
    pub(crate) generated: (usize, BTreeMap<String, usize>),
}

impl Found {
    /// Notes a verdict.
    pub(crate) fn note(&mut self, sent: &Sent, verdict: Verdict) {
        let Some(operation) = verdict.operation else {
            *self.silent.entry(format!("{} {}", sent.method, sent.address())).or_default() += 1;
            return;
        };
        self.parts.extend(verdict.silent.into_iter().map(|part| format!("{operation}: {part}")));
        if verdict.refused.is_empty() {
            self.validated += 1;
            *self.operations.entry(operation).or_default() += 1;
        } else if sent.is_taken_for_wrong() {
            self.wrong.insert(sent.to_string(), verdict.refused);
        } else {
            self.refused.push((sent.clone(), verdict.refused));
        }
    }

    /// Everything that speaks against the project, as text.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (sent, why) in &self.refused {
            let why: Vec<String> = why.iter().map(ToString::to_string).collect();
            lines.push(format!("{sent}\n    refused: {}", why.join("\n    refused: ")));
        }
        lines.extend(self.properties.contradicted.iter().map(|why| format!("payload.json: {why}")));
        lines
    }
}

/// The whole report.
pub(crate) fn text(all: &BTreeMap<String, Found>) -> String {
    let mut out = String::from("Requests and properties against the vendors' own descriptions\n\n");
    let _ = writeln!(
        out,
        "{:18} {:>9} {:>7} {:>7} {:>14}   {:>5} {:>7} {:>13}",
        "requests", "validated", "silent", "refused", "rightly refused", "same", "silent", "contradicted"
    );
    for (provider, found) in all {
        let silent: usize = found.silent.values().sum();
        let _ = writeln!(
            out,
            "{provider:18} {:>9} {silent:>7} {:>7} {:>15}   {:>5} {:>7} {:>13}",
            found.validated,
            found.refused.len(),
            found.wrong.len(),
            found.properties.same,
            found.properties.silent.len(),
            found.properties.contradicted.len(),
        );
    }
    out.push_str(
        "\nsilent: the description says nothing about it. rightly refused: the case is about a request that the provider\n\
         refuses, and the description refuses it too. The last three columns are the properties of `payload.json`.\n",
    );
    for (provider, found) in all {
        let (requests, again) = &found.generated;
        let drawn: usize = again.values().sum();
        let _ = writeln!(out, "\n{provider}: {requests} requests of generated patches, {drawn} patches drawn again");
        let section = |out: &mut String, title: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                let _ = writeln!(out, "  {title}");
                for line in lines {
                    let _ = writeln!(out, "    {line}");
                }
            }
        };
        let counted =
            |counts: &BTreeMap<String, usize>| counts.iter().map(|(name, n)| format!("{n:>5} {name}")).collect();
        section(&mut out, "drawn again", counted(again));
        section(&mut out, "validated", counted(&found.operations));
        section(&mut out, "silent: whole requests", counted(&found.silent));
        section(&mut out, "silent: parts", found.parts.iter().cloned().collect());
        section(&mut out, "silent: properties", found.properties.silent.clone());
        let wrong =
            found.wrong.iter().map(|(sent, why)| format!("{}\n      {}", sent.replace('\n', " "), why[0].reason));
        section(&mut out, "rightly refused", wrong.collect());
        section(&mut out, "REFUSED", found.complaints());
    }
    out
}

/// Where the report is written: the directory that Cargo builds in.
pub(crate) fn write(text: &str) -> std::path::PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory").join("conformance.txt");
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    path
}
