//! Takes the actions: fields that are set by a request of their own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::drive::{Drive, Phase, Stop, trouble};
use super::known::Known;
use super::step::{StepKey, StepKind};
use super::verdict::{ActionWork, Carrier};
use super::write::{after_silence, names_a_field};
use crate::mapping::{Repeat, Request, Row};
use crate::outcome::Failure;
use crate::patch::Violation;

impl<'a> Drive<'a> {
    /// Takes one action; none when there was nothing to do.
    pub(super) fn act(&mut self, index: usize) -> Result<Option<StepKey>, Stop> {
        let mapping = self.mapping();
        let Some(action) = mapping.actions.get(index) else { return Ok(None) };
        let Some((request, values)) = self.action_request(index) else { return Ok(None) };
        match self.send_action(index, request, values.clone(), 0) {
            Err(Stop::Trouble(trouble)) if !self.fresh && self.used_kept_rows() && names_a_field(&trouble) => {
                let mut renewed = self.decide_afresh()?;
                match renewed.actions.remove(&index) {
                    Some(again) if action_values(&again) != values => {
                        self.adopt(&renewed, Carrier::Action(index));
                        self.work.actions.insert(index, again);
                        let Some((request, values)) = self.action_request(index) else { return Ok(None) };
                        self.send_action(index, request, values, 1)
                    }
                    _ => Err(Stop::Trouble(trouble)),
                }
            }
            Err(Stop::Trouble(trouble)) if trouble.silent && request.repeat == Repeat::Unsafe => {
                let expected = self
                    .work
                    .verdicts
                    .iter()
                    .find(|verdict| verdict.carrier == Carrier::Action(index))
                    .and_then(|verdict| verdict.expect.clone());
                if let Some(expect) = expected {
                    self.looks += 1;
                    let now = match self.decode(&action.slot, action.scalar, Phase::Verify(self.looks)) {
                        Ok(now) => now,
                        Err(Stop::Trouble(_)) => return Err(Stop::Trouble(trouble)),
                        Err(stop) => return Err(stop),
                    };
                    let is_done = match (&now, &expect.value) {
                        (Ok(None), None) => true,
                        (Ok(Some(now)), Some(expected)) => expect.compare.same(now, expected),
                        _ => false,
                    };
                    if is_done {
                        return Ok(Some(StepKey::new(StepKind::Action, action.leaf.clone(), 0)));
                    }
                    return after_silence(trouble, self.send_action(index, request, values, 1));
                }
                Err(Stop::Trouble(trouble))
            }
            other => other,
        }
    }

    /// The request of an action that is to be taken, with the values that it brings itself.
    pub(super) fn action_request(&self, index: usize) -> Option<(&'a Request, BTreeMap<String, Known<Value>>)> {
        let action = self.mapping().actions.get(index)?;
        let work = self.work.actions.get(&index)?;
        let request = match work.set {
            Some(set) => action.set.get(set).map(|set| &set.request),
            None => action.unset.as_ref(),
        };
        Some((request?, action_values(work)))
    }

    /// The values of the holes of an action's request; refused where one has none.
    pub(super) fn action_fills(
        &mut self,
        index: usize,
        request: &Request,
        mut values: BTreeMap<String, Known<Value>>,
    ) -> Result<BTreeMap<String, Known<Value>>, Stop> {
        let mapping = self.mapping();
        let action = &mapping.actions[index];
        if request.names().contains(&"old") {
            let old = match self.current(&action.slot, &action.leaf, Phase::First)? {
                Known::Hole(_) => Known::Hole("old".to_owned()),
                Known::Value(old) => Known::Value(old.unwrap_or(Value::Null)),
            };
            values.insert("old".to_owned(), old);
        }
        self.fills(request, mapping.main, Phase::First, values)?.ok_or_else(|| {
            let verdict = self.work.verdicts.iter().find(|verdict| verdict.carrier == Carrier::Action(index));
            let pointer = verdict.map(|verdict| verdict.outcome.pointer.clone()).unwrap_or_default();
            let message = format!(
                "the request that sets `{}` needs a value that neither the patch nor the record has",
                action.leaf
            );
            trouble(Failure::refused(vec![Violation::new(pointer, "no-value", message)]), None, false)
        })
    }

    pub(super) fn send_action(
        &mut self,
        index: usize,
        request: &Request,
        values: BTreeMap<String, Known<Value>>,
        round: u32,
    ) -> Result<Option<StepKey>, Stop> {
        let mapping = self.mapping();
        let Some(action) = mapping.actions.get(index) else { return Ok(None) };
        let values = self.action_fills(index, request, values)?;
        let render = |this: &Self| this.render(request, &[], &[], None, &values);
        let key = StepKey::new(StepKind::Action, action.leaf.clone(), round);
        let reply = self.ask(key.clone(), request.repeat == Repeat::Safe, None, render)?;
        self.keep_answer(mapping.main, request.answer.as_ref(), &reply);
        Ok(Some(key))
    }
}

/// The values that an action's request may use.
fn action_values(work: &ActionWork) -> BTreeMap<String, Known<Value>> {
    let mut values = BTreeMap::new();
    values.insert("new".to_owned(), work.new.clone());
    match &work.row {
        Some(Known::Value(row)) => {
            values.extend(columns(row).map(|(name, value)| (format!("row.{name}"), Known::Value(value))));
        }
        Some(Known::Hole(hole)) => {
            for name in ["id", "remote", "unified"] {
                values.insert(format!("row.{name}"), Known::Hole(hole.clone()));
            }
        }
        None => {}
    }
    values
}

fn columns(row: &Row) -> impl Iterator<Item = (String, Value)> + '_ {
    let named = ["id", "remote", "unified"].into_iter().filter_map(|name| Some((name.to_owned(), row.column(name)?)));
    named.chain(row.columns.iter().map(|(name, value)| (name.clone(), value.clone())))
}
