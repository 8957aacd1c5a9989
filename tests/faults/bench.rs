//! A provider that misbehaves, and one patch that is run against it.

use std::path::Path;
use std::sync::Arc;

use mapwright_cli::{Library, Simulated, demo_account};
use mapwright_interpreter::{Finished, Interpreter};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::Options;
use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

/// The providers that are shipped with a simulated one.
pub(crate) struct Providers {
    library: Library,
}

/// One provider with the patch that it is tried with.
pub(crate) struct Provider<'a> {
    library: &'a Library,
    pub(crate) mapping: Arc<Mapping>,
    /// A patch of one leaf, which is written where nothing goes wrong.
    pub(crate) patch: Value,
    /// How many requests that change something it takes.
    pub(crate) writes: usize,
}

/// A run that is over.
pub(crate) struct Ended {
    pub(crate) finished: Finished,
    /// The provider afterwards.
    pub(crate) sandbox: Sandbox,
    /// How long it took, by the paused clock.
    pub(crate) took: Duration,
}

/// Patches of one leaf; the first one that a provider writes is taken.
const LEAVES: [&str; 5] = ["first_name", "last_name", "title", "description", "job_title"];

impl Providers {
    pub(crate) fn open() -> Providers {
        let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
        Providers { library: Library::open(&[mappings], None).expect("the mappings can be read") }
    }

    /// Each with its patch.
    pub(crate) async fn all(&self) -> Vec<Provider<'_>> {
        let mut all = Vec::new();
        for id in self.library.providers() {
            let mapping = Arc::clone(self.library.mapping(id, None).expect("a mapping"));
            let mut provider = Provider { library: &self.library, mapping, patch: Value::Null, writes: 0 };
            for leaf in LEAVES {
                provider.patch = json!({ leaf: "Under Fire" });
                let ended = provider.run(&[]).await;
                if ended.outcomes() == ["written"] {
                    provider.writes = ended.writes().len();
                    break;
                }
            }
            assert!(provider.writes > 0, "{id}: no leaf of {LEAVES:?} is written");
            all.push(provider);
        }
        assert!(all.len() >= 3);
        all
    }
}

impl Provider<'_> {
    pub(crate) fn id(&self) -> &str {
        &self.mapping.provider.id
    }

    /// A provider that is as its file says.
    pub(crate) fn sandbox(&self) -> Sandbox {
        self.library.sandbox(self.id()).expect("a simulated provider")
    }

    /// Runs the patch against a fresh provider that is told to misbehave.
    pub(crate) async fn run(&self, faults: &[&str]) -> Ended {
        let sandbox = self.sandbox();
        for fault in faults {
            sandbox.provoke(&fault.parse().expect("a fault")).expect("one of this provider");
        }
        let account = demo_account(&self.mapping.provider, sandbox.demo()).expect("the demo's account");
        let interpreter = Interpreter::new(Simulated::new(sandbox.clone()));
        let id = sandbox.demo().first_id.clone();
        let begun = Instant::now();
        let finished = interpreter.patch(&account, &self.mapping, &id, &self.patch, Options::default()).await;
        Ended { finished, sandbox, took: begun.elapsed() }
    }
}

impl Ended {
    /// What became of each leaf.
    pub(crate) fn outcomes(&self) -> Vec<&str> {
        let outcomes = match &self.finished.result {
            Ok(success) => &success.outcomes,
            Err(failure) => &failure.outcomes,
        };
        outcomes.iter().map(|outcome| outcome.outcome.as_str()).collect()
    }

    /// The class of the failure.
    pub(crate) fn class(&self) -> &str {
        self.finished.result.as_ref().err().map_or("ok", |failure| failure.class.as_str())
    }

    /// The requests that were to change something, with all their attempts.
    pub(crate) fn writes(&self) -> Vec<(&str, usize)> {
        let calls = self.finished.trace.calls.iter();
        let writes = calls.filter(|call| call.key.as_ref().is_some_and(|key| key.kind.writes()));
        writes.map(|call| (call.step.as_str(), call.attempts.len())).collect()
    }

    /// All records of the provider.
    pub(crate) fn records(&self) -> Value {
        let mut state = self.sandbox.state();
        json!({"collections": state["collections"].take(), "links": state["links"].take()})
    }
}
