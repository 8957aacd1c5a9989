//! What a failure leaves behind: the steps that were done, and what became of each leaf.

use std::collections::BTreeSet;

use super::drive::{Drive, Trouble};
use super::step::StepKey;
use super::verdict::Carrier;
use crate::outcome::{Fate, LeafOutcome};
use crate::patch::Violation;
use crate::provider::{Class, Fault};

impl Drive<'_> {
    /// The failure of a step: what was done before, and what became of each leaf.
    pub(super) fn failed_at(&self, mut trouble: Trouble, carrier: Carrier) -> Trouble {
        let answered = trouble.failure.fault.as_ref().is_some_and(|fault| !is_breakdown(fault)) && !trouble.silent;
        let never = trouble.failure.fault.is_none() && !trouble.silent;
        let named = trouble.failure.fault.as_ref().map(|fault| self.pointers(&fault.fields)).unwrap_or_default();
        let words = trouble.failure.message.clone();
        // A step that only reads has not touched the leaf that it was for.
        let reads = trouble.key.is_some() && !trouble.writes();
        trouble.failure.outcomes = self
            .work
            .verdicts
            .iter()
            .map(|verdict| {
                let outcome = verdict.outcome.clone();
                if verdict.carrier == Carrier::None || !outcome.outcome.is_sent() {
                    outcome
                } else if self.done.iter().any(|(other, _)| *other == verdict.carrier) {
                    written(outcome)
                } else if verdict.carrier == carrier && answered && !reads {
                    let mut outcome = LeafOutcome { outcome: Fate::Rejected, ..outcome };
                    if named.iter().any(|(pointer, _)| *pointer == outcome.pointer) {
                        outcome.reason = Some(words.clone());
                    }
                    outcome
                } else if verdict.carrier == carrier && !never && !reads {
                    LeafOutcome { outcome: Fate::Unknown, ..outcome }
                } else {
                    LeafOutcome { outcome: Fate::NotSent, ..outcome }
                }
            })
            .collect();
        for (pointer, field) in named {
            let place = if self.work.verdicts.iter().any(|verdict| verdict.outcome.pointer == pointer) {
                ""
            } else {
                " (not in the patch)"
            };
            let message = format!("the provider refuses `{field}`{place}: {words}");
            trouble.failure.violations.push(Violation::new(pointer, "refused-by-provider", message));
        }
        trouble.failure.done = self.done.iter().map(|(_, words)| words.clone()).collect();
        trouble
    }

    /// The failure of a read or a look-up before anything was written: nothing was sent, of what is decided and what is not.
    pub(crate) fn before_writing(&self, mut trouble: Trouble) -> Trouble {
        trouble.failure.outcomes = self.nothing_sent();
        trouble
    }

    /// What becomes of each leaf when nothing is sent: what is decided of those that would not have been, and `not_sent`
    /// for all others, decided or not.
    pub(crate) fn nothing_sent(&self) -> Vec<LeafOutcome> {
        let mut outcomes = self.verdicts();
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.outcome.is_sent()) {
            outcome.outcome = Fate::NotSent;
        }
        let Some(patch) = &self.run.patch else { return outcomes };
        let mut told: BTreeSet<String> = outcomes.iter().map(|outcome| outcome.pointer.clone()).collect();
        for (pointer, _) in patch.values() {
            if told.insert(pointer.clone()) {
                outcomes.push(LeafOutcome::new(pointer, Fate::NotSent));
            }
        }
        let rank = patch.ranks();
        outcomes.sort_by_cached_key(|outcome| rank(&outcome.pointer));
        outcomes
    }

    /// The failure of a read-back: the update was made all the same, unless the record is not there any more.
    pub(crate) fn after_writing(&self, mut trouble: Trouble) -> Trouble {
        let gone = (trouble.failure.class == Class::NotFound).then(|| trouble.key.as_ref().map(|key| key.on.clone()));
        let gone = gone.flatten();
        let before = if gone.is_some() { "the update was taken" } else { "the update was made" };
        trouble.failure.message = format!("{before}; reading it back failed: {}", trouble.failure.message);
        for words in self.asked.iter().filter(|key| key.kind.writes()).map(StepKey::in_words) {
            if !trouble.failure.done.contains(&words) {
                trouble.failure.done.push(words);
            }
        }
        let is_gone = |carrier: Carrier| match carrier {
            Carrier::None => false,
            Carrier::Record(id) => gone.as_ref() == Some(&self.mapping().record(id).name),
            Carrier::Action(_) => gone.as_ref() == Some(&self.mapping().record(self.mapping().main).name),
        };
        trouble.failure.outcomes = self
            .work
            .verdicts
            .iter()
            .map(|verdict| match verdict.outcome.clone() {
                // What no record shows is not called written.
                outcome if outcome.outcome.is_sent() && is_gone(verdict.carrier) => {
                    LeafOutcome { outcome: Fate::Unknown, ..outcome }
                }
                outcome => written(outcome),
            })
            .collect();
        trouble
    }

    /// The leaves that a provider's names of fields mean: those of the patch first, else those of the mapping.
    pub(super) fn pointers(&self, fields: &[String]) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for field in fields {
            // Some providers name a field by a pointer into the body: its last part is the name.
            let name = field
                .strip_prefix('/')
                .and_then(|pointer| pointer.rsplit('/').next())
                .map_or_else(|| field.clone(), str::to_owned);
            let matches =
                |path: &[String]| path.join(".") == *field || path.first() == Some(&name) || path.last() == Some(&name);
            let in_patch = self
                .work
                .verdicts
                .iter()
                .filter(|verdict| matches(&verdict.path))
                .map(|verdict| verdict.outcome.pointer.clone());
            let mut pointers: Vec<String> = in_patch.collect();
            if pointers.is_empty() {
                pointers = self
                    .mapping()
                    .slots()
                    .into_iter()
                    .filter(|(_, slot)| {
                        slot.write
                            .as_ref()
                            .is_some_and(|address| matches(&address.path.names(&self.run.bound).unwrap_or_default()))
                    })
                    .map(|(leaf, _)| format!("/{}", leaf.split('[').next().unwrap_or_default().replace('.', "/")))
                    .take(1)
                    .collect();
            }
            for pointer in pointers {
                if !found.iter().any(|(known, _)| *known == pointer) {
                    found.push((pointer, field.clone()));
                }
            }
        }
        found
    }
}

/// Whether the provider broke down over the write: then it has refused nothing, and may have done it.
fn is_breakdown(fault: &Fault) -> bool {
    match (fault.class, fault.status) {
        // What is not implemented, or not to be had for the moment, was not done.
        (Class::Provider | Class::Unavailable, 501 | 503 | 505) => false,
        // Where the provider says in a good status that it has failed itself, that is no refusal either.
        (Class::Provider | Class::Unavailable, 500..) | (Class::Provider, 200..=299) => true,
        _ => false,
    }
}

/// A leaf whose step was done: nothing contradicts it.
fn written(outcome: LeafOutcome) -> LeafOutcome {
    match outcome.outcome {
        Fate::Send => LeafOutcome { outcome: Fate::Written, ..outcome },
        _ => outcome,
    }
}
