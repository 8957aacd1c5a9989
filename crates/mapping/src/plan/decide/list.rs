//! A list: items to slots, or to one array; what the list empties and what it cannot.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::super::changes::{AtomChange, insert, remove};
use super::super::drive::{Drive, Phase, Stop, text};
use super::super::known::Known;
use super::super::run::ListMode;
use super::super::value::Encoding;
use super::super::verdict::{Carrier, Compare, Expect, Locate};
use crate::mapping::{ArrayList, Clear, Fold, List, ListShape, ListSlot, NamePath, SlotLeaf};
use crate::model::{Field, Scalar};
use crate::outcome::{Fate, LeafOutcome};
use crate::patch::{Change, Item, ListPatch, Violation};

impl Drive<'_> {
    pub(super) fn decide_list(&mut self, said: &ListPatch) -> Result<(), Stop> {
        let mapping = self.mapping();
        let Some(field) = mapping.model.field(&said.name) else { return Ok(()) };
        let Some(list) = mapping.lists.iter().find(|list| list.name == said.name) else {
            let fate = if field.read_only { Fate::ReadOnly } else { Fate::Unsupported };
            let why = if field.read_only { "only an answer has it" } else { "the provider has no place for it" };
            self.whole_list(said, fate, why);
            return Ok(());
        };
        match &list.shape {
            ListShape::Slots(slots) => self.decide_slots(list, slots, field, said),
            ListShape::Array(array) => self.decide_array(list, array, field, said),
        }
    }

    /// One outcome for every leaf of a list that is not sent; for an empty one, the list itself.
    fn whole_list(&mut self, said: &ListPatch, fate: Fate, why: &str) {
        for item in &said.items {
            for (leaf, _) in &item.leaves {
                self.unsent(&crate::document::pointer(&item.pointer, leaf), fate, why);
            }
        }
        if said.items.iter().all(|item| item.leaves.is_empty()) {
            self.unsent(&said.pointer, fate, why);
        }
    }

    fn decide_slots(&mut self, list: &List, slots: &[ListSlot], field: &Field, said: &ListPatch) -> Result<(), Stop> {
        if !slots.iter().any(ListSlot::is_writable) {
            let why = slots.iter().flat_map(|slot| &slot.leaves).find_map(|leaf| leaf.slot().read_only.clone());
            self.whole_list(said, Fate::ReadOnly, why.as_deref().unwrap_or("the provider only shows it"));
            return Ok(());
        }
        let taken = assign(list, slots, &said.items);
        let merge = self.run.options.lists == ListMode::Merge && !said.null;
        for (item, slot) in said.items.iter().zip(&taken) {
            match slot.and_then(|index| slots.get(index)) {
                None => {
                    let key = item.leaf(&list.key).map(text).unwrap_or_default();
                    let legal: Vec<&str> = slots.iter().map(|slot| slot.is.as_str()).collect();
                    let why = if key.is_empty() {
                        "no slot is left for it".to_owned()
                    } else {
                        format!(
                            "no slot is left for `{}`; the provider has {}",
                            crate::patch::cut(&key),
                            legal.join(", ")
                        )
                    };
                    for (leaf, _) in &item.leaves {
                        self.unsent(&crate::document::pointer(&item.pointer, leaf), Fate::NoSlot, why.clone());
                    }
                }
                Some(slot) => self.decide_item(list, slot, field, item)?,
            }
        }
        for (index, slot) in slots.iter().enumerate() {
            if taken.contains(&Some(index)) || merge {
                continue;
            }
            self.empty_slot(list, slot, said);
        }
        if said.items.is_empty() && !merge {
            let (carrier, record, path) = slots
                .iter()
                .flat_map(|slot| &slot.leaves)
                .find(|leaf| leaf.slot().is_writable())
                .map_or((Carrier::None, None, NamePath::default()), |leaf| self.carrier(leaf.slot()));
            // Slots that only the provider fills may go on showing items.
            let all = slots.iter().all(ListSlot::is_writable);
            let expect =
                all.then(|| Expect { at: Locate::List(list.name.clone()), value: None, compare: Compare::Exact });
            self.verdict(
                LeafOutcome { record, ..LeafOutcome::new(said.pointer.clone(), Fate::Send) },
                carrier,
                path,
                expect,
            );
        } else if said.items.is_empty() {
            self.unsent(&said.pointer, Fate::Unchanged, "merging nothing changes nothing");
        }
        Ok(())
    }

    /// Empties a slot that the list did not name.
    fn empty_slot(&mut self, list: &List, slot: &ListSlot, said: &ListPatch) {
        let known: Vec<Option<bool>> = slot.leaves.iter().map(|leaf| self.is_known_empty(leaf)).collect();
        let is_empty = !known.is_empty() && known.iter().all(|known| *known == Some(true));
        if !slot.is_writable() {
            if known.contains(&Some(false)) {
                let why = slot.leaves.iter().find_map(|leaf| leaf.slot().read_only.clone()).unwrap_or_default();
                self.unsent(&said.pointer, Fate::Kept, format!("slot `{}` keeps what it has: {why}", slot.is));
            }
            return;
        }
        let mut carried = None;
        for leaf in slot.leaves.iter().filter(|leaf| leaf.slot().is_writable()) {
            if self.clear_slot(leaf.slot(), &said.pointer) {
                carried.get_or_insert_with(|| self.carrier(leaf.slot()));
            }
        }
        if let (Some((carrier, record, path)), false, false) = (carried, said.items.is_empty(), is_empty) {
            let outcome = LeafOutcome { record, ..LeafOutcome::new(said.pointer.clone(), Fate::Emptied) };
            let main =
                slot.leaves.first().map(|leaf| leaf.parts().first().cloned().unwrap_or_default()).unwrap_or_default();
            let at = Locate::Item { list: list.name.clone(), key: list.key.clone(), is: slot.is.clone(), leaf: main };
            let expect = Expect { at, value: None, compare: Compare::Exact };
            self.verdict(
                outcome.because(format!("slot `{}` is not in the list", slot.is)),
                carrier,
                path,
                Some(expect),
            );
        }
    }

    /// Whether the record, read for another reason, shows the leaf as empty.
    fn is_known_empty(&self, leaf: &SlotLeaf) -> Option<bool> {
        let slot = leaf.slot();
        let address = slot.read.first()?;
        let state = self.known_state(address.record, Phase::First)?;
        Some(state.get(&address.path, &self.run.bound).is_none_or(|value| self.is_empty(slot, address.record, value)))
    }

    /// Writes an item to its slot: what the item has is set, what it lacks is cleared.
    fn decide_item(&mut self, list: &List, slot: &ListSlot, field: &Field, item: &Item) -> Result<(), Stop> {
        let locate = |leaf: &str| Locate::Item {
            list: list.name.clone(),
            key: list.key.clone(),
            is: slot.is.clone(),
            leaf: leaf.to_owned(),
        };
        if !slot.is_writable() {
            let why = slot.leaves.iter().find_map(|leaf| leaf.slot().read_only.clone()).unwrap_or_default();
            for (leaf, _) in &item.leaves {
                self.unsent(&crate::document::pointer(&item.pointer, leaf), Fate::ReadOnly, why.clone());
            }
            return Ok(());
        }
        let first = slot.leaves.iter().map(SlotLeaf::slot).find(|slot| slot.is_writable());
        let carried = first.map_or((Carrier::None, None, NamePath::default()), |slot| self.carrier(slot));
        for leaf in &slot.leaves {
            let target = leaf.slot();
            match leaf {
                SlotLeaf::One(name, _) => {
                    let at = crate::document::pointer(&item.pointer, name);
                    let scalar = field.leaf(name).and_then(Field::scalar).unwrap_or(Scalar::Text);
                    match item.leaf(name) {
                        Some(value) => {
                            self.decide_value(
                                &at,
                                target,
                                scalar,
                                list.loss.as_deref(),
                                &Change::Set(value.clone()),
                                locate(name),
                            )?;
                        }
                        None if target.is_writable() => {
                            self.clear_slot(target, &at);
                        }
                        None => {}
                    }
                }
                SlotLeaf::Joined(joined) => {
                    let parts: Vec<Option<String>> = joined
                        .parts
                        .iter()
                        .map(|part| item.leaf(part).map(text).filter(|text| !text.is_empty()))
                        .collect();
                    if self.write_joined(target, &joined.join, &parts, &item.pointer).is_none() {
                        continue;
                    }
                    let back = joined.join.join(&parts).map(|whole| joined.split(&whole)).unwrap_or_default();
                    let (carrier, record, path) = self.carrier(target);
                    for (i, part) in joined.parts.iter().enumerate() {
                        let Some(value) = item.leaf(part) else { continue };
                        let at = crate::document::pointer(&item.pointer, part);
                        let reads = back.get(i).cloned().flatten().map(Value::String);
                        let compare = Compare::Scalar(Scalar::Text, Fold::default());
                        let shown = reads.clone().unwrap_or(Value::Null);
                        let declared = list.loss.as_deref().or(joined.join.loss());
                        let Some(outcome) = self.sent(&at, target, declared, value, Some(&shown), compare) else {
                            continue;
                        };
                        let expect = Expect { at: locate(part), value: reads, compare };
                        self.verdict(
                            LeafOutcome { record: record.clone(), ..outcome },
                            carrier,
                            path.clone(),
                            Some(expect),
                        );
                    }
                }
            }
        }
        self.decide_key(list, slot, item, carried);
        for (name, _) in &item.leaves {
            let held = *name == list.key || slot.leaves.iter().any(|leaf| leaf.parts().contains(name));
            if !held {
                let why = format!("slot `{}` has no place for `{name}`", slot.is);
                self.unsent(&crate::document::pointer(&item.pointer, name), Fate::Unsupported, why);
            }
        }
        Ok(())
    }

    /// The key of an item says which slot it goes to; another spelling reads back as the slot's own.
    fn decide_key(&mut self, list: &List, slot: &ListSlot, item: &Item, carried: (Carrier, Option<String>, NamePath)) {
        let Some(key) = item.leaf(&list.key) else { return };
        let pointer = crate::document::pointer(&item.pointer, &list.key);
        // The key says where the item goes; no place of the provider holds it, so no error can be about it.
        let (carrier, record, _) = carried;
        let path = NamePath::default();
        let mut outcome = LeafOutcome { record, ..LeafOutcome::new(pointer, Fate::Send) };
        let at = Locate::Item {
            list: list.name.clone(),
            key: list.key.clone(),
            is: slot.is.clone(),
            leaf: list.key.clone(),
        };
        if !self.has_value(list, slot, item) {
            outcome.outcome = Fate::Lossy;
            outcome.reason = Some("an item with nothing but its key is not there".to_owned());
            outcome.sent = Some(key.clone());
            outcome.reads = Some(Value::Null);
            self.verdict(outcome, carrier, path, Some(Expect { at, value: None, compare: Compare::Exact }));
            return;
        }
        if text(key) != slot.is {
            outcome.outcome = Fate::Lossy;
            outcome.reason = Some(list.loss.clone().unwrap_or_else(|| format!("it goes to slot `{}`", slot.is)));
            outcome.sent = Some(key.clone());
            outcome.reads = Some(Value::String(slot.is.clone()));
        }
        let expect = Expect { at, value: Some(Value::String(slot.is.clone())), compare: Compare::Exact };
        self.verdict(outcome, carrier, path, Some(expect));
    }

    /// Whether an item brings its slot a value besides the key.
    fn has_value(&self, list: &List, slot: &ListSlot, item: &Item) -> bool {
        slot.leaves.iter().any(|leaf| {
            let Some(address) = leaf.slot().write.as_ref() else { return false };
            let values = leaf.parts().iter().filter(|part| **part != list.key).filter_map(|part| item.leaf(part));
            match leaf {
                SlotLeaf::One(..) => values.into_iter().any(|value| !self.is_empty(leaf.slot(), address.record, value)),
                SlotLeaf::Joined(_) => values.into_iter().any(|value| !text(value).is_empty()),
            }
        })
    }

    /// Writes the whole array of a list.
    fn decide_array(&mut self, list: &List, array: &ArrayList, field: &Field, said: &ListPatch) -> Result<(), Stop> {
        let mapping = self.mapping();
        let merge = self.run.options.lists == ListMode::Merge && !said.null;
        if merge && said.items.is_empty() {
            self.unsent(&said.pointer, Fate::Unchanged, "merging nothing changes nothing");
            return Ok(());
        }
        let needs_current = merge || (array.keep.is_some() && !said.items.is_empty());
        let current = if needs_current {
            match self.state(array.at.record, Phase::First)? {
                Known::Hole(_) => Known::Hole(list.name.clone()),
                Known::Value(state) => {
                    let items = state.and_then(|state| {
                        state.get(&array.at.path, &self.run.bound).and_then(Value::as_array).cloned()
                    });
                    Known::Value(items.unwrap_or_default())
                }
            }
        } else {
            Known::Value(Vec::new())
        };
        let path = self.written_path(&array.at);
        let carrier = Carrier::Record(array.at.record);
        let record = (array.at.record != mapping.main).then(|| mapping.record(array.at.record).name.clone());
        if said.items.is_empty() {
            let spelled = array.clear.unwrap_or(mapping.record(array.at.record).clear);
            if spelled == Clear::Never {
                self.refuse(Violation::new(
                    said.pointer.clone(),
                    "not-clearable",
                    "the provider has no way to clear it",
                ));
                return Ok(());
            }
            self.change(&array.at, AtomChange::Clear { spelled, list: true });
            let expect = Expect { at: Locate::List(list.name.clone()), value: None, compare: Compare::Exact };
            self.verdict(
                LeafOutcome { record, ..LeafOutcome::new(said.pointer.clone(), Fate::Send) },
                carrier,
                path,
                Some(expect),
            );
            return Ok(());
        }
        let bases = match &current {
            Known::Value(current) if needs_current => self.bases(list, array, field, &said.items, current, merge)?,
            _ => vec![None; said.items.len()],
        };
        let mut holes = Vec::new();
        let mut items = Vec::new();
        for (item, base) in said.items.iter().zip(&bases) {
            let key = item.leaf(&list.key).map(text);
            let now = base.and_then(|base| current.value()?.get(base)?.as_object());
            let mut object = now.cloned().unwrap_or_default();
            for (leaf, slot) in &array.item {
                let at = crate::document::pointer(&item.pointer, leaf);
                let scalar = field.leaf(leaf).and_then(Field::scalar).unwrap_or(Scalar::Text);
                let Some(place) =
                    slot.write.as_ref().filter(|_| slot.is_writable()).map(|address| self.written_path(address))
                else {
                    if item.leaf(leaf).is_some() {
                        self.unsent(
                            &at,
                            Fate::ReadOnly,
                            slot.read_only.clone().unwrap_or_else(|| "the provider only shows it".to_owned()),
                        );
                    }
                    continue;
                };
                let Some(value) = item.leaf(leaf) else {
                    remove(&mut object, &place);
                    continue;
                };
                match self.encode(slot, scalar, value, &at)? {
                    Encoding::Refused(violation) => self.refuse(*violation),
                    Encoding::Omitted => self.unsent(&at, Fate::Unsupported, "no row of the table knows the value"),
                    Encoding::Done(encoded) => {
                        let compare = super::super::value::compare(mapping, slot, scalar);
                        let Some(outcome) =
                            self.sent(&at, slot, list.loss.as_deref(), value, encoded.reads.as_deref(), compare)
                        else {
                            continue;
                        };
                        insert(&mut object, &place, encoded.wire.shown(&mut holes).into_owned());
                        let expect = key.clone().map(|is| Expect {
                            at: Locate::Item { list: list.name.clone(), key: list.key.clone(), is, leaf: leaf.clone() },
                            value: Some(encoded.reads.map_or_else(|| value.clone(), Cow::into_owned)),
                            compare,
                        });
                        self.verdict(LeafOutcome { record: record.clone(), ..outcome }, carrier, path.clone(), expect);
                    }
                }
            }
            for (name, _) in item.leaves.iter().filter(|(name, _)| !array.item.iter().any(|(leaf, _)| leaf == name)) {
                self.unsent(
                    &crate::document::pointer(&item.pointer, name),
                    Fate::Unsupported,
                    format!("an item has no place for `{name}`"),
                );
            }
            items.push(Value::Object(object));
        }
        let change = match current {
            Known::Hole(hole) => Known::Hole(hole),
            // What an item waits for stands for the whole list: its items go together.
            Known::Value(_) if !holes.is_empty() => Known::Hole(holes.join(", ")),
            Known::Value(current) if merge => {
                let mut merged = current;
                for (item, base) in items.into_iter().zip(bases) {
                    match base.and_then(|base| merged.get_mut(base)) {
                        Some(now) => *now = item,
                        None => merged.push(item),
                    }
                }
                Known::Value(Value::Array(merged))
            }
            Known::Value(_) => Known::Value(Value::Array(items)),
        };
        self.change(&array.at, AtomChange::Set(change));
        Ok(())
    }

    /// The current item that each item goes on from: attributes that the mapping does not name survive. Items are
    /// merged by a key that stands once on both sides.
    fn bases(
        &mut self,
        list: &List,
        array: &ArrayList,
        field: &Field,
        items: &[Item],
        current: &[Value],
        merge: bool,
    ) -> Result<Vec<Option<usize>>, Stop> {
        let leaf = if merge { &list.key } else { array.keep.as_ref().unwrap_or(&list.key) };
        let Some((_, slot)) = array.item.iter().find(|(name, _)| name == leaf) else {
            return Ok(vec![None; items.len()]);
        };
        let scalar = field.leaf(leaf).and_then(Field::scalar).unwrap_or(Scalar::Text);
        let compare = super::super::value::compare(self.mapping(), slot, scalar);
        let mut there = Vec::new();
        for object in current {
            let wire = slot.read.iter().find_map(|address| address.path.get(object, &self.run.bound)).cloned();
            let wire = wire.filter(|wire| !self.is_empty(slot, array.at.record, wire));
            there.push(match wire {
                Some(wire) => self.decode_wire(slot, scalar, &wire)?.ok().flatten(),
                None => None,
            });
        }
        let texts = there.iter().enumerate().filter_map(|(at, value)| Some((at, value.as_ref()?)));
        let mut known = Places::of(texts, compare);
        let mut said = Places::default();
        let mut bases = Vec::new();
        for item in items {
            let at = crate::document::pointer(&item.pointer, leaf);
            let Some(value) = item.leaf(leaf) else {
                if merge {
                    self.refuse(Violation::new(
                        at,
                        "missing-key",
                        format!("a list is merged by `{leaf}`, and this item has none"),
                    ));
                }
                bases.push(None);
                continue;
            };
            let reads = match self.encode(slot, scalar, value, &at)? {
                Encoding::Done(encoded) => encoded.reads.map_or_else(|| value.clone(), Cow::into_owned),
                Encoding::Omitted | Encoding::Refused(_) => value.clone(),
            };
            let here = said.place(&reads, compare);
            here.count += 1;
            let again = here.count > 1;
            let found = known.place(&reads, compare);
            if merge && (found.count > 1 || again) {
                let side = if found.count > 1 { " at the provider" } else { "" };
                let message = format!(
                    "`{}` stands twice{side}; a list is merged by a key that stands once",
                    crate::patch::cut(&text(value))
                );
                self.refuse(Violation::new(at, "doubled-key", message));
            }
            bases.push(found.free.pop_front());
        }
        Ok(bases)
    }
}

/// The positions of values, each given away once; texts are found without a look at each.
#[derive(Default)]
struct Places {
    texts: BTreeMap<String, Place>,
    others: Vec<(Value, Place)>,
}

/// Where one value stands.
#[derive(Default)]
struct Place {
    /// How often it stands.
    count: usize,
    /// Where it is not given away yet.
    free: VecDeque<usize>,
}

impl Places {
    fn of<'p>(values: impl Iterator<Item = (usize, &'p Value)>, compare: Compare) -> Places {
        let mut places = Places::default();
        for (at, value) in values {
            let place = places.place(value, compare);
            place.count += 1;
            place.free.push_back(at);
        }
        places
    }

    fn place(&mut self, value: &Value, compare: Compare) -> &mut Place {
        if let Some(key) = compare.key(value) {
            return self.texts.entry(key).or_default();
        }
        let known = self.others.iter().position(|(other, _)| compare.same(other, value));
        let at = known.unwrap_or_else(|| {
            self.others.push((value.clone(), Place::default()));
            self.others.len() - 1
        });
        &mut self.others[at].1
    }
}

/// The slot of each item: by name first, then the slots that take any, then for items without a key the first free.
fn assign(list: &List, slots: &[ListSlot], items: &[Item]) -> Vec<Option<usize>> {
    let mut taken: Vec<Option<usize>> = vec![None; items.len()];
    let free = |taken: &[Option<usize>], index: usize| !taken.contains(&Some(index));
    for (i, item) in items.iter().enumerate() {
        let Some(key) = item.leaf(&list.key).map(text) else { continue };
        if let Some(index) = slots.iter().position(|slot| slot.names(&key))
            && free(&taken, index)
        {
            taken[i] = Some(index);
        }
    }
    for (i, item) in items.iter().enumerate() {
        let Some(key) = item.leaf(&list.key).map(text) else { continue };
        let named = slots.iter().any(|slot| slot.names(&key));
        if taken[i].is_none() && !named {
            taken[i] = slots
                .iter()
                .enumerate()
                .position(|(index, slot)| slot.any && slot.is_writable() && free(&taken, index));
        }
    }
    for (i, item) in items.iter().enumerate() {
        if taken[i].is_none() && item.leaf(&list.key).is_none() {
            taken[i] = slots.iter().enumerate().position(|(index, slot)| slot.is_writable() && free(&taken, index));
        }
    }
    taken
}
