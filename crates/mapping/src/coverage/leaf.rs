//! Single values: fields, actions, and leaves that share a text.

use super::Names;
use super::assurance;
use super::facts::Facts;
use crate::mapping::{Action, Clear, Mapping};

/// What a mapping knows of a leaf outside lists and maps.
pub(super) fn facts(mapping: &Mapping, leaf: &str) -> Facts {
    if let Some(field) = mapping.fields.iter().find(|field| field.leaf == leaf) {
        return Facts::of_slot(mapping, &field.slot, None, None);
    }
    if let Some(action) = mapping.actions.iter().find(|action| action.leaf == leaf) {
        return of_action(mapping, action);
    }
    match mapping.groups.iter().find(|group| group.parts.iter().any(|part| part == leaf)) {
        Some(group) => Facts::of_slot(mapping, &group.slot, Some(&group.join), None),
        None => Facts::default(),
    }
}

fn of_action(mapping: &Mapping, action: &Action) -> Facts {
    let slot = &action.slot;
    let written = !action.set.is_empty() && slot.read_only.is_none();
    let read = Facts::of_slot(mapping, slot, None, None);
    let assurance = assurance::of_slot(mapping, slot, &read.losses, true);
    Facts {
        written,
        assurance,
        clearable: written.then(|| action.unset.is_some() && slot.clear != Some(Clear::Never)),
        names: Names::of_action(mapping, action),
        ..read
    }
}
