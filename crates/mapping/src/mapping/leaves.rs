//! Where the leaves of the unified resource stand in a mapping.

use std::collections::BTreeMap;

use super::{Action, Field, Group, Mapping};
use crate::model::{FieldKind, Model, Position};

/// The constructs of a mapping by the leaf that they are for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leaves {
    by_name: BTreeMap<String, At>,
    /// By the position of the model's field, and in an object by that of its leaf.
    by_position: Vec<Vec<Option<At>>>,
}

/// A construct by its position.
#[derive(Clone, Copy, Debug)]
enum At {
    Field(usize),
    Action(usize),
    Group(usize),
}

/// What a mapping has for a leaf.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Carries<'m> {
    /// A slot of its own.
    Field(&'m Field),
    /// Requests of its own, and the action's position.
    Action(usize, &'m Action),
    /// A part of a text, and the group's position.
    Group(usize, &'m Group),
}

impl Leaves {
    /// The leaves of these constructs. Of several for one leaf a field goes before an action, and that before a group.
    pub(super) fn of(model: &Model, fields: &[Field], actions: &[Action], groups: &[Group]) -> Leaves {
        let mut by_name: BTreeMap<String, At> = BTreeMap::new();
        let parts =
            groups.iter().enumerate().flat_map(|(at, group)| group.parts.iter().map(move |part| (part, At::Group(at))));
        let actions = actions.iter().enumerate().map(|(at, action)| (&action.leaf, At::Action(at)));
        let fields = fields.iter().enumerate().map(|(at, field)| (&field.leaf, At::Field(at)));
        for (leaf, at) in fields.chain(actions).chain(parts) {
            by_name.entry(leaf.clone()).or_insert(at);
        }
        let positions = |field: &crate::model::Field| match &field.kind {
            FieldKind::Scalar(_) => vec![by_name.get(&field.name).copied()],
            FieldKind::Object(leaves) => {
                let of = |leaf: &crate::model::Field| by_name.get(&format!("{}.{}", field.name, leaf.name)).copied();
                leaves.iter().map(of).collect()
            }
            FieldKind::List { .. } | FieldKind::OpenMap | FieldKind::Raw => Vec::new(),
        };
        let by_position = model.fields.iter().map(positions).collect();
        Leaves { by_name, by_position }
    }
}

impl Mapping {
    /// What the mapping has for the leaf of a dotted name; none: it has no place for it.
    pub(crate) fn carries(&self, leaf: &str) -> Option<Carries<'_>> {
        self.at(*self.leaves.by_name.get(leaf)?)
    }

    /// The same for the model's leaf at a position.
    pub(crate) fn carries_at(&self, position: Position) -> Option<Carries<'_>> {
        self.at((*self.leaves.by_position.get(position.field)?.get(position.leaf)?)?)
    }

    fn at(&self, at: At) -> Option<Carries<'_>> {
        match at {
            At::Field(at) => self.fields.get(at).map(Carries::Field),
            At::Action(at) => self.actions.get(at).map(|action| Carries::Action(at, action)),
            At::Group(at) => self.groups.get(at).map(|group| Carries::Group(at, group)),
        }
    }
}
