//! How each field of a mapping is known to read back, and how many of each kind there are.
//!
//! The count goes by the mapping's own entries, and not by the model's fields: a leaf of a list counts once for each slot
//! that holds it, and an open map once for each form of its values, since each of them stands or falls by itself.

use serde::Serialize;

use super::facts::Facts;
use super::{Assurance, leaf, list, map};
use crate::mapping::Mapping;
use crate::model::{Field, FieldKind};

/// How the fields of one mapping are known to read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Every field that the mapping has, in the order of the model.
    pub fields: Vec<Tallied>,
    /// The fields that the provider has no place for.
    pub unsupported: Vec<String>,
}

/// One field of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tallied {
    /// Its name: `one`, `one.two`, `many[type].two`, `map`, or `map[type]` for the values of a form.
    pub field: String,
    /// How it is known that what is written reads back; none where it is only read, and nothing comes back.
    pub assurance: Option<Assurance>,
    /// Whether it is only read.
    pub read_only: bool,
    /// The cases that show it.
    pub cases: Vec<String>,
    /// What is lost.
    pub losses: Vec<String>,
}

impl Tally {
    /// That of a mapping.
    pub fn of(mapping: &Mapping) -> Tally {
        let mut tally = Tally { fields: Vec::new(), unsupported: Vec::new() };
        for field in &mapping.model.fields {
            tally.add(mapping, field);
        }
        tally
    }

    /// The fields of one kind.
    pub fn of_kind(&self, assurance: Assurance) -> impl Iterator<Item = &Tallied> {
        self.fields.iter().filter(move |field| field.assurance == Some(assurance))
    }

    /// How many there are of a kind.
    pub fn count(&self, assurance: Assurance) -> usize {
        self.of_kind(assurance).count()
    }

    /// How many have one of the three kinds.
    pub fn assured(&self) -> usize {
        self.fields.iter().filter(|field| field.assurance.is_some()).count()
    }

    /// How many are only read, and shown by nothing because nothing is written.
    pub fn only_read(&self) -> usize {
        self.fields.len() - self.assured()
    }

    fn add(&mut self, mapping: &Mapping, field: &Field) {
        match &field.kind {
            FieldKind::Scalar(_) => self.one(field.name.clone(), leaf::facts(mapping, &field.name)),
            FieldKind::Object(leaves) => {
                for leaf in leaves {
                    let name = format!("{}.{}", field.name, leaf.name);
                    let facts = leaf::facts(mapping, &name);
                    self.one(name, facts);
                }
            }
            FieldKind::List { leaves, .. } => self.list(mapping, field, leaves),
            FieldKind::OpenMap => self.map(mapping, field),
            // Raw values go to the provider as they are: no entry of the mapping holds them.
            FieldKind::Raw => {}
        }
    }

    fn one(&mut self, name: String, facts: Facts) {
        if !facts.written && !facts.read {
            self.unsupported.push(name);
            return;
        }
        self.fields.push(Tallied {
            field: name,
            assurance: facts.assurance,
            read_only: !facts.written,
            cases: facts.cases,
            losses: facts.losses,
        });
    }

    fn list(&mut self, mapping: &Mapping, field: &Field, leaves: &[Field]) {
        let facts = list::facts(mapping, &field.name, leaves);
        if !facts.written && !facts.read {
            self.unsupported.push(field.name.clone());
            return;
        }
        let key = mapping.lists.iter().find(|list| list.name == field.name).map(|list| list.key.as_str());
        let there = |(_, facts): &(String, Facts)| facts.written || facts.read;
        for (kind, slot) in &facts.types {
            for (leaf, facts) in slot.fields.iter().filter(|part| there(part)) {
                self.one(format!("{}[{kind}].{leaf}", field.name), facts.clone());
            }
        }
        for (leaf, leaf_facts) in facts.fields.iter().filter(|part| there(part)) {
            // Leaves of slots are counted slot by slot; the key has no place of its own.
            if facts.types.is_empty() || Some(leaf.as_str()) == key {
                self.one(format!("{}[].{leaf}", field.name), leaf_facts.clone());
            }
        }
    }

    fn map(&mut self, mapping: &Mapping, field: &Field) {
        let Some(rest) = mapping.rests.iter().find(|rest| rest.name == field.name) else {
            self.unsupported.push(field.name.clone());
            return;
        };
        for (kind, assurance) in map::values(mapping, rest) {
            let form = kind.and_then(|kind| rest.form.as_ref()?.of(kind)).map(|id| mapping.form(id));
            let form = form.or(rest.form.as_ref().and_then(|by| by.other).map(|id| mapping.form(id)));
            let cases = form.map(|form| form.tested.as_slice()).filter(|cases| !cases.is_empty());
            let losses = rest.loss.iter().chain(form.and_then(|form| form.loss.as_ref()));
            self.fields.push(Tallied {
                field: kind.map_or_else(|| field.name.clone(), |kind| format!("{}[{kind}]", field.name)),
                assurance,
                read_only: assurance.is_none(),
                cases: cases.unwrap_or(&rest.tested).to_vec(),
                losses: losses.cloned().collect(),
            });
        }
    }
}
