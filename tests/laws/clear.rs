//! Clear: null leaves the provider's record empty and reads back as null, or it is refused; nothing else changes.

use mapwright_mapping::mapping::ListShape;
use mapwright_mapping::model::FieldKind;
use mapwright_mapping::outcome::Fate;
use mapwright_mapping::plan::{ListMode, Options};
use mapwright_mapping::provider::Class;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::answer::escape;
use crate::desk::Desk;
use crate::hints::{Acted, Hints};
use crate::judge::{Says, holds};
use crate::snapshot::Snapshot;

/// The law: any one null, on a record that any patch may have filled before.
pub(crate) fn law(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let cases = (desk.cases(), select(desk.nulls()));
    holds(&cases, 60, |(fill, patch)| {
        desk.reset();
        let _ = desk.patch(&fill.id, &fill.patch, fill.options());
        let read = desk.get(&fill.id).resource;
        let before = desk.snapshot();
        let ended = desk.patch(&fill.id, &patch, Options::default());
        let after = desk.snapshot();
        desk.check_wire(&patch, ListMode::Replace, &before, &ended.writes)?;
        desk.check_frame(&before, &after, &ended.writes)?;
        let success = match ended.result {
            Err(failure) if hints.locked == Some(fill.id.as_str()) && failure.fault.is_some() => {
                return Ok(Says::Nothing);
            }
            Err(failure) if failure.fault.is_some() && desk.is_last_of(&patch, &read) => {
                prop_assert_eq!(failure.class, Class::Invalid);
                prop_assert_eq!(before.changed(&after), Vec::<Vec<String>>::new());
                return Ok(Says::Something);
            }
            Err(failure) => {
                let codes: Vec<&str> = failure.violations.iter().map(|violation| violation.code).collect();
                prop_assert!(
                    !codes.is_empty() && codes.iter().all(|code| *code == "not-clearable"),
                    "null is refused otherwise: {failure:#?}"
                );
                prop_assert!(ended.writes.is_empty(), "refused, and written all the same: {:#?}", ended.writes);
                return Ok(Says::Something);
            }
            Ok(success) => success,
        };
        for leaf in desk.leaves(&patch) {
            let told = success.outcomes.iter().find(|outcome| outcome.pointer == leaf.pointer);
            let Some(outcome) = told else {
                return Err(TestCaseError::fail(format!("{} has no outcome", leaf.pointer)));
            };
            let shown = success.resource.pointer(&leaf.pointer).cloned().unwrap_or_default();
            match outcome.outcome {
                Fate::Written | Fate::Unchanged => {
                    let empty = shown.is_null()
                        || shown.as_array().is_some_and(|items| items.is_empty() || desk.has_kept_slots(&leaf.pointer));
                    prop_assert!(empty, "{} was cleared and reads {shown}", leaf.pointer);
                    desk.check_empty(&after, &fill.id, &leaf.pointer, &read)?;
                }
                // A field that is read from several places may show another one once its own is empty.
                Fate::Altered | Fate::Lossy => {
                    prop_assert!(desk.declares_loss(&leaf.pointer), "{outcome:#?}");
                    desk.check_empty(&after, &fill.id, &leaf.pointer, &read)?;
                }
                Fate::ReadOnly | Fate::Unsupported => {
                    prop_assert_eq!(
                        before.changed(&after),
                        Vec::<Vec<String>>::new(),
                        "{} leaves a trace",
                        leaf.pointer
                    );
                }
                other => prop_assert!(false, "null is `{}`", other.as_str()),
            }
        }
        Ok(Says::Something)
    });
}

impl Desk {
    /// Each patch that is one null.
    fn nulls(&self) -> Vec<Value> {
        let mut nulls = Vec::new();
        for field in self.mapping.model.fields.iter().filter(|field| !matches!(field.kind, FieldKind::Raw)) {
            match &field.kind {
                FieldKind::OpenMap => {
                    nulls.extend(self.hints.custom.iter().map(|(key, _)| json!({ &field.name: { *key: null } })));
                }
                FieldKind::Object(leaves) => {
                    nulls.push(json!({ &field.name: null }));
                    nulls.extend(leaves.iter().map(|leaf| json!({ &field.name: { &leaf.name: null } })));
                }
                FieldKind::List { .. } => nulls.extend([json!({ &field.name: null }), json!({ &field.name: [] })]),
                _ => nulls.push(json!({ &field.name: null })),
            }
        }
        nulls
    }

    /// Whether a patch clears the last leaf of those of which the provider wants one.
    fn is_last_of(&self, patch: &Value, read: &Value) -> bool {
        let at = |value: &Value, leaf: &str| value.pointer(&format!("/{}", leaf.replace('.', "/"))).cloned();
        let cleared = |leaf: &str| {
            let object = leaf.split('.').next().unwrap_or_default();
            patch.get(object).is_some_and(Value::is_null) || at(patch, leaf) == Some(Value::Null)
        };
        let holds = |leaf: &str| at(read, leaf).is_some_and(|value| !value.is_null());
        self.hints.one_of.iter().any(|leaves| {
            leaves.iter().any(|leaf| cleared(leaf)) && leaves.iter().all(|leaf| cleared(leaf) || !holds(leaf))
        })
    }

    fn has_kept_slots(&self, pointer: &str) -> bool {
        self.mapping.lists.iter().any(|list| {
            pointer == format!("/{}", list.name)
                && matches!(&list.shape, ListShape::Slots(slots) if slots.iter().any(|slot| !slot.is_writable()))
        })
    }

    /// Fails unless the simulated record holds nothing where the leaf is kept; `read` is the answer before.
    fn check_empty(&self, after: &Snapshot, id: &str, pointer: &str, read: &Value) -> Result<(), TestCaseError> {
        let name = pointer.trim_start_matches('/').replace('/', ".");
        let whole = self.mapping.lists.iter().find(|list| list.name == name);
        let slots: Vec<_> = match whole.map(|list| &list.shape) {
            Some(ListShape::Slots(slots)) => {
                slots.iter().flat_map(|slot| &slot.leaves).map(mapwright_mapping::mapping::SlotLeaf::slot).collect()
            }
            _ => self.mapping.fields.iter().filter(|field| field.leaf == name).map(|field| &field.slot).collect(),
        };
        // What the mapping takes for nothing, besides the empty text and the empty list: 0 where there is no number.
        let nothing: Vec<Value> = slots.iter().flat_map(|slot| &slot.empty).cloned().collect();
        let mut atoms: Vec<_> =
            slots.into_iter().filter_map(|slot| slot.write.as_ref()).filter_map(|address| self.atom(address)).collect();
        for rest in &self.mapping.rests {
            for (key, _) in
                self.hints.custom.iter().filter(|(key, _)| pointer == format!("/{}/{}", rest.name, escape(key)))
            {
                let place = rest.place.written().and_then(|address| self.atom(address));
                atoms.extend(place.map(|(record, path)| (record, [path, vec![(*key).to_owned()]].concat())));
            }
        }
        for (record, path) in atoms {
            if let Some(children) = self.children(&record, &path) {
                let id = after.full_id(self.kept(&record).collection, id);
                let left = after.named_by_children(children, &id);
                prop_assert!(left.is_empty(), "{pointer} was cleared and {left:?} are still there");
                continue;
            }
            let place = self.place(after, id, &record, path);
            let held = after.below(&place);
            prop_assert!(
                held.iter().all(|value| *value == "" || **value == json!([]) || nothing.contains(value)),
                "{pointer} was cleared and {place:?} holds {held:?}"
            );
        }
        for (_, acted) in self.hints.actions.iter().filter(|(leaf, _)| *leaf == name) {
            if let (Acted::Link(links, _), Some(old)) = (acted, read.pointer(pointer).and_then(Value::as_str)) {
                let link = ["links", links, id, old].map(str::to_owned);
                prop_assert!(
                    !after.0.contains_key(link.as_slice()),
                    "{pointer} was cleared and {link:?} is still there"
                );
            }
        }
        Ok(())
    }

    /// The place of an atom in the state, on the lead of that id.
    pub(crate) fn place(&self, state: &Snapshot, id: &str, record: &str, path: Vec<String>) -> Vec<String> {
        let kept = self.kept(record);
        let main = self.hints.records[0].record;
        let id = if record == main {
            state.full_id(kept.collection, id)
        } else {
            state.linked_to(&self.hints.records[0], kept.collection, id)
        };
        let mut place = vec!["collections".to_owned(), kept.collection.to_owned(), id];
        place.extend(kept.below.iter().map(|name| (*name).to_owned()));
        place.extend(self.stored(path));
        place
    }
}
