//! Put-get: what a patch reports as written is what is read afterwards; what it reports as lossy reads as announced.

use std::collections::{BTreeMap, BTreeSet};

use mapwright_mapping::mapping::{ListShape, ListSlot, Unknown};
use mapwright_mapping::outcome::{Fate, LeafOutcome};
use mapwright_mapping::plan::ListMode;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::answer::{Leaf, promised, same};
use crate::desk::Desk;
use crate::hints::Hints;
use crate::judge::{Says, holds};
use crate::patches::Case;

/// The law.
pub(crate) fn law(hints: &'static Hints) {
    let desk = Desk::open(hints);
    holds(&desk.cases(), 30, |case| {
        desk.reset();
        let Ok(success) = desk.patch(&case.id, &case.patch, case.options()).result else { return Ok(Says::Nothing) };
        let read = desk.get(&case.id);
        prop_assert_eq!(&success.resource, &read.resource, "the answer to a patch is what a read gives");
        let mut unread = read.unread.clone();
        unread.retain(|unread| {
            !desk.passes(&unread.pointer) && !desk.stands_in(&case.id, &unread.pointer, &read.resource)
        });
        prop_assert_eq!(&unread, &vec![], "every leaf of a record that was written can be read");
        desk.check_answer(&case, &success.outcomes, &read.resource)?;
        Ok(Says::Something)
    });
}

impl Desk {
    /// Fails unless the answer shows each leaf as its outcome promises.
    fn check_answer(&self, case: &Case, outcomes: &[LeafOutcome], answer: &Value) -> Result<(), TestCaseError> {
        let by_pointer: BTreeMap<&str, &LeafOutcome> =
            outcomes.iter().map(|outcome| (outcome.pointer.as_str(), outcome)).collect();
        let mut items: BTreeMap<(String, usize), Vec<(Leaf, Value)>> = BTreeMap::new();
        for leaf in self.leaves(&case.patch) {
            let Some(outcome) = by_pointer.get(leaf.pointer.as_str()) else { continue };
            let Some(promised) = promised(&leaf, outcome) else { continue };
            // Merging an empty list says nothing about what is there.
            if outcome.outcome == Fate::Unchanged
                && case.lists == ListMode::Merge
                && leaf.scalar.is_none()
                && leaf.value.is_null()
            {
                continue;
            }
            if let Some(item) = leaf.item.clone() {
                items.entry(item).or_default().push((leaf, promised));
                continue;
            }
            let shown = answer.pointer(&leaf.pointer).cloned().unwrap_or_default();
            let empty_list = leaf.scalar.is_none()
                && promised.is_null()
                && shown.as_array().is_some_and(|items| self.kept_only(&leaf.pointer, items));
            prop_assert!(
                empty_list || same(&leaf, self.is_name(&leaf.pointer), &shown, &promised),
                "{} is `{}`, promised {promised}, and reads {shown}",
                leaf.pointer,
                outcome.outcome.as_str()
            );
        }
        let mut claimed: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        // Items with a key are looked for by it, so they come first.
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort_by_key(|((list, at), leaves)| {
            (!leaves.iter().any(|(leaf, _)| leaf.pointer.ends_with(&format!("/{at}/type"))), list.clone(), *at)
        });
        for ((list, at), promises) in items {
            let shown = answer[&list].as_array().cloned().unwrap_or_default();
            let fits = |item: &Value| {
                promises.iter().all(|(leaf, promised)| {
                    let name = leaf.pointer.rsplit('/').next().unwrap_or_default();
                    same(leaf, false, item.get(name).unwrap_or(&Value::Null), promised)
                })
            };
            // An item whose values are all empty is not there; its key alone tells nothing.
            let nothing = promises.iter().all(|(leaf, promised)| promised.is_null() || leaf.pointer.ends_with("/type"));
            let claimed = claimed.entry(list.clone()).or_default();
            let found = shown.iter().enumerate().position(|(i, item)| !claimed.contains(&i) && fits(item));
            prop_assert!(
                found.is_some() || nothing,
                "item {at} of `{list}` promised {promises:?}, and the list reads {shown:?}"
            );
            claimed.extend(found);
        }
        if case.lists == ListMode::Replace {
            for (list, said) in case.patch.as_object().into_iter().flatten().filter(|(_, value)| value.is_array()) {
                let shown = answer[list].as_array().cloned().unwrap_or_default();
                let claimed = claimed.get(list);
                let further: Vec<Value> = shown
                    .into_iter()
                    .enumerate()
                    .filter(|(i, _)| !claimed.is_some_and(|claimed| claimed.contains(i)))
                    .map(|(_, item)| item)
                    .collect();
                prop_assert!(
                    self.kept_only(list, &further),
                    "`{list}` was replaced by {said} and still shows {further:?}"
                );
            }
        }
        for outcome in outcomes.iter().filter(|outcome| outcome.outcome == Fate::Altered) {
            prop_assert!(self.may_alter(&case.patch, &outcome.pointer), "this provider alters nothing: {outcome:?}");
        }
        Ok(())
    }

    /// Whether items of a list are all in slots that only the provider fills.
    fn kept_only(&self, list: &str, items: &[Value]) -> bool {
        let list = self.mapping.lists.iter().find(|known| list.trim_start_matches('/') == known.name);
        items.iter().all(|item| match list.map(|list| (&list.key, &list.shape)) {
            Some((key, ListShape::Slots(slots))) => {
                let own: Vec<&ListSlot> = slots.iter().filter(|slot| item[key] == slot.is.as_str()).collect();
                !own.is_empty() && own.iter().all(|slot| !slot.is_writable())
            }
            _ => false,
        })
    }

    /// Whether names that a table does not know go through a leaf as they are: that is said with every read.
    pub(crate) fn passes(&self, pointer: &str) -> bool {
        let name = pointer.trim_start_matches('/').replace('/', ".");
        let tables = self.mapping.fields.iter().filter(|field| field.leaf == name).filter_map(|field| field.slot.table);
        tables.map(|table| self.mapping.table(table)).any(|table| table.unknown_write == Unknown::Pass)
    }

    /// Whether a leaf holds one of the account's names.
    pub(crate) fn is_name(&self, pointer: &str) -> bool {
        let name = pointer.trim_start_matches('/').replace('/', ".");
        self.hints.names.iter().any(|(leaf, _)| *leaf == name)
    }

    /// Whether a leaf may read otherwise than announced: only where nothing was put into a place that, with a declared
    /// loss, is not the only one to be read.
    pub(crate) fn may_alter(&self, patch: &Value, pointer: &str) -> bool {
        let nothing = patch.pointer(pointer).is_none_or(|value| value.is_null() || value == "");
        nothing && self.declares_loss(pointer) || self.is_shown_otherwise(pointer)
    }

    /// Whether a fact of the provider says that it shows a leaf otherwise than it was sent.
    fn is_shown_otherwise(&self, pointer: &str) -> bool {
        let names: Vec<&str> = pointer.split('/').skip(1).filter(|name| name.parse::<usize>().is_err()).collect();
        self.hints.altered.iter().any(|(leaf, _)| *leaf == names.join("."))
    }

    /// Whether a leaf shows a value that stands in from another place, its own being empty: such a value need not be
    /// one of the account's names.
    fn stands_in(&self, id: &str, pointer: &str, answer: &Value) -> bool {
        let name = pointer.trim_start_matches('/').replace('/', ".");
        let slot = self.mapping.fields.iter().find(|field| field.leaf == name).map(|field| &field.slot);
        let Some(slot) = slot.filter(|slot| slot.read.len() > 1 && slot.loss.is_some()) else { return false };
        let state = self.snapshot();
        let own = slot.write.as_ref().and_then(|address| self.atom(address));
        let is_empty = own.is_some_and(|(record, path)| state.below(&self.place(&state, id, &record, path)).is_empty());
        is_empty && answer.pointer(pointer).is_some_and(|value| !value.is_null())
    }

    /// Whether the entry of a leaf declares that something is lost.
    pub(crate) fn declares_loss(&self, pointer: &str) -> bool {
        let name = pointer.trim_start_matches('/').replace('/', ".");
        self.mapping.slots().iter().any(|(leaf, slot)| *leaf == name && slot.loss.is_some())
    }
}
