//! Translation alone: values from one side to the other, without requests, outcomes and versions. A run translates with
//! the same functions; here they stand apart, so that their cost can be told from that of all else.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::changes::insert;
use super::drive::{Drive, Phase};
use super::known::Known;
use super::run::Run;
use super::state::State;
use super::step::Replies;
use crate::mapping::Carries;
use crate::patch::Change;

impl Run {
    /// The changes of the main record as one object: what its write carries. None where the patch has more than single
    /// values of that record, or a value that needs a reply or cannot be sent.
    pub fn translated(&self) -> Option<Value> {
        let patch = self.patch.as_ref().filter(|_| self.violations.is_empty())?;
        if !patch.lists.is_empty() || !patch.maps.is_empty() || patch.raw.is_some() {
            return None;
        }
        let replies = Replies::new();
        let mut drive = Drive::new(self, &replies, false);
        let mut changes = Map::with_capacity(patch.leaves.len());
        for leaf in &patch.leaves {
            let Some(Carries::Field(field)) = self.mapping.carries_at(leaf.position) else { return None };
            let slot = &field.slot;
            let address = slot.write.as_ref().filter(|address| address.record == self.mapping.main)?;
            if slot.computed.is_some() || !slot.with.is_empty() {
                return None;
            }
            let wire = match &leaf.change {
                Change::Set(value) => drive.translate(slot, value)?,
                Change::Clear => {
                    self.mapping.clear_of(slot).unwrap_or(self.mapping.record(address.record).clear).value()?
                }
            };
            insert(&mut changes, &address.names(&self.bound)?, wire);
        }
        Some(Value::Object(changes))
    }

    /// The unified resource that an answer to the main record's read shows. None where it has no record, or where more
    /// than this answer is needed.
    pub fn shown(&self, answer: Arc<Value>) -> Option<Value> {
        let record = self.mapping.record(self.mapping.main);
        let state = State::new(answer, record.at.as_ref(), record, &self.bound)?;
        let replies = Replies::new();
        let mut drive = Drive::new(self, &replies, true);
        drive.states.insert((Phase::Back, self.mapping.main), Known::Value(Some(Arc::new(state))));
        drive.resource().ok()
    }
}
