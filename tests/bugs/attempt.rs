//! One attempt at a bug, and what named it. Every attempt begins with mappings that nothing is said of.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::bench::Bench;
use crate::table;

/// What is said of a provider as it is shipped; it is checked once for all attempts at it.
fn found_before(provider: &'static str, bench: &Bench) -> Vec<String> {
    static FOUND: Mutex<BTreeMap<&str, Vec<String>>> = Mutex::new(BTreeMap::new());
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    found.entry(provider).or_insert_with(|| bench.findings(&format!("{provider}-before"))).clone()
}

/// The mapping file.
pub(crate) const LEADS: &str = "leads.toml";

/// A bug that is tried: `id` and the number of the attempt are those of the table.
pub(crate) struct Attempt {
    name: String,
    named: &'static str,
    bench: Bench,
}

impl Attempt {
    /// The attempt at a shipped mapping.
    pub(crate) fn at(id: &'static str, number: usize, provider: &'static str) -> Attempt {
        let row = table::row(id, number);
        assert_eq!(row.on.split('/').next(), Some(provider), "{id}: the table names the provider");
        let bench = Bench::of(provider);
        let name = format!("{}-{number}", id.to_lowercase());
        assert_eq!(found_before(provider, &bench), Vec::<String>::new(), "{id}: nothing is said of it as it is");
        Attempt { name, named: row.named, bench }
    }

    /// The bug, as an edit of the mapping.
    pub(crate) fn with(self, find: &str, replace: &str) -> Attempt {
        Attempt { bench: self.bench.with(LEADS, find, replace), ..self }
    }

    /// `check` says this of it, and nothing else; the first is what the table has.
    pub(crate) fn refused_as(self, findings: &[&str]) {
        assert_eq!(self.bench.findings(&self.name), findings, "{}", self.name);
        let code = findings.first().and_then(|first| first.split(" at ").next()).unwrap_or_default();
        assert_eq!(self.named, format!("`{code}`"), "{}: the table", self.name);
    }

    /// `check` lets it pass, and this case fails and says so, with these words; before the edit it passes.
    pub(crate) fn fails_in(self, provider: &'static str, case: &str, says: &[&str]) {
        assert_eq!(self.bench.findings(&self.name), Vec::<String>::new(), "{}: `check` says nothing", self.name);
        let before = Bench::of(provider).failed(&format!("{}-before", self.name), &[case]);
        assert!(before.is_empty(), "{}: {case} passes as the mapping is: {before:?}", self.name);
        let failed = self.bench.failed(&self.name, &[case]);
        let [failed] = failed.as_slice() else { panic!("{}: {case} passes with the bug in it", self.name) };
        assert_eq!(failed.case, case);
        for words in says {
            assert!(failed.says.contains(words), "{}: {case} does not say {words:?}:\n{}", self.name, failed.says);
        }
        assert_eq!(self.named, format!("case `{case}`"), "{}: the table", self.name);
    }

    /// The bench, for what a run shows.
    pub(crate) fn bench(self) -> (Bench, &'static str) {
        (self.bench, self.named)
    }
}
