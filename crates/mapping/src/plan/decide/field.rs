//! A leaf with a slot of its own, or none.

use super::super::drive::{Drive, Stop};
use super::super::verdict::Locate;
use crate::mapping::Carries;
use crate::outcome::Fate;
use crate::patch::{Change, LeafPatch};

impl Drive<'_> {
    /// Decides a leaf outside lists and maps; groups are decided together afterwards.
    pub(super) fn decide_leaf(&mut self, leaf: &LeafPatch) -> Result<(), Stop> {
        let mapping = self.mapping();
        match mapping.carries_at(leaf.position) {
            Some(Carries::Field(field)) => {
                if field.slot.computed.is_some() && field.slot.read_only.is_none() {
                    return Ok(());
                }
                let at = Locate::Leaf(leaf.name.clone());
                return self.decide_value(&leaf.pointer, &field.slot, field.scalar, None, &leaf.change, at);
            }
            Some(Carries::Action(index, _)) => return self.decide_action(index, leaf),
            Some(Carries::Group(..)) => return Ok(()),
            None => {}
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
