//! Whether what is written reads back the same, and how that is known.

use schemars::JsonSchema;
use serde::Serialize;

use crate::mapping::{BodyTemplate, Form, Join, Mapping, Slot};
use crate::path::Segment;

/// Whether what is written reads back the same, and how that is known. The weakest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// By construction: reading is the inverse of writing.
    Proven,
    /// It is computed, or read at another place than it is written; the mapping names the case that shows it.
    Tested,
    /// The mapping states it; it is written by a request of its own or read at another place, and no case is named.
    Stated,
    /// Something is lost, as the mapping declares.
    Lossy,
}

impl Assurance {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Assurance::Proven => "proven",
            Assurance::Tested => "tested",
            Assurance::Stated => "stated",
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
    let built = codec.or_else(|| join.and_then(Join::loss)).map(|loss| above.unwrap_or(loss));
    let mut losses: Vec<String> = form.into_iter().chain(built).map(str::to_owned).collect();
    losses.dedup();
    losses
}

/// How a slot without a loss is known to read back. `by_request`: it is set by requests of its own.
pub(super) fn without_loss(mapping: &Mapping, slot: &Slot, by_request: bool) -> Assurance {
    let apart = slot.read_codec.is_some() || (slot.write.is_none() && slot.read.len() > 1);
    let shaped = slot.form.is_some_and(|id| !is_inverse(mapping.form(id)));
    if slot.tested.is_some() {
        Assurance::Tested
    } else if by_request || apart || shaped || slot.computed.is_some() {
        Assurance::Stated
    } else {
        // The checker refuses a written slot that is read elsewhere, unless it names a case or a loss.
        Assurance::Proven
    }
}

/// Whether a form reads its value exactly where it writes it, by the same conversion.
pub(super) fn is_inverse(form: &Form) -> bool {
    if form.read_codec.is_some() {
        return false;
    }
    match (&form.write, &form.read) {
        (None, None) => true,
        (Some(shape), Some(path)) => !path.root && leads_to_hole(shape, &path.segments),
        (Some(shape), None) => leads_to_hole(shape, &[]),
        (None, Some(_)) => false,
    }
}

fn leads_to_hole(shape: &BodyTemplate, path: &[Segment]) -> bool {
    match (shape, path) {
        (BodyTemplate::Text(text), []) => text.sole() == Some(""),
        (BodyTemplate::Object(members), [Segment::Key(name), inner @ ..]) => {
            members.iter().any(|(known, member)| name.literal() == Some(known) && leads_to_hole(member, inner))
        }
        (BodyTemplate::Array(items), [Segment::Index(index), inner @ ..]) => {
            items.get(*index).is_some_and(|item| leads_to_hole(item, inner))
        }
        _ => false,
    }
}
