//! The whole state of a simulated provider, member by member.

use std::collections::{BTreeMap, BTreeSet};

use mapwright_mapping::mapping::RestPlace;
use mapwright_sandbox::ChildrenField;
use serde_json::{Map, Value};

use crate::desk::Desk;
use crate::hints::Kept;

/// The names from the root of the state to one of its members.
pub(crate) type Place = Vec<String>;

/// The whole state, member by member. What is null or an empty object is not there; a list is one member, unless it
/// is one of pairs: then each pair is a member by its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snapshot(pub(crate) BTreeMap<Place, Value>);

impl Desk {
    /// The whole state but for the count of requests, which reads move too.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut state = self.sandbox.state();
        let mut members = BTreeMap::new();
        if let Some(state) = state.as_object_mut() {
            state.remove("requests");
            let links = state.remove("links").unwrap_or_default();
            for (name, pairs) in links.as_object().into_iter().flatten() {
                for pair in pairs.as_array().into_iter().flatten() {
                    let end = |key: &str| pair[key].as_str().unwrap_or_default().to_owned();
                    members
                        .insert(vec!["links".to_owned(), name.clone(), end("from"), end("to")], pair["kinds"].clone());
                }
            }
        }
        flatten(&state, &mut Vec::new(), &mut members);
        for pairs in self.pairs() {
            for place in members.keys().filter(|place| pairs.is_at(place)).cloned().collect::<Vec<_>>() {
                let list = members.remove(&place).unwrap_or_default();
                flatten(&pairs.by_name(&list), &mut place.clone(), &mut members);
            }
        }
        Snapshot(members)
    }

    /// The lists of pairs that are kept for open maps.
    fn pairs(&self) -> Vec<Pairs> {
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

/// A list of pairs in the records of a collection.
struct Pairs {
    collection: &'static str,
    /// The names from the record to the list.
    below: Vec<String>,
    /// The member of a pair that is its name.
    name: String,
    /// The member of a pair that is its value.
    value: String,
}

impl Pairs {
    fn is_at(&self, place: &[String]) -> bool {
        matches!(place, [root, collection, _, below @ ..]
            if root == "collections" && collection == self.collection && below == self.below)
    }

    fn by_name(&self, list: &Value) -> Value {
        named(list, &self.name, &self.value)
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
        let places: BTreeSet<&Place> = self.0.keys().chain(after.0.keys()).collect();
        places.into_iter().filter(|place| self.0.get(*place) != after.0.get(*place)).cloned().collect()
    }

    /// The member at a place, or the members below it.
    pub(crate) fn below(&self, place: &[String]) -> Vec<&Value> {
        self.0.iter().filter(|(known, _)| known.starts_with(place)).map(|(_, value)| value).collect()
    }

    /// Whether the members below a place are those of a value.
    pub(crate) fn holds(&self, place: &[String], value: &Value) -> bool {
        let mut members = BTreeMap::new();
        flatten(value, &mut place.to_vec(), &mut members);
        members.iter().eq(self.0.iter().filter(|(known, _)| known.starts_with(place)))
    }

    /// The object that is kept at a place.
    pub(crate) fn whole(&self, place: &[String]) -> Option<Value> {
        let mut whole = Value::Null;
        for (known, value) in self.0.iter().filter(|(known, _)| known.starts_with(place)) {
            let at = known[place.len()..].iter().fold(&mut whole, |at, name| &mut at[name.as_str()]);
            at.clone_from(value);
        }
        whole.is_object().then_some(whole)
    }

    /// The places of the records that a field of a record stands for.
    pub(crate) fn children(&self, of: &ChildrenField, id: &str) -> Vec<Place> {
        let is_one = |place: &Place, value: &Value| {
            place[0] == "collections" && place[1] == of.children && place.last() == Some(&of.by) && value == id
        };
        self.0.iter().filter(|(place, value)| is_one(place, value)).map(|(place, _)| place[..3].to_vec()).collect()
    }

    /// What those records name.
    pub(crate) fn named_by_children(&self, of: &ChildrenField, id: &str) -> Vec<Value> {
        let children = self.children(of, id);
        let names =
            |place: &Place| place.last() == Some(&of.same) && children.iter().any(|child| place.starts_with(child));
        self.0.iter().filter(|(place, _)| names(place)).map(|(_, value)| value.clone()).collect()
    }

    /// The id of the record of a collection that an address names.
    pub(crate) fn id_in(&self, collection: &str, url: &str) -> String {
        let path = url.split('?').next().unwrap_or_default();
        let pieces: Vec<&str> = path.split(['/', '(', ')']).collect();
        let ids =
            self.0.keys().filter(|place| place[0] == "collections" && place[1] == collection).map(|place| &place[2]);
        ids.clone()
            .find(|id| pieces.contains(&id.as_str()))
            .cloned()
            .unwrap_or_else(|| panic!("no record of `{collection}` in {url}"))
    }

    /// The id of a record as it is kept, for any form of it that the provider takes.
    pub(crate) fn full_id(&self, collection: &str, id: &str) -> String {
        let mut ids =
            self.0.keys().filter(|place| place[0] == "collections" && place[1] == collection).map(|place| &place[2]);
        let found = ids.find(|known| *known == id || known.strip_prefix(id).is_some_and(|rest| rest.starts_with('-')));
        found.cloned().unwrap_or_else(|| panic!("no record `{id}` of `{collection}`"))
    }

    /// The record that a lead is linked to first: what further records of a mapping are found by.
    pub(crate) fn linked_to(&self, main: &Kept, collection: &str, id: &str) -> String {
        let id = self.full_id(main.collection, id);
        let links = ["links".to_owned(), collection.to_owned(), id];
        let mut linked: Vec<_> = self.0.iter().filter(|(place, _)| place.starts_with(&links)).collect();
        linked.sort_by_key(|(_, kinds)| std::cmp::Reverse(kinds.as_array().map_or(0, Vec::len)));
        linked.first().map_or_else(|| panic!("no link of {links:?}"), |(place, _)| place[3].clone())
    }
}

/// The members of a value by their names from the root.
pub(crate) fn flatten(value: &Value, at: &mut Place, members: &mut BTreeMap<Place, Value>) {
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
