//! A leaf with a slot of its own, or none.

use super::super::drive::{Drive, Stop};
use super::super::verdict::Locate;
use crate::outcome::Fate;
use crate::patch::{Change, LeafPatch};

impl Drive<'_> {
    /// Decides a leaf outside lists and maps; groups are decided together afterwards.
    pub(super) fn decide_leaf(&mut self, leaf: &LeafPatch) -> Result<(), Stop> {
        let mapping = self.mapping();
        if let Some(field) = mapping.fields.iter().find(|field| field.leaf == leaf.name) {
            if field.slot.computed.is_some() && field.slot.read_only.is_none() {
                return Ok(());
            }
            let at = Locate::Leaf(leaf.name.clone());
            return self.decide_value(&leaf.pointer, &field.slot, field.scalar, None, &leaf.change, at);
        }
        if let Some(index) = mapping.actions.iter().position(|action| action.leaf == leaf.name) {
            return self.decide_action(index, leaf);
        }
        if mapping.groups.iter().any(|group| group.parts.contains(&leaf.name)) {
            return Ok(());
        }
        let read_only = mapping.model.leaf(&leaf.name).is_some_and(|field| field.read_only);
        if read_only {
            self.unsent(&leaf.pointer, Fate::ReadOnly, "only an answer has it");
        } else if leaf.change == Change::Clear {
            self.unsent(
                &leaf.pointer,
                Fate::Unsupported,
                "the provider has no place for it, so there is nothing to clear",
            );
        } else {
            self.unsent(&leaf.pointer, Fate::Unsupported, "the provider has no place for it");
        }
        Ok(())
    }
}
