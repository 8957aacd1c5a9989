//! Lists: what each type of item has, and what each leaf has over all types.

use super::facts::Facts;
use super::{Assurance, Names};
use crate::mapping::{ArrayList, Clear, Join, List, ListShape, ListSlot, Mapping, Slot, SlotLeaf};
use crate::model::Field;

/// What a mapping knows of a list with these leaves.
pub(super) fn facts(mapping: &Mapping, name: &str, leaves: &[Field]) -> Facts {
    let facts = match mapping.lists.iter().find(|list| list.name == name) {
        None => {
            let fields = leaves.iter().map(|leaf| (leaf.name.clone(), Facts::default())).collect();
            Facts { fields, ..Facts::default() }
        }
        Some(list) => match &list.shape {
            ListShape::Slots(slots) => of_slots(mapping, list, slots, leaves).stated_in(list.source.as_ref()),
            ListShape::Array(array) => of_array(mapping, list, array, leaves).stated_in(list.source.as_ref()),
        },
    };
    let marked = facts.fields.into_iter().map(|(name, field)| {
        let request_only = leaves.iter().any(|leaf| leaf.name == name && leaf.request_only);
        (name, Facts { request_only, ..field })
    });
    Facts { fields: marked.collect(), ..facts }
}

fn of_slots(mapping: &Mapping, list: &List, slots: &[ListSlot], leaves: &[Field]) -> Facts {
    let loss = list.loss.as_deref();
    let of_leaf = |slot: &ListSlot, leaf: &str| {
        place(slot, leaf).map_or_else(Facts::default, |(place, join)| Facts::of_slot(mapping, place, join, loss))
    };
    let inner = || leaves.iter().filter(|leaf| leaf.name != list.key);
    let types: Vec<(String, Facts)> = slots
        .iter()
        .map(|slot| {
            let fields: Vec<(String, Facts)> =
                inner().map(|leaf| (leaf.name.clone(), of_leaf(slot, &leaf.name))).collect();
            (slot.is.clone(), Facts { fields: fields.clone(), ..Facts::over(&fields) })
        })
        .collect();
    let fields = leaves.iter().map(|leaf| {
        let facts = if leaf.name == list.key {
            key(list, slots, &types)
        } else {
            let all: Vec<(String, Facts)> =
                slots.iter().map(|slot| (slot.is.clone(), of_leaf(slot, &leaf.name))).collect();
            let names = all.iter().find_map(|(_, facts)| facts.names.clone());
            Facts { names, ..Facts::over(&all) }
        };
        (leaf.name.clone(), facts)
    });
    let fields = fields.collect();
    let whole = Facts::over(&types).and(list.loss.as_ref(), list.unconfirmed.as_ref());
    Facts { types, fields, ..whole }
}

/// The place of a leaf in a slot, and how it shares it with others.
fn place<'s>(slot: &'s ListSlot, leaf: &str) -> Option<(&'s Slot, Option<&'s Join>)> {
    slot.leaves.iter().find(|place| place.parts().iter().any(|part| part == leaf)).map(|place| match place {
        SlotLeaf::One(_, slot) => (slot, None),
        SlotLeaf::Joined(joined) => (&joined.slot, Some(&joined.join)),
    })
}

/// The leaf that tells items apart has no place of its own: the slot that an item stands in says it.
fn key(list: &List, slots: &[ListSlot], types: &[(String, Facts)]) -> Facts {
    let whole = Facts::over(types);
    let several = slots.iter().any(|slot| slot.any || !slot.also.is_empty());
    let losses: Vec<String> = list.loss.iter().filter(|_| several).cloned().collect();
    Facts {
        written: whole.written,
        read: whole.read,
        assurance: whole.written.then_some(if losses.is_empty() { Assurance::Proven } else { Assurance::Lossy }),
        losses,
        reasons: if whole.written { Vec::new() } else { whole.reasons },
        unconfirmed: list.unconfirmed.iter().cloned().collect(),
        names: Some(Names::of_slots(slots, true)),
        shown: Some(Names::of_slots(slots, false)),
        ..Facts::default()
    }
}

fn of_array(mapping: &Mapping, list: &List, array: &ArrayList, leaves: &[Field]) -> Facts {
    let record = mapping.record(array.at.record).clear;
    let loss = list.loss.as_deref();
    let fields: Vec<(String, Facts)> = leaves
        .iter()
        .map(|leaf| {
            let slot = array.item.iter().find(|(name, _)| *name == leaf.name);
            let facts = slot.map_or_else(Facts::default, |(_, slot)| Facts::of_slot(mapping, slot, None, loss));
            // An item is written whole, so that a leaf is cleared by leaving it out.
            (leaf.name.clone(), Facts { clearable: facts.written.then_some(true), ..facts })
        })
        .collect();
    let whole = Facts::over(&fields).and(list.loss.as_ref(), list.unconfirmed.as_ref());
    let clearable = whole.written.then(|| array.clear.unwrap_or(record) != Clear::Never);
    Facts { clearable, fields, ..whole }
}
