//! Put-get: what a patch reports as written is what is read afterwards; what it reports as lossy reads as announced.

use std::collections::{BTreeMap, BTreeSet};

use mapwright_mapping::mapping::{ListShape, ListSlot, Unknown};
use mapwright_mapping::outcome::{Fate, LeafOutcome, Success, Unread};
use mapwright_mapping::plan::ListMode;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::answer::{Leaf, promised, same};
use crate::desk::Desk;
use crate::snapshot::Snapshot;
use crate::story::Story;

impl Desk {
    /// The law, for a patch that was made; `after` is the state that it left.
    pub(crate) fn put_get(&self, after: &Snapshot, story: &Story, success: &Success) -> Result<(), TestCaseError> {
        let read = self.get(&story.id);
        prop_assert_eq!(&success.resource, &read.resource, "the answer to a patch is what a read gives");
        prop_assert_eq!(&success.unread, &read.unread, "what cannot be read is told with both");
        for unread in &read.unread {
            prop_assert!(
                self.is_unnamed(after, story, unread, &read.resource),
                "a leaf of a record that was written can be read: {unread:?}"
            );
        }
        self.check_answer(story, &success.outcomes, &read.resource)?;
        self.check_loss(after, story, &success.outcomes)
    }

    /// Whether a leaf that is told as not read is shown as the provider has it: no row of its table stands for the value,
    /// and the table lets such a value pass.
    fn is_unnamed(&self, state: &Snapshot, story: &Story, unread: &Unread, answer: &Value) -> bool {
        let name = crate::record::dotted(&unread.pointer);
        let Some(field) = self.mapping.fields.iter().find(|field| field.leaf == name) else { return false };
        let Some(table) = field.slot.table.map(|table| self.mapping.table(table)) else { return false };
        let Some(shown) = answer.pointer(&unread.pointer).filter(|shown| !shown.is_null()) else { return false };
        let places = field.slot.read.iter().filter_map(|address| self.atom(address));
        let held = places.filter_map(|(record, path)| {
            let place = self.place(state, &story.id, &record, path);
            state.value(&place).map(std::borrow::Cow::into_owned)
        });
        // The first place that has a value is the one that is shown.
        let held = held.into_iter().find(|held| !held.is_null() && *held != "");
        let text = held.map(|held| held.as_str().map_or_else(|| held.to_string(), str::to_owned));
        let known = self.names(&name).into_iter().flatten().any(|(name, _)| shown == name);
        table.unknown_read == Unknown::Pass
            && shown.as_str() == text.as_deref()
            && (!known || table.unknown_write == Unknown::Pass)
    }

    /// Fails unless the answer shows each leaf as its outcome promises.
    fn check_answer(&self, story: &Story, outcomes: &[LeafOutcome], answer: &Value) -> Result<(), TestCaseError> {
        let by_pointer: BTreeMap<&str, &LeafOutcome> =
            outcomes.iter().map(|outcome| (outcome.pointer.as_str(), outcome)).collect();
        let mut items: BTreeMap<(String, usize), Vec<(Leaf, Value)>> = BTreeMap::new();
        for leaf in self.leaves(&story.patch) {
            let Some(outcome) = by_pointer.get(leaf.pointer.as_str()) else { continue };
            let Some(promised) = promised(&leaf, outcome) else { continue };
            // Merging an empty list says nothing about what is there.
            if outcome.outcome == Fate::Unchanged
                && story.lists == ListMode::Merge
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
        if story.lists == ListMode::Replace {
            for (list, said) in story.patch.as_object().into_iter().flatten().filter(|(_, value)| value.is_array()) {
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
        // What the provider alone fills, and goes on showing, is told.
        for list in self.mapping.lists.iter().filter(|list| story.patch.get(&list.name).is_some()) {
            let ListShape::Slots(slots) = &list.shape else { continue };
            let only_shown =
                |item: &Value| slots.iter().any(|slot| item[&list.key] == slot.is.as_str() && !slot.is_writable());
            let shows = answer[&list.name].as_array().is_some_and(|items| items.iter().any(only_shown));
            let replaced = story.lists == ListMode::Replace && slots.iter().any(ListSlot::is_writable);
            let told = outcomes
                .iter()
                .any(|outcome| outcome.pointer == format!("/{}", list.name) && outcome.outcome == Fate::Kept);
            prop_assert!(!replaced || !shows || told, "a slot of `{}` stays, and nobody says so", list.name);
        }
        Ok(())
    }

    /// Whether items of a list are all in slots that only the provider fills.
    pub(crate) fn kept_only(&self, list: &str, items: &[Value]) -> bool {
        let list = self.mapping.lists.iter().find(|known| list.trim_start_matches('/') == known.name);
        items.iter().all(|item| match list.map(|list| (&list.key, &list.shape)) {
            Some((key, ListShape::Slots(slots))) => {
                let own: Vec<&ListSlot> = slots.iter().filter(|slot| item[key] == slot.is.as_str()).collect();
                !own.is_empty() && own.iter().all(|slot| !slot.is_writable())
            }
            _ => false,
        })
    }

    /// Whether names that a table does not know go through a leaf as they are.
    pub(crate) fn passes(&self, name: &str) -> bool {
        let tables = self.mapping.fields.iter().filter(|field| field.leaf == name).filter_map(|field| field.slot.table);
        tables.map(|table| self.mapping.table(table)).any(|table| table.unknown_write == Unknown::Pass)
    }

    /// Whether a leaf holds one of the account's names.
    pub(crate) fn is_name(&self, pointer: &str) -> bool {
        self.names(&crate::record::dotted(pointer)).is_some()
    }
}
