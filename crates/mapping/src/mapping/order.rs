//! The order of the writes: all that an author says about steps.

use std::collections::BTreeSet;

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
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        for (i, name) in self.raw.update.order.iter().enumerate() {
            let place = self.doc.place(&pointer("/update/order", &i.to_string()));
            match writable.iter().find(|(known, _)| known == name) {
                None => {
                    let known = did_you_mean(name, writable.iter().map(|(name, _)| *name));
                    let message = format!("`{name}` is neither a record that is written nor an action");
                    self.diagnostics.push(Diagnostic::error(Code::OrderUnknown, place, message).with_help(known));
                }
                Some(_) if !seen.insert(name.as_str()) => {
                    self.error(Code::OrderCycle, place, format!("`{name}` stands in the order already"));
                }
                Some((_, write)) => order.push(*write),
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
        for (i, record) in records.iter().enumerate() {
            let Found::Leaf(leaf) = &record.found else { continue };
            let Some(action) = actions.iter().position(|action| action.leaf == *leaf) else { continue };
            let at = |write: Write| order.iter().position(|other| *other == write);
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
        for (i, record) in records.iter().enumerate() {
            let mut seen = vec![i];
            let mut current = record;
            while let Found::Inside { record: next, .. } = &current.found {
                if seen.contains(&next.0) {
                    let place = self.doc.key(&pointer(&pointer("/records", &record.name), "inside"));
                    self.error(Code::OrderCycle, place, format!("record `{}` lies inside itself", record.name));
                    break;
                }
                seen.push(next.0);
                match records.get(next.0) {
                    Some(next) => current = next,
                    None => break,
                }
            }
        }
    }
}
