//! What a case shows: which leaves its patch sets, what it expects to become of them, and what it expects to read.
//!
//! That the expectations hold is shown by the run of the case; here the question is whether they speak of the leaf.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::super::sites::{Owner, Site};
use super::json;
use crate::document::pointer;
use crate::mapping::{List, ListSlot, Mapping, Rest, Row, Rows, Table};
use crate::path::text_of;
use crate::variables::Bound;

/// A case, as far as it is a proof.
pub(super) struct Case {
    pub(super) name: String,
    resource: Option<String>,
    patch: Value,
    lead: Value,
    /// The first outcome by its pointer.
    outcomes: BTreeMap<String, String>,
    variables: BTreeMap<String, Value>,
    /// The bodies of the replies.
    bodies: Vec<Value>,
}

/// Which values of an open map are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// Whatever their form is.
    Any,
    /// Those of a type that has a form.
    Named(&'a str),
    /// Those of a type that has none of its own.
    Other,
}

impl Case {
    pub(super) fn new(name: &str, file: &Value) -> Case {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let items = |at: &str| file.pointer(at).and_then(Value::as_array).into_iter().flatten();
        let outcomes = items("/expect/outcomes");
        let variables = file.pointer("/account/variables").and_then(Value::as_object).into_iter().flatten();
        Case {
            name: name.to_owned(),
            resource: text(file.get("resource")),
            patch: json(file.get("patch")),
            lead: json(file.pointer("/expect/lead")),
            // Of several for one pointer the first counts.
            outcomes: outcomes
                .rev()
                .filter_map(|one| Some((text(one.get("pointer"))?, text(one.get("outcome"))?)))
                .collect(),
            variables: variables.map(|(name, value)| (name.clone(), value.clone())).collect(),
            bodies: items("/exchange").map(|exchange| json(exchange.pointer("/reply/body"))).collect(),
        }
    }

    /// Whether it writes the leaf of a slot and reads it back; else why not.
    pub(super) fn shows(&self, mapping: &Mapping, site: &Site<'_>) -> Result<(), String> {
        self.runs_on(mapping)?;
        match site.owner {
            Owner::Field(_) | Owner::Action(_) | Owner::Group(_) => {
                let leaves: Vec<String> = match site.owner {
                    Owner::Field(field) => vec![field.leaf.clone()],
                    Owner::Action(action) => vec![action.leaf.clone()],
                    Owner::Group(group) => group.parts.clone(),
                    Owner::Slot(..) | Owner::Item(..) => Vec::new(),
                };
                let reads = site.slot.computed.as_ref().map(|computed| computed.reads.as_slice()).unwrap_or_default();
                let clears = matches!(site.owner, Owner::Action(action) if self.clears(&action.leaf));
                if clears { Ok(()) } else { first(leaves.iter().map(|leaf| self.shows_leaf(site, leaf, reads))) }
            }
            Owner::Slot(list, slot, leaf) => {
                first(leaf.parts().iter().map(|part| self.shows_item(mapping, site, list, Some(slot), part)))
            }
            Owner::Item(list, leaf) => self.shows_item(mapping, site, list, None, leaf),
        }
    }

    /// `reads`: the further leaves from which the value is computed.
    fn shows_leaf(&self, site: &Site<'_>, leaf: &str, reads: &[String]) -> Result<(), String> {
        if site.is_written() {
            let set = |leaf: &str| is_there(self.patch.pointer(&at(leaf)));
            if !set(leaf) && !reads.iter().any(|read| set(read)) {
                return Err("its patch does not set it".to_owned());
            }
            // A value that others give has no outcome of its own.
            if set(leaf) {
                self.is_written(&at(leaf))?;
            }
        }
        if is_there(self.lead.pointer(&at(leaf))) { Ok(()) } else { Err("it does not expect to read it".to_owned()) }
    }

    /// A leaf of an item: of the slot, or of any item of an array.
    fn shows_item(
        &self,
        mapping: &Mapping,
        site: &Site<'_>,
        list: &List,
        slot: Option<&ListSlot>,
        leaf: &str,
    ) -> Result<(), String> {
        // A list whose key is no leaf has its finding.
        if mapping.model.field(&list.name).is_some_and(|field| field.leaf(&list.key).is_none()) {
            return Ok(());
        }
        let items = |of: &Value| of.get(&list.name).and_then(Value::as_array).cloned().unwrap_or_default();
        let key = |item: &Value| item.get(&list.key).and_then(Value::as_str).map(str::to_owned);
        if site.is_written() {
            let goes_here = |item: &Value| match (slot, key(item)) {
                (Some(slot), Some(key)) => slot.any || slot.is == key || slot.also.contains(&key),
                (None, _) | (_, None) => true,
            };
            let patch = items(&self.patch);
            let mut set = patch.iter().enumerate().filter(|(_, item)| goes_here(item) && is_there(item.get(leaf)));
            let Some((i, _)) = set.next() else { return Err("its patch does not set it".to_owned()) };
            self.is_written(&pointer(&pointer(&at(&list.name), &i.to_string()), leaf))?;
        }
        let is_seen = items(&self.lead)
            .iter()
            .any(|item| slot.is_none_or(|slot| key(item).as_ref() == Some(&slot.is)) && is_there(item.get(leaf)));
        if is_seen { Ok(()) } else { Err("it does not expect to read it".to_owned()) }
    }

    /// Whether it writes a value of an open map and reads it back.
    pub(super) fn shows_value(&self, mapping: &Mapping, rest: &Rest, kind: Kind<'_>) -> Result<(), String> {
        self.runs_on(mapping)?;
        let members = self.patch.get(&rest.name).and_then(Value::as_object).into_iter().flatten();
        let keys: Vec<&String> = members
            .filter(|(key, value)| !value.is_null() && self.has_kind(mapping, rest, key, kind))
            .map(|(key, _)| key)
            .collect();
        if keys.is_empty() {
            return Err("its patch sets no such value".to_owned());
        }
        first(keys.into_iter().map(|key| {
            let at = pointer(&at(&rest.name), key);
            self.is_written(&at)?;
            if is_there(self.lead.pointer(&at)) { Ok(()) } else { Err("it does not expect to read it".to_owned()) }
        }))
    }

    /// Whether a key has a type, or one without a form of its own.
    fn has_kind(&self, mapping: &Mapping, rest: &Rest, key: &str, kind: Kind<'_>) -> bool {
        if kind == Kind::Any {
            return true;
        }
        let Some(by) = &rest.form else { return false };
        let Some(table) = mapping.tables.get(by.table.0) else { return false };
        let rows = self.rows(mapping, table);
        let row = rows.iter().find(|row| row.unified == key || text_of(Some(&row.remote)).as_deref() == Some(key));
        let own = row.and_then(|row| row.column(&by.by)).and_then(|own| text_of(Some(&own)).map(Cow::into_owned));
        match (own, kind) {
            (None, _) => false,
            (Some(own), Kind::Named(kind)) => own == kind,
            (Some(own), Kind::Other | Kind::Any) => !by.forms.iter().any(|(name, _)| *name == own),
        }
    }

    /// The rows of a table that the replies hold.
    fn rows(&self, mapping: &Mapping, table: &Table) -> Vec<Row> {
        match &table.rows {
            Rows::Static(rows) => rows.to_vec(),
            Rows::Fetched(_) => match Bound::new(&mapping.provider.variables, &self.variables) {
                Ok(bound) => table.rows_of(&self.bodies, &bound),
                Err(_) => Vec::new(),
            },
        }
    }

    /// Whether it sets a leaf to one of these values, whatever their letter case.
    pub(super) fn sets(&self, leaf: &str, values: &[String]) -> bool {
        let said = self.patch.pointer(&at(leaf)).and_then(|value| text_of(Some(value)));
        said.is_some_and(|said| values.iter().any(|value| value.eq_ignore_ascii_case(&said)))
    }

    /// Whether it clears a leaf, and expects to read it as empty.
    pub(super) fn clears(&self, leaf: &str) -> bool {
        let at = at(leaf);
        !is_there(self.patch.pointer(&at))
            && self.is_written(&at).is_ok()
            && self.lead.pointer(&at).is_some_and(Value::is_null)
    }

    fn is_written(&self, pointer: &str) -> Result<(), String> {
        match self.outcomes.get(pointer) {
            Some(outcome) if outcome == "written" || outcome == "lossy" => Ok(()),
            Some(outcome) => Err(format!("it expects the outcome `{outcome}`")),
            None => Err("it expects no outcome of it".to_owned()),
        }
    }

    fn runs_on(&self, mapping: &Mapping) -> Result<(), String> {
        match &self.resource {
            Some(other) if *other != mapping.model.resource => Err(format!("it is about `{other}`")),
            _ => Ok(()),
        }
    }
}

/// The first that holds, else the first reason.
fn first(results: impl Iterator<Item = Result<(), String>>) -> Result<(), String> {
    let results: Vec<Result<(), String>> = results.collect();
    if results.iter().any(Result::is_ok) { Ok(()) } else { results.into_iter().next().unwrap_or(Ok(())) }
}

fn is_there(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !value.is_null())
}

/// The pointer of a dotted leaf.
fn at(leaf: &str) -> String {
    leaf.split('.').fold(String::new(), |at, name| pointer(&at, name))
}
