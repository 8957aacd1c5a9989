//! A field: one unified leaf and its slot.

use super::{Resolver, Slot};
use crate::model::Scalar;
use crate::raw::RawField;

/// One unified leaf with its slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The dotted name of the unified leaf.
    pub leaf: String,
    /// Its type.
    pub scalar: Scalar,
    /// The unified names of an enum.
    pub names: Vec<String>,
    /// Where it lies at the provider.
    pub slot: Slot,
}

impl Resolver<'_> {
    /// Checks a field as it is written at `at`.
    pub(super) fn field(&mut self, leaf: &str, raw: &RawField, at: &str) -> Option<Field> {
        let slot = self.slot(raw, at);
        let (scalar, names) = self.unified_leaf(leaf, at)?;
        Some(Field { leaf: leaf.to_owned(), scalar, names, slot })
    }

    /// The type and the names of a unified leaf, or a diagnostic.
    pub(super) fn unified_leaf(&mut self, leaf: &str, at: &str) -> Option<(Scalar, Vec<String>)> {
        if let Some(found) = self.model.leaf(leaf).and_then(|field| Some((field.scalar()?, field.names.clone()))) {
            Some(found)
        } else {
            let place = self.doc.key(at);
            self.unknown_unified(leaf, place);
            None
        }
    }
}
