//! Where the leaves of the unified resource stand in a mapping.

use std::collections::BTreeMap;

use super::{Action, Field, Group, Mapping};

/// The constructs of a mapping by the leaf that they are for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leaves {
    by_name: BTreeMap<String, At>,
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
    /// A part of a text.
    Group(&'m Group),
}

impl Leaves {
    /// The leaves of these constructs. Of several for one leaf a field goes before an action, and that before a group.
    pub(super) fn of(fields: &[Field], actions: &[Action], groups: &[Group]) -> Leaves {
        let mut by_name = BTreeMap::new();
        let parts =
            groups.iter().enumerate().flat_map(|(at, group)| group.parts.iter().map(move |part| (part, At::Group(at))));
        let actions = actions.iter().enumerate().map(|(at, action)| (&action.leaf, At::Action(at)));
        let fields = fields.iter().enumerate().map(|(at, field)| (&field.leaf, At::Field(at)));
        for (leaf, at) in fields.chain(actions).chain(parts) {
            by_name.entry(leaf.clone()).or_insert(at);
        }
        Leaves { by_name }
    }
}

impl Mapping {
    /// What the mapping has for the leaf of a dotted name; none: it has no place for it.
    pub(crate) fn carries(&self, leaf: &str) -> Option<Carries<'_>> {
        match *self.leaves.by_name.get(leaf)? {
            At::Field(at) => self.fields.get(at).map(Carries::Field),
            At::Action(at) => self.actions.get(at).map(|action| Carries::Action(at, action)),
            At::Group(at) => self.groups.get(at).map(Carries::Group),
        }
    }
}
