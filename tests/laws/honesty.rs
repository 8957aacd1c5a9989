//! Honest outcomes: what is reported as written lies in the provider's record, what is reported as not sent left no
//! trace, every leaf is reported, and a failure says what was done before it.

use std::collections::BTreeSet;

use mapwright_mapping::outcome::{Failure, Fate, LeafOutcome, Success};
use mapwright_mapping::plan::Options;
use mapwright_mapping::provider::Class;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::answer::Leaf;
use crate::desk::{Desk, Write};
use crate::round_trip::brief;
use crate::snapshot::Snapshot;
use crate::story::Story;

impl Desk {
    /// The law for a patch that was made.
    pub(crate) fn honesty(
        &self,
        before: &Snapshot,
        after: &Snapshot,
        story: &Story,
        success: &Success,
    ) -> Result<(), TestCaseError> {
        let leaves = self.leaves(&story.patch);
        check_complete(&leaves, &success.outcomes)?;
        let none = [Fate::Send, Fate::NotSent, Fate::Unknown, Fate::Rejected];
        prop_assert!(!success.outcomes.iter().any(|outcome| none.contains(&outcome.outcome)), "{success:#?}");
        for leaf in leaves.iter().filter(|leaf| leaf.item.is_none()) {
            for outcome in success.outcomes.iter().filter(|outcome| outcome.pointer == leaf.pointer) {
                self.check_outcome(after, story, leaf, outcome)?;
            }
        }
        self.check_lists(before, after, story, &success.outcomes)
    }

    /// Fails unless the record holds what an outcome says of a leaf outside lists.
    fn check_outcome(
        &self,
        after: &Snapshot,
        story: &Story,
        leaf: &Leaf,
        outcome: &LeafOutcome,
    ) -> Result<(), TestCaseError> {
        match (outcome.outcome, &outcome.reads) {
            (Fate::Written, _) | (Fate::Lossy, None) => self.check_kept(after, &story.id, leaf, &leaf.value),
            (Fate::Lossy, Some(reads)) => {
                // What was sent may be kept as it is, and be shown in another form.
                let kept = self.check_kept(after, &story.id, leaf, reads);
                kept.or_else(|why| self.check_kept(after, &story.id, leaf, &leaf.value).map_err(|_| why))
            }
            _ => Ok(()),
        }
    }

    /// Leaves that were not sent have left no trace: without them the same patch leaves the same state.
    pub(crate) fn unsent(
        &self,
        before: &Snapshot,
        after: &Snapshot,
        story: &Story,
        success: &Success,
    ) -> Result<(), TestCaseError> {
        let without = without_unsent(&story.patch, &success.outcomes);
        if without == story.patch {
            return Ok(());
        }
        self.sandbox.go_back(&before.moment);
        let again = self.patch(&story.id, &without, Options { lists: story.lists, ..Options::default() });
        prop_assert!(again.result.is_ok(), "without the leaves that were not sent: {:?}", again.result.err());
        let changed = after.changed(&self.snapshot());
        prop_assert!(
            changed.is_empty(),
            "leaves that were not sent left a trace at {changed:?}; without them the patch is {without}"
        );
        Ok(())
    }

    /// The law for a patch that failed: only the caller's values are to blame, and the state is what the outcomes say.
    pub(crate) fn failure(
        &self,
        before: &Snapshot,
        after: &Snapshot,
        story: &Story,
        failure: &Failure,
        writes: &[Write],
    ) -> Result<(), TestCaseError> {
        let expected = [Class::Invalid, Class::Conflict];
        prop_assert!(expected.contains(&failure.class), "{}", brief(failure));
        if let Some(fault) = &failure.fault {
            prop_assert!(
                fault.message.as_ref().is_some_and(|message| !message.is_empty()),
                "the provider's words are lost: {failure:#?}"
            );
        } else {
            prop_assert!(!failure.violations.is_empty(), "refused without a reason: {failure:#?}");
            prop_assert!(writes.is_empty(), "refused, and sent all the same: {writes:#?}");
        }
        let taken: Vec<String> =
            writes.iter().filter(|write| write.is_taken).map(|write| write.key.in_words()).collect();
        prop_assert_eq!(&taken, &failure.done, "what was done is what the provider took");
        if taken.is_empty() {
            prop_assert_eq!(before.changed(after), Vec::<Vec<String>>::new());
        }
        if failure.outcomes.is_empty() {
            return Ok(());
        }
        let leaves = self.leaves(&story.patch);
        if failure.fault.is_some() {
            // What was to become of a slot that its list does not name is told of the list.
            let of_list = |pointer: &str| self.mapping.lists.iter().any(|list| pointer == format!("/{}", list.name));
            let told: Vec<_> = failure.outcomes.iter().filter(|outcome| !of_list(&outcome.pointer)).cloned().collect();
            let leaves: Vec<Leaf> = leaves.iter().filter(|leaf| !of_list(&leaf.pointer)).cloned().collect();
            check_complete(&leaves, &told)?;
        }
        let none = [Fate::Send, Fate::Unknown, Fate::Altered];
        prop_assert!(
            !failure.outcomes.iter().any(|outcome| none.contains(&outcome.outcome)),
            "{:#?}",
            failure.outcomes
        );
        for leaf in leaves.iter().filter(|leaf| leaf.item.is_none()) {
            for outcome in failure.outcomes.iter().filter(|outcome| outcome.pointer == leaf.pointer) {
                self.check_outcome(after, story, leaf, outcome)?;
            }
        }
        // A list that was written before is all there; of one that was not, nothing is said to be.
        let written = failure.outcomes.iter().filter(|outcome| {
            matches!(outcome.outcome, Fate::Written | Fate::Lossy | Fate::Emptied)
                && self.mapping.lists.iter().any(|list| outcome.pointer.starts_with(&format!("/{}", list.name)))
        });
        if written.count() > 0 {
            self.check_lists(before, after, story, &failure.outcomes)?;
        }
        Ok(())
    }
}

/// Fails unless each leaf has exactly one outcome, and only lists have further ones.
fn check_complete(leaves: &[Leaf], outcomes: &[LeafOutcome]) -> Result<(), TestCaseError> {
    for leaf in leaves {
        let told: Vec<_> =
            outcomes.iter().filter(|outcome| outcome.pointer == leaf.pointer && !is_about_slots(outcome)).collect();
        prop_assert!(told.len() == 1, "{} has {} outcomes: {told:#?}", leaf.pointer, told.len());
    }
    for outcome in outcomes.iter().filter(|outcome| !is_about_slots(outcome)) {
        prop_assert!(leaves.iter().any(|leaf| leaf.pointer == outcome.pointer), "an outcome of no leaf: {outcome:?}");
    }
    Ok(())
}

fn is_about_slots(outcome: &LeafOutcome) -> bool {
    matches!(outcome.outcome, Fate::Emptied | Fate::Kept)
}

/// The patch without the leaves that were not sent.
fn without_unsent(patch: &Value, outcomes: &[LeafOutcome]) -> Value {
    let unsent = [Fate::ReadOnly, Fate::Unsupported, Fate::NoSlot, Fate::Unchanged];
    let gone: BTreeSet<&str> = outcomes
        .iter()
        .filter(|outcome| unsent.contains(&outcome.outcome))
        .map(|outcome| outcome.pointer.as_str())
        .collect();
    prune(patch, "", &gone).unwrap_or_else(|| json!({}))
}

/// A value without what is gone; none where nothing is left of it.
fn prune(value: &Value, at: &str, gone: &BTreeSet<&str>) -> Option<Value> {
    let below = gone
        .iter()
        .any(|pointer| pointer.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if !below {
        return Some(value.clone());
    }
    match value {
        Value::Object(object) => {
            let left: serde_json::Map<_, _> = object
                .iter()
                .filter_map(|(name, value)| {
                    Some((name.clone(), prune(value, &format!("{at}/{}", crate::answer::escape(name)), gone)?))
                })
                .collect();
            (!left.is_empty()).then(|| left.into())
        }
        Value::Array(items) if !items.is_empty() => {
            let left = items.iter().enumerate().filter_map(|(i, item)| prune(item, &format!("{at}/{i}"), gone));
            // An item of nothing but nulls says nothing.
            let left: Vec<Value> = left
                .filter(|item| item.as_object().is_none_or(|item| item.values().any(|value| !value.is_null())))
                .collect();
            Some(left.into())
        }
        _ => None,
    }
}
