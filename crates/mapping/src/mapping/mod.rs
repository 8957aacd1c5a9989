//! The checked mapping of one unified resource on one provider: nine nouns, a file each.
//!
//! | noun | file |
//! |---|---|
//! | record | `record.rs` |
//! | field | `field.rs` (its slot: `slot.rs`) |
//! | action | `action.rs` |
//! | table | `table.rs` |
//! | form | `form.rs` |
//! | group | `group.rs` |
//! | list | `list.rs` |
//! | rest | `rest.rs` |
//! | order | `order.rs` |
//!
//! How the rows of a table are spread over pages is in `pages.rs`, how they are found in `rows.rs`, where entries are
//! written in `origin.rs`, which construct a leaf has in `leaves.rs`, and what is the inverse of what by construction in
//! `proof.rs`.
//! Requests, shared by records, actions and tables, are in `request.rs`; the way out into `JSONata` in `computed.rs`.

pub mod action;
pub mod computed;
pub mod field;
pub mod form;
pub mod group;
mod leaves;
pub mod list;
pub mod order;
pub mod origin;
pub mod pages;
pub mod proof;
pub mod record;
pub mod request;
mod resolve;
pub mod rest;
pub mod rows;
pub mod slot;
pub mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::codec::Chain;
use crate::model::Model;
use crate::path::Path;
use crate::provider::Provider;
use crate::variables::Bound;

pub use action::{Action, ActionRequest};
pub use computed::Computed;
pub use field::Field;
pub use form::Form;
pub use group::{Group, Join};
pub(crate) use leaves::{Carries, Leaves};
pub use list::{ArrayList, Joined, List, ListShape, ListSlot, SlotLeaf};
pub use order::Write;
pub use origin::{Origin, Origins};
pub use pages::{MOST_PAGES, Pages};
pub use proof::Claim;
pub use record::{Absent, Found, Index, Record};
pub use request::{Body, BodyTemplate, Guard, Repeat, Request};
pub use resolve::{Files, Resolver};
pub use rest::{Keys, Rest, RestPlace, ShownKeys};
pub use rows::TableRows;
pub use slot::{Clear, Slot};
pub use table::{Fetch, Fold, Row, Rows, Table, Unknown};

/// The position of a record in [`Mapping::records`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub(crate) usize);

/// The position of a table in [`Mapping::tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(pub(crate) usize);

/// The position of a form in [`Mapping::forms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormId(pub(crate) usize);

/// A path in a certain record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The record.
    pub record: RecordId,
    /// The path in it.
    pub path: Path,
    /// The names that the path consists of, where it needs no variable for them.
    literal: Option<NamePath>,
}

/// The names from a record to a value in it.
pub type NamePath = Arc<[String]>;

impl Address {
    /// The address of a path in a record.
    pub fn new(record: RecordId, path: Path) -> Address {
        let literal = path.variables().next().is_none().then(|| path.names(&Bound::default())).flatten();
        let literal = literal.map(NamePath::from);
        Address { record, path, literal }
    }

    /// The names of the path with the account's variables put in; none where it consists of more than names.
    pub fn names(&self, bound: &Bound) -> Option<NamePath> {
        self.literal.clone().or_else(|| self.path.names(bound).map(NamePath::from))
    }
}

/// A checked mapping: what runs.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The provider.
    pub provider: Arc<Provider>,
    /// The unified resource.
    pub model: Arc<Model>,
    /// A hash of the files that the mapping was made from.
    pub version: String,
    /// Where the facts are stated.
    pub source: Option<String>,
    /// The record that the id in the path belongs to.
    pub main: RecordId,
    /// The codec of the id in the path.
    pub id: Chain,
    /// The provider's objects.
    pub records: Vec<Record>,
    /// The writes in their order.
    pub order: Vec<Write>,
    /// Leaves with a slot.
    pub fields: Vec<Field>,
    /// Leaves that are set by a request of their own.
    pub actions: Vec<Action>,
    /// Several leaves in one text.
    pub groups: Vec<Group>,
    /// Lists.
    pub lists: Vec<List>,
    /// Open maps.
    pub rests: Vec<Rest>,
    /// Wire shapes.
    pub forms: Vec<Form>,
    /// Unified values against remote values.
    pub tables: Vec<Table>,
    /// Unified fields that the mapping states to have no place for.
    pub unsupported: Vec<String>,
    /// Where its entries are written.
    pub origins: Origins,
    /// Where its leaves stand.
    pub(crate) leaves: Leaves,
}

impl Mapping {
    /// A record by its position.
    pub fn record(&self, id: RecordId) -> &Record {
        &self.records[id.0]
    }

    /// The position of the record of that name: records are sorted by name.
    pub(crate) fn record_named(&self, name: &str) -> Option<RecordId> {
        self.records.binary_search_by(|record| record.name.as_str().cmp(name)).ok().map(RecordId)
    }

    /// A table by its position.
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.0]
    }

    /// A form by its position.
    pub fn form(&self, id: FormId) -> &Form {
        &self.forms[id.0]
    }

    /// Whether a record is another one, or lies inside it.
    pub(crate) fn lies_in(&self, mut record: RecordId, outer: RecordId) -> bool {
        for _ in 0..=self.records.len() {
            match self.record(record).found {
                _ if record == outer => return true,
                Found::Inside { record: next, .. } => record = next,
                Found::Id | Found::Leaf(_) => return false,
            }
        }
        false
    }

    /// Every slot of the mapping with the unified leaf it stands for, lists included.
    pub fn slots(&self) -> Vec<(String, &Slot)> {
        let mut slots: Vec<(String, &Slot)> = Vec::new();
        slots.extend(self.fields.iter().map(|field| (field.leaf.clone(), &field.slot)));
        slots.extend(self.actions.iter().map(|action| (action.leaf.clone(), &action.slot)));
        slots.extend(self.groups.iter().map(|group| (group.parts.join(","), &group.slot)));
        for list in &self.lists {
            match &list.shape {
                ListShape::Slots(all) => {
                    for slot in all {
                        slots.extend(
                            slot.leaves
                                .iter()
                                .map(|leaf| (format!("{}[{}].{}", list.name, slot.is, leaf.name()), leaf.slot())),
                        );
                    }
                }
                ListShape::Array(array) => {
                    slots.extend(array.item.iter().map(|(leaf, slot)| (format!("{}[].{leaf}", list.name), slot)));
                }
            }
        }
        slots
    }

    /// The addresses that reading needs, in file order, some of them more than once.
    pub(crate) fn addresses_read(&self) -> impl Iterator<Item = &Address> {
        let fields = self.fields.iter().flat_map(|field| &field.slot.read);
        let actions = self.actions.iter().flat_map(|action| &action.slot.read);
        let groups = self.groups.iter().flat_map(|group| &group.slot.read);
        let slots = fields.chain(actions).chain(groups).chain(self.lists.iter().flat_map(reads_of_list));
        slots
            .chain(self.lists.iter().filter_map(array_of_list))
            .chain(self.tables.iter().flat_map(|table| table.prefer.values()))
    }
}

/// The addresses that the slots of a list read.
fn reads_of_list(list: &List) -> Vec<&Address> {
    match &list.shape {
        ListShape::Slots(slots) => {
            slots.iter().flat_map(|slot| &slot.leaves).flat_map(|leaf| &leaf.slot().read).collect()
        }
        ListShape::Array(array) => array.item.iter().flat_map(|(_, slot)| &slot.read).collect(),
    }
}

/// The address of the array that a list is.
fn array_of_list(list: &List) -> Option<&Address> {
    match &list.shape {
        ListShape::Array(array) => Some(&array.at),
        ListShape::Slots(_) => None,
    }
}

/// The files of a mapping's directory that a mapping may name, by their name.
pub type Attachments = BTreeMap<String, String>;
