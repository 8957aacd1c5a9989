//! The bench that a shipped mapping lies on: its files, edited, with what `check` says of them and which cases fail.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mapwright_cli::{Library, Simulated, case, demo_account};
use mapwright_interpreter::Interpreter;
use mapwright_mapping::diagnostic::Diagnostic;
use mapwright_mapping::plan::Options;
use serde_json::{Value, json};

/// The files of one provider.
pub(crate) struct Bench {
    provider: &'static str,
    files: BTreeMap<String, String>,
    /// The texts that were put in.
    edits: Vec<(String, String)>,
}

/// A case that does not pass, and what it says.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) case: String,
    pub(crate) says: String,
}

impl Bench {
    /// A shipped provider as it is.
    pub(crate) fn of(provider: &'static str) -> Bench {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings").join(provider);
        let mut files = BTreeMap::new();
        collect(&root, "", &mut files);
        Bench { provider, files, edits: Vec::new() }
    }

    /// The same with one text in the place of another, which stands there exactly once.
    pub(crate) fn with(mut self, file: &str, find: &str, replace: &str) -> Bench {
        let text = self.files.get_mut(file).unwrap_or_else(|| panic!("{} has no {file}", self.provider));
        assert_eq!(text.matches(find).count(), 1, "`{find}` stands once in {}/{file}", self.provider);
        *text = text.replace(find, replace);
        self.edits.push((file.to_owned(), replace.to_owned()));
        self
    }

    /// The library over the files as they are now.
    pub(crate) fn library(&self, name: &str) -> Library {
        let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bugs").join(name);
        let _ = std::fs::remove_dir_all(&top);
        for (file, text) in &self.files {
            let path = top.join(self.provider).join(file);
            std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
            std::fs::write(path, text).expect("a file");
        }
        Library::open(&[top.join(self.provider)], None).expect("the files can be read")
    }

    /// What `check` says: each finding as its code and the text that it marks, all of them in the edited files.
    pub(crate) fn findings(&self, name: &str) -> Vec<String> {
        let library = self.library(name);
        let found = library.check();
        let lies_in_edit = |finding: &Diagnostic| {
            let file = finding.place.file.name();
            self.edits.iter().any(|(edited, _)| file.ends_with(&format!("{}/{edited}", self.provider)))
        };
        let stray: Vec<&Diagnostic> = found.iter().filter(|finding| !lies_in_edit(finding)).collect();
        assert!(stray.is_empty(), "a finding where nothing was edited: {stray:?}");
        found.iter().map(|finding| format!("{} at {}", finding.code.as_str(), finding.place.text())).collect()
    }

    /// The cases that fail, of those that are named.
    pub(crate) fn failed(&self, name: &str, cases: &[&str]) -> Vec<Failed> {
        let library = self.library(name);
        let mapping = library.mapping(self.provider, None).unwrap_or_else(|why| panic!("{name}: {why}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.expect("a runtime");
        let mut failed = Vec::new();
        for wanted in cases {
            let file = library.case_files().find(|file| file.name == *wanted);
            let file = file.unwrap_or_else(|| panic!("{} has no case {wanted}", self.provider));
            let case = library.case(file).unwrap_or_else(|found| panic!("{wanted}: {found:?}"));
            let says = match runtime.block_on(case.replay(mapping)) {
                Ok(ran) => {
                    let found = case::verdict(&case, &ran);
                    found.iter().map(|part| format!("{}\n{}", part.part, part.lines().join("\n"))).collect()
                }
                Err(errors) => vec![errors.to_string()],
            };
            if !says.is_empty() {
                failed.push(Failed { case: (*wanted).to_owned(), says: says.join("\n") });
            }
        }
        failed
    }
}

/// What a patch comes to at the simulated provider.
pub(crate) struct Patched {
    pub(crate) lead: Value,
    pub(crate) outcomes: Value,
}

impl Bench {
    /// Patches the first lead of the simulated provider.
    pub(crate) fn patched(&self, name: &str, patch: &Value) -> Patched {
        let library = self.library(name);
        let mapping = library.mapping(self.provider, None).unwrap_or_else(|why| panic!("{name}: {why}"));
        let sandbox = library.sandbox(self.provider).unwrap_or_else(|why| panic!("{name}: {why}"));
        let (account, id) = (demo_account(&mapping.provider, sandbox.demo()), sandbox.demo().first_id.clone());
        let account = account.unwrap_or_else(|why| panic!("{name}: {why}"));
        let interpreter = Interpreter::new(Simulated::new(sandbox));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let run = interpreter.patch(&account, mapping, &id, patch, Options::default());
        let finished = runtime.expect("a runtime").block_on(run);
        let success = finished.result.unwrap_or_else(|why| panic!("{name}: {}: {:?}", why.message, why.violations));
        let outcomes = success.outcomes.iter().map(|outcome| {
            let outcome = json!(outcome);
            json!({ "pointer": outcome["pointer"], "outcome": outcome["outcome"] })
        });
        Patched { lead: success.resource.clone(), outcomes: outcomes.collect() }
    }

    /// A file beside the mappings.
    pub(crate) fn beside(name: &str, text: &str) -> PathBuf {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bugs").join(format!("{name}.toml"));
        std::fs::write(&path, text).expect("a file");
        path
    }
}

fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read_to_string(entry.path()).expect("a text"));
        }
    }
}
