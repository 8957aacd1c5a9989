//! Decides what becomes of each leaf of a patch, before anything is written.

mod action;
mod beside;
mod computed;
mod field;
mod group;
mod list;
mod rest;

pub(super) use rest::Owned;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::changes::{Atom, AtomChange};
use super::drive::{Chosen, Drive, Phase, Stop, text, trouble};
use super::known::Known;
use super::value::Encoding;
use super::verdict::{Carrier, Compare, Expect, Locate, Verdict};
use crate::mapping::{Address, Body, BodyTemplate, Clear, Found, NamePath, Slot};
use crate::outcome::{Failure, Fate, LeafOutcome};
use crate::patch::{Change, Patch, Violation};
use crate::path::Path;

impl Drive<'_> {
    /// Decides the patch, and compares the versions that the caller names. A failure tells that nothing was sent.
    pub(crate) fn decided(&mut self) -> Result<(), Stop> {
        match self.decide() {
            Err(Stop::Trouble(trouble)) if trouble.failure.outcomes.is_empty() => {
                return Err(Stop::Trouble(Box::new(self.before_writing(*trouble))));
            }
            other => other?,
        }
        match self.precondition() {
            Err(Stop::Trouble(trouble)) => Err(Stop::Trouble(Box::new(self.before_writing(*trouble)))),
            other => other,
        }
    }

    /// Decides the whole patch: changes, actions and verdicts; refuses it with every violation at once.
    pub(crate) fn decide(&mut self) -> Result<(), Stop> {
        let run = self.run;
        let Some(patch) = &run.patch else { return Ok(()) };
        match self.decide_all(patch) {
            // Names that cannot be looked up take nothing away from what is refused without them.
            Err(Stop::Trouble(failed)) if !run.violations.is_empty() && failed.failure.violations.is_empty() => {
                Err(trouble(self.refusal(Vec::new()), None, false))
            }
            decided => decided,
        }
    }

    fn decide_all(&mut self, patch: &Patch) -> Result<(), Stop> {
        let run = self.run;
        for leaf in &patch.leaves {
            self.decide_leaf(leaf)?;
        }
        self.decide_groups(&patch.leaves)?;
        self.decide_computed(&patch.leaves)?;
        for list in &patch.lists {
            self.decide_list(list)?;
        }
        self.decide_maps(&patch.maps)?;
        if let Some(raw) = &patch.raw {
            self.decide_raw(raw);
        }
        self.decide_missing_records()?;
        self.in_patch_order();
        if !self.work.violations.is_empty() || !run.violations.is_empty() {
            let mut told = BTreeSet::new();
            let mut violations = std::mem::take(&mut self.work.violations);
            violations.retain(|violation| told.insert(violation.clone()));
            return Err(trouble(self.refusal(violations), None, false));
        }
        if run.options.strict {
            self.refuse_unclean()?;
        }
        self.rehearse()?;
        self.name_dropped();
        self.name_beside();
        self.settle_actions()
    }

    /// Names what a list of the provider loses beyond the one value that is shown of it, where the list was read.
    fn name_dropped(&mut self) {
        let mapping = self.mapping();
        let is_list = |atom: &Atom| matches!(&atom.change, AtomChange::Set(Known::Value(Value::Array(_))));
        if !self.work.changes.values().any(|changes| changes.atoms.iter().any(is_list)) {
            return;
        }
        for field in &mapping.fields {
            let (Some(address), Some(loss)) = (&field.slot.write, &field.slot.loss) else { continue };
            let path = self.written_path(address);
            let atoms =
                self.work.changes.get(&address.record).map(|changes| changes.atoms.as_slice()).unwrap_or_default();
            let wanted = atoms.iter().find(|atom| atom.path == path).and_then(|atom| match &atom.change {
                AtomChange::Set(Known::Value(Value::Array(items))) => Some(items.clone()),
                _ => None,
            });
            let state = self.known_state(address.record, Phase::First);
            let (Some(wanted), Some(state)) = (wanted, state) else { continue };
            let Some(Value::Array(current)) = state.get(&address.path, &self.run.bound) else { continue };
            let dropped: Vec<String> = current.iter().skip(1).filter(|item| !wanted.contains(item)).map(text).collect();
            if dropped.is_empty() {
                continue;
            }
            for verdict in self
                .work
                .verdicts
                .iter_mut()
                .filter(|verdict| verdict.path == path && verdict.outcome.outcome.is_sent())
            {
                verdict.outcome.outcome = Fate::Lossy;
                verdict.outcome.reason = Some(format!("{loss}: {}", dropped.join(", ")));
            }
        }
    }

    /// Verdicts stand in the order of the patch, whichever construct decided them.
    fn in_patch_order(&mut self) {
        let Some(patch) = &self.run.patch else { return };
        let pointers = self.work.verdicts.iter().map(|verdict| &verdict.outcome.pointer);
        if pointers.eq(patch.leaves.iter().map(|leaf| &leaf.pointer)) {
            return;
        }
        let rank = patch.ranks();
        self.work.verdicts.sort_by_cached_key(|verdict| rank(&verdict.outcome.pointer));
    }

    /// Strict mode: anything but a clean write refuses the patch.
    fn refuse_unclean(&self) -> Result<(), Stop> {
        let violations: Vec<Violation> = self
            .work
            .verdicts
            .iter()
            .filter(|verdict| !verdict.outcome.outcome.is_clean())
            .map(|verdict| {
                let why = verdict.outcome.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
                Violation::new(
                    verdict.outcome.pointer.clone(),
                    "strict",
                    format!("would be `{}`{why}", verdict.outcome.outcome.as_str()),
                )
            })
            .collect();
        if violations.is_empty() {
            return Ok(());
        }
        Err(trouble(self.refusal(violations), None, false))
    }

    /// A refusal before anything was written: what would have been sent was not. What the model refuses is told with it,
    /// in the order of the patch.
    fn refusal(&self, violations: Vec<Violation>) -> Failure {
        let mut all = self.run.violations.clone();
        all.extend(violations);
        if let (Some(patch), false) = (&self.run.patch, self.run.violations.is_empty()) {
            let rank = patch.ranks();
            all.sort_by_cached_key(|violation| rank(&violation.pointer));
        }
        Failure { outcomes: self.nothing_sent(), ..Failure::refused(all) }
    }

    /// Notes a verdict.
    pub(super) fn verdict(&mut self, outcome: LeafOutcome, carrier: Carrier, path: NamePath, expect: Option<Expect>) {
        self.work.verdicts.push(Verdict { outcome, carrier, path, expect });
    }

    /// Notes a leaf that is not sent.
    pub(super) fn unsent(&mut self, pointer: &str, fate: Fate, reason: impl Into<String>) {
        self.verdict(LeafOutcome::new(pointer, fate).because(reason), Carrier::None, NamePath::default(), None);
    }

    /// Notes why the patch is refused; what is noted twice is told once.
    pub(super) fn refuse(&mut self, violation: Violation) {
        self.work.violations.push(violation);
    }

    /// The names of a written path with the account's variables put in.
    pub(super) fn written_path(&self, address: &Address) -> NamePath {
        address.names(&self.run.bound).unwrap_or_default()
    }

    /// Changes an atom.
    pub(super) fn change(&mut self, address: &Address, change: AtomChange) {
        let path = self.written_path(address);
        self.work.changes.entry(address.record).or_default().atoms.push(Atom { path, change });
    }

    /// Clears a slot; a violation where it cannot be.
    pub(super) fn clear_slot(&mut self, slot: &Slot, pointer: &str) -> bool {
        let Some(address) = &slot.write else { return false };
        let spelled = self.mapping().clear_of(slot).unwrap_or(self.mapping().record(address.record).clear);
        if spelled == Clear::Never {
            self.refuse(Violation::new(
                pointer,
                "not-clearable",
                "the provider has no way to clear it; leave it out or give a value",
            ));
            return false;
        }
        let list = slot.codec.wire_kind() == Some(crate::codec::Kind::List) || spelled == Clear::List;
        self.change(address, AtomChange::Clear { spelled, list });
        true
    }

    /// Writes a value to a slot and gives the verdict; none where it was refused.
    pub(super) fn write_slot(&mut self, slot: &Slot, wire: Known<Value>, row: Option<&Known<Chosen>>) {
        let Some(address) = &slot.write else { return };
        self.change(address, AtomChange::Set(wire));
        for (companion, template) in &slot.with {
            let value = match (row, template.sole().and_then(|name| name.strip_prefix("row."))) {
                (Some(Known::Value(row)), Some(column)) => row.column(column).map(Known::Value),
                (Some(Known::Hole(hole)), Some(column)) => Some(Known::Hole(format!("{hole}.{column}"))),
                _ => None,
            };
            if let Some(value) = value {
                self.change(companion, AtomChange::Set(value));
            }
        }
    }

    /// The outcome of a value that is sent: clean, or lossy with both values; a loss that nobody declared is refused.
    pub(super) fn sent(
        &mut self,
        pointer: &str,
        slot: &Slot,
        declared: Option<&str>,
        value: &Value,
        reads: Option<&Value>,
        compare: Compare,
    ) -> Option<LeafOutcome> {
        let mut outcome = LeafOutcome::new(pointer, Fate::Send);
        let Some(reads) = reads.filter(|reads| !compare.same(value, reads)) else {
            return Some(outcome);
        };
        let form = slot.form.and_then(|form| self.mapping().form(form).loss.as_deref());
        let also = slot
            .table
            .filter(|table| !self.mapping().table(*table).also.is_empty())
            .map(|_| "another spelling reads back as the table's own name");
        let Some(why) = slot
            .loss
            .as_deref()
            .or(declared)
            .or(form)
            .or(slot.codec.loss())
            .or(also)
            .or(reads.is_null().then_some(NOTHING))
        else {
            let message = format!("would read back as {}, and the mapping declares no loss here", shown(reads));
            self.refuse(Violation::new(pointer, "undeclared-loss", message));
            return None;
        };
        outcome.outcome = Fate::Lossy;
        outcome.reason = Some(why.to_owned());
        outcome.sent = Some(value.clone());
        outcome.reads = Some(reads.clone());
        Some(outcome)
    }

    /// The carrier of a slot, with the name of its record where that is not the main one.
    pub(super) fn carrier(&self, slot: &Slot) -> (Carrier, Option<String>, NamePath) {
        match &slot.write {
            None => (Carrier::None, None, NamePath::default()),
            Some(address) => {
                let mapping = self.mapping();
                let other = (address.record != mapping.main).then(|| mapping.record(address.record).name.clone());
                (Carrier::Record(address.record), other, self.written_path(address))
            }
        }
    }

    /// Decides a value of a slot: encodes, measures, writes, and notes the verdict.
    pub(super) fn decide_value(
        &mut self,
        pointer: &str,
        slot: &Slot,
        scalar: crate::model::Scalar,
        declared: Option<&str>,
        change: &Change,
        at: Locate,
    ) -> Result<(), Stop> {
        if let Some(reason) = &slot.read_only {
            self.unsent(pointer, Fate::ReadOnly, reason.clone());
            return Ok(());
        }
        let compare = super::value::compare(self.mapping(), slot, scalar);
        let (carrier, record, path) = self.carrier(slot);
        match change {
            Change::Clear => {
                if self.clear_slot(slot, pointer) {
                    let outcome = LeafOutcome { record, ..LeafOutcome::new(pointer, Fate::Send) };
                    let expect = (!slot.read.is_empty()).then_some(Expect { at, value: None, compare });
                    self.verdict(outcome, carrier, path, expect);
                }
            }
            Change::Set(value) => match self.encode(slot, scalar, value, pointer)? {
                Encoding::Refused(violation)
                    if violation.code == "unknown-value" && self.shows_unnamed(slot, scalar, value)? =>
                {
                    self.unsent(pointer, Fate::Unchanged, "the record shows it already, and no look-up knows it");
                }
                Encoding::Refused(violation) => self.refuse(*violation),
                Encoding::Omitted => self.unsent(
                    pointer,
                    Fate::Unsupported,
                    "no row of the table knows the value, and the mapping leaves it out",
                ),
                Encoding::Done(encoded) => {
                    let never = || {
                        slot.write.as_ref().is_some_and(|address| {
                            self.mapping().clear_of(slot).unwrap_or(self.mapping().record(address.record).clear)
                                == Clear::Never
                        })
                    };
                    if encoded.reads.as_deref() == Some(&Value::Null) && never() {
                        self.refuse(Violation::new(
                            pointer,
                            "not-clearable",
                            "the provider takes this for no value, and has no way to clear it",
                        ));
                        return Ok(());
                    }
                    let Some(outcome) = self.sent(pointer, slot, declared, value, encoded.reads.as_deref(), compare)
                    else {
                        return Ok(());
                    };
                    self.write_slot(slot, encoded.wire, encoded.row.as_ref());
                    let expected = encoded.reads.map_or_else(|| value.clone(), Cow::into_owned);
                    let expect = (!slot.read.is_empty()).then_some(Expect { at, value: Some(expected), compare });
                    self.verdict(LeafOutcome { record, ..outcome }, carrier, path, expect);
                }
            },
        }
        Ok(())
    }

    /// Whether the record shows just this value from a place that stands in for the written one: what was read and is sent
    /// back is no change, though no row of the table has it.
    fn shows_unnamed(&mut self, slot: &Slot, scalar: crate::model::Scalar, value: &Value) -> Result<bool, Stop> {
        let looked_up = slot
            .table
            .is_some_and(|table| matches!(self.mapping().table(table).rows, crate::mapping::Rows::Fetched(_)));
        if !looked_up || slot.read.len() < 2 {
            return Ok(false);
        }
        let shown = self.decode(slot, scalar, Phase::First)?;
        self.passed = None;
        Ok(shown.ok().flatten().as_ref() == Some(value))
    }

    /// Puts raw values on top of the main record's changes; leaves that they hit are overridden.
    fn decide_raw(&mut self, raw: &serde_json::Map<String, Value>) {
        let mapping = self.mapping();
        let Some(field) = mapping.model.raw_field() else { return };
        let record = mapping.record(mapping.main);
        let Some(request) = &record.write else {
            self.refuse(Violation::new(
                format!("/{}", field.name),
                "not-writable",
                "the main record has no write that could carry raw values",
            ));
            return;
        };
        // A path from the answer's root may lead into the record too.
        let head = |path: &Path| {
            let names = |path: &Path| path.names(&self.run.bound).unwrap_or_default();
            if !path.root {
                return path.head(&self.run.bound);
            }
            names(path).strip_prefix(record.at.as_ref().map(names).unwrap_or_default().as_slice())?.first().cloned()
        };
        let ids = mapping
            .fields
            .iter()
            .filter(|field| mapping.model.required.contains(&field.leaf))
            .flat_map(|field| &field.slot.read);
        let guarded: Vec<String> = beside_changes(&request.body)
            .into_iter()
            .chain(request.guard.iter().filter_map(|guard| head(&guard.from)))
            .chain(ids.filter(|address| address.record == mapping.main).filter_map(|address| head(&address.path)))
            .collect();
        for name in raw.keys().filter(|name| guarded.contains(name)) {
            let pointer = crate::document::pointer(&format!("/{}", field.name), name);
            self.refuse(Violation::new(
                pointer,
                "guarded",
                "raw values may not touch the record's id, its guard or what stands beside the changes",
            ));
        }
        if raw.is_empty() {
            return;
        }
        let name = field.name.clone();
        for key in raw.keys() {
            let outcome = LeafOutcome::new(crate::document::pointer(&format!("/{name}"), key), Fate::Send);
            self.verdict(outcome, Carrier::Record(mapping.main), NamePath::from([key.clone()]), None);
        }
        let hit = self.work.changes.entry(mapping.main).or_default().add_raw(raw);
        for verdict in &mut self.work.verdicts {
            let own = verdict.outcome.pointer.starts_with(&format!("/{name}/"));
            if !own && verdict.carrier == Carrier::Record(mapping.main) && hit.contains(&verdict.path) {
                verdict.outcome.outcome = Fate::Overridden;
                verdict.outcome.reason =
                    Some(format!("`{}` of the same patch writes `{}`", field.name, verdict.path.join(".")));
                verdict.expect = None;
            }
        }
    }

    /// A record that is to be written has to be there, or be created.
    fn decide_missing_records(&mut self) -> Result<(), Stop> {
        let mapping = self.mapping();
        let ids: Vec<_> = self
            .work
            .changes
            .iter()
            .filter(|(id, changes)| **id != mapping.main && !changes.atoms.is_empty())
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            let record = mapping.record(id);
            // A patch that takes the record away has no place for its leaves; one that is not there may be created.
            let taken = match &record.found {
                Found::Leaf(leaf) => self
                    .run
                    .patch
                    .as_ref()
                    .and_then(|patch| patch.leaf(leaf))
                    .is_some_and(|leaf| leaf.change == Change::Clear),
                Found::Id | Found::Inside { .. } => false,
            };
            if !taken && matches!(record.absent, crate::mapping::Absent::Create(_)) {
                continue;
            }
            if taken || self.record_id(id, Phase::First)? == Known::Value(None) {
                let pointers: Vec<String> = self
                    .work
                    .verdicts
                    .iter()
                    .filter(|verdict| verdict.carrier == Carrier::Record(id))
                    .map(|verdict| verdict.outcome.pointer.clone())
                    .collect();
                for pointer in pointers {
                    let message = format!("it lies on `{}`, and there is none", record.name);
                    self.refuse(Violation::new(pointer, "no-record", message));
                }
            }
        }
        Ok(())
    }
}

/// The members that stand beside the changes in a body: constants and the id.
fn beside_changes(body: &Body) -> Vec<String> {
    let Body::Json(BodyTemplate::Object(members)) = body else { return Vec::new() };
    if members.iter().any(|(name, _)| name == crate::mapping::request::SPREAD) {
        members.iter().map(|(name, _)| name.clone()).filter(|name| name != crate::mapping::request::SPREAD).collect()
    } else {
        Vec::new()
    }
}

/// Why a value that a record takes for none reads back as null.
pub(super) const NOTHING: &str = "the provider takes it for no value, so it reads back as null";

/// A value for a message.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        other => format!("`{}`", crate::patch::cut(&other.to_string())),
    }
}
