//! Compares what was sent with what the provider's record now shows: a 200 is believed only as far as it is seen.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::Value;

use super::drive::Drive;
use super::verdict::{Expect, Locate};
use crate::mapping::ListShape;
use crate::outcome::{Fate, LeafOutcome};

impl Drive<'_> {
    /// What became of each leaf.
    pub(crate) fn finish(&mut self, resource: &Value) -> Vec<LeafOutcome> {
        let given = OnceCell::new();
        let given = |pointer: &str| {
            let all =
                || self.run.patch.iter().flat_map(crate::patch::Patch::values).collect::<BTreeMap<String, Value>>();
            given.get_or_init(all).get(pointer).cloned()
        };
        let mut shown = Shown { resource, items: BTreeMap::new() };
        let mut outcomes: Vec<LeafOutcome> = Vec::new();
        for verdict in &self.work.verdicts {
            let mut outcome = seen(verdict.outcome.clone(), verdict.expect.as_ref(), &mut shown);
            if outcome.outcome == Fate::Altered {
                outcome.sent = Some(given(&outcome.pointer).unwrap_or(Value::Null));
            }
            outcomes.push(outcome);
        }
        outcomes.extend(self.kept_slots(resource, &outcomes));
        outcomes
    }

    /// Slots that only the provider fills, and that go on showing items after their list was replaced.
    fn kept_slots(&self, resource: &Value, outcomes: &[LeafOutcome]) -> Vec<LeafOutcome> {
        let mut kept = Vec::new();
        let Some(patch) = &self.run.patch else { return kept };
        if self.run.options.lists == super::run::ListMode::Merge {
            return kept;
        }
        for said in &patch.lists {
            let Some(list) = self.mapping().lists.iter().find(|list| list.name == said.name) else { continue };
            let ListShape::Slots(slots) = &list.shape else { continue };
            if !slots.iter().any(crate::mapping::ListSlot::is_writable) {
                continue;
            }
            for slot in slots.iter().filter(|slot| !slot.is_writable()) {
                let shows = resource
                    .get(&list.name)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .any(|item| item.get(&list.key).and_then(Value::as_str) == Some(&slot.is));
                let told =
                    outcomes.iter().any(|outcome| outcome.pointer == said.pointer && outcome.outcome == Fate::Kept);
                if shows && !told {
                    let why = slot.leaves.iter().find_map(|leaf| leaf.slot().read_only.clone()).unwrap_or_default();
                    kept.push(
                        LeafOutcome::new(said.pointer.clone(), Fate::Kept)
                            .because(format!("slot `{}` keeps what it has: {why}", slot.is)),
                    );
                }
            }
        }
        kept
    }
}

/// One leaf, held against the answer.
fn seen(outcome: LeafOutcome, expect: Option<&Expect>, shown: &mut Shown<'_>) -> LeafOutcome {
    if !outcome.outcome.is_sent() {
        return outcome;
    }
    let done = if outcome.outcome == Fate::Send { Fate::Written } else { outcome.outcome };
    let Some(expect) = expect else { return LeafOutcome { outcome: done, ..outcome } };
    let (found, readable) = shown.find(expect);
    if !readable {
        return LeafOutcome { outcome: done, ..outcome };
    }
    let found = found.filter(|found| !is_nothing(found));
    let same = match (found, &expect.value) {
        (None, None) => true,
        (Some(found), Some(expected)) => expect.compare.same(found, expected),
        (None, Some(expected)) => is_nothing(expected),
        (Some(_), None) => false,
    };
    if same {
        return LeafOutcome { outcome: done, ..outcome };
    }
    LeafOutcome {
        outcome: Fate::Altered,
        reason: Some("the provider's record shows another value than was sent".to_owned()),
        reads: Some(found.cloned().unwrap_or(Value::Null)),
        ..outcome
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The answer, as outcomes look into it.
struct Shown<'v> {
    resource: &'v Value,
    /// The items of a list by the text of the leaf that tells them apart; made when the list is first looked into.
    items: BTreeMap<String, BTreeMap<&'v str, Vec<&'v Value>>>,
}

impl<'v> Shown<'v> {
    /// The value at a place of the answer, and whether the answer could show it at all.
    fn find(&mut self, expect: &Expect) -> (Option<&'v Value>, bool) {
        match &expect.at {
            Locate::Leaf(name) => {
                let found = name.split('.').try_fold(self.resource, |value, part| value.get(part));
                (found, found.is_some())
            }
            Locate::List(name) => {
                let found = self.resource.get(name);
                (found, found.is_some())
            }
            Locate::Item { list, key, is, leaf } => {
                let Some(all) = self.resource.get(list).and_then(Value::as_array) else { return (None, false) };
                let by_key = || {
                    let mut items: BTreeMap<&'v str, Vec<&'v Value>> = BTreeMap::new();
                    for item in all {
                        if let Some(is) = item.get(key).and_then(Value::as_str) {
                            items.entry(is).or_default().push(item);
                        }
                    }
                    items
                };
                if !self.items.contains_key(list) {
                    self.items.insert(list.clone(), by_key());
                }
                // Of several items of a key the one that shows the value counts.
                let items = self.items.get(list).and_then(|items| items.get(is.as_str()));
                let mut values = items.into_iter().flatten().filter_map(|item| item.get(leaf));
                let first = values.clone().next();
                let same =
                    |value: &&Value| expect.value.as_ref().is_some_and(|expected| expect.compare.same(value, expected));
                (values.find(same).or(first), true)
            }
            Locate::Key { map, key } => match self.resource.get(map) {
                Some(map) => (map.get(key), true),
                None => (None, false),
            },
        }
    }
}
