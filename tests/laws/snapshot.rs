//! The whole state of a simulated provider, member by member.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use mapwright_mapping::mapping::RestPlace;
use mapwright_sandbox::{ChildrenField, Moment};
use serde_json::{Map, Value};

use crate::desk::Desk;
use crate::hints::Kept;

/// The names from the root of the state to one of its members.
pub(crate) type Place = Vec<String>;

/// The whole state, member by member. What is null or an empty object is not there; a list is one member, unless it
/// is one of pairs: then each pair is a member by its name.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) moment: Moment,
    pairs: Rc<[Pairs]>,
}

/// A list of pairs in the records of a collection.
#[derive(Debug)]
pub(crate) struct Pairs {
    collection: &'static str,
    /// The names from the record to the list.
    below: Vec<String>,
    /// The member of a pair that is its name.
    name: String,
    /// The member of a pair that is its value.
    value: String,
}

impl Desk {
    /// The whole state but for the count of requests, which reads move too.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot { moment: self.sandbox.moment(), pairs: Rc::clone(&self.pairs) }
    }

    /// The lists of pairs that are kept for open maps.
    pub(crate) fn find_pairs(&self) -> Rc<[Pairs]> {
        let entries = self.mapping.rests.iter().filter_map(|rest| match &rest.place {
            RestPlace::Entries { at, name, value } => Some((self.atom(at)?, name, value)),
            RestPlace::Members { .. } => None,
        });
        entries
            .map(|((record, path), name, value)| {
                let kept = self.kept(&record);
                let below = kept.below.iter().map(|name| (*name).to_owned()).chain(self.stored(path)).collect();
                Pairs { collection: kept.collection, below, name: name.clone(), value: value.clone() }
            })
            .collect()
    }
}

/// The values of a list of pairs by their names.
pub(crate) fn named(list: &Value, name: &str, value: &str) -> Value {
    let pairs = list.as_array().into_iter().flatten();
    pairs.filter_map(|pair| Some((pair[name].as_str()?.to_owned(), pair[value].clone()))).collect::<Map<_, _>>().into()
}

impl Snapshot {
    /// The members that differ.
    pub(crate) fn changed(&self, after: &Snapshot) -> Vec<Place> {
        let mut places = Vec::new();
        let (before, now) = (&self.moment, &after.moment);
        for collection in now.collections().filter(|collection| !before.shares(now, collection)) {
            let (old, new) = (before.records(collection), now.records(collection));
            let ids: BTreeSet<&String> = [old, new].into_iter().flatten().flat_map(BTreeMap::keys).collect();
            for id in ids {
                let (old, new) = (old.and_then(|all| all.get(id)), new.and_then(|all| all.get(id)));
                if old != new {
                    let root = vec!["collections".to_owned(), collection.to_owned(), id.clone()];
                    let members = |record: Option<&Value>| self.members(&root, record.unwrap_or(&Value::Null));
                    places.extend(differing(&members(old), &members(new)));
                }
            }
        }
        if !before.shares_links(now) {
            places.extend(differing(&self.all_links(), &after.all_links()));
        }
        let moved = [
            ("now_ms", before.now_ms() != now.now_ms()),
            ("serial", before.writes() != now.writes()),
            ("tokens", !before.shares_tokens(now)),
        ];
        places.extend(moved.into_iter().filter(|(_, moved)| *moved).map(|(name, _)| vec![name.to_owned()]));
        places
    }

    fn all_links(&self) -> BTreeMap<Place, Value> {
        let mut members = BTreeMap::new();
        for (name, from, to, kinds) in self.moment.links() {
            members.insert(["links", name, from, to].map(str::to_owned).to_vec(), kinds.into());
        }
        members
    }

    /// The members of a record, below its place.
    fn members(&self, root: &Place, record: &Value) -> BTreeMap<Place, Value> {
        let mut members = BTreeMap::new();
        flatten(&self.by_name(&root[1], Cow::Borrowed(record)), &mut root.clone(), &mut members);
        members
    }

    /// A record with its lists of pairs as objects.
    fn by_name<'r>(&self, collection: &str, record: Cow<'r, Value>) -> Cow<'r, Value> {
        self.pairs.iter().filter(|pairs| pairs.collection == collection).fold(record, |record, pairs| {
            let pointer = pairs.below.iter().fold(String::new(), |at, name| at + "/" + &crate::answer::escape(name));
            if record.pointer(&pointer).is_none_or(|list| !list.is_array()) {
                return record;
            }
            let mut record = record.into_owned();
            if let Some(list) = record.pointer_mut(&pointer) {
                *list = named(list, &pairs.name, &pairs.value);
            }
            Cow::Owned(record)
        })
    }

    /// The value at a place below a record; none where there is nothing.
    pub(crate) fn value(&self, place: &[String]) -> Option<Cow<'_, Value>> {
        let [root, collection, id, path @ ..] = place else { return None };
        if root != "collections" {
            return None;
        }
        let record = self.moment.records(collection)?.get(id)?;
        match self.by_name(collection, Cow::Borrowed(record)) {
            Cow::Borrowed(record) => walk(record, path).map(Cow::Borrowed),
            Cow::Owned(record) => walk(&record, path).cloned().map(Cow::Owned),
        }
    }

    /// Whether the members below a place are those of a value.
    pub(crate) fn holds(&self, place: &[String], value: &Value) -> bool {
        let flat = |value: &Value| {
            let mut members = BTreeMap::new();
            flatten(value, &mut Vec::new(), &mut members);
            members
        };
        flat(&self.value(place).unwrap_or_default()) == flat(value)
    }

    /// The kinds of a link; none where there is no such link.
    pub(crate) fn link(&self, name: &str, from: &str, to: &str) -> Option<Vec<i64>> {
        self.links(name, from).into_iter().find(|(linked, _)| linked == to).map(|(_, kinds)| kinds)
    }

    /// The links of a record, with their kinds.
    pub(crate) fn links(&self, name: &str, from: &str) -> Vec<(String, Vec<i64>)> {
        let all = self.moment.links().filter(|(known, start, ..)| *known == name && *start == from);
        all.map(|(_, _, to, kinds)| (to.to_owned(), kinds.to_vec())).collect()
    }

    /// The records that a field of a record stands for, by id.
    pub(crate) fn children(&self, of: &ChildrenField, id: &str) -> Vec<(String, Value)> {
        let all = self.moment.records(&of.children).into_iter().flatten();
        all.filter(|(_, record)| record[&of.by] == id).map(|(id, record)| (id.clone(), record.clone())).collect()
    }

    /// The id of the record of a collection that an address names.
    pub(crate) fn id_in(&self, collection: &str, url: &str) -> String {
        let path = url.split('?').next().unwrap_or_default();
        let pieces: Vec<&str> = path.split(['/', '(', ')']).collect();
        let mut ids = self.moment.records(collection).into_iter().flat_map(BTreeMap::keys);
        let found = ids.find(|id| pieces.contains(&id.as_str()));
        found.cloned().unwrap_or_else(|| panic!("no record of `{collection}` in {url}"))
    }

    /// The id of a record as it is kept, for any form of it that the provider takes.
    pub(crate) fn full_id(&self, collection: &str, id: &str) -> String {
        let mut ids = self.moment.records(collection).into_iter().flat_map(BTreeMap::keys);
        let found = ids.find(|known| *known == id || known.strip_prefix(id).is_some_and(|rest| rest.starts_with('-')));
        found.cloned().unwrap_or_else(|| panic!("no record `{id}` of `{collection}`"))
    }

    /// The record that a lead is linked to first: what further records of a mapping are found by.
    pub(crate) fn linked_to(&self, main: &Kept, collection: &str, id: &str) -> String {
        let id = self.full_id(main.collection, id);
        let mut linked = self.links(collection, &id);
        linked.sort_by_key(|(_, kinds)| std::cmp::Reverse(kinds.len()));
        linked.into_iter().next().map_or_else(|| panic!("no link of {id} to {collection}"), |(to, _)| to)
    }
}

/// The member of a value at the end of some names.
fn walk<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

/// Whether a value has no members.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().all(is_nothing),
        _ => false,
    }
}

/// The places whose members differ.
fn differing(before: &BTreeMap<Place, Value>, after: &BTreeMap<Place, Value>) -> Vec<Place> {
    let places: BTreeSet<&Place> = before.keys().chain(after.keys()).collect();
    places.into_iter().filter(|place| before.get(*place) != after.get(*place)).cloned().collect()
}

/// The members of a value by their names from the root.
fn flatten(value: &Value, at: &mut Place, members: &mut BTreeMap<Place, Value>) {
    match value {
        Value::Null => {}
        Value::Object(object) => {
            for (name, value) in object {
                at.push(name.clone());
                flatten(value, at, members);
                at.pop();
            }
        }
        other => {
            members.insert(at.clone(), other.clone());
        }
    }
}
