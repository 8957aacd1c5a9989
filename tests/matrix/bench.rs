//! A mapping beside its simulated provider, run as the command runs it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use mapwright_cli::{Library, Simulated, demo_account};
use mapwright_interpreter::{Account, Finished, Interpreter};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::LeafOutcome;
use mapwright_mapping::plan::{ListMode, Options};
use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};

/// The shipped mappings.
pub(crate) static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| Library::open(&[root().join("mappings")], None).expect("the mappings can be read"));

/// The project's directory.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A provider, its records as they are at first, and the demo's account.
pub(crate) struct Bench {
    pub(crate) mapping: Arc<Mapping>,
    pub(crate) sandbox: Sandbox,
    account: Account,
    first: Value,
}

/// A run that is over.
pub(crate) struct Ran {
    pub(crate) finished: Finished,
}

impl Bench {
    pub(crate) fn open(provider: &str) -> Bench {
        let mapping = Arc::clone(LIBRARY.mapping(provider, None).expect("a mapping"));
        let sandbox = LIBRARY.sandbox(provider).expect("a simulated provider");
        let account = demo_account(&mapping.provider, sandbox.demo()).expect("the demo's account");
        let first = sandbox.state();
        Bench { mapping, sandbox, account, first }
    }

    /// Puts every record back as it was at first.
    pub(crate) fn reset(&self) {
        self.sandbox.restore(&self.first).expect("the first state");
    }

    /// The demo's lead.
    pub(crate) fn lead(&self) -> String {
        self.sandbox.demo().first_id.clone()
    }

    /// All records and links.
    pub(crate) fn records(&self) -> Value {
        let mut state = self.sandbox.state();
        json!({ "collections": state["collections"].take(), "links": state["links"].take() })
    }

    pub(crate) async fn patch(&self, id: &str, patch: &Value) -> Ran {
        self.patch_with(id, patch, Options::default()).await
    }

    /// The same with lists that are merged.
    pub(crate) async fn merge(&self, id: &str, patch: &Value) -> Ran {
        self.patch_with(id, patch, Options { lists: ListMode::Merge, ..Options::default() }).await
    }

    async fn patch_with(&self, id: &str, patch: &Value, options: Options) -> Ran {
        let interpreter = Interpreter::new(Simulated::new(self.sandbox.clone()));
        Ran { finished: interpreter.patch(&self.account, &self.mapping, id, patch, options).await }
    }

    pub(crate) async fn get(&self, id: &str) -> Ran {
        let interpreter = Interpreter::new(Simulated::new(self.sandbox.clone()));
        Ran { finished: interpreter.get(&self.account, &self.mapping, id, Vec::new()).await }
    }
}

impl Ran {
    /// The answer.
    pub(crate) fn lead(&self) -> Value {
        match &self.finished.result {
            Ok(success) => success.resource.clone(),
            Err(failure) => panic!("it failed: {failure:#?}"),
        }
    }

    /// The class of the failure.
    pub(crate) fn class(&self) -> &str {
        self.finished.result.as_ref().err().map_or("ok", |failure| failure.class.as_str())
    }

    /// What became of each leaf, a line each: where, what, and why.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        let outcomes = match &self.finished.result {
            Ok(success) => &success.outcomes,
            Err(failure) => &failure.outcomes,
        };
        outcomes.iter().map(told).collect()
    }

    /// Why the patch was refused, a line each: where, code, and words.
    pub(crate) fn violations(&self) -> Vec<String> {
        let violations = self.finished.result.as_ref().err().map(|failure| failure.violations.as_slice());
        let line = |v: &mapwright_mapping::patch::Violation| format!("{} {}: {}", v.pointer, v.code, v.message);
        violations.unwrap_or_default().iter().map(line).collect()
    }

    /// Why it failed, a line each: the violations, or class and words where there is none.
    pub(crate) fn refusal(&self) -> Vec<String> {
        match &self.finished.result {
            Ok(_) => Vec::new(),
            Err(failure) if failure.violations.is_empty() => {
                vec![format!("{}: {}", failure.class.as_str(), failure.message)]
            }
            Err(_) => self.violations(),
        }
    }

    /// The requests for the provider's resources, none for tokens.
    pub(crate) fn sent(&self) -> Vec<&str> {
        self.finished.trace.calls.iter().filter(|call| call.key.is_some()).map(|call| call.step.as_str()).collect()
    }

    /// Whether a request was sent that changes something.
    pub(crate) fn wrote(&self) -> bool {
        self.finished.trace.calls.iter().any(|call| call.key.as_ref().is_some_and(|key| key.kind.writes()))
    }
}

fn told(outcome: &LeafOutcome) -> String {
    let why = outcome.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let reads = outcome.reads.as_ref().map(|reads| format!(" -> {reads}")).unwrap_or_default();
    format!("{} {}{reads}{why}", outcome.pointer, outcome.outcome.as_str())
}
