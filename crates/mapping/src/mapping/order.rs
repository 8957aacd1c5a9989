//! The order of the writes: all that an author says about steps.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Found, Record, RecordId, Resolver};
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::pointer;

/// One write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// The changes of a record.
    Record(RecordId),
    /// The action at that position of the mapping's actions.
    Action(usize),
}

impl Resolver<'_> {
    /// Checks the order: complete, each name once, and a leaf that names a record before that record.
    pub(super) fn order(&mut self, records: &[Record], actions: &[Action]) -> Vec<Write> {
        let writable: Vec<(&str, Write)> = records
            .iter()
            .enumerate()
            .filter(|(_, record)| record.write.is_some())
            .map(|(i, record)| (record.name.as_str(), Write::Record(RecordId(i))))
            .chain(actions.iter().enumerate().map(|(i, action)| (action.leaf.as_str(), Write::Action(i))))
            .collect();
        let mut by_name: BTreeMap<&str, Write> = BTreeMap::new();
        for (name, write) in &writable {
            by_name.entry(name).or_insert(*write);
        }
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        for (i, name) in self.raw.update.order.iter().enumerate() {
            let place = self.doc.place(&pointer("/update/order", &i.to_string()));
            match by_name.get(name.as_str()) {
                None => {
                    let known = did_you_mean(name, writable.iter().map(|(name, _)| *name));
                    let message = format!("`{name}` is neither a record that is written nor an action");
                    self.diagnostics.push(Diagnostic::error(Code::OrderUnknown, place, message).with_help(known));
                }
                Some(_) if !seen.insert(name.as_str()) => {
                    self.error(Code::OrderCycle, place, format!("`{name}` stands in the order already"));
                }
                Some(write) => order.push(*write),
            }
        }
        let missing: Vec<&str> = writable.iter().map(|(name, _)| *name).filter(|name| !seen.contains(name)).collect();
        if writable.len() > 1 && !missing.is_empty() {
            let place = if self.raw.update.order.is_empty() {
                self.doc.place("/records")
            } else {
                self.doc.place("/update/order")
            };
            let message = format!("the order of the writes does not say when {} is written", missing.join(", "));
            let help = format!(
                "[update]\norder = [{}]",
                writable.iter().map(|(name, _)| format!("{name:?}")).collect::<Vec<_>>().join(", ")
            );
            self.diagnostics.push(Diagnostic::error(Code::OrderIncomplete, place, message).with_help(help));
        }
        if self.raw.update.order.is_empty() {
            order = writable.iter().map(|(_, write)| *write).collect();
        }
        self.leaf_before_record(records, actions, &order);
        self.id_cycles(records);
        order
    }

    /// A leaf that names a record acts first: the other leaves go to the record that it then names.
    fn leaf_before_record(&mut self, records: &[Record], actions: &[Action], order: &[Write]) {
        let mut by_leaf: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, action) in actions.iter().enumerate() {
            by_leaf.entry(&action.leaf).or_insert(i);
        }
        let positions: BTreeMap<Write, usize> = order.iter().enumerate().map(|(at, write)| (*write, at)).collect();
        for (i, record) in records.iter().enumerate() {
            let Found::Leaf(leaf) = &record.found else { continue };
            let Some(action) = by_leaf.get(leaf.as_str()).copied() else { continue };
            let at = |write: Write| positions.get(&write).copied();
            if let (Some(action_at), Some(record_at)) = (at(Write::Action(action)), at(Write::Record(RecordId(i))))
                && record_at < action_at
            {
                let index = self.raw.update.order.iter().position(|name| *name == record.name).unwrap_or(record_at);
                let place = self.doc.place(&pointer("/update/order", &index.to_string()));
                let message = format!("record `{}` is found by `{leaf}`, which is set after it", record.name);
                let diagnostic = Diagnostic::error(Code::OrderCycle, place, message);
                self.diagnostics.push(diagnostic.with_help(format!("put \"{leaf}\" before \"{}\"", record.name)));
            }
        }
    }

    /// Records whose ids wait for each other can never be read.
    fn id_cycles(&mut self, records: &[Record]) {
        // Of each record that was looked at: whether a circle is where its way outwards leads.
        let mut known: BTreeMap<usize, bool> = BTreeMap::new();
        for (i, record) in records.iter().enumerate() {
            let mut seen = BTreeSet::new();
            let mut at = i;
            let circles = loop {
                if let Some(known) = known.get(&at) {
                    break *known;
                }
                if !seen.insert(at) {
                    break true;
                }
                match records.get(at).map(|record| &record.found) {
                    Some(Found::Inside { record: next, .. }) => at = next.0,
                    _ => break false,
                }
            };
            known.extend(seen.into_iter().map(|record| (record, circles)));
            if circles {
                let place = self.doc.key(&pointer(&pointer("/records", &record.name), "inside"));
                self.error(Code::OrderCycle, place, format!("record `{}` lies inside itself", record.name));
            }
        }
    }
}
