//! The versions that a caller names: a patch is made to a record of one of them, and to no other.

use serde_json::Value;

use super::drive::{Drive, Phase, Stop, Trouble, text, trouble};
use super::known::Known;
use super::run::{Kept, Options, Run};
use super::step::StepKey;
use crate::mapping::{Found, Guard, RecordId};
use crate::outcome::Failure;
use crate::provider::Class;
use crate::version::{EntityTag, Version};

/// What a caller is told whose version is not the record's.
const CHANGED: &str = "the record is not of the version that was asked for";

impl Drive<'_> {
    /// Whether the record is of a version that the caller names. In a plan without its state that is not known yet.
    pub(crate) fn precondition(&mut self) -> Result<(), Stop> {
        let Some(tags) = self.asked_versions() else { return Ok(()) };
        let main = self.mapping().main;
        let Known::Value(_) = self.state(main, Phase::First)? else { return Ok(()) };
        let own = self.own_version(Phase::First).map(|version| version.tag());
        if own.is_some_and(|own| tags.contains(&own)) {
            return Ok(());
        }
        if tags.iter().any(|tag| matches!(tag, EntityTag::Weak(_))) {
            let Known::Value(resource) = self.resource_before()? else { return Ok(()) };
            if tags.contains(&Version::of(&resource).tag()) {
                return Ok(());
            }
        }
        let key = StepKey::new(super::step::StepKind::ReadFirst, self.mapping().record(main).name.clone(), 0);
        let failure = Failure { precondition: true, ..Failure::new(Class::Conflict, CHANGED) };
        Err(trouble(failure, Some(key), false))
    }

    /// The versions that the caller names; none where any will do.
    fn asked_versions(&self) -> Option<Vec<EntityTag>> {
        self.run.options.if_match.clone().filter(|tags| !tags.contains(&EntityTag::Any))
    }

    /// Whether a record's write is made conditional.
    pub(super) fn is_guarded(&self, id: RecordId, guard: &Guard) -> bool {
        guard.always || self.is_asked(id)
    }

    /// Whether the caller names versions of a record.
    pub(super) fn is_asked(&self, id: RecordId) -> bool {
        id == self.mapping().main && self.asked_versions().is_some()
    }

    /// Tells a caller who named a version that the provider has refused the write because of it.
    pub(super) fn outdated(&self, id: RecordId, stop: Stop) -> Stop {
        let Stop::Trouble(mut trouble) = stop else { return stop };
        let Trouble { failure, .. } = &mut *trouble;
        let refused = failure.fault.as_ref().is_some_and(|fault| fault.status == 412 || fault.class == Class::Conflict);
        if refused && self.is_asked(id) {
            failure.class = Class::Conflict;
            failure.precondition = true;
            failure.message = format!("{CHANGED} any more: {}", failure.message);
        }
        Stop::Trouble(trouble)
    }

    /// The version of the resource as it is answered.
    pub(crate) fn version(&self, resource: &Value) -> Version {
        let main = self.mapping().main;
        let state = self.last_state(main);
        let own = self.guard_of_main().zip(state).and_then(|(guard, state)| {
            let version = state.get(&guard.from, &self.run.bound).filter(|version| !version.is_null())?;
            Some(Version::Strong(text(version)))
        });
        own.unwrap_or_else(|| Version::of(resource))
    }

    /// The provider's version of the main record in a phase.
    fn own_version(&self, phase: Phase) -> Option<Version> {
        let guard = self.guard_of_main()?;
        let state = self.known_state(self.mapping().main, phase)?;
        let version = state.get(&guard.from, &self.run.bound).filter(|version| !version.is_null())?;
        Some(Version::Strong(text(version)))
    }

    fn guard_of_main(&self) -> Option<&Guard> {
        let mapping = self.mapping();
        mapping.record(mapping.main).write.as_ref()?.guard.as_ref()
    }

    /// The unified resource as it is before anything is written: what a read gives now.
    fn resource_before(&mut self) -> Result<Known<Value>, Stop> {
        let mapping = self.mapping();
        // A leaf of the patch that names a record makes another one of it.
        let patch = self.run.patch.as_ref();
        let named = mapping.records.iter().any(|record| {
            let by_leaf = if let Found::Leaf(leaf) = &record.found { Some(leaf.as_str()) } else { None };
            let mut names = record.read.iter().flat_map(|read| read.names()).chain(by_leaf);
            names.any(|name| patch.is_some_and(|patch| patch.leaf(name).is_some()))
        });
        let run = Run {
            mapping: self.run.mapping.clone(),
            bound: self.run.bound.clone(),
            id: self.run.id.clone(),
            patch: None,
            violations: Vec::new(),
            options: Options::default(),
            kept: Kept::default(),
        };
        let mut before = Drive::new(&run, self.replies, self.live);
        before.before = Some(u32::from(named));
        let resource = before.resource();
        let open = before.asked.iter().any(|key| self.replies.get(key).is_none());
        let (asked, planned) = (before.asked, before.planned);
        self.join(asked, planned);
        let resource = resource?;
        Ok(if open { Known::Hole("version".to_owned()) } else { Known::Value(resource) })
    }
}
