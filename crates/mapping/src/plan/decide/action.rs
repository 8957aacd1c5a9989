//! A leaf that is set by a request of its own.

use super::super::drive::{Drive, Phase, Stop, text};
use super::super::known::Known;
use super::super::render::is_segment;
use super::super::value::Encoding;
use super::super::verdict::{ActionWork, Carrier, Expect, Locate};
use crate::mapping::Slot;
use crate::outcome::{Fate, LeafOutcome};
use crate::patch::{Change, LeafPatch, Violation, cut};
use crate::path::text_of;

impl Drive<'_> {
    pub(super) fn decide_action(&mut self, index: usize, leaf: &LeafPatch) -> Result<(), Stop> {
        let mapping = self.mapping();
        let action = &mapping.actions[index];
        if let Some(reason) = &action.slot.read_only {
            self.unsent(&leaf.pointer, Fate::ReadOnly, reason.clone());
            return Ok(());
        }
        let compare = super::super::value::compare(mapping, &action.slot, action.scalar);
        let at = Locate::Leaf(leaf.name.clone());
        let (work, expected) = match &leaf.change {
            Change::Clear => {
                let Some(unset) = &action.unset else {
                    self.refuse(Violation::new(
                        leaf.pointer.clone(),
                        "not-clearable",
                        "the provider has no way to clear it; leave it out or give a value",
                    ));
                    return Ok(());
                };
                if unset.names().contains(&"old")
                    && self.current(&action.slot, &leaf.name, Phase::First)? == Known::Value(None)
                {
                    self.unsent(&leaf.pointer, Fate::Unchanged, "there is nothing to clear");
                    return Ok(());
                }
                (ActionWork { set: None, new: Known::Value(serde_json::Value::Null), row: None }, None)
            }
            Change::Set(value) => {
                let name = text_of(Some(value)).map(std::borrow::Cow::into_owned).unwrap_or_default();
                let chosen = action
                    .set
                    .iter()
                    .position(|set| set.is.is_empty() || set.is.iter().any(|is| is.eq_ignore_ascii_case(&name)));
                let Some(chosen) = chosen else {
                    let known: Vec<&str> =
                        action.set.iter().flat_map(|set| set.is.iter().map(String::as_str)).collect();
                    let message =
                        format!("the provider has no value for `{}`; known are {}", cut(&name), known.join(", "));
                    let suggestion = crate::diagnostic::suggest::suggest(&name, known).map(str::to_owned);
                    self.refuse(Violation {
                        suggestion,
                        ..Violation::new(leaf.pointer.clone(), "unknown-value", message)
                    });
                    return Ok(());
                };
                let set = &action.set[chosen];
                let canonical = set
                    .is
                    .iter()
                    .find(|is| is.eq_ignore_ascii_case(&name))
                    .map_or_else(|| value.clone(), |is| is.clone().into());
                // The request's own table gives the row; the slot's table and codec give the value.
                let slot = Slot { table: set.table.or(action.slot.table), ..action.slot.clone() };
                let encoded = match self.encode(&slot, action.scalar, &canonical, &leaf.pointer)? {
                    Encoding::Refused(violation) => {
                        self.refuse(*violation);
                        return Ok(());
                    }
                    Encoding::Omitted => {
                        self.unsent(
                            &leaf.pointer,
                            Fate::Unsupported,
                            "no row of the table knows the value, and the mapping leaves it out",
                        );
                        return Ok(());
                    }
                    Encoding::Done(encoded) => encoded,
                };
                // A value that may not stand in a path is refused here, and not after other writes were sent.
                if let Known::Value(wire) = &encoded.wire
                    && set.request.path.names().any(|hole| hole == "new")
                    && !is_segment(&text(wire))
                {
                    self.refuse(Violation::new(
                        leaf.pointer.clone(),
                        "bad-id",
                        "it is empty, `.`, `..` or has control characters: no id",
                    ));
                    return Ok(());
                }
                (ActionWork { set: Some(chosen), new: encoded.wire, row: encoded.row }, Some(canonical))
            }
        };
        let mut outcome = LeafOutcome::new(leaf.pointer.clone(), Fate::Send);
        if let (Some(loss), Some(_)) = (&action.slot.loss, &expected) {
            outcome.reason = Some(loss.clone());
        }
        let expect = (!action.slot.read.is_empty()).then_some(Expect { at, value: expected, compare });
        self.verdict(outcome, Carrier::Action(index), [leaf.name.clone()].into(), expect);
        self.work.actions.insert(index, work);
        Ok(())
    }

    /// Takes back the actions whose value the record, read for another reason, holds already.
    pub(super) fn settle_actions(&mut self) -> Result<(), Stop> {
        let mapping = self.mapping();
        let indexes: Vec<usize> = self.work.actions.keys().copied().collect();
        for index in indexes {
            let Some(action) = mapping.actions.get(index) else { continue };
            let is_read =
                action.slot.read.iter().any(|address| self.known_state(address.record, Phase::First).is_some());
            let expect = self
                .work
                .verdicts
                .iter()
                .find(|verdict| verdict.carrier == Carrier::Action(index))
                .and_then(|verdict| verdict.expect.clone());
            let (true, Some(expect)) = (is_read, expect) else { continue };
            let same = match (self.decode(&action.slot, action.scalar, Phase::First)?, &expect.value) {
                (Ok(None), None) => true,
                (Ok(Some(current)), Some(wanted)) => expect.compare.same(&current, wanted),
                _ => false,
            };
            if same {
                self.work.actions.remove(&index);
                self.unchanged(Carrier::Action(index), None);
            }
        }
        Ok(())
    }
}
