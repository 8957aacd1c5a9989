//! Lists against slots: every item lies in the slot that its key says, and every slot holds what the list says of it.

use mapwright_mapping::mapping::{List, ListShape, ListSlot, SlotLeaf};
use mapwright_mapping::outcome::{Fate, LeafOutcome};
use mapwright_mapping::plan::ListMode;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::desk::Desk;
use crate::record::joined;
use crate::snapshot::Snapshot;
use crate::story::Story;

/// The slot of each item, by rule R8 of the language: those whose key a slot has first, then those of any key in slots
/// that take any, then those without a key in what is left.
pub(crate) fn slots_of(list: &List, slots: &[ListSlot], items: &[Value]) -> Vec<Option<usize>> {
    let mut taken: Vec<Option<usize>> = vec![None; items.len()];
    let named = |key: &str| slots.iter().position(|slot| slot.is == key || slot.also.iter().any(|also| also == key));
    for (at, item) in items.iter().enumerate() {
        if let Some(slot) = item[&list.key].as_str().and_then(named)
            && !taken.contains(&Some(slot))
        {
            taken[at] = Some(slot);
        }
    }
    let next = |taken: &[Option<usize>], fits: &dyn Fn(&ListSlot) -> bool| {
        (0..slots.len()).find(|slot| !taken.contains(&Some(*slot)) && slots[*slot].is_writable() && fits(&slots[*slot]))
    };
    for (at, item) in items.iter().enumerate() {
        if let Some(key) = item[&list.key].as_str()
            && taken[at].is_none()
            && named(key).is_none()
        {
            taken[at] = next(&taken, &|slot| slot.any);
        }
    }
    for (at, item) in items.iter().enumerate().filter(|(_, item)| !says_nothing(item)) {
        if item[&list.key].is_null() {
            taken[at] = next(&taken, &|_| true);
        }
    }
    taken
}

/// An item without any value is none.
fn says_nothing(item: &Value) -> bool {
    item.as_object().is_none_or(|leaves| leaves.values().all(Value::is_null))
}

/// What is told of an item's leaf, and what it reads back as.
fn told<'o>(outcomes: &'o [LeafOutcome], list: &str, at: usize, leaf: &str) -> Option<&'o LeafOutcome> {
    let pointer = format!("/{list}/{at}/{leaf}");
    outcomes.iter().find(|outcome| outcome.pointer == pointer)
}

impl Desk {
    /// Fails unless the record holds each list of a patch that was made.
    pub(crate) fn check_lists(
        &self,
        before: &Snapshot,
        after: &Snapshot,
        story: &Story,
        outcomes: &[LeafOutcome],
    ) -> Result<(), TestCaseError> {
        for list in &self.mapping.lists {
            let Some(said) = story.patch.get(&list.name) else { continue };
            let ListShape::Slots(slots) = &list.shape else { panic!("no list of these providers is one array") };
            if slots.iter().any(ListSlot::is_writable) {
                self.check_list(before, after, story, list, slots, said, outcomes)?;
            }
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "a list is judged by all that was there")]
    fn check_list(
        &self,
        before: &Snapshot,
        after: &Snapshot,
        story: &Story,
        list: &List,
        slots: &[ListSlot],
        said: &Value,
        outcomes: &[LeafOutcome],
    ) -> Result<(), TestCaseError> {
        let all = said.as_array().cloned().unwrap_or_default();
        let taken = slots_of(list, slots, &all);
        let at_list = format!("/{}", list.name);
        let emptied: Vec<&str> = outcomes
            .iter()
            .filter(|outcome| outcome.pointer == at_list && outcome.outcome == Fate::Emptied)
            .filter_map(|outcome| outcome.reason.as_deref())
            .collect();
        let merges = story.lists == ListMode::Merge && !said.is_null();
        for (index, slot) in slots.iter().enumerate() {
            let item = taken.iter().position(|taken| *taken == Some(index));
            let says_emptied = emptied.iter().any(|why| why.contains(&format!("`{}`", slot.is)));
            prop_assert!(
                !says_emptied || (item.is_none() && !merges && slot.is_writable()),
                "slot `{}` of {at_list} is said to be emptied: {emptied:?}",
                slot.is
            );
            match item {
                Some(at) => self.check_item(after, story, list, slot, (at, &all[at]), outcomes)?,
                None if !slot.is_writable() => {}
                None if merges => {
                    for place in self.places_of(before, story, slot) {
                        prop_assert_eq!(
                            before.value(&place),
                            after.value(&place),
                            "slot `{}` of {} is not in the list that was merged",
                            slot.is,
                            at_list
                        );
                    }
                }
                None => {
                    let leaf = Desk::item_leaf(&list.name, 0, &list.key);
                    for address in slot.leaves.iter().filter_map(|leaf| leaf.slot().write.as_ref()) {
                        self.check_slot(after, &story.id, address, &leaf, &Value::Null)?;
                    }
                    let had = self.places_of(before, story, slot).iter().any(|place| {
                        before.value(place).is_some_and(|value| !crate::snapshot::is_nothing(&value) && *value != "")
                    });
                    prop_assert!(
                        !had || all.iter().all(says_nothing) || says_emptied,
                        "slot `{}` of {at_list} was emptied, and nobody said so: {outcomes:#?}",
                        slot.is
                    );
                }
            }
        }
        for (at, item) in all.iter().enumerate().filter(|(at, _)| taken[*at].is_none()) {
            for (leaf, _) in item.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
                let fate = told(outcomes, &list.name, at, leaf).map(|outcome| outcome.outcome);
                prop_assert_eq!(fate, Some(Fate::NoSlot), "{} of item {} of {}", leaf, at, at_list);
            }
        }
        Ok(())
    }

    /// Fails unless a slot holds what its item says, leaf by leaf as it is told.
    fn check_item(
        &self,
        after: &Snapshot,
        story: &Story,
        list: &List,
        slot: &ListSlot,
        (at, item): (usize, &Value),
        outcomes: &[LeafOutcome],
    ) -> Result<(), TestCaseError> {
        for leaf in &slot.leaves {
            let Some(address) = leaf.slot().write.as_ref().filter(|_| leaf.slot().is_writable()) else { continue };
            let first = leaf.parts().first().map(String::as_str).unwrap_or_default();
            let known = Desk::item_leaf(&list.name, at, first);
            if let SlotLeaf::Joined(whole) = leaf {
                let parts: Vec<&str> = whole.parts.iter().map(|part| item[part].as_str().unwrap_or_default()).collect();
                let text = joined(&whole.join, &parts).map_or(Value::Null, Value::String);
                let is_altered = whole.parts.iter().any(|part| {
                    told(outcomes, &list.name, at, part).is_some_and(|outcome| outcome.outcome == Fate::Altered)
                });
                if !is_altered {
                    self.check_slot(after, &story.id, address, &known, &text)?;
                }
                continue;
            }
            let Some(outcome) = told(outcomes, &list.name, at, first) else {
                prop_assert!(item[first].is_null(), "{} has no outcome", known.pointer);
                self.check_slot(after, &story.id, address, &known, &Value::Null)?;
                continue;
            };
            let value = match outcome.outcome {
                Fate::Written => item[first].clone(),
                Fate::Lossy => outcome.reads.clone().unwrap_or_default(),
                _ => continue,
            };
            self.check_slot(after, &story.id, address, &known, &value)?;
        }
        Ok(())
    }

    /// The places that a slot writes.
    fn places_of(&self, state: &Snapshot, story: &Story, slot: &ListSlot) -> Vec<Vec<String>> {
        let addresses = slot.leaves.iter().filter_map(|leaf| leaf.slot().write.as_ref());
        let atoms = addresses.filter_map(|address| self.atom(address));
        atoms.map(|(record, path)| self.place(state, &story.id, &record, path)).collect()
    }
}
