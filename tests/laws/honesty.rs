//! Honest outcomes: what is reported as written lies in the provider's record, what is reported as not sent left no
//! trace, every leaf is reported, and a failure says what was done before it.

use std::collections::BTreeSet;

use mapwright_mapping::codec::{Kind, same};
use mapwright_mapping::model::Scalar;
use mapwright_mapping::outcome::{Fate, LeafOutcome};
use mapwright_mapping::path::text_of;
use mapwright_mapping::plan::Options;
use mapwright_mapping::provider::Class;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::answer::{Leaf, escape};
use crate::desk::Desk;
use crate::hints::{Acted, Custom, Hints};
use crate::judge::{Says, holds};
use crate::patches::Case;
use crate::snapshot::Snapshot;

/// The law for patches that succeed.
pub(crate) fn law(hints: &'static Hints) {
    let desk = Desk::open(hints);
    holds(&desk.cases(), 30, |case| {
        desk.reset();
        let Ok(success) = desk.patch(&case.id, &case.patch, case.options()).result else { return Ok(Says::Nothing) };
        let after = desk.snapshot();
        let leaves = desk.leaves(&case.patch);
        check_complete(&leaves, &success.outcomes)?;
        for leaf in &leaves {
            if success
                .outcomes
                .iter()
                .any(|outcome| outcome.pointer == leaf.pointer && outcome.outcome == Fate::Written)
            {
                desk.check_visible(&after, &case, leaf)?;
            }
        }
        let without = without_unsent(&case.patch, &success.outcomes);
        desk.reset();
        let again = desk.patch(&case.id, &without, Options { lists: case.lists, ..Options::default() });
        prop_assert!(again.result.is_ok(), "without the leaves that were not sent: {:#?}", again.result);
        let changed = after.changed(&desk.snapshot());
        prop_assert!(
            changed.is_empty(),
            "leaves that were not sent left a trace at {changed:?}; without them the patch is {without}"
        );
        Ok(Says::Something)
    });
}

/// The law for patches that fail: only the caller's values are to blame, and the state is what the outcomes say.
pub(crate) fn failures(hints: &'static Hints) {
    let desk = Desk::open(hints);
    holds(&desk.cases(), 5, |case| {
        desk.reset();
        let before = desk.snapshot();
        let ended = desk.patch(&case.id, &case.patch, case.options());
        let Err(failure) = ended.result else { return Ok(Says::Nothing) };
        let after = desk.snapshot();
        let expected = [Class::Invalid, Class::Conflict];
        prop_assert!(expected.contains(&failure.class), "{failure:#?}");
        if let Some(fault) = &failure.fault {
            prop_assert!(
                fault.message.as_ref().is_some_and(|message| !message.is_empty()),
                "the provider's words are lost: {failure:#?}"
            );
        } else {
            prop_assert!(!failure.violations.is_empty(), "refused without a reason: {failure:#?}");
        }
        let taken: Vec<String> =
            ended.writes.iter().filter(|write| write.is_taken).map(|write| write.key.in_words()).collect();
        prop_assert_eq!(&taken, &failure.done, "what was done is what the provider took");
        if taken.is_empty() {
            prop_assert_eq!(before.changed(&after), Vec::<Vec<String>>::new());
        }
        if failure.outcomes.is_empty() {
            return Ok(Says::Something);
        }
        if failure.fault.is_some() {
            // What was to become of a slot that its list does not name is told of the list.
            let of_list = |pointer: &str| desk.mapping.lists.iter().any(|list| pointer == format!("/{}", list.name));
            let told: Vec<_> = failure.outcomes.iter().filter(|outcome| !of_list(&outcome.pointer)).cloned().collect();
            let mut leaves = desk.leaves(&case.patch);
            leaves.retain(|leaf| !of_list(&leaf.pointer));
            check_complete(&leaves, &told)?;
        }
        let none = [Fate::Send, Fate::Unknown, Fate::Altered];
        prop_assert!(
            !failure.outcomes.iter().any(|outcome| none.contains(&outcome.outcome)),
            "{:#?}",
            failure.outcomes
        );
        for leaf in desk.leaves(&case.patch) {
            if failure
                .outcomes
                .iter()
                .any(|outcome| outcome.pointer == leaf.pointer && outcome.outcome == Fate::Written)
            {
                desk.check_visible(&after, &case, &leaf)?;
            }
        }
        Ok(Says::Something)
    });
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

impl Desk {
    /// Fails unless the simulated record holds what was written: the value itself, what stands for a name, or a text
    /// that the value is a part of.
    pub(crate) fn check_visible(&self, after: &Snapshot, case: &Case, leaf: &Leaf) -> Result<(), TestCaseError> {
        if leaf.value.is_null() || leaf.item.is_some() {
            return Ok(());
        }
        let name = leaf.pointer.trim_start_matches('/').replace('/', ".");
        let full = after.full_id(self.hints.records[0].collection, &case.id);
        let mut held: Vec<Value> = Vec::new();
        match self.hints.actions.iter().find(|(action, _)| *action == name) {
            Some((_, Acted::Link(links, kind))) => {
                let to = leaf.value.as_str().unwrap_or_default();
                let kinds = after.below(&["links".to_owned(), (*links).to_owned(), full, to.to_owned()]);
                prop_assert!(
                    kinds.iter().any(|kinds| kinds.as_array().is_some_and(|kinds| kinds.contains(&json!(kind)))),
                    "{name}: {kinds:?}"
                );
                return Ok(());
            }
            Some((_, Acted::Members(members))) => {
                let place = self.place(after, &case.id, self.hints.records[0].record, vec![members[0].to_owned()]);
                held.extend(after.below(&place).into_iter().cloned());
            }
            None => {
                let fields = self
                    .mapping
                    .fields
                    .iter()
                    .filter(|field| field.leaf == name)
                    .filter_map(|field| self.atom(field.slot.write.as_ref()?));
                let keys = self.mapping.rests.iter().filter_map(|rest| {
                    let key =
                        leaf.pointer.strip_prefix(&format!("/{}/", rest.name))?.replace("~1", "/").replace("~0", "~");
                    let (record, path) = self.atom(rest.place.written()?)?;
                    Some((record, [path, vec![key]].concat()))
                });
                for (record, path) in fields.chain(keys) {
                    if let Some(children) = self.children(&record, &path) {
                        held.extend(after.named_by_children(children, &full));
                        continue;
                    }
                    let place = self.place(after, &case.id, &record, path);
                    held.extend(after.below(&place).into_iter().cloned());
                    held.extend(after.whole(&place));
                }
            }
        }
        let wanted = self.hints.names.iter().find(|(leaf, _)| *leaf == name).and_then(|(_, names)| {
            let (_, kept) = names.iter().find(|(name, _)| leaf.value == *name)?;
            serde_json::from_str(kept).ok()
        });
        let of_key = self.hints.custom.iter().find_map(|(key, custom)| match custom {
            Custom::Kept(_, kept) if leaf.pointer.ends_with(&format!("/{}", escape(key))) => Some(kept(&leaf.value)),
            _ => None,
        });
        let wanted: Value = wanted.or(of_key).unwrap_or_else(|| leaf.value.clone());
        let is_id = self.hints.linked.iter().any(|(leaf, _)| *leaf == name);
        let kind = leaf.pointer.strip_prefix("/custom_fields/").and_then(|key| {
            self.hints.custom.iter().find(|(known, _)| crate::answer::escape(known) == key).map(|(_, kind)| *kind)
        });
        let shows = |held: &Value| match (held, &wanted) {
            // Days and moments may be kept in a form of the provider's own.
            (Value::String(held), Value::String(day)) if matches!(kind, Some(Custom::Date)) => held.starts_with(day),
            (Value::String(held), wanted) if matches!(kind, Some(Custom::Moment)) => {
                held == wanted || same(Kind::Instant, &json!(format!("{}Z", held.replace(' ', "T"))), wanted)
            }
            // An id is a text for the caller, whatever the provider keeps it as.
            (Value::Number(held), Value::String(wanted)) if is_id => held.to_string() == *wanted,
            (Value::String(_), Value::String(_)) if leaf.scalar == Some(Scalar::Instant) => {
                same(Kind::Instant, held, &wanted)
            }
            (Value::String(held), Value::String(wanted)) if leaf.scalar == Some(Scalar::Text) => {
                held.contains(wanted.as_str())
            }
            // An id is a text for the caller, whatever the provider keeps it as.
            (Value::Array(held), Value::String(wanted)) if is_id && held.iter().any(Value::is_object) => {
                let mut members = held.iter().filter_map(Value::as_object).flat_map(|member| member.values());
                members.any(|held| text_of(Some(held)).is_some_and(|held| held == wanted.as_str()))
            }
            (Value::Array(held), Value::String(wanted)) => {
                held.iter().any(|held| held.as_str().is_some_and(|held| held.contains(wanted.as_str())))
            }
            (held, wanted) => held == wanted,
        };
        prop_assert!(held.iter().any(shows), "{name} is written as {wanted}, and the record holds {held:?}");
        Ok(())
    }
}
