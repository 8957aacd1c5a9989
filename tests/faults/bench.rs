//! A provider that misbehaves, and one patch that is run against it.

use std::path::Path;
use std::sync::Arc;

use mapwright_cli::{Library, Simulated, demo_account};
use mapwright_interpreter::{Account, Finished, Interpreter};
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
pub(crate) struct Provider {
    /// The simulated one, which each run begins anew.
    sandbox: Sandbox,
    first: Value,
    pub(crate) mapping: Arc<Mapping>,
    /// A patch of one leaf, which is written where nothing goes wrong.
    pub(crate) patch: Value,
    /// What the provider has before it.
    pub(crate) before: Value,
    /// What the provider has after it, where nothing goes wrong.
    pub(crate) after: Value,
}

/// A run that is over.
pub(crate) struct Ended {
    pub(crate) finished: Finished,
    /// The provider afterwards.
    pub(crate) sandbox: Sandbox,
    /// What it has then.
    pub(crate) records: Value,
    /// How long it took, by the paused clock.
    pub(crate) took: Duration,
}

/// What is written.
const WRITTEN: &str = "Under Fire";

/// Patches of one leaf; the first one that a provider writes is taken.
const LEAVES: [&str; 5] = ["first_name", "last_name", "title", "description", "job_title"];

impl Providers {
    pub(crate) fn open() -> Providers {
        let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
        Providers { library: Library::open(&[mappings], None).expect("the mappings can be read") }
    }

    /// Each with its patch.
    pub(crate) async fn all(&self) -> Vec<Provider> {
        let mut all = Vec::new();
        for id in self.library.providers() {
            let mapping = Arc::clone(self.library.mapping(id, None).expect("a mapping"));
            let sandbox = self.library.sandbox(id).expect("a simulated provider");
            let first = sandbox.state();
            let unknown = Value::Null;
            let mut provider =
                Provider { sandbox, first, mapping, patch: unknown.clone(), before: unknown.clone(), after: unknown };
            provider.before = records(&provider.sandbox);
            for leaf in LEAVES {
                provider.patch = json!({ leaf: WRITTEN });
                let ended = provider.run(&[]).await;
                let [(_, 1)] = ended.writes()[..] else { continue };
                if ended.outcomes() == ["written"] {
                    provider.after = records(&ended.sandbox);
                    break;
                }
            }
            assert!(!provider.after.is_null(), "{id}: no leaf of {LEAVES:?} is written with one request");
            assert_ne!(provider.before, provider.after, "{id}");
            all.push(provider);
        }
        assert!(all.len() >= 3);
        all
    }
}

impl Provider {
    pub(crate) fn id(&self) -> &str {
        &self.mapping.provider.id
    }

    /// The provider as its file says, and told to misbehave.
    pub(crate) fn told(&self, faults: &[&str]) -> Sandbox {
        let sandbox = self.sandbox.clone();
        sandbox.restore(&self.first).expect("its first state");
        sandbox.clear_faults();
        for fault in faults {
            sandbox.provoke(&fault.parse().expect("a fault")).expect("one of this provider");
        }
        sandbox
    }

    /// The demo's account.
    pub(crate) fn account(&self, sandbox: &Sandbox) -> Account {
        demo_account(&self.mapping.provider, sandbox.demo()).expect("the demo's account")
    }

    /// Runs the patch against the provider, told to misbehave.
    pub(crate) async fn run(&self, faults: &[&str]) -> Ended {
        let sandbox = self.told(faults);
        let interpreter = Interpreter::new(Simulated::new(sandbox.clone()));
        self.run_on(sandbox, &interpreter, |account| account).await
    }

    /// The same with time for long waits.
    pub(crate) async fn run_patiently(&self, faults: &[&str]) -> Ended {
        let sandbox = self.told(faults);
        let interpreter = Interpreter::new(Simulated::new(sandbox.clone())).within(Duration::from_hours(1));
        self.run_on(sandbox, &interpreter, |account| account).await
    }

    pub(crate) async fn run_on(
        &self,
        sandbox: Sandbox,
        interpreter: &Interpreter,
        at: impl Fn(Account) -> Account,
    ) -> Ended {
        let account = at(self.account(&sandbox));
        let id = sandbox.demo().first_id.clone();
        let begun = Instant::now();
        let finished = interpreter.patch(&account, &self.mapping, &id, &self.patch, Options::default()).await;
        let records = records(&sandbox);
        Ended { finished, sandbox, records, took: begun.elapsed() }
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

    /// How each attempt of the requests that were to change something ended.
    pub(crate) fn endings(&self) -> Vec<&str> {
        let calls = self.finished.trace.calls.iter();
        let writes = calls.filter(|call| call.key.as_ref().is_some_and(|key| key.kind.writes()));
        writes.flat_map(|call| call.attempts.iter().map(|attempt| attempt.ending.as_str())).collect()
    }
}

/// All records and links, but for what the provider stamps with each write.
fn records(sandbox: &Sandbox) -> Value {
    let mut state = sandbox.state();
    for computed in sandbox.computed() {
        let mut records = state["collections"][&computed.collection].take();
        for (_, record) in records.as_object_mut().into_iter().flatten() {
            if let Some(value) = record.pointer_mut(&format!("/{}", computed.field)) {
                // A name that is put together from what is written is no stamp.
                if value.as_str().is_none_or(|text| !text.contains(WRITTEN)) {
                    value.take();
                }
            }
        }
        state["collections"][&computed.collection] = records;
    }
    json!({"collections": state["collections"].take(), "links": state["links"].take()})
}
