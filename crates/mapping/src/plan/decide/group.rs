//! Leaves that share one text: what the patch lacks comes from the record as it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::changes::AtomChange;
use super::super::drive::{Drive, Phase, Stop};
use super::super::known::Known;
use super::super::verdict::{Compare, Expect, Locate};
use crate::codec::Chain;
use crate::mapping::{Carries, Join, Slot};
use crate::model::Scalar;
use crate::outcome::LeafOutcome;
use crate::patch::{Change, LeafPatch};
use crate::path::text_of;

impl Drive<'_> {
    /// Decides every group that a leaf of the patch belongs to.
    pub(super) fn decide_groups(&mut self, leaves: &[LeafPatch]) -> Result<(), Stop> {
        let mapping = self.mapping();
        let mut touched: BTreeMap<usize, BTreeMap<&str, &LeafPatch>> = BTreeMap::new();
        for leaf in leaves {
            if let Some(Carries::Group(at, _)) = mapping.carries_at(leaf.position) {
                touched.entry(at).or_default().insert(&leaf.name, leaf);
            }
        }
        for (at, said) in touched {
            let group = &mapping.groups[at];
            if let Some(reason) = &group.slot.read_only {
                for leaf in said.values() {
                    self.unsent(&leaf.pointer, crate::outcome::Fate::ReadOnly, reason.clone());
                }
                continue;
            }
            let current = if said.len() < group.parts.len() {
                match self.current(&group.slot, &group.name, Phase::First)? {
                    Known::Hole(hole) => Known::Hole(hole),
                    Known::Value(value) => Known::Value(text_of(value.as_ref()).map(std::borrow::Cow::into_owned)),
                }
            } else {
                Known::Value(None)
            };
            let (carrier, record, path) = self.carrier(&group.slot);
            let Known::Value(current) = current else {
                // The text needs the record as it is: a plan shows where.
                if let Some(address) = group.slot.write.clone() {
                    self.change(&address, AtomChange::Set(Known::Hole(group.name.clone())));
                }
                for leaf in said.values() {
                    let outcome = LeafOutcome {
                        record: record.clone(),
                        ..LeafOutcome::new(leaf.pointer.clone(), crate::outcome::Fate::Send)
                    };
                    self.verdict(outcome, carrier, path.clone(), None);
                }
                continue;
            };
            let mut parts = current
                .map_or_else(|| vec![None; group.parts.len()], |text| group.join.split(&text, group.parts.len()));
            for (part, name) in parts.iter_mut().zip(&group.parts) {
                if let Some(leaf) = said.get(name.as_str()) {
                    *part = match &leaf.change {
                        Change::Clear => None,
                        Change::Set(value) => text_of(Some(value)).map(std::borrow::Cow::into_owned),
                    };
                }
            }
            let pointer = said.values().next().map(|leaf| leaf.pointer.clone()).unwrap_or_default();
            let Some(back) = self.write_joined(&group.slot, &group.join, &parts, &pointer) else { continue };
            for (i, name) in group.parts.iter().enumerate() {
                let Some(leaf) = said.get(name.as_str()) else { continue };
                let compare = Compare::Scalar(Scalar::Text, crate::mapping::Fold::default());
                let reads = back.get(i).cloned().flatten().map(Value::String);
                let value = parts.get(i).cloned().flatten().map_or(Value::Null, Value::String);
                let shown = reads.clone().unwrap_or(Value::Null);
                let Some(outcome) =
                    self.sent(&leaf.pointer, &group.slot, group.join.loss(), &value, Some(&shown), compare)
                else {
                    continue;
                };
                let expect = Expect { at: Locate::Leaf(name.clone()), value: reads, compare };
                self.verdict(LeafOutcome { record: record.clone(), ..outcome }, carrier, path.clone(), Some(expect));
            }
        }
        Ok(())
    }

    /// Writes joined parts to a slot and gives the parts as they read back; none where the patch is refused.
    pub(super) fn write_joined(
        &mut self,
        slot: &Slot,
        join: &Join,
        parts: &[Option<String>],
        pointer: &str,
    ) -> Option<Vec<Option<String>>> {
        let Some(text) = join.join(parts) else {
            return self.clear_slot(slot, pointer).then(|| vec![None; parts.len()]);
        };
        let address = slot.write.clone()?;
        let wire = encode_text(&slot.codec, &text);
        self.change(&address, AtomChange::Set(Known::Value(wire)));
        Some(join.split(&text, parts.len()))
    }
}

fn encode_text(codec: &Chain, text: &str) -> Value {
    codec.encode(&Value::String(text.to_owned())).unwrap_or_else(|_| Value::String(text.to_owned()))
}
