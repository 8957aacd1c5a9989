//! Fields that are computed by `JSONata`: sent when a leaf of theirs is in the patch.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::changes::AtomChange;
use super::super::drive::{Drive, Phase, Stop, text};
use super::super::known::Known;
use super::super::verdict::{Expect, Locate};
use crate::outcome::{Fate, LeafOutcome};
use crate::patch::{Change, LeafPatch, Violation};

impl Drive<'_> {
    pub(super) fn decide_computed(&mut self, leaves: &[LeafPatch]) -> Result<(), Stop> {
        let mapping = self.mapping();
        for field in &mapping.fields {
            let Some(computed) = &field.slot.computed else { continue };
            let own = leaves.iter().find(|leaf| leaf.name == field.leaf);
            let touched = own.is_some() || leaves.iter().any(|leaf| computed.reads.contains(&leaf.name));
            if !touched || field.slot.read_only.is_some() {
                continue;
            }
            let pointer = own.map_or_else(|| format!("/{}", field.leaf.replace('.', "/")), |leaf| leaf.pointer.clone());
            let (Some(write), Some(address)) = (&computed.write, field.slot.write.clone()) else {
                if own.is_some() {
                    self.unsent(&pointer, Fate::ReadOnly, "the mapping computes it for reading only");
                }
                continue;
            };
            let mut input = Map::new();
            let mut hole = None;
            let mut failed = None;
            let names = computed.reads.iter().chain((!computed.reads.contains(&field.leaf)).then_some(&field.leaf));
            for name in names {
                let value = match leaves.iter().find(|leaf| leaf.name == *name).map(|leaf| &leaf.change) {
                    Some(Change::Clear) => Some(Value::Null),
                    Some(Change::Set(value)) => Some(value.clone()),
                    // The field's own leaf is not needed as it is.
                    None if *name == field.leaf => None,
                    None => match self.current_leaf(name)? {
                        Known::Value(Ok(value)) => Some(value.unwrap_or(Value::Null)),
                        Known::Value(Err(why)) => {
                            failed = Some(format!("`{name}`, which it is computed from, cannot be read: {why}"));
                            None
                        }
                        Known::Hole(name) => {
                            hole = Some(name);
                            None
                        }
                    },
                };
                if let Some(value) = value {
                    place(&mut input, name, value);
                }
            }
            if let Some(why) = failed {
                self.refuse(Violation::new(pointer, "computed-failed", why));
                continue;
            }
            let (carrier, record, path) = self.carrier(&field.slot);
            let outcome = LeafOutcome { record, ..LeafOutcome::new(pointer.clone(), Fate::Send) };
            if let Some(hole) = hole {
                self.change(&address, AtomChange::Set(Known::Hole(hole)));
                self.verdict(outcome, carrier, path, None);
                continue;
            }
            match write.eval(&Value::Object(input), &BTreeMap::new()) {
                Ok(Some(Value::Null)) => {
                    self.clear_slot(&field.slot, &pointer);
                    self.verdict(outcome, carrier, path, None);
                }
                Ok(Some(value)) => {
                    self.change(&address, AtomChange::Set(Known::Value(value)));
                    let said = own.and_then(|leaf| match &leaf.change {
                        Change::Set(value) => Some(value.clone()),
                        Change::Clear => None,
                    });
                    let compare = super::super::value::compare(mapping, &field.slot, field.scalar);
                    let expect =
                        said.map(|value| Expect { at: Locate::Leaf(field.leaf.clone()), value: Some(value), compare });
                    self.verdict(outcome, carrier, path, expect);
                }
                Ok(None) => self.refuse(Violation::new(
                    pointer,
                    "computed-nothing",
                    "the mapping's expression gives no value for this patch",
                )),
                Err(e) => self.refuse(Violation::new(
                    pointer,
                    "computed-failed",
                    format!("the mapping's expression failed: {e}"),
                )),
            }
        }
        Ok(())
    }

    /// The current unified value of a leaf: none where it is empty, an error where it cannot be represented.
    fn current_leaf(&mut self, name: &str) -> Result<Known<Result<Option<Value>, String>>, Stop> {
        let mapping = self.mapping();
        let field = mapping.fields.iter().find(|field| field.leaf == name).map(|field| (&field.slot, field.scalar));
        let action =
            mapping.actions.iter().find(|action| action.leaf == name).map(|action| (&action.slot, action.scalar));
        if let Some((slot, scalar)) = field.or(action) {
            if let Known::Hole(hole) = self.current(slot, name, Phase::First)? {
                return Ok(Known::Hole(hole));
            }
            return Ok(Known::Value(self.decode(slot, scalar, Phase::First)?));
        }
        for group in &mapping.groups {
            let Some(at) = group.parts.iter().position(|part| part == name) else { continue };
            return Ok(match self.current(&group.slot, name, Phase::First)? {
                Known::Hole(hole) => Known::Hole(hole),
                Known::Value(wire) => {
                    let whole = wire.and_then(|wire| group.slot.reading().decode(&wire).ok());
                    let parts =
                        whole.map(|whole| group.join.split(&text(&whole), group.parts.len())).unwrap_or_default();
                    Known::Value(Ok(parts.into_iter().nth(at).flatten().map(Value::String)))
                }
            });
        }
        Ok(Known::Value(Ok(None)))
    }
}

/// Puts the value of a dotted leaf into an object.
fn place(object: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            object.insert(name.to_owned(), value);
        }
        Some((outer, inner)) => {
            let entry = object.entry(outer.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Some(entry) = entry.as_object_mut() {
                entry.insert(inner.to_owned(), value);
            }
        }
    }
}
