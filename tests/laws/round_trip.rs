//! Get-put and put-put: sending back what was read changes nothing, and doing the same twice is doing it once.

use mapwright_mapping::mapping::{ListShape, SlotLeaf};
use mapwright_mapping::model::FieldKind;
use mapwright_mapping::outcome::Fate;
use mapwright_mapping::plan::Options;
use mapwright_mapping::provider::Class;
use proptest::prelude::*;
use serde_json::Value;

use crate::answer::escape;
use crate::desk::Desk;
use crate::hints::{Acted, Hints};
use crate::judge::{Says, holds};
use crate::snapshot::Snapshot;

/// A lead that was read and is sent back whole is as it was: also after any patch before.
pub(crate) fn get_put(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let cases = (desk.cases(), any::<bool>());
    holds(&cases, 50, |(case, patched)| {
        desk.reset();
        if patched {
            let _ = desk.patch(&case.id, &case.patch, case.options());
        }
        let read = desk.get(&case.id).resource;
        let before = desk.snapshot();
        let shown = desk.shown(&case.id);
        let ended = desk.patch(&case.id, &read, Options::default());
        let after = desk.snapshot();
        let mut changed = desk.beside_computed(&before, &after);
        // What is kept in another form and means the same is as it was.
        let shown_after = desk.shown(&case.id);
        changed.retain(|place| desk.is_shown_changed(place, &shown, &shown_after));
        // An entry that declares a loss promises the same answer, and not the same record.
        changed.retain(|place| !desk.lossy(&before, &case.id).iter().any(|lossy| place.starts_with(lossy)));
        // What reads as nothing is sent back as null, and an empty text is nothing where the mapping says so.
        changed.retain(|place| !(desk.is_nothing(place, &before) && desk.is_nothing(place, &after)));
        prop_assert!(changed.is_empty(), "{read} was sent back and changed {changed:?}\nby {:#?}", ended.writes);
        match ended.result {
            Err(failure) if (hints.refuses_back)(&read) => {
                prop_assert_eq!(failure.class, Class::Invalid);
                Ok(Says::Nothing)
            }
            Err(failure) => {
                prop_assert!(hints.locked == Some(case.id.as_str()), "what was read is refused: {failure:#?}\n{read}");
                Ok(Says::Nothing)
            }
            Ok(success) => {
                let wrong: Vec<_> = success
                    .outcomes
                    .iter()
                    .filter(|outcome| outcome.outcome == Fate::Altered && !desk.may_alter(&read, &outcome.pointer))
                    .collect();
                prop_assert!(wrong.is_empty(), "{read} was sent back: {wrong:#?}");
                prop_assert_eq!(stamps_aside(&desk, success.resource), stamps_aside(&desk, read));
                Ok(Says::Something)
            }
        }
    });
}

/// The same patch twice gives the same records as once.
pub(crate) fn put_put(hints: &'static Hints) {
    let desk = Desk::open(hints);
    holds(&desk.cases(), 30, |case| {
        desk.reset();
        let Ok(once) = desk.patch(&case.id, &case.patch, case.options()).result else { return Ok(Says::Nothing) };
        let before = desk.snapshot();
        let twice = desk.patch(&case.id, &case.patch, case.options());
        let changed = desk.beside_computed(&before, &desk.snapshot());
        prop_assert!(changed.is_empty(), "the second time changed {changed:?} by {:#?}", twice.writes);
        match twice.result {
            Ok(twice) => prop_assert_eq!(stamps_aside(&desk, twice.resource), stamps_aside(&desk, once.resource)),
            Err(failure) => prop_assert!(false, "taken once and refused the second time: {failure:#?}"),
        }
        Ok(Says::Something)
    });
}

impl Desk {
    /// Whether a record holds nothing at a place: no value, or one that its mapping takes for none.
    fn is_nothing(&self, place: &[String], state: &Snapshot) -> bool {
        let Some(held) = state.0.get(place) else { return true };
        let kept = self.hints.records.iter().filter(|kept| place.get(1).is_some_and(|name| name == kept.collection));
        kept.flat_map(|kept| self.mapping.records.iter().filter(move |record| record.name == kept.record))
            .any(|record| record.empty.contains(held))
    }

    /// The places of the leaves whose entries declare a loss.
    fn lossy(&self, state: &Snapshot, id: &str) -> Vec<Vec<String>> {
        let fields = self.mapping.fields.iter().filter(|field| field.slot.loss.is_some());
        let fields = fields.filter_map(|field| self.atom(field.slot.write.as_ref()?));
        let lists = self.mapping.lists.iter().filter(|list| list.loss.is_some());
        let slots = lists.filter_map(|list| match &list.shape {
            ListShape::Slots(slots) => Some(slots),
            ListShape::Array(_) => None,
        });
        let leaves = slots.flatten().flat_map(|slot| &slot.leaves).map(SlotLeaf::slot);
        let leaves = leaves.filter_map(|slot| self.atom(slot.write.as_ref()?));
        let rests = self.mapping.rests.iter().filter(|rest| rest.loss.is_some());
        let keys = rests.flat_map(|rest| {
            let place = rest.place.written().and_then(|address| self.atom(address));
            place.into_iter().flat_map(|(record, path)| {
                let keys = self.hints.custom.iter();
                keys.map(move |(key, _)| (record.clone(), [path.clone(), vec![(*key).to_owned()]].concat()))
            })
        });
        let fields = fields.chain(leaves).chain(keys).flat_map(|(record, path)| {
            let mut places = vec![self.place(state, id, &record, path.clone())];
            if let Some(children) = self.children(&record, &path) {
                let id = state.full_id(self.kept(&record).collection, id);
                places.extend(state.children(children, &id));
            }
            places
        });
        let actions = self.mapping.actions.iter().filter(|action| action.slot.loss.is_some());
        let links =
            actions.filter_map(|action| match self.hints.actions.iter().find(|(leaf, _)| *leaf == action.leaf) {
                Some((_, Acted::Link(name, _))) => Some(vec![
                    "links".to_owned(),
                    (*name).to_owned(),
                    state.full_id(self.hints.records[0].collection, id),
                ]),
                _ => None,
            });
        fields.chain(links).collect()
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
    pub(crate) fn beside_computed(&self, before: &Snapshot, after: &Snapshot) -> Vec<Vec<String>> {
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
        before.changed(after).into_iter().filter(|place| !is_computed(place)).collect()
    }
}

/// An answer without the instants that the provider sets with every write, and without the keys of open maps that hold
/// nothing: a provider may list them or not.
fn stamps_aside(desk: &Desk, mut answer: Value) -> Value {
    for field in desk.mapping.model.fields.iter().filter(|field| field.read_only && field.name.ends_with("_at")) {
        if let Some(answer) = answer.as_object_mut() {
            answer.remove(&field.name);
        }
    }
    for field in desk.mapping.model.fields.iter().filter(|field| matches!(field.kind, FieldKind::OpenMap)) {
        if let Some(keys) = answer.get_mut(&field.name).and_then(Value::as_object_mut) {
            keys.retain(|_, value| !value.is_null());
        }
    }
    // A key of an open map may be such an instant too.
    for rest in &desk.mapping.rests {
        for computed in desk.sandbox.computed() {
            let key = computed.field.rsplit('/').next().unwrap_or_default();
            let is_instant = |value: &Value| {
                value.as_str().is_some_and(|text| text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T'))
            };
            if let Some(map) = answer.get_mut(&rest.name).and_then(Value::as_object_mut)
                && map.get(key).is_some_and(is_instant)
            {
                map.remove(key);
            }
        }
    }
    answer
}
