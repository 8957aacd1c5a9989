//! Values that go to the provider together with what was read beside them.

use std::collections::BTreeSet;

use super::super::drive::Drive;
use super::super::verdict::Carrier;
use crate::mapping::{Address, NamePath, RestPlace, Slot};

/// What a caller is told of such a value.
const BESIDE: &str =
    "it is sent together with what was read beside it: what somebody else changes there in between is overwritten";

impl Drive<'_> {
    /// Says so of every leaf that is sent with what was read beside it, where no guard keeps others away: a key of a map
    /// that goes whole, and a part of a text whose other parts the patch does not have.
    pub(super) fn name_beside(&mut self) {
        let mapping = self.mapping();
        let mut beside: BTreeSet<NamePath> = BTreeSet::new();
        for rest in mapping.rests.iter().filter(|rest| rest.whole) {
            let address = match &rest.place {
                RestPlace::Members { write, .. } => write.as_ref(),
                RestPlace::Entries { at, .. } => Some(at),
            };
            beside.extend(address.filter(|address| self.is_open(address)).map(|address| self.written_path(address)));
        }
        let names = self.run.patch.iter().flat_map(|patch| &patch.leaves).map(|leaf| &leaf.name);
        let names: BTreeSet<&String> = if mapping.groups.is_empty() { BTreeSet::new() } else { names.collect() };
        for group in &mapping.groups {
            let Slot { write: Some(address), .. } = &group.slot else { continue };
            let said = |name: &String| names.contains(name);
            if self.is_open(address) && !group.parts.iter().all(said) {
                beside.insert(self.written_path(address));
            }
        }
        let is_beside =
            |path: &[String]| (0..=path.len()).any(|end| path.get(..end).is_some_and(|whole| beside.contains(whole)));
        for verdict in &mut self.work.verdicts {
            let outcome = &mut verdict.outcome;
            let is_sent = matches!(verdict.carrier, Carrier::Record(_)) && outcome.outcome.is_sent();
            if is_sent && outcome.reason.is_none() && is_beside(&verdict.path) {
                outcome.reason = Some(BESIDE.to_owned());
            }
        }
    }

    /// Whether the record of a place is written whatever its version is by then.
    fn is_open(&self, address: &Address) -> bool {
        let write = self.mapping().record(address.record).write.as_ref();
        let guard = write.and_then(|write| write.guard.as_ref());
        !guard.is_some_and(|guard| self.is_guarded(address.record, guard))
    }
}
