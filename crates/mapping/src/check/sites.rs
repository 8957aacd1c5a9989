//! The slots of a mapping, each with the places in the file where it is written.

use super::segments;
use crate::codec::Chain;
use crate::document::{Document, pointer};
use crate::mapping::{Action, Field, Group, List, ListShape, ListSlot, Mapping, RecordId, Slot, SlotLeaf};
use crate::model;
use crate::path::Path;
use crate::raw::{OneOrMany, RawField, RawMapping, RawRead, RawSlot};
use crate::source::Place;

/// A slot and where it is written.
pub(super) struct Site<'a> {
    /// The pointer of the entry: its key names it.
    pub(super) at: String,
    /// What the slot belongs to.
    pub(super) owner: Owner<'a>,
    /// The slot.
    pub(super) slot: &'a Slot,
    /// The slot as it is written; none where it is a path alone, or a group.
    pub(super) raw: Option<&'a RawSlot>,
    /// The paths that are read.
    pub(super) reads: Vec<Spot>,
    /// The path that is written.
    pub(super) write: Option<Spot>,
    /// The paths that are written together with it.
    pub(super) withs: Vec<Spot>,
    /// Whether the path is the entry's value itself.
    short: bool,
}

/// What a slot belongs to.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// One unified leaf.
    Field(&'a Field),
    /// One unified leaf that is set by requests.
    Action(&'a Action),
    /// Several unified leaves in one text.
    Group(&'a Group),
    /// A leaf, or several in one text, of a typed slot of a list.
    Slot(&'a List, &'a ListSlot, &'a SlotLeaf),
    /// A leaf of an item of an array; its paths start in the item.
    Item(&'a List, &'a str),
}

/// A path as it is written somewhere in the file.
pub(super) struct Spot {
    /// The pointer of the text.
    pub(super) at: String,
    /// The text.
    pub(super) text: String,
    /// The record that the path lies in.
    pub(super) record: RecordId,
    /// The path, without its record.
    pub(super) path: Path,
    /// Whether the text is a key and not a value.
    is_key: bool,
}

impl Spot {
    /// Takes a path that is written as the value at `at`; none where it does not parse or names no record.
    pub(super) fn value(mapping: &Mapping, text: &str, at: String) -> Option<Spot> {
        Spot::new(mapping, text, at, false)
    }

    /// The same for a path that is the key at `at`.
    pub(super) fn key(mapping: &Mapping, text: &str, at: String) -> Option<Spot> {
        Spot::new(mapping, text, at, true)
    }

    fn new(mapping: &Mapping, text: &str, at: String, is_key: bool) -> Option<Spot> {
        let path = Path::parse(text).ok()?;
        let record = match &path.record {
            Some(name) => mapping.record_named(name)?,
            None => mapping.main,
        };
        Some(Spot { at, text: text.to_owned(), record, path, is_key })
    }

    /// The whole text.
    pub(super) fn place(&self, doc: &Document) -> Place {
        if self.is_key { doc.key(&self.at) } else { doc.place(&self.at) }
    }

    /// One segment of the path inside the text.
    pub(super) fn segment(&self, doc: &Document, index: usize) -> Place {
        if self.is_key {
            return self.place(doc);
        }
        match segments::ranges(&self.text, &self.path).get(index) {
            Some(range) => doc.within(&self.at, range.clone()),
            None => self.place(doc),
        }
    }
}

impl<'a> Site<'a> {
    fn new(mapping: &Mapping, at: String, owner: Owner<'a>, slot: &'a Slot, raw: Option<&'a RawField>) -> Site<'a> {
        let mut site =
            Site { at, owner, slot, raw: None, reads: Vec::new(), write: None, withs: Vec::new(), short: false };
        match raw {
            Some(RawField::Path(path)) => {
                site.short = true;
                site.reads.extend(Spot::value(mapping, path, site.at.clone()));
                site.write = Spot::value(mapping, path, site.at.clone());
            }
            Some(RawField::Table(raw)) => site.spots(mapping, raw),
            None => {}
        }
        if slot.write.is_none() {
            site.write = None;
        }
        site
    }

    fn spots(&mut self, mapping: &Mapping, raw: &'a RawSlot) {
        self.raw = Some(raw);
        let texts = match &raw.read {
            Some(RawRead::Paths(paths)) => Some((paths, self.sub("read"))),
            Some(RawRead::Table(table)) => Some((&table.path, pointer(&self.sub("read"), "path"))),
            None => None,
        };
        match texts {
            Some((OneOrMany::One(path), at)) => self.reads.extend(Spot::value(mapping, path, at)),
            Some((OneOrMany::Many(paths), at)) => {
                let spots = paths
                    .iter()
                    .enumerate()
                    .filter_map(|(i, path)| Spot::value(mapping, path, pointer(&at, &i.to_string())));
                self.reads.extend(spots);
            }
            None => {
                let at = self.sub("path");
                self.reads.extend(raw.path.iter().filter_map(|path| Spot::value(mapping, path, at.clone())));
            }
        }
        let write = raw.write.as_ref().map(|path| (path, "write")).or(raw.path.as_ref().map(|path| (path, "path")));
        self.write = write.and_then(|(path, key)| Spot::value(mapping, path, self.sub(key)));
        let with = self.sub("with");
        self.withs = raw.with.keys().filter_map(|path| Spot::key(mapping, path, pointer(&with, path))).collect();
    }

    /// The pointer of one of the slot's keys.
    pub(super) fn sub(&self, key: &str) -> String {
        if self.short { self.at.clone() } else { pointer(&self.at, key) }
    }

    /// The unified leaf or leaves in words.
    pub(super) fn name(&self) -> String {
        match self.owner {
            Owner::Field(field) => field.leaf.clone(),
            Owner::Action(action) => action.leaf.clone(),
            Owner::Group(group) => group.name.clone(),
            Owner::Slot(list, slot, leaf) => format!("{}[{}].{}", list.name, slot.is, leaf.name()),
            Owner::Item(list, leaf) => format!("{}[].{leaf}", list.name),
        }
    }

    /// The unified leaves that the slot holds, as the model has them.
    pub(super) fn leaves<'m>(&self, model: &'m model::Model) -> Vec<&'m model::Field> {
        let of_list = |list: &List, names: &[String]| -> Vec<&'m model::Field> {
            let Some(field) = model.field(&list.name) else { return Vec::new() };
            names.iter().filter_map(|name| field.leaf(name)).collect()
        };
        match self.owner {
            Owner::Field(field) => model.leaf(&field.leaf).into_iter().collect(),
            Owner::Action(action) => model.leaf(&action.leaf).into_iter().collect(),
            Owner::Group(group) => group.parts.iter().filter_map(|part| model.leaf(part)).collect(),
            Owner::Slot(list, _, leaf) => of_list(list, leaf.parts()),
            Owner::Item(list, leaf) => of_list(list, &[leaf.to_owned()]),
        }
    }

    /// Whether the slot's paths start in an item of an array.
    pub(super) fn in_item(&self) -> bool {
        matches!(self.owner, Owner::Item(..))
    }

    /// Whether the slot joins several leaves.
    pub(super) fn is_joined(&self) -> bool {
        matches!(self.owner, Owner::Group(_) | Owner::Slot(_, _, SlotLeaf::Joined(_)))
    }

    /// Whether a part of the slot could not be resolved, which has its finding: what follows from the rest is not said.
    pub(super) fn is_broken(&self) -> bool {
        let slot = self.slot;
        let Some(raw) = self.raw else { return slot.read.is_empty() || (!self.short && slot.write.is_none()) };
        let expr = |key: fn(&crate::raw::RawExpr) -> bool, done: fn(&crate::mapping::Computed) -> bool| {
            raw.expr.as_ref().is_some_and(key) && !slot.computed.as_ref().is_some_and(done)
        };
        (raw.codec.is_some() && slot.codec.is_identity())
            || (raw.table.is_some() && slot.table.is_none())
            || (raw.form.is_some() && slot.form.is_none())
            || ((raw.read.is_some() || raw.path.is_some()) && slot.read.is_empty())
            || (raw.write.is_some() && raw.read_only.is_none() && slot.write.is_none())
            || (raw.path.is_some()
                && raw.read_only.is_none()
                && slot.write.is_none()
                && !matches!(self.owner, Owner::Action(_)))
            || matches!(&raw.read, Some(RawRead::Table(_)) if slot.read_codec.as_ref().is_none_or(Chain::is_identity))
            || expr(|expr| expr.read.is_some(), |computed| computed.read.is_some())
            || expr(|expr| expr.write.is_some(), |computed| computed.write.is_some())
    }

    /// Whether a patch can change the value, by a path or by a request.
    pub(super) fn is_written(&self) -> bool {
        self.slot.is_writable() || (self.slot.read_only.is_none() && matches!(self.owner, Owner::Action(_)))
    }
}

/// Every slot of a mapping, in the order in which the mapping holds them.
pub(super) fn sites<'a>(mapping: &'a Mapping, raw: &'a RawMapping) -> Vec<Site<'a>> {
    let mut sites = Vec::new();
    for field in &mapping.fields {
        let at = pointer("/fields", &field.leaf);
        sites.push(Site::new(mapping, at, Owner::Field(field), &field.slot, raw.fields.get(&field.leaf)));
    }
    for action in &mapping.actions {
        let at = pointer("/fields", &action.leaf);
        sites.push(Site::new(mapping, at, Owner::Action(action), &action.slot, raw.fields.get(&action.leaf)));
    }
    for group in &mapping.groups {
        let at = pointer("/groups", &group.name);
        let mut site = Site::new(mapping, at, Owner::Group(group), &group.slot, None);
        if let Some(raw) = raw.groups.get(&group.name) {
            site.reads.extend(Spot::value(mapping, &raw.path, site.sub("path")));
            site.write = Spot::value(mapping, &raw.path, site.sub("path")).filter(|_| group.slot.write.is_some());
        }
        sites.push(site);
    }
    for list in &mapping.lists {
        let at = pointer("/lists", &list.name);
        let raw = raw.lists.get(&list.name);
        match &list.shape {
            ListShape::Slots(slots) => {
                for (i, slot) in slots.iter().enumerate() {
                    let at = pointer(&pointer(&at, "slots"), &i.to_string());
                    let raw = raw.and_then(|raw| raw.slots.as_ref()?.get(i));
                    for leaf in &slot.leaves {
                        let field = raw.and_then(|raw| raw.leaves.get(leaf.name()));
                        sites.push(Site::new(
                            mapping,
                            pointer(&at, leaf.name()),
                            Owner::Slot(list, slot, leaf),
                            leaf.slot(),
                            field,
                        ));
                    }
                }
            }
            ListShape::Array(array) => {
                for (leaf, slot) in &array.item {
                    let field = raw.and_then(|raw| raw.item.as_ref()?.get(leaf));
                    sites.push(Site::new(
                        mapping,
                        pointer(&pointer(&at, "item"), leaf),
                        Owner::Item(list, leaf),
                        slot,
                        field,
                    ));
                }
            }
        }
    }
    sites
}
