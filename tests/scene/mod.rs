//! A mapping beside its simulated provider, for tests that look at the provider's whole record afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mapwright_cli::{Library, demo_account};
use mapwright_interpreter::Account;
use mapwright_mapping::mapping::Mapping;
use mapwright_sandbox::Sandbox;
use serde_json::Value;

/// A mapping beside its simulated provider.
pub(crate) struct Scene {
    pub(crate) mapping: Arc<Mapping>,
    /// The provider as its file says, which nothing is sent to.
    pub(crate) first: Sandbox,
}

/// What requests of its own set: it is written, although the provider's file has it among what the provider computes.
const SET: &str = "status";

/// Members of the provider's record that are not as they were at first, by JSON Pointer; `None`: it is gone.
pub(crate) type Changes = BTreeMap<String, Option<Value>>;

/// All that are shipped, by name.
pub(crate) fn scenes() -> Vec<Scene> {
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
    let library = Library::open(&[mappings], None).expect("the mappings can be read");
    let scene = |id: &str| Scene {
        mapping: Arc::clone(library.mapping(id, None).expect("a mapping")),
        first: library.sandbox(id).expect("a simulated provider"),
    };
    let scenes: Vec<Scene> = library.providers().into_iter().map(scene).collect();
    assert_eq!(scenes.len(), 9, "all nine are here");
    scenes
}

impl Scene {
    /// The provider's name.
    pub(crate) fn id(&self) -> &str {
        &self.mapping.provider.id
    }

    /// The lead that is written.
    pub(crate) fn lead(&self) -> &str {
        &self.first.demo().first_id
    }

    /// An account of its own, with nothing looked up and no token at hand.
    pub(crate) fn account(&self) -> Account {
        demo_account(&self.mapping.provider, self.first.demo()).expect("the demo's account")
    }

    /// What is in the provider's whole record that was not there at first, but for what it computes itself.
    pub(crate) fn changes(&self, sandbox: &Sandbox) -> Changes {
        self.own(sandbox.changed_since(&self.first))
    }

    /// Changes without what the provider computes itself.
    pub(crate) fn own(&self, mut changes: Changes) -> Changes {
        changes.retain(|place, _| !self.is_computed(place));
        changes
    }

    /// Whether the provider sets a member by itself: its stamps, and names that it joins.
    fn is_computed(&self, place: &str) -> bool {
        let mut names = place.split('/').skip(1);
        let (Some("collections"), Some(collection), Some(_)) = (names.next(), names.next(), names.next()) else {
            return false;
        };
        let below = names.collect::<Vec<_>>().join("/");
        self.first.computed().iter().any(|computed| {
            let is_it =
                below.strip_prefix(&computed.field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            computed.collection == collection && is_it && computed.field != SET
        })
    }
}
