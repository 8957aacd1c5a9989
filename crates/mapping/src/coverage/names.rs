//! The names that a field takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mapping::{Action, Keys, ListSlot, Mapping, Rows, Slot, Table, TableId, Unknown};

/// The names that a field takes, and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Names {
    /// They stand in the mapping.
    Mapping {
        /// The names.
        names: Vec<String>,
        /// Further spellings that are written, and the name that each reads back as.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        also: BTreeMap<String, String>,
        /// What becomes of any other name that is written.
        #[serde(skip_serializing_if = "Option::is_none")]
        others: Option<Others>,
    },
    /// Each account has its own.
    Account {
        /// The request that looks them up.
        look_up: String,
        /// Further spellings that are written, and the name that each reads back as.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        also: BTreeMap<String, String>,
        /// What becomes of any other name that is written.
        #[serde(skip_serializing_if = "Option::is_none")]
        others: Option<Others>,
    },
    /// Every name that matches a pattern.
    Pattern {
        /// The pattern.
        pattern: String,
    },
    /// Every name.
    Any,
}

/// What becomes of a name that is written and not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// The patch is refused, with the names that are known.
    Refused,
    /// It is sent as it is.
    AsItIs,
    /// It is left out and reported.
    LeftOut,
    /// A list's item of that type has no slot: it is reported and not sent.
    NoSlot,
    /// A list's item of that type goes to a slot that takes any, if one is free.
    FreeSlot,
}

impl Others {
    /// In words.
    pub fn in_words(self) -> &'static str {
        match self {
            Others::Refused => "others are refused",
            Others::AsItIs => "others are sent as they are",
            Others::LeftOut => "others are left out and reported",
            Others::NoSlot => "others have no slot",
            Others::FreeSlot => "others go to a free slot",
        }
    }
}

impl Names {
    /// Those of a slot, where a table translates it.
    pub(super) fn of_slot(mapping: &Mapping, slot: &Slot) -> Option<Names> {
        Some(Names::of_table(mapping.table(slot.table?)))
    }

    fn of_table(table: &Table) -> Names {
        let others = match table.unknown_write {
            Unknown::Refuse => Others::Refused,
            Unknown::Pass => Others::AsItIs,
            Unknown::Omit => Others::LeftOut,
        };
        let others = Some(others);
        let also = table.also.clone();
        match &table.rows {
            Rows::Static(rows) => {
                let names = rows.iter().map(|row| row.unified.clone()).collect();
                Names::Mapping { names, also, others }
            }
            Rows::Fetched(fetch) => {
                let look_up = format!("{} {}", fetch.request.method, fetch.request.path);
                Names::Account { look_up, also, others }
            }
        }
    }

    /// Those of an action: the values that its requests are for.
    pub(super) fn of_action(mapping: &Mapping, action: &Action) -> Option<Names> {
        let by_table = |id: Option<TableId>| id.map(|id| Names::of_table(mapping.table(id)));
        match action.set.iter().find(|set| set.is.is_empty()) {
            Some(any) => by_table(any.table.or(action.slot.table)),
            None if action.set.is_empty() => by_table(action.slot.table),
            None => {
                let names = action.set.iter().flat_map(|set| set.is.clone()).collect();
                Some(Names::Mapping { names, also: BTreeMap::new(), others: Some(Others::Refused) })
            }
        }
    }

    /// The types of a list's slots: those that take a value, or all that are shown.
    pub(super) fn of_slots(slots: &[ListSlot], written: bool) -> Names {
        let slots: Vec<&ListSlot> = slots.iter().filter(|slot| !written || slot.is_writable()).collect();
        let also = slots.iter().flat_map(|slot| slot.also.iter().map(|also| (also.clone(), slot.is.clone())));
        let others = if slots.iter().any(|slot| slot.any) { Others::FreeSlot } else { Others::NoSlot };
        Names::Mapping {
            names: slots.iter().map(|slot| slot.is.clone()).collect(),
            also: also.collect(),
            others: Some(others),
        }
    }

    /// The keys of an open map.
    pub(super) fn of_keys(mapping: &Mapping, keys: &Keys) -> Names {
        match keys {
            Keys::All => Names::Any,
            Keys::Pattern { text, .. } => Names::Pattern { pattern: text.clone() },
            Keys::Table(id) => match Names::of_table(mapping.table(*id)) {
                Names::Mapping { names, also, .. } => Names::Mapping { names, also, others: Some(Others::Refused) },
                Names::Account { look_up, also, .. } => Names::Account { look_up, also, others: Some(Others::Refused) },
                other => other,
            },
        }
    }

    /// Those that are shown: nothing is said of what is written.
    pub(super) fn shown(&self) -> Names {
        match self.clone() {
            Names::Mapping { names, .. } => Names::Mapping { names, also: BTreeMap::new(), others: None },
            Names::Account { look_up, .. } => Names::Account { look_up, also: BTreeMap::new(), others: None },
            other @ (Names::Pattern { .. } | Names::Any) => other,
        }
    }

    /// In words.
    pub fn in_words(&self) -> String {
        let with_others = |names: String, others: &Option<Others>| match others {
            Some(others) => format!("{names}; {}", others.in_words()),
            None => names,
        };
        match self {
            Names::Mapping { names, also, others } => with_others(with_spellings(names.join(", "), also), others),
            Names::Account { look_up, also, others } => {
                with_others(with_spellings(format!("the account's names ({look_up})"), also), others)
            }
            Names::Pattern { pattern } => format!("names that match {pattern}"),
            Names::Any => "any name".to_owned(),
        }
    }
}

fn with_spellings(mut names: String, also: &BTreeMap<String, String>) -> String {
    for (spelling, name) in also {
        let _ = write!(names, ", {spelling} (read back as {name})");
    }
    names
}
