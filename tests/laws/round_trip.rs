//! Get-put and put-put: sending back what was read changes nothing, and doing the same twice is doing it once.

use mapwright_mapping::mapping::{Address, Join, ListShape, SlotLeaf};
use mapwright_mapping::outcome::{Failure, Fate, Success};
use mapwright_mapping::patch::Violation;
use mapwright_mapping::plan::Options;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::answer::{Leaf, escape};
use crate::desk::Desk;
use crate::hints::Acted;
use crate::judge::Says;
use crate::record::dotted;
use crate::snapshot::{Place, Snapshot};
use crate::story::Story;

impl Desk {
    /// A lead that was read and is sent back whole is as it was.
    pub(crate) fn get_put(&self, before: &Snapshot, story: &Story, shown: &Success) -> Result<Says, TestCaseError> {
        let read = &shown.resource;
        let ended = self.patch(&story.id, read, Options::default());
        let after = self.snapshot();
        let changed = self.check_frame(before, &after, &ended.writes)?;
        let mut changed = self.beside_computed(changed);
        // What reads as nothing is sent back as null, and an empty text is nothing where the mapping says so.
        changed.retain(|place| !(self.is_nothing(place, before) && self.is_nothing(place, &after)));
        // Both ends of a line are one to a text of several lines.
        changed.retain(|place| !(self.holds_lines(place) && same_lines(before, &after, place)));
        if !changed.is_empty() {
            let more = self.holds_more(before, &story.id);
            changed.retain(|place| !more.iter().any(|more| place.starts_with(more)));
        }
        if !changed.is_empty() {
            // What the provider keeps in another form and shows the same is the same record.
            let shown_after = self.shown(&story.id);
            self.sandbox.go_back(&before.moment);
            let shown = self.shown(&story.id);
            self.sandbox.go_back(&after.moment);
            changed.retain(|place| self.is_shown_changed(place, &shown, &shown_after));
        }
        prop_assert!(changed.is_empty(), "{read} was sent back and changed {changed:?}\nby {:#?}", ended.writes);
        match ended.result {
            Err(failure) => {
                let is_locked = self.hints.locked.is_some_and(|(locked, _)| locked == story.id);
                let is_refused = self.hints.refuses_back.is_some_and(|(refuses, _)| refuses(read));
                // A value without a name is shown as it is, which is told, and is not taken (rule R15 of the language).
                let unnamed = |violation: &Violation| {
                    violation.code == "unknown-value"
                        && shown.unread.iter().any(|unread| unread.pointer == violation.pointer)
                };
                if !failure.violations.is_empty() && failure.violations.iter().all(unnamed) {
                    prop_assert!(ended.writes.is_empty(), "refused, and sent all the same: {:#?}", ended.writes);
                    return Ok(Says::Nothing);
                }
                prop_assert!(is_locked || is_refused, "what was read is refused: {}\n{read}", brief(&failure));
                prop_assert!(
                    failure.fault.is_some(),
                    "what was read is refused before it is sent: {}",
                    brief(&failure)
                );
                Ok(Says::Nothing)
            }
            Ok(success) => {
                let back = Story::plain(&story.id, read.clone());
                self.check_loss(&after, &back, &success.outcomes)?;
                let lossy: Vec<_> = success
                    .outcomes
                    .iter()
                    .filter(|outcome| outcome.outcome == Fate::Lossy && outcome.reads.is_some())
                    .collect();
                prop_assert!(lossy.is_empty(), "what was read loses something when it is sent back: {lossy:#?}");
                prop_assert_eq!(self.stamps_aside(success.resource), self.stamps_aside(read.clone()));
                Ok(Says::Something)
            }
        }
    }

    /// The same patch twice gives the same records as once.
    pub(crate) fn put_put(&self, before: &Snapshot, story: &Story, once: &Success) -> Result<(), TestCaseError> {
        let twice = self.patch(&story.id, &story.patch, story.options());
        let after = self.snapshot();
        let changed = self.check_frame(before, &after, &twice.writes)?;
        let mut changed = self.beside_computed(changed);
        // Where null takes away the first of several, the next one is there afterwards, and is told: sent again, null takes
        // that away too.
        let is_next = |name: &str| self.hints.altered.iter().any(|fact| fact.leaf == name && fact.is_next);
        let altered = once.outcomes.iter().filter(|outcome| outcome.outcome == Fate::Altered);
        let next: Vec<String> = altered.map(|outcome| dotted(&outcome.pointer)).filter(|name| is_next(name)).collect();
        for leaf in &next {
            let places = self.places_of_leaf(before, &story.id, leaf);
            changed.retain(|place| !places.iter().any(|own| place.starts_with(own)));
        }
        prop_assert!(changed.is_empty(), "the second time changed {changed:?} by {:#?}", twice.writes);
        match twice.result {
            Ok(twice) => {
                let aside = |answer: Value| {
                    let mut answer = self.stamps_aside(answer);
                    for leaf in &next {
                        if let Some(shown) = answer.pointer_mut(&format!("/{}", leaf.replace('.', "/"))) {
                            *shown = Value::Null;
                        }
                    }
                    answer
                };
                prop_assert_eq!(aside(twice.resource), aside(once.resource.clone()));
            }
            Err(failure) => prop_assert!(false, "taken once and refused the second time: {}", brief(&failure)),
        }
        Ok(())
    }

    /// Whether a record holds nothing at a place: no value, or one that its mapping takes for none.
    fn is_nothing(&self, place: &[String], state: &Snapshot) -> bool {
        let Some(held) = state.value(place) else { return true };
        let kept = self.hints.records.iter().filter(|kept| place.get(1).is_some_and(|name| name == kept.collection));
        kept.flat_map(|kept| self.mapping.records.iter().filter(move |record| record.name == kept.record))
            .any(|record| held.is_null() || record.empty.contains(&held))
            || self.is_empty_enum(place, &held)
    }

    /// Whether a value is one that the entry which writes this place takes for none.
    fn is_empty_enum(&self, place: &[String], held: &Value) -> bool {
        self.mapping.fields.iter().any(|field| {
            let own = field.slot.write.as_ref().and_then(|address| self.atom(address));
            let at = own.is_some_and(|(record, path)| {
                let kept = self.kept(&record);
                let below: Vec<&str> = kept.below.iter().copied().chain(path.iter().map(String::as_str)).collect();
                place.get(1).is_some_and(|name| name == kept.collection)
                    && place.iter().skip(3).map(String::as_str).eq(below)
            });
            at && field.slot.empty.contains(held)
        })
    }

    /// Whether several leaves are kept at a place, a line each.
    fn holds_lines(&self, place: &[String]) -> bool {
        let slots = self.mapping.lists.iter().filter_map(|list| match &list.shape {
            ListShape::Slots(slots) => Some(slots),
            ListShape::Array(_) => None,
        });
        slots.flatten().flat_map(|slot| &slot.leaves).any(|leaf| match leaf {
            SlotLeaf::Joined(joined) if joined.join == Join::Lines => {
                joined.slot.write.as_ref().and_then(|address| self.atom(address)).is_some_and(|(record, path)| {
                    let kept = self.kept(&record);
                    place.get(1).is_some_and(|name| name == kept.collection) && place.ends_with(&self.stored(path))
                })
            }
            _ => false,
        })
    }

    /// The places of the leaves of which the record holds more than is shown, as a fact of the provider says. The mapping
    /// has to declare it.
    fn holds_more(&self, state: &Snapshot, id: &str) -> Vec<Place> {
        let mut places = Vec::new();
        for (leaf, _) in self.hints.holds_more {
            let pointer = format!("/{}", leaf.replace('.', "/"));
            let list = self.mapping.lists.iter().find(|list| leaf.starts_with(&format!("{}.", list.name)));
            let item = list.map(|list| (list.name.clone(), 0));
            let declared = self.declared(&Leaf { pointer, value: Value::Null, scalar: None, item });
            assert!(!declared.is_empty(), "the mapping declares no loss of {leaf}");
            places.extend(self.places_of_leaf(state, id, leaf));
        }
        places
    }

    /// The places of the state where a leaf is kept.
    fn places_of_leaf(&self, state: &Snapshot, id: &str, leaf: &str) -> Vec<Place> {
        let mut places = Vec::new();
        let full = state.full_id(self.hints.records[0].collection, id);
        if let Some((_, Acted::Link(name, _))) = self.hints.actions.iter().find(|(action, _)| *action == leaf) {
            places.push(["links", *name, &full].map(str::to_owned).to_vec());
        }
        for (record, path) in self.written(leaf) {
            if let Some(children) = self.children(&record, &path) {
                let all = state.children(children, &full);
                let root = ["collections".to_owned(), children.children.clone()];
                places.extend(all.into_iter().map(|(child, _)| [&root[..], &[child]].concat()));
            }
            places.push(self.place(state, id, &record, path));
        }
        places
    }

    /// Where a leaf, a leaf of a list's items or a key of an open map is written.
    fn written(&self, leaf: &str) -> Vec<(String, Vec<String>)> {
        let fields = self.mapping.fields.iter().filter(|field| field.leaf == leaf);
        let addresses: Vec<&Address> = fields.filter_map(|field| field.slot.write.as_ref()).collect();
        let mut atoms: Vec<_> = addresses.into_iter().filter_map(|address| self.atom(address)).collect();
        for list in &self.mapping.lists {
            let Some(part) = leaf.strip_prefix(&format!("{}.", list.name)) else { continue };
            let ListShape::Slots(slots) = &list.shape else { continue };
            let leaves = slots.iter().flat_map(|slot| &slot.leaves);
            let leaves = leaves.filter(|leaf| leaf.parts().iter().any(|known| known == part)).map(SlotLeaf::slot);
            atoms.extend(leaves.filter_map(|slot| self.atom(slot.write.as_ref()?)));
        }
        for rest in &self.mapping.rests {
            let Some(key) = leaf.strip_prefix(&format!("{}.", rest.name)) else { continue };
            let place = rest.place.written().and_then(|address| self.atom(address));
            atoms.extend(place.map(|(record, path)| (record, [path, vec![key.to_owned()]].concat())));
        }
        atoms
    }

    /// The lead as the provider shows it.
    fn shown(&self, id: &str) -> Value {
        self.sandbox.record(self.hints.records[0].collection, id).unwrap_or_default()
    }

    /// Whether a member of the lead that differs is shown otherwise too; another record's member is not looked at.
    fn is_shown_changed(&self, place: &[String], before: &Value, after: &Value) -> bool {
        let main = &self.hints.records[0];
        let Some(path) = place.get(3..4 + main.below.len()).filter(|_| place[1] == main.collection) else {
            return true;
        };
        let pointer = path.iter().fold(String::new(), |at, name| at + "/" + &escape(name));
        before.pointer(&pointer) != after.pointer(&pointer)
    }

    /// The members that differ, besides those that the provider stamps with every write.
    pub(crate) fn beside_computed(&self, changed: Vec<Place>) -> Vec<Place> {
        let is_computed = |place: &[String]| match place {
            [one] => one == "now_ms" || one == "serial",
            [collections, collection, _, path @ ..] if collections == "collections" => {
                // What an action sets is listed as computed, since no field carries it; it is a value all the same.
                let is_set = |path: &[String]| {
                    self.hints
                        .actions
                        .iter()
                        .any(|(_, acted)| matches!(acted, Acted::Members(members) if path == [members[0]]))
                };
                let at = |computed: &str| {
                    path.iter().map(String::as_str).zip(computed.split('/')).all(|(a, b)| a == b)
                        && path.len() >= computed.split('/').count()
                };
                !is_set(path)
                    && self
                        .sandbox
                        .computed()
                        .iter()
                        .any(|computed| computed.collection == *collection && at(&computed.field))
            }
            _ => false,
        };
        changed.into_iter().filter(|place| !is_computed(place)).collect()
    }

    /// An answer without the instants that the provider sets with every write. A key of an open map that holds nothing is
    /// the same as none: a provider may list it or not.
    fn stamps_aside(&self, mut answer: Value) -> Value {
        for field in &self.mapping.fields {
            let is_stamped = field.slot.read.iter().any(|address| {
                let record = &self.mapping.record(address.record).name;
                let names = address.path.names(self.bound()).unwrap_or_default();
                let below = self.kept(record).below.iter().map(|name| (*name).to_owned());
                let inner: Vec<String> = below.chain(self.stored(names.clone())).collect();
                let collection = self.kept(record).collection;
                self.is_stamp(collection, &names.join("/")) || self.is_stamp(collection, &inner.join("/"))
            });
            let pointer = format!("/{}", field.leaf);
            if is_stamped && answer.pointer(&pointer).is_some_and(is_instant) {
                answer[&field.leaf] = Value::Null;
            }
        }
        // A key of an open map may be such an instant too.
        for rest in &self.mapping.rests {
            let Some((record, path)) = rest.place.written().and_then(|address| self.atom(address)) else { continue };
            let kept = self.kept(&record);
            let Some(map) = answer.get_mut(&rest.name).and_then(Value::as_object_mut) else { continue };
            map.retain(|_, value| !value.is_null());
            for (key, value) in map {
                let below = kept.below.iter().copied().chain(path.iter().map(String::as_str));
                let place: Vec<&str> = below.chain([key.as_str()]).collect();
                if self.is_stamp(kept.collection, &place.join("/")) && is_instant(value) {
                    *value = Value::Null;
                }
            }
        }
        answer
    }

    /// Whether a field is one that the provider computes.
    fn is_stamp(&self, collection: &str, field: &str) -> bool {
        self.sandbox.computed().iter().any(|computed| computed.collection == collection && computed.field == field)
    }
}

/// Whether a text is the same before and after but for the ends of its lines.
fn same_lines(before: &Snapshot, after: &Snapshot, place: &[String]) -> bool {
    let text = |state: &Snapshot| state.value(place)?.as_str().map(|text| text.replace("\r\n", "\n"));
    text(before).is_some_and(|old| text(after) == Some(old))
}

/// A failure in a few words.
pub(crate) fn brief(failure: &Failure) -> String {
    let violations: Vec<String> =
        failure.violations.iter().map(|violation| format!("{}: {}", violation.pointer, violation.code)).collect();
    let fields = failure.fault.as_ref().map(|fault| format!("{:?} {:?}", fault.code, fault.fields));
    format!("{failure}; {violations:?} {} at {:?}", fields.unwrap_or_default(), failure.step)
}

fn is_instant(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T'))
}
