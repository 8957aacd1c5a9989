//! Versions at every shipped provider, over its simulated one: what an answer has, what a caller names, and what happens
//! when somebody else is faster.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Method, Request};
use mapwright_cli::{Library, Simulated, demo_account};
use mapwright_interpreter::{Account, Finished, Interpreter, Sending, Transport};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::Options;
use mapwright_mapping::provider::Class;
use mapwright_mapping::version::{EntityTag, Version};
use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};

/// Patches of one leaf; the first one that a provider writes with its main record is taken.
const LEAVES: [&str; 3] = ["title", "description", "name"];

/// A provider, simulated, with an account of its own.
#[derive(Clone)]
struct Provider {
    sandbox: Sandbox,
    transport: Simulated,
    account: Account,
    mapping: Arc<Mapping>,
    leaf: &'static str,
}

impl Provider {
    fn all() -> Vec<Provider> {
        let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
        let library = Library::open(&[mappings], None).expect("the mappings can be read");
        let open = |id: &str| {
            let mapping = Arc::clone(library.mapping(id, None).expect("a mapping"));
            let sandbox = library.sandbox(id).expect("a simulated provider");
            let written = |leaf: &&&str| {
                mapping.fields.iter().any(|field| {
                    field.leaf == **leaf
                        && field.slot.read_only.is_none()
                        && field.slot.write.as_ref().is_some_and(|address| address.record == mapping.main)
                })
            };
            let leaf = LEAVES.iter().find(written).unwrap_or_else(|| panic!("{id} writes none of {LEAVES:?}"));
            let account = demo_account(&mapping.provider, sandbox.demo()).expect("an account");
            Provider { transport: Simulated::new(sandbox.clone()), sandbox, account, leaf, mapping }
        };
        library.providers().into_iter().map(open).collect()
    }

    fn id(&self) -> &str {
        &self.mapping.provider.id
    }

    fn is_guarded(&self) -> bool {
        let write = self.mapping.record(self.mapping.main).write.as_ref();
        write.is_some_and(|write| write.guard.is_some())
    }

    async fn get(&self) -> Version {
        let interpreter = Interpreter::new(self.transport.clone());
        let finished = interpreter.get(&self.account, &self.mapping, &self.sandbox.demo().first_id, Vec::new()).await;
        finished.result.expect("a lead").version
    }

    async fn patch(&self, text: &str, if_match: Option<Vec<EntityTag>>) -> Finished {
        self.patch_over(self.transport.clone(), text, if_match).await
    }

    async fn patch_over(&self, over: impl Transport, text: &str, if_match: Option<Vec<EntityTag>>) -> Finished {
        let options = Options { if_match, ..Options::default() };
        let patch = json!({ self.leaf: text });
        let id = &self.sandbox.demo().first_id;
        Interpreter::new(over).patch(&self.account, &self.mapping, id, &patch, options).await
    }

    /// What the provider has, without the tokens that it has given out.
    fn records(&self) -> Value {
        self.sandbox.state()["collections"].clone()
    }
}

/// How many writes were sent.
fn writes(finished: &Finished) -> usize {
    let keys = finished.trace.calls.iter().filter_map(|call| call.key.as_ref());
    keys.filter(|key| key.kind.writes()).count()
}

/// Lets somebody else write before the first write.
struct Meanwhile {
    inner: Simulated,
    other: Provider,
    written: AtomicBool,
    is_write: fn(&Request<Bytes>) -> bool,
}

impl Transport for Meanwhile {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move {
            if (self.is_write)(&request) && !self.written.swap(true, Ordering::AcqRel) {
                let theirs = self.other.patch("Theirs", None).await;
                assert!(theirs.result.is_ok(), "{theirs:#?}");
            }
            self.inner.send(request).await
        })
    }
}

fn is_write(request: &Request<Bytes>) -> bool {
    let body = String::from_utf8_lossy(request.body());
    // Every request of a GraphQL provider is a POST; a mutation says so.
    request.method() == Method::PATCH
        || request.method() == Method::PUT
        || request.method() == Method::POST && body.contains("mutation")
}

fn is_outdated(finished: &Finished, id: &str) {
    let failure = finished.result.as_ref().expect_err(id);
    assert_eq!((failure.class, failure.precondition), (Class::Conflict, true), "{id}: {failure:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_patch_and_the_read_after_it_have_the_same_version_and_another_than_before() {
    for provider in Provider::all() {
        let before = provider.get().await;
        assert_eq!(matches!(before, Version::Strong(_)), provider.is_guarded(), "{}", provider.id());
        assert_eq!(before, provider.get().await, "{}: nothing has changed", provider.id());
        let patched = provider
            .patch("Ours", None)
            .await
            .result
            .unwrap_or_else(|failure| panic!("{}: {failure}", provider.id()))
            .version;
        assert_ne!(before, patched, "{}", provider.id());
        assert_eq!(patched, provider.get().await, "{}", provider.id());
    }
}

#[tokio::test(start_paused = true)]
async fn a_patch_is_made_to_the_version_that_the_caller_names() {
    for provider in Provider::all() {
        let id = provider.id();
        let before = provider.get().await;
        let patched = provider.patch("Ours", Some(vec![EntityTag::Strong("other".to_owned()), before.tag()])).await;
        let after = patched.result.as_ref().expect(id).version.clone();
        assert_eq!(writes(&patched), 1, "{id}");
        let records = provider.records();
        for tags in [vec![before.tag()], vec![EntityTag::Weak("other".to_owned())], vec![]] {
            let refused = provider.patch("Again", Some(tags)).await;
            is_outdated(&refused, id);
            assert_eq!(writes(&refused), 0, "{id}");
        }
        assert_eq!(provider.records(), records, "{id}: nothing is written to another version");
        for tags in [vec![after.tag()], vec![EntityTag::Any]] {
            assert!(provider.patch("Again", Some(tags)).await.result.is_ok(), "{id}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_faster_than_the_write_is_seen_where_the_provider_has_versions() {
    let mut guarded = 0;
    for provider in Provider::all() {
        let id = provider.id();
        let before = provider.get().await;
        let meanwhile = Meanwhile {
            inner: provider.transport.clone(),
            other: provider.clone(),
            written: AtomicBool::new(false),
            is_write,
        };
        let ours = provider.patch_over(meanwhile, "Ours", Some(vec![before.tag()])).await;
        assert_eq!(writes(&ours), 1, "{id}");
        let shown = provider.records().to_string();
        if provider.is_guarded() {
            guarded += 1;
            is_outdated(&ours, id);
            assert!(shown.contains("Theirs") && !shown.contains("Ours"), "{id}: what the other wrote stays");
        } else {
            // What the comparison cannot see is the price of a version that the provider knows nothing of.
            assert!(ours.result.is_ok(), "{id}: {ours:#?}");
            assert!(shown.contains("Ours"), "{id}");
        }
    }
    assert_eq!(guarded, 2, "two of the shipped providers take versions");
}
