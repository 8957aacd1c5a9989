//! Measured loss: what a lossy leaf reads back as, and why it may.

use mapwright_mapping::mapping::{ListShape, Slot, SlotLeaf};
use mapwright_mapping::outcome::{Fate, LeafOutcome};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::answer::Leaf;
use crate::desk::Desk;
use crate::hints::Look;
use crate::record::dotted;
use crate::snapshot::Snapshot;
use crate::story::Story;

impl Desk {
    /// Fails unless every loss is one that the mapping declares, and every alteration a fact of the provider.
    pub(crate) fn check_loss(
        &self,
        after: &Snapshot,
        story: &Story,
        outcomes: &[LeafOutcome],
    ) -> Result<(), TestCaseError> {
        for leaf in self.leaves(&story.patch) {
            for outcome in outcomes.iter().filter(|outcome| outcome.pointer == leaf.pointer) {
                match outcome.outcome {
                    Fate::Lossy => self.check_declared(story, &leaf, outcome)?,
                    Fate::Altered => self.check_altered(after, story, &leaf, outcome)?,
                    _ => {
                        prop_assert_eq!(&outcome.reads, &None, "{} reads otherwise: {:?}", leaf.pointer, outcome);
                    }
                }
            }
        }
        for outcome in outcomes.iter().filter(|outcome| outcome.outcome == Fate::Altered) {
            prop_assert!(
                self.leaves(&story.patch).iter().any(|leaf| leaf.pointer == outcome.pointer),
                "an alteration of no leaf: {outcome:?}"
            );
        }
        Ok(())
    }

    fn check_declared(&self, story: &Story, leaf: &Leaf, outcome: &LeafOutcome) -> Result<(), TestCaseError> {
        let Some(reads) = &outcome.reads else {
            // What was there beside the value is lost, and not the value.
            let reason = outcome.reason.as_deref().unwrap_or_default();
            let declared = self.declared(leaf);
            prop_assert!(
                declared.iter().any(|loss| reason.starts_with(loss.as_str())),
                "{:?}: {:?}",
                outcome,
                declared
            );
            return Ok(());
        };
        prop_assert_eq!(outcome.sent.as_ref(), Some(&leaf.value), "{} was sent as it was given", leaf.pointer);
        prop_assert_ne!(reads, &leaf.value, "{} is lossy and reads the same", leaf.pointer);
        if reads.is_null() {
            // A text of several parts is kept whole, and may be divided otherwise when it is read.
            let is_part = self.is_part(leaf);
            prop_assert!(is_part || self.is_no_value(story, leaf), "{} is lost whole: {:?}", leaf.pointer, outcome);
            return Ok(());
        }
        let declared = self.declared(leaf);
        let is_key = leaf.item.as_ref().is_some_and(|(list, _)| self.is_key(list, &leaf.pointer));
        let reason = outcome.reason.clone().unwrap_or_default();
        prop_assert!(
            is_key || declared.iter().any(|loss| reason.starts_with(loss.as_str())),
            "{} has no such loss: {:?}, of {:?}",
            leaf.pointer,
            outcome,
            declared
        );
        Ok(())
    }

    fn check_altered(
        &self,
        after: &Snapshot,
        story: &Story,
        leaf: &Leaf,
        outcome: &LeafOutcome,
    ) -> Result<(), TestCaseError> {
        let name = dotted(&leaf.pointer);
        let main = self.hints.records[0].collection;
        let id = after.full_id(main, &story.id);
        let lead = self.sandbox.record(main, &id).unwrap_or_default();
        let look = Look { id: &id, lead: &lead, state: after };
        let facts = self.hints.altered.iter().filter(|fact| fact.leaf == name);
        let shows: Vec<Value> = facts.filter_map(|fact| (fact.shows)(&leaf.value, &look)).collect();
        let reads = outcome.reads.clone().unwrap_or_default();
        let same = |shown: &Value| crate::answer::same(leaf, false, shown, &reads);
        prop_assert!(
            shows.iter().any(same),
            "{name} was sent as {} and reads {reads}; the facts say {shows:?}: {outcome:?}",
            leaf.value
        );
        Ok(())
    }

    /// The losses that the entry of a leaf declares, itself or by the conversion, table, form, list or join that it names.
    pub(crate) fn declared(&self, leaf: &Leaf) -> Vec<String> {
        let (mapping, name) = (&self.mapping, dotted(&leaf.pointer));
        let mut losses: Vec<String> = Vec::new();
        let mut of = |slot: &Slot| {
            losses.extend(slot.loss.clone());
            losses.extend(slot.form.and_then(|form| mapping.form(form).loss.clone()));
            losses.extend(slot.codec.loss().map(str::to_owned));
            if slot.table.is_some_and(|table| !mapping.table(table).also.is_empty()) {
                losses.push("another spelling reads back as the table's own name".to_owned());
            }
        };
        mapping.fields.iter().filter(|field| field.leaf == name).for_each(|field| of(&field.slot));
        mapping.actions.iter().filter(|action| action.leaf == name).for_each(|action| of(&action.slot));
        mapping.groups.iter().filter(|group| group.parts.contains(&name)).for_each(|group| of(&group.slot));
        let lists = mapping.lists.iter().filter(|list| leaf.item.as_ref().is_some_and(|(name, _)| *name == list.name));
        let lists: Vec<_> = lists.collect();
        for list in &lists {
            if let ListShape::Slots(slots) = &list.shape {
                slots.iter().flat_map(|slot| &slot.leaves).map(SlotLeaf::slot).for_each(&mut of);
            }
        }
        losses.extend(lists.iter().filter_map(|list| list.loss.clone()));
        let groups = mapping.groups.iter().filter(|group| group.parts.contains(&name));
        losses.extend(groups.filter_map(|group| group.join.loss()).map(str::to_owned));
        let rests = mapping.rests.iter().filter(|rest| leaf.pointer.starts_with(&format!("/{}/", rest.name)));
        losses.extend(rests.filter_map(|rest| rest.loss.clone()));
        losses
    }

    /// Whether a pointer is that of the leaf which tells the items of a list apart.
    fn is_key(&self, list: &str, pointer: &str) -> bool {
        let mut lists = self.mapping.lists.iter().filter(|known| known.name == list);
        lists.any(|list| pointer.ends_with(&format!("/{}", list.key)))
    }

    /// Whether a leaf of a list's item shares its place with others.
    fn is_part(&self, leaf: &Leaf) -> bool {
        let name = dotted(&leaf.pointer);
        let mut lists = self.mapping.lists.iter();
        lists.any(|list| {
            let Some(part) = name.strip_prefix(&format!("{}.", list.name)) else { return false };
            let ListShape::Slots(slots) = &list.shape else { return false };
            let mut leaves = slots.iter().flat_map(|slot| &slot.leaves);
            leaves.any(|leaf| leaf.parts().len() > 1 && leaf.parts().iter().any(|known| known == part))
        })
    }

    /// Whether the value of a leaf is none to the provider: an empty text or list, what the mapping says is no value, or
    /// the key of an item that has nothing else.
    fn is_no_value(&self, story: &Story, leaf: &Leaf) -> bool {
        let name = dotted(&leaf.pointer);
        let fields = self.mapping.fields.iter().filter(|field| field.leaf == name).map(|field| &field.slot);
        let empty = fields.flat_map(|slot| {
            let table = slot.table.map(|table| &self.mapping.table(table).empty);
            slot.empty.iter().chain(table.into_iter().flatten())
        });
        let only_key = || {
            leaf.item.as_ref().is_some_and(|(list, at)| {
                let item = &story.patch[list][*at];
                let slots = self.mapping.lists.iter().find(|known| known.name == *list).map(|known| &known.shape);
                let Some(ListShape::Slots(slots)) = slots else { return false };
                let own = self.mapping.lists.iter().find(|known| known.name == *list);
                let items = story.patch[list].as_array().map(Vec::as_slice).unwrap_or_default();
                let own = own.and_then(|own| crate::lists::slots_of(own, slots, items)[*at]);
                let held: Vec<&String> =
                    own.into_iter().flat_map(|slot| &slots[slot].leaves).flat_map(SlotLeaf::parts).collect();

                self.is_key(list, &leaf.pointer)
                    && held.iter().all(|part| item[part.as_str()].is_null() || item[part.as_str()] == "")
            })
        };
        let whole = leaf.value == "" || leaf.value == json!([]) || empty.into_iter().any(|empty| *empty == leaf.value);
        whole || is_blank_list(&leaf.value) || only_key()
    }
}

/// Whether a value is a list of nothing.
fn is_blank_list(value: &Value) -> bool {
    let blank = |item: &Value| item.is_null() || item == "";
    value.as_array().is_some_and(|items| items.iter().all(blank))
}
