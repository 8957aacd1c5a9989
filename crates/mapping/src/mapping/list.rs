//! A list: a unified list against typed slots, or against one array of the provider.

use super::{Address, Clear, Group, Join, Resolver, Slot};
use crate::codec::Chain;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::pointer;
use crate::model::{self, FieldKind};
use crate::raw::{RawField, RawList, RawListSlot};

/// A unified list.
#[derive(Clone, Debug)]
pub struct List {
    /// The unified field.
    pub name: String,
    /// The leaf that tells items apart.
    pub key: String,
    /// What it lies against.
    pub shape: ListShape,
    /// What is lost.
    pub loss: Option<String>,
    /// Where the facts are stated, where that is not the source of the whole mapping.
    pub source: Option<String>,
    /// The fact that no source confirms.
    pub unconfirmed: Option<String>,
}

/// What a list lies against.
#[derive(Clone, Debug)]
pub enum ListShape {
    /// Typed slots, in the order in which they are read.
    Slots(Vec<ListSlot>),
    /// One array, written whole.
    Array(ArrayList),
}

/// One array of the provider.
#[derive(Clone, Debug)]
pub struct ArrayList {
    /// Where it lies.
    pub at: Address,
    /// The leaves of an item; the paths are inside the item.
    pub item: Vec<(String, Slot)>,
    /// The leaf by which attributes that `item` does not name are kept.
    pub keep: Option<String>,
    /// How null is spelled.
    pub clear: Option<Clear>,
}

/// One typed slot.
#[derive(Clone, Debug)]
pub struct ListSlot {
    /// The key of the item that belongs here.
    pub is: String,
    /// Further keys that are written here.
    pub also: Vec<String>,
    /// Whether it takes an item of any key when it is free.
    pub any: bool,
    /// The leaves.
    pub leaves: Vec<SlotLeaf>,
}

/// One place of a slot: a leaf, or several leaves in one text.
#[derive(Clone, Debug)]
pub enum SlotLeaf {
    /// A leaf of the item.
    One(String, Slot),
    /// Several leaves of the item in one text.
    Joined(Joined),
}

/// Several leaves of an item in one text.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The name under which it stands in the file.
    pub name: String,
    /// The leaves.
    pub parts: Vec<String>,
    /// How they are joined.
    pub join: Join,
    /// Where the text lies.
    pub slot: Slot,
}

impl Joined {
    /// The parts of a text. An item is nothing without its first part, and no part of a text may get lost: where a
    /// separator has nothing on one side, the text is the first part whole.
    pub fn split(&self, text: &str) -> Vec<Option<String>> {
        let parts = self.join.split(text, self.parts.len());
        let is_whole = parts.first().is_some_and(Option::is_some) && self.join.join(&parts).as_deref() == Some(text);
        match self.join {
            Join::Separator(_) if !is_whole => {
                (0..self.parts.len()).map(|i| (i == 0 && !text.is_empty()).then(|| text.to_owned())).collect()
            }
            _ => parts,
        }
    }
}

impl List {
    /// The array that it lies against, where it is one.
    pub fn array(&self) -> Option<&ArrayList> {
        match &self.shape {
            ListShape::Array(array) => Some(array),
            ListShape::Slots(_) => None,
        }
    }
}

impl SlotLeaf {
    /// The name under which it stands in the file.
    pub fn name(&self) -> &str {
        match self {
            SlotLeaf::One(name, _) => name,
            SlotLeaf::Joined(joined) => &joined.name,
        }
    }

    /// Its slot.
    pub fn slot(&self) -> &Slot {
        match self {
            SlotLeaf::One(_, slot) => slot,
            SlotLeaf::Joined(joined) => &joined.slot,
        }
    }

    /// The leaves of the item that it holds.
    pub fn parts(&self) -> &[String] {
        match self {
            SlotLeaf::One(name, _) => std::slice::from_ref(name),
            SlotLeaf::Joined(joined) => &joined.parts,
        }
    }
}

impl ListSlot {
    /// Whether an item of that key belongs here by name.
    pub fn names(&self, key: &str) -> bool {
        self.is == key || self.also.iter().any(|also| also == key)
    }

    /// Whether a patch can reach it.
    pub fn is_writable(&self) -> bool {
        self.leaves.iter().any(|leaf| leaf.slot().is_writable())
    }
}

impl Resolver<'_> {
    /// Checks a list as it is written at `at`.
    pub(super) fn list(&mut self, name: &str, raw: &RawList, at: &str) -> Option<List> {
        let model = self.model.clone();
        let Some(field) = model.field(name) else {
            let place = self.doc.key(at);
            self.unknown_unified(name, place);
            return None;
        };
        let FieldKind::List { leaves, .. } = &field.kind else {
            let place = self.doc.key(at);
            self.error(Code::UnknownUnifiedField, place, format!("`{name}` is no list in `{}`", model.resource));
            return None;
        };
        if !leaves.iter().any(|leaf| leaf.name == raw.key) {
            let place = self.doc.place(&pointer(at, "key"));
            let known = did_you_mean(&raw.key, leaves.iter().map(|leaf| leaf.name.as_str()));
            let diagnostic =
                Diagnostic::error(Code::ListKey, place, format!("an item of `{name}` has no leaf `{}`", raw.key));
            self.diagnostics.push(diagnostic.with_help(known));
        }
        let shape = match (&raw.slots, &raw.array) {
            (Some(slots), None) => {
                let slots: Vec<ListSlot> = slots
                    .iter()
                    .enumerate()
                    .map(|(i, slot)| {
                        self.list_slot(slot, leaves, &raw.key, &pointer(&pointer(at, "slots"), &i.to_string()))
                    })
                    .collect();
                self.slot_keys(&slots, &pointer(at, "slots"));
                ListShape::Slots(slots)
            }
            (None, Some(array)) => {
                let address = self.address(array, &pointer(at, "array"))?;
                let address = self.writable(address, &pointer(at, "array"))?;
                let mut item = Vec::new();
                for (leaf, raw) in raw.item.iter().flatten() {
                    let at = pointer(&pointer(at, "item"), leaf);
                    if self.item_leaf(leaf, leaves, &at) {
                        let mut slot = self.slot(raw, &at);
                        // A member of an item is no slot of the record: the record's `values` do not lie under it.
                        slot.codec = match raw {
                            RawField::Table(table) => self.chain(table.codec.as_ref(), &pointer(&at, "as")),
                            RawField::Path(_) => Chain::default(),
                        };
                        item.push((leaf.clone(), slot));
                    }
                }
                if item.is_empty() {
                    let place = self.doc.key(at);
                    self.error(Code::MissingKey, place, "a list against an array needs `item`");
                }
                if let Some(keep) = raw.keep.as_ref().filter(|keep| !item.iter().any(|(leaf, _)| leaf == *keep)) {
                    let place = self.doc.place(&pointer(at, "keep"));
                    self.error(Code::ListLeaf, place, format!("`keep` names a leaf of `item`; `{keep}` is none"));
                }
                let clear = raw.clear.as_ref().and_then(|clear| self.clear(clear, &pointer(at, "clear")));
                ListShape::Array(ArrayList { at: address, item, keep: raw.keep.clone(), clear })
            }
            _ => {
                let place = self.doc.key(at);
                self.error(Code::MissingKey, place, "a list has either `slots` or `array` with `item`");
                return None;
            }
        };
        Some(List {
            name: name.to_owned(),
            key: raw.key.clone(),
            shape,
            loss: raw.loss.clone(),
            source: raw.source.clone(),
            unconfirmed: raw.unconfirmed.clone(),
        })
    }

    fn list_slot(&mut self, raw: &RawListSlot, leaves: &[model::Field], key: &str, at: &str) -> ListSlot {
        let mut found = Vec::new();
        for (name, field) in &raw.leaves {
            let at = pointer(at, name);
            let joined = match field {
                RawField::Table(table) => table.parts.clone().zip(table.join.clone()),
                RawField::Path(_) => None,
            };
            match joined {
                Some((parts, join)) => {
                    for (i, part) in parts.iter().enumerate() {
                        self.item_leaf(part, leaves, &pointer(&pointer(&at, "parts"), &i.to_string()));
                    }
                    let join = self.join(&join, &pointer(&at, "join"));
                    let slot = self.slot(field, &at);
                    found.push(SlotLeaf::Joined(Joined { name: name.clone(), parts, join, slot }));
                }
                None if name == key => {
                    let place = self.doc.key(&at);
                    self.error(Code::ListKey, place, format!("`{key}` is said by `is`"));
                }
                None => {
                    if self.item_leaf(name, leaves, &at) {
                        let slot = self.slot(field, &at);
                        found.push(SlotLeaf::One(name.clone(), slot));
                    }
                }
            }
        }
        if found.is_empty() {
            let place = self.doc.place(at);
            self.error(Code::ListLeaf, place, "a slot holds at least one leaf");
        }
        ListSlot { is: raw.is.clone(), also: raw.also.clone(), any: raw.takes.is_some(), leaves: found }
    }

    /// Whether an item has the leaf, or a diagnostic at the name.
    fn item_leaf(&mut self, leaf: &str, leaves: &[model::Field], at: &str) -> bool {
        let known = leaves.iter().any(|field| field.name == leaf);
        if !known {
            let place = if at.contains("/parts/") { self.doc.place(at) } else { self.doc.key(at) };
            let help = did_you_mean(leaf, leaves.iter().map(|field| field.name.as_str()));
            self.diagnostics.push(
                Diagnostic::error(Code::ListLeaf, place, format!("an item has no leaf `{leaf}`")).with_help(help),
            );
        }
        known
    }

    /// One slot a key: two break reading what was written.
    fn slot_keys(&mut self, slots: &[ListSlot], at: &str) {
        for (i, slot) in slots.iter().enumerate() {
            for key in std::iter::once(&slot.is).chain(&slot.also) {
                let doubled = slots.iter().take(i).any(|other| other.names(key));
                if doubled {
                    let slot_at = pointer(at, &i.to_string());
                    let place = self.doc.place(&pointer(&slot_at, if *key == slot.is { "is" } else { "also" }));
                    self.error(Code::SlotDouble, place, format!("`{key}` has a slot already; one slot a key"));
                }
            }
        }
    }
}

/// A group and a joined slot are the same construct in two places.
impl From<&Group> for Joined {
    fn from(group: &Group) -> Joined {
        Joined {
            name: group.name.clone(),
            parts: group.parts.clone(),
            join: group.join.clone(),
            slot: group.slot.clone(),
        }
    }
}
