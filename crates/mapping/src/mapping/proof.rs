//! Whether reading is the inverse of writing by construction, and where it is not, why.
//!
//! What is proven here rests on the mapping alone: one place, one exact conversion, one shape, both ways. Everything
//! else is a claim about the provider, which a case has to show.

use super::{Address, BodyTemplate, Form, Mapping, Rest, Slot};
use crate::path::Segment;

/// Why a slot cannot be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// An expression computes it.
    Computed,
    /// Requests of its own write it.
    ByRequest,
    /// It is read at another place than it is written.
    Elsewhere,
    /// It is read by a conversion of its own.
    ReadApart,
    /// Its wire shape is read otherwise than it is written.
    Reshaped,
}

impl Claim {
    /// The words for it, after "it is".
    pub fn in_words(self) -> &'static str {
        match self {
            Claim::Computed => "computed",
            Claim::ByRequest => "set by requests of its own",
            Claim::Elsewhere => "read at another place than it is written",
            Claim::ReadApart => "read by a conversion of its own",
            Claim::Reshaped => "read in another shape than it is written",
        }
    }
}

impl Mapping {
    /// Why a slot cannot be proven; none where reading is the inverse of writing. `by_request`: it is an action.
    ///
    /// Of a slot that is only read nothing comes back, so that there only a computed value is a claim.
    pub fn claim(&self, slot: &Slot, by_request: bool) -> Option<Claim> {
        let written = slot.read_only.is_none() && (by_request || slot.write.is_some());
        if slot.computed.is_some() {
            Some(Claim::Computed)
        } else if !written {
            None
        } else if by_request {
            Some(Claim::ByRequest)
        } else if slot.read_codec.is_some() {
            Some(Claim::ReadApart)
        } else if slot.write.as_ref().is_some_and(|write| !slot.read.iter().all(|read| self.is_same_place(read, write)))
        {
            Some(Claim::Elsewhere)
        } else if slot.form.is_some_and(|form| self.form(form).read_only.is_none() && !self.form(form).is_inverse()) {
            Some(Claim::Reshaped)
        } else {
            None
        }
    }

    /// Why the values of an open map, in a form or without one, cannot be proven.
    pub fn claim_of_values(&self, rest: &Rest, form: Option<&Form>) -> Option<Claim> {
        let shown = form.is_some_and(|form| form.read_only.is_some());
        let (Some(write), false) = (rest.place.written(), shown) else { return None };
        if !rest.place.read().is_some_and(|read| self.is_same_place(read, write)) {
            Some(Claim::Elsewhere)
        } else if form.is_some_and(|form| !form.is_inverse()) {
            Some(Claim::Reshaped)
        } else {
            None
        }
    }

    /// Whether what is written at one address is what is read at the other: the view of a record's keyed items shows
    /// what is written by key.
    fn is_same_place(&self, read: &Address, write: &Address) -> bool {
        if read.record != write.record || read.path.root != write.path.root {
            return false;
        }
        if read.path.segments == write.path.segments {
            return true;
        }
        let view = self.record(read.record).index.as_ref().and_then(|index| index.name.as_deref());
        match (view, read.path.segments.split_first()) {
            (Some(view), Some((Segment::Key(first), inner))) => {
                first.literal() == Some(view) && inner == write.path.segments
            }
            _ => false,
        }
    }
}

impl Form {
    /// Whether it reads its value exactly where it writes it, by the same conversion.
    pub fn is_inverse(&self) -> bool {
        if self.read_codec.is_some() {
            return false;
        }
        match (&self.write, &self.read) {
            (None, None) => true,
            (Some(shape), Some(path)) => !path.root && leads_to_hole(shape, &path.segments),
            (Some(shape), None) => leads_to_hole(shape, &[]),
            (None, Some(_)) => false,
        }
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
