//! What a run may change, read from the requests themselves, and what it did change in the whole state.

use std::collections::BTreeSet;

use mapwright_mapping::mapping::{Address, ListShape, ListSlot, RestPlace, Slot};
use mapwright_mapping::patch::{ListPatch, Patch};
use mapwright_mapping::plan::{ListMode, StepKind};
use mapwright_sandbox::ChildrenField;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Map, Value};

use crate::desk::{Desk, Write};
use crate::hints::{Acted, Changes, Kept};
use crate::snapshot::{Place, Snapshot, named};

/// What is being changed at the provider: a record of the mapping and the names of the member.
pub(crate) type Atom = (String, Vec<String>);

impl Desk {
    /// Fails unless each member that changed was named by a request that the provider took, or is computed by it. Gives
    /// the members that changed.
    pub(crate) fn check_frame(
        &self,
        before: &Snapshot,
        after: &Snapshot,
        writes: &[Write],
    ) -> Result<Vec<Place>, TestCaseError> {
        let places = self.places(before, after, writes);
        let changed = before.changed(after);
        // An operation may name an element of a list, and a list is one member.
        let operations = matches!(self.hints.changes, Changes::Operations(_));
        for place in &changed {
            prop_assert!(
                places.iter().any(|named| place.starts_with(named) || (operations && named.starts_with(place))),
                "{place:?} changed from {:?} to {:?}, and no request names it: {writes:#?}",
                before.value(place),
                after.value(place)
            );
        }
        self.check_links(before, after, writes)?;
        Ok(changed)
    }

    /// Fails unless a link that a request sets leaves every other link of the lead where it was, but for its kind.
    fn check_links(&self, before: &Snapshot, after: &Snapshot, writes: &[Write]) -> Result<(), TestCaseError> {
        for write in writes.iter().filter(|write| write.is_taken && write.request.method != "DELETE") {
            let acted = self.hints.actions.iter().find(|(leaf, _)| *leaf == write.key.on);
            let Some((_, Acted::Link(name, _))) = acted.filter(|_| write.key.kind == StepKind::Action) else {
                continue;
            };
            let id = self.id_of(after, write);
            for (to, _) in before.links(name, &id) {
                prop_assert!(
                    after.link(name, &id, &to).is_some(),
                    "the link {name} of {id} to {to} is gone: {write:?}"
                );
            }
        }
        Ok(())
    }

    /// Fails unless each atom on the wire belongs to an entry that has a leaf in the patch.
    pub(crate) fn check_wire(
        &self,
        patch: &Value,
        lists: ListMode,
        before: &Snapshot,
        writes: &[Write],
    ) -> Result<(), TestCaseError> {
        if writes.is_empty() {
            return Ok(());
        }
        let owned = self.owned(patch, lists);
        for write in writes {
            if write.key.kind == StepKind::Action {
                let leaf = write.key.on.split('.').try_fold(patch, |value, name| value.get(name));
                prop_assert!(
                    leaf.is_some() || names_null(patch, &write.key.on),
                    "`{}` is not in the patch",
                    write.key.on
                );
            }
            for (path, _) in
                atoms(self, write).into_iter().filter(|(path, value)| !self.is_beside(before, write, path, value))
            {
                let record = &write.key.on;
                let own = owned.iter().any(|(known, prefix)| known == record && path.starts_with(prefix));
                prop_assert!(own, "{record}: {path:?} is sent, and no leaf of the patch owns it: {patch}");
            }
        }
        Ok(())
    }

    /// The places that requests name, as far as the provider took them, and what it computes beside them.
    fn places(&self, before: &Snapshot, after: &Snapshot, writes: &[Write]) -> Vec<Place> {
        let mut places = Vec::new();
        for write in writes.iter().filter(|write| write.is_taken) {
            places.extend([vec!["now_ms".to_owned()], vec!["serial".to_owned()]]);
            let kept = self.kept(&write.key.on);
            let id = self.id_of(after, write);
            let mut record = vec!["collections".to_owned(), kept.collection.to_owned(), id.clone()];
            match self
                .hints
                .actions
                .iter()
                .find(|(leaf, _)| write.key.kind == StepKind::Action && *leaf == write.key.on)
            {
                Some((_, Acted::Link(name, _))) => {
                    let mut place = vec!["links".to_owned(), (*name).to_owned(), id];
                    // A new link takes the kind from the old one; taking a link away concerns that link alone.
                    if write.request.method == "DELETE" {
                        place.extend(write.request.url.rsplit('/').next().map(str::to_owned));
                    }
                    places.push(place);
                }
                Some((_, Acted::Members(members))) => {
                    places.extend(members.iter().map(|member| [record.clone(), vec![(*member).to_owned()]].concat()));
                }
                None => {
                    let computed =
                        self.sandbox.computed().iter().filter(|computed| computed.collection == kept.collection);
                    // What an action sets is computed by that action alone.
                    let acts = |name: &str| {
                        let mut actions = self.hints.actions.iter();
                        actions.any(|(_, acted)| matches!(acted, Acted::Members(members) if members.contains(&name)))
                    };
                    let computed = computed.filter(|computed| !acts(&computed.field));
                    places.extend(computed.map(|computed| {
                        [record.clone(), computed.field.split('/').map(str::to_owned).collect()].concat()
                    }));
                    record.extend(kept.below.iter().map(|name| (*name).to_owned()));
                    // A null may clear what is not there, and leave an empty list.
                    let named = atoms(self, write)
                        .into_iter()
                        .filter(|(path, value)| value.is_null() || !self.is_beside(before, write, path, value));
                    for (path, _) in named {
                        if let Some(children) = self.children(kept.record, &path) {
                            let all = [before, after].into_iter().flat_map(|state| state.children(children, &id));
                            let root = ["collections".to_owned(), children.children.clone()];
                            places.extend(all.map(|(child, _)| [&root[..], &[child]].concat()));
                        }
                        places.push([record.clone(), self.stored(path)].concat());
                    }
                }
            }
        }
        places
    }

    /// Whether a write names a key of a map that has to be sent whole, and sends it as the record has it.
    fn is_beside(&self, before: &Snapshot, write: &Write, path: &[String], value: &Value) -> bool {
        let record = &write.key.on;
        let whole = self.mapping.rests.iter().filter(|rest| rest.whole);
        let mut whole = whole.filter_map(|rest| self.atom(rest.place.written()?));
        let kept = self.kept(record);
        let mut place = vec!["collections".to_owned(), kept.collection.to_owned(), self.id_of(before, write)];
        place.extend(kept.below.iter().map(|name| (*name).to_owned()));
        place.extend(self.stored(path.to_vec()));
        whole.any(|(of, map)| of == *record && path.len() == map.len() + 1 && path.starts_with(&map))
            && before.holds(&place, value)
    }

    /// Adds the members of a value: those of objects, and of lists of pairs by their names. The keys of an open map
    /// are members as they are.
    fn descend(&self, record: &str, path: Vec<String>, value: &Value, found: &mut Vec<(Vec<String>, Value)>) {
        let maps = self.mapping.rests.iter().filter_map(|rest| Some((&rest.place, self.atom(rest.place.written()?)?)));
        let map = maps.filter(|(_, at)| at.0 == record && at.1 == path).map(|(place, _)| place).next();
        let members = match (map, value) {
            (Some(RestPlace::Entries { name, value: holds, .. }), Value::Array(_)) => Some(named(value, name, holds)),
            (_, Value::Object(members)) if !members.is_empty() => Some(value.clone()),
            _ => None,
        };
        let Some(Value::Object(members)) = members else {
            found.push((path, value.clone()));
            return;
        };
        for (name, value) in members {
            let path = [path.clone(), vec![name]].concat();
            if map.is_some() {
                found.push((path, value));
            } else {
                self.descend(record, path, &value, found);
            }
        }
    }

    /// The id of the record that a request names: in its address, or beside the changes.
    fn id_of(&self, state: &Snapshot, write: &Write) -> String {
        let collection = self.kept(&write.key.on).collection;
        match self.hints.changes {
            Changes::Beside(id) => state.full_id(collection, &write.body()[id].to_string()),
            Changes::Text { id, .. } => {
                state.full_id(collection, write.body().pointer(id).and_then(Value::as_str).expect("an id"))
            }
            _ => state.id_in(collection, &write.request.url),
        }
    }

    /// Where the record that a step is about is kept; for actions, the main record.
    pub(crate) fn kept(&self, on: &str) -> &'static Kept {
        let records = self.hints.records;
        records.iter().find(|kept| kept.record == on).unwrap_or(&records[0])
    }

    /// The records of their own that a written path stands for.
    pub(crate) fn children(&self, record: &str, path: &[String]) -> Option<&ChildrenField> {
        let collection = self.kept(record).collection;
        let mut fields = self.sandbox.children().iter();
        fields.find(|children| children.collection == collection && path.first() == Some(&children.field))
    }

    /// The names under which a written path is kept. What is written as an object and kept as its id is one member.
    pub(crate) fn stored(&self, mut path: Vec<String>) -> Vec<String> {
        if let Some((_, kept)) =
            self.hints.renamed.iter().find(|(written, _)| path.first().is_some_and(|name| name == written))
        {
            path = vec![(*kept).to_owned()];
        }
        path
    }

    /// The atoms that the entries of the patch's leaves own.
    fn owned(&self, patch: &Value, lists: ListMode) -> BTreeSet<Atom> {
        let mapping = &self.mapping;
        let patch = Patch::parse(patch, &mapping.model).expect("a patch that was sent is legal");
        let mut owned = BTreeSet::new();
        for leaf in &patch.leaves {
            let field = mapping.fields.iter().find(|field| field.leaf == leaf.name).map(|field| &field.slot);
            let group = mapping.groups.iter().find(|group| group.parts.contains(&leaf.name)).map(|group| &group.slot);
            owned.extend(field.into_iter().chain(group).flat_map(|slot| self.atoms_of(slot)));
        }
        for said in &patch.lists {
            for list in mapping.lists.iter().filter(|list| list.name == said.name) {
                match &list.shape {
                    ListShape::Array(array) => owned.extend(self.atom(&array.at)),
                    ListShape::Slots(slots) => {
                        let reached = slots.iter().filter(|slot| {
                            lists == ListMode::Replace || said.null || reaches(said, slots, slot, &list.key)
                        });
                        owned.extend(reached.flat_map(|slot| &slot.leaves).flat_map(|leaf| self.atoms_of(leaf.slot())));
                    }
                }
            }
        }
        for key in &patch.maps {
            for rest in mapping.rests.iter().filter(|rest| rest.name == key.name) {
                owned.extend(rest.place.written().and_then(|address| self.atom(address)).map(|(record, mut path)| {
                    path.push(key.key.clone());
                    (record, path)
                }));
            }
        }
        owned
    }

    fn atoms_of(&self, slot: &Slot) -> Vec<Atom> {
        slot.write
            .iter()
            .chain(slot.with.iter().map(|(address, _)| address))
            .filter_map(|address| self.atom(address))
            .collect()
    }

    /// The record and the names of a written address.
    pub(crate) fn atom(&self, address: &Address) -> Option<Atom> {
        Some((self.mapping.record(address.record).name.clone(), address.path.names(self.bound())?))
    }
}

/// What the body of a write names: its members down to their values, or the places of operations.
fn atoms(desk: &Desk, write: &Write) -> Vec<(Vec<String>, Value)> {
    if write.key.kind == StepKind::Action {
        return Vec::new();
    }
    let body = write.body();
    let members = |members: &Map<String, Value>| {
        let mut found = Vec::new();
        for (name, value) in members {
            desk.descend(&write.key.on, vec![name.clone()], value, &mut found);
        }
        found
    };
    match desk.hints.changes {
        Changes::Members(at) => members(body.pointer(at).and_then(Value::as_object).expect("the changes")),
        Changes::Beside(id) => {
            let mut changes = body.as_object().cloned().expect("the changes");
            changes.remove(id).expect("the id");
            members(&changes)
        }
        Changes::Text { at, .. } => {
            let text = body.pointer(at).and_then(Value::as_str).expect("a text");
            let changes: Value = serde_json::from_str(text).expect("JSON in the text");
            changes
                .as_object()
                .expect("the changes")
                .iter()
                .map(|(name, value)| (vec![name.clone()], value.clone()))
                .collect()
        }
        Changes::Operations(prefix) => {
            let operations = body.as_array().into_iter().flatten();
            let paths = operations.map(|operation| {
                let path = operation["path"].as_str().and_then(|path| path.strip_prefix(prefix));
                (path.expect("a path below the record"), operation["value"].clone())
            });
            let names =
                |path: &str| path.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
            paths.map(|(path, value)| (names(path), value)).collect()
        }
    }
}

/// Whether an object that holds the leaf is null in the patch.
fn names_null(patch: &Value, leaf: &str) -> bool {
    leaf.split_once('.').is_some_and(|(object, _)| patch.get(object) == Some(&Value::Null))
}

/// Whether an item of a merged list may go to a slot.
fn reaches(said: &ListPatch, slots: &[ListSlot], slot: &ListSlot, key: &str) -> bool {
    said.items.iter().any(|item| match item.leaf(key).and_then(Value::as_str) {
        None => true,
        Some(key) => slot.names(key) || (slot.any && !slots.iter().any(|slot| slot.names(key))),
    })
}
