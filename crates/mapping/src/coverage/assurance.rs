//! Whether what is written reads back the same, and how that is known.

use schemars::JsonSchema;
use serde::Serialize;

use crate::mapping::{Join, Mapping, Slot};

/// Whether what is written reads back the same, and how that is known. The weakest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// By construction: reading is the inverse of writing.
    Proven,
    /// It is computed, set by requests of its own, or read otherwise than it is written; named cases show it.
    Tested,
    /// Something is lost, as the mapping declares.
    Lossy,
}

impl Assurance {
    /// All of them, the strongest first.
    pub const ALL: [Assurance; 3] = [Assurance::Proven, Assurance::Tested, Assurance::Lossy];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Assurance::Proven => "proven",
            Assurance::Tested => "tested",
            Assurance::Lossy => "lossy",
        }
    }
}

/// What is lost in a slot: what it declares, or else what its construction loses. `above` is the loss of the list
/// that it stands in, which may speak for it.
pub(super) fn losses(mapping: &Mapping, slot: &Slot, join: Option<&Join>, above: Option<&str>) -> Vec<String> {
    if let Some(loss) = &slot.loss {
        return vec![loss.clone()];
    }
    let form = slot.form.and_then(|id| mapping.form(id).loss.as_deref());
    // What is written and read apart has its own case; what is only read loses what its reading drops.
    let codec = if slot.read_only.is_none() { &slot.codec } else { slot.reading() };
    let codec = codec.loss().filter(|_| slot.computed.is_none());
    // A further spelling reads back as the row's own name.
    let also = slot.table.and_then(|id| mapping.table(id).also.first_key_value()).filter(|_| slot.is_writable());
    let built = codec.or_else(|| join.and_then(Join::loss)).or(also.map(|(_, name)| name.as_str()));
    // Under a loss that a list declares, whatever a join or a conversion changes goes through and is told.
    let changes = join.is_some() || (slot.computed.is_none() && slot.codec.beyond().is_some());
    let built = built.map(|loss| above.unwrap_or(loss)).or(above.filter(|_| changes && slot.is_writable()));
    let mut losses: Vec<String> = form.into_iter().chain(built).map(str::to_owned).collect();
    losses.dedup();
    losses
}

/// How a slot is known to read back; none where it is only read, and so nothing comes back. `by_request`: it is set by
/// requests of its own.
pub(super) fn of_slot(mapping: &Mapping, slot: &Slot, losses: &[String], by_request: bool) -> Option<Assurance> {
    let written = slot.is_writable() || (by_request && slot.read_only.is_none());
    // The checker refuses a claim without a case.
    match mapping.claim(slot, by_request) {
        _ if written && !losses.is_empty() => Some(Assurance::Lossy),
        Some(_) => Some(Assurance::Tested),
        None => written.then_some(Assurance::Proven),
    }
}
