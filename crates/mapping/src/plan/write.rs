//! Sends what was decided, in the stated order, and says what was done when a step fails.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::changes::{Atom, AtomChange, Changes};
use super::drive::{Drive, Phase, Stop, Trouble, trouble};
use super::known::Known;
use super::state::State;
use super::step::{StepKey, StepKind};
use super::verdict::{ActionWork, Carrier, Verdict, Work};
use crate::mapping::request::Answer;
use crate::mapping::{Absent, Body, RecordId, Repeat, Request, Row, Write};
use crate::outcome::{Failure, Fate, LeafOutcome};
use crate::patch::Violation;
use crate::path::Path;
use crate::provider::{Class, Fault};
use crate::reply::Reply;

impl<'a> Drive<'a> {
    /// Sends every write. A step that fails ends the run with what was done before it.
    pub(crate) fn write_all(&mut self) -> Result<(), Stop> {
        let mapping = self.mapping();
        let mut done: Vec<(Carrier, String)> = Vec::new();
        for write in &mapping.order {
            let (carrier, result) = match write {
                Write::Record(id) => (Carrier::Record(*id), self.write_record(*id)),
                Write::Action(index) => (Carrier::Action(*index), self.act(*index)),
            };
            match result {
                Ok(Some(key)) => {
                    done.push((carrier, key.in_words()));
                    self.wrote = true;
                }
                Ok(None) => {}
                Err(Stop::Trouble(trouble)) => {
                    return Err(Stop::Trouble(Box::new(self.failed_at(*trouble, carrier, &done))));
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    /// Renders every write before the first of them: what a write needs is read, and what cannot be sent is refused
    /// while nothing is written.
    pub(crate) fn rehearse(&mut self) -> Result<(), Stop> {
        let mapping = self.mapping();
        for write in &mapping.order {
            match write {
                Write::Record(id) => {
                    if self.work.changes.get(id).is_none_or(|changes| changes.atoms.is_empty()) {
                        continue;
                    }
                    let (request, _) = self.record_request(*id)?;
                    if let Body::JsonPatch { diff: true, .. } = &request.body
                        && self.work.changes.get(id).is_some_and(|changes| changes.atoms.iter().any(Atom::is_list))
                    {
                        self.state(*id, Phase::First)?;
                    }
                    let headers = self.guard(*id, request, Phase::First, &mut Vec::new())?;
                    let values = BTreeMap::from([("changes".to_owned(), Known::Value(Value::Null))]);
                    let values = self.record_values(*id, request, Phase::First, values)?;
                    self.render(request, &[], &headers, None, &values)?;
                }
                Write::Action(index) => {
                    let Some((request, values)) = self.action_request(*index) else { continue };
                    let values = self.action_fills(*index, request, values)?;
                    self.render(request, &[], &[], None, &values)?;
                }
            }
        }
        Ok(())
    }

    /// The request that writes a record, or creates it where it is not there.
    fn record_request(&mut self, id: RecordId) -> Result<(&'a Request, StepKind), Stop> {
        let mapping = self.mapping();
        let record = mapping.record(id);
        let missing = id != mapping.main && self.record_id(id, Phase::First)? == Known::Value(None);
        match (&record.absent, missing, &record.write) {
            (Absent::Create(request), true, _) => Ok((request, StepKind::Create)),
            (_, _, Some(request)) => Ok((request, StepKind::Write)),
            _ => Err(trouble(Failure::new(Class::Bug, format!("record `{}` has no write", record.name)), None, false)),
        }
    }

    /// The values of the holes of a record's write.
    fn record_values(
        &mut self,
        id: RecordId,
        request: &Request,
        phase: Phase,
        values: BTreeMap<String, Known<Value>>,
    ) -> Result<BTreeMap<String, Known<Value>>, Stop> {
        self.fills(request, id, phase, values)?.ok_or_else(|| {
            let message = format!("there is no `{}` to write to", self.mapping().record(id).name);
            trouble(Failure::new(Class::NotFound, message), None, false)
        })
    }

    /// The header that makes a write conditional. Without the version that it takes nothing is written.
    fn guard(
        &mut self,
        id: RecordId,
        request: &Request,
        phase: Phase,
        holes: &mut Vec<String>,
    ) -> Result<Vec<(String, String)>, Stop> {
        let Some(guard) = &request.guard else { return Ok(Vec::new()) };
        let version = match self.state(id, phase)? {
            Known::Hole(_) => Known::Hole(guard.from.to_string()),
            Known::Value(state) => {
                let version = state
                    .and_then(|state| state.get(&guard.from, &self.run.bound).cloned())
                    .filter(|version| !version.is_null());
                Known::Value(version.ok_or_else(|| {
                    let message = format!(
                        "record `{}` shows no `{}`, without which its write is not conditional",
                        self.mapping().record(id).name,
                        guard.from
                    );
                    trouble(Failure::new(Class::Provider, message), None, false)
                })?)
            }
        };
        Ok(vec![(guard.header.clone(), super::drive::text(&version.shown(holes)))])
    }

    /// Decides the patch again with every fetched table asked for again. What is read for it joins the plan.
    fn decide_afresh(&mut self) -> Result<Work, Stop> {
        let mut afresh = self.afresh();
        let decided = afresh.decide();
        for step in afresh.planned {
            if !self.planned.iter().any(|known| known.key == step.key) {
                self.planned.push(step);
            }
        }
        decided?;
        Ok(afresh.work)
    }

    /// Takes what was decided again for one carrier.
    fn adopt(&mut self, renewed: &Work, carrier: Carrier) {
        self.fresh = true;
        for verdict in self.work.verdicts.iter_mut().filter(|verdict| verdict.carrier == carrier) {
            let again = renewed
                .verdicts
                .iter()
                .find(|again| again.carrier == carrier && again.outcome.pointer == verdict.outcome.pointer);
            if let Some(again) = again {
                *verdict = again.clone();
            }
        }
    }

    /// Writes one record; none when there was nothing to write.
    fn write_record(&mut self, id: RecordId) -> Result<Option<StepKey>, Stop> {
        let record = self.mapping().record(id);
        let Some(changes) = self.work.changes.get(&id).filter(|changes| !changes.atoms.is_empty()).cloned() else {
            return Ok(None);
        };
        let (request, kind) = self.record_request(id)?;
        match self.send_changes(id, request, kind, &changes, Phase::First, 0) {
            Err(Stop::Trouble(trouble)) if !self.fresh && self.used_kept_rows() && names_a_field(&trouble) => {
                // The provider refuses a value that rows kept from before may have given: ask for them again, once.
                let renewed = self.decide_afresh()?;
                match renewed.changes.get(&id) {
                    Some(again) if again.object(&mut Vec::new()) != changes.object(&mut Vec::new()) => {
                        self.adopt(&renewed, Carrier::Record(id));
                        self.work.changes.insert(id, again.clone());
                        self.send_changes(id, request, kind, again, Phase::First, 1)
                    }
                    _ => Err(Stop::Trouble(trouble)),
                }
            }
            Err(Stop::Trouble(trouble))
                if trouble.silent && request.repeat == Repeat::Unsafe && kind == StepKind::Write =>
            {
                // It may have been done: look, plan again, send only what still differs.
                self.looks += 1;
                let again = self.send_changes(id, request, kind, &changes, Phase::Verify(self.looks), 1);
                let done = StepKey { kind, on: record.name.clone(), round: 0 };
                after_silence(trouble, again).map(|key| Some(key.unwrap_or(done)))
            }
            other => other,
        }
    }

    fn send_changes(
        &mut self,
        id: RecordId,
        request: &Request,
        kind: StepKind,
        changes: &Changes,
        phase: Phase,
        round: u32,
    ) -> Result<Option<StepKey>, Stop> {
        let mapping = self.mapping();
        let record = mapping.record(id);
        let mut holes = Vec::new();
        let mut operations = None;
        let left;
        let changes = if phase == Phase::First || matches!(request.body, Body::JsonPatch { .. }) {
            changes
        } else {
            left = self.still_open(id, changes, phase)?;
            if left.atoms.is_empty() {
                return Ok(None);
            }
            &left
        };
        if let Body::JsonPatch { prefix, diff } = &request.body {
            let has_lists = *diff && changes.atoms.iter().any(Atom::is_list);
            let needs = has_lists || phase != Phase::First;
            let state = if needs { self.state(id, phase)? } else { Known::Value(None) };
            let bound = &self.run.bound;
            let current = |path: &[String]| -> Known<Option<Value>> {
                let names = Path {
                    record: None,
                    root: false,
                    segments: path.iter().map(|name| crate::path::plain(name)).collect(),
                };
                match &state {
                    Known::Hole(_) => Known::Hole(path.join(".")),
                    Known::Value(state) => {
                        Known::Value(state.as_ref().and_then(|state| state.get(&names, bound).cloned()))
                    }
                }
            };
            let mut planned = changes.operations(prefix, *diff, &mut holes, &current);
            if phase != Phase::First {
                planned.retain(|operation| !is_done(operation, prefix, &current));
            }
            if round == 0 {
                // A list whose difference is empty is not sent, whatever goes beside it.
                let same = |atom: &&Atom| {
                    let alone = Changes { atoms: vec![(*atom).clone()] };
                    atom.is_list() && alone.operations(prefix, *diff, &mut Vec::new(), &current).is_empty()
                };
                let same: Vec<Vec<String>> = changes.atoms.iter().filter(same).map(|atom| atom.path.clone()).collect();
                for path in same {
                    self.unchanged(Carrier::Record(id), Some(&path));
                }
            }
            if planned.is_empty() {
                return Ok(None);
            }
            operations = Some(planned);
        }
        let headers = self.guard(id, request, phase, &mut holes)?;
        let values = BTreeMap::from([("changes".to_owned(), Known::Value(changes.object(&mut holes)))]);
        let values = self.record_values(id, request, phase, values)?;
        let query: &[(String, Value)] = if id == mapping.main { &self.run.options.remote_query } else { &[] };
        let mut rendered = self.render(request, query, &headers, operations, &values)?;
        rendered.holes.extend(holes);
        rendered.holes.sort();
        rendered.holes.dedup();
        let key = StepKey { kind, on: record.name.clone(), round };
        let repeatable = request.repeat == Repeat::Safe && kind == StepKind::Write;
        let reply = self.ask(key.clone(), rendered, repeatable, None)?;
        // A parameter of the caller that either request knows may change what the reply holds.
        let known = |name: &str| {
            record.read.iter().chain([request]).any(|request| request.query.iter().any(|(known, _)| known == name))
        };
        let changed = query.iter().any(|(name, _)| known(name));
        self.keep_answer(id, request.answer.as_ref().filter(|_| !changed), reply);
        Ok(Some(key))
    }

    /// The changes that the record, as it is in a phase, does not show yet.
    fn still_open(&mut self, id: RecordId, changes: &Changes, phase: Phase) -> Result<Changes, Stop> {
        let Known::Value(Some(state)) = self.state(id, phase)? else { return Ok(changes.clone()) };
        let shows = |atom: &Atom| {
            let names = Path {
                record: None,
                root: false,
                segments: atom.path.iter().map(|name| crate::path::plain(name)).collect(),
            };
            let now = state.get(&names, &self.run.bound);
            match &atom.change {
                AtomChange::Set(Known::Value(wanted)) | AtomChange::Whole(Known::Value(wanted)) => now == Some(wanted),
                AtomChange::Set(Known::Hole(_)) | AtomChange::Whole(Known::Hole(_)) => false,
                AtomChange::Clear { spelled, .. } => {
                    now.is_some_and(|now| now.is_null() || spelled.value().as_ref() == Some(now))
                }
            }
        };
        Ok(Changes { atoms: changes.atoms.iter().filter(|atom| !shows(atom)).cloned().collect() })
    }

    /// Takes the record from a write's reply, where it is there whole.
    fn keep_answer(&mut self, id: RecordId, answer: Option<&Answer>, reply: Known<(Reply, bool)>) {
        // Whatever a reply showed before is old now.
        self.answers.clear();
        self.assumed = None;
        let Some(answer) = answer else { return };
        let Known::Value((reply, _)) = reply else {
            self.assumed = Some(id);
            return;
        };
        let at = match answer {
            Answer::Root => None,
            Answer::At(path) => Some(path),
        };
        let record = self.mapping().record(id);
        let state = reply.json().and_then(|root| State::new(root, at, record, &self.run.bound));
        if let Some(state) = state {
            self.answers.insert(id, Rc::new(state));
        }
    }

    /// Takes one action; none when there was nothing to do.
    fn act(&mut self, index: usize) -> Result<Option<StepKey>, Stop> {
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
                        return Ok(Some(StepKey { kind: StepKind::Action, on: action.leaf.clone(), round: 0 }));
                    }
                    return after_silence(trouble, self.send_action(index, request, values, 1));
                }
                Err(Stop::Trouble(trouble))
            }
            other => other,
        }
    }

    /// The request of an action that is to be taken, with the values that it brings itself.
    fn action_request(&self, index: usize) -> Option<(&'a Request, BTreeMap<String, Known<Value>>)> {
        let action = self.mapping().actions.get(index)?;
        let work = self.work.actions.get(&index)?;
        let request = match work.set {
            Some(set) => action.set.get(set).map(|set| &set.request),
            None => action.unset.as_ref(),
        };
        Some((request?, action_values(work)))
    }

    /// The values of the holes of an action's request; refused where one has none.
    fn action_fills(
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

    fn send_action(
        &mut self,
        index: usize,
        request: &Request,
        values: BTreeMap<String, Known<Value>>,
        round: u32,
    ) -> Result<Option<StepKey>, Stop> {
        let mapping = self.mapping();
        let Some(action) = mapping.actions.get(index) else { return Ok(None) };
        let values = self.action_fills(index, request, values)?;
        let rendered = self.render(request, &[], &[], None, &values)?;
        let key = StepKey { kind: StepKind::Action, on: action.leaf.clone(), round };
        let reply = self.ask(key.clone(), rendered, request.repeat == Repeat::Safe, None)?;
        self.keep_answer(mapping.main, request.answer.as_ref(), reply);
        Ok(Some(key))
    }

    /// Notes that nothing had to be sent: for all that a carrier has, or for one atom.
    pub(super) fn unchanged(&mut self, carrier: Carrier, atom: Option<&[String]>) {
        let meant = |verdict: &&mut Verdict| verdict.carrier == carrier && atom.is_none_or(|path| verdict.path == path);
        for verdict in self.work.verdicts.iter_mut().filter(meant) {
            if verdict.outcome.outcome == Fate::Send {
                verdict.outcome.outcome = Fate::Unchanged;
                verdict.outcome.reason = Some("the record held the value already".to_owned());
                verdict.carrier = Carrier::None;
            }
        }
    }

    /// The failure of a step: what was done before, and what became of each leaf.
    fn failed_at(&self, mut trouble: Trouble, carrier: Carrier, done: &[(Carrier, String)]) -> Trouble {
        let answered = trouble.failure.fault.as_ref().is_some_and(|fault| !is_breakdown(fault)) && !trouble.silent;
        let never = trouble.failure.fault.is_none() && !trouble.silent;
        let named = trouble.failure.fault.as_ref().map(|fault| self.pointers(&fault.fields)).unwrap_or_default();
        let words = trouble.failure.message.clone();
        // A step that only reads has not touched the leaf that it was for.
        let reads = trouble.key.is_some() && !trouble.writes();
        trouble.failure.outcomes = self
            .work
            .verdicts
            .iter()
            .map(|verdict| {
                let outcome = verdict.outcome.clone();
                if verdict.carrier == Carrier::None || !outcome.outcome.is_sent() {
                    outcome
                } else if done.iter().any(|(other, _)| *other == verdict.carrier) {
                    written(outcome)
                } else if verdict.carrier == carrier && answered && !reads {
                    let mut outcome = LeafOutcome { outcome: Fate::Rejected, ..outcome };
                    if named.iter().any(|(pointer, _)| *pointer == outcome.pointer) {
                        outcome.reason = Some(words.clone());
                    }
                    outcome
                } else if verdict.carrier == carrier && !never && !reads {
                    LeafOutcome { outcome: Fate::Unknown, ..outcome }
                } else {
                    LeafOutcome { outcome: Fate::NotSent, ..outcome }
                }
            })
            .collect();
        for (pointer, field) in named {
            let place = if self.work.verdicts.iter().any(|verdict| verdict.outcome.pointer == pointer) {
                ""
            } else {
                " (not in the patch)"
            };
            let message = format!("the provider refuses `{field}`{place}: {words}");
            trouble.failure.violations.push(Violation::new(pointer, "refused-by-provider", message));
        }
        trouble.failure.done = done.iter().map(|(_, words)| words.clone()).collect();
        trouble
    }

    /// The failure of a read or a look-up before anything was written: nothing was sent, of what is decided and what is not.
    pub(crate) fn before_writing(&self, mut trouble: Trouble) -> Trouble {
        trouble.failure.outcomes = self.nothing_sent();
        trouble
    }

    /// What becomes of each leaf when nothing is sent: what is decided of those that would not have been, and `not_sent`
    /// for all others, decided or not.
    pub(crate) fn nothing_sent(&self) -> Vec<LeafOutcome> {
        let mut outcomes = self.verdicts();
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.outcome.is_sent()) {
            outcome.outcome = Fate::NotSent;
        }
        let Some(patch) = &self.run.patch else { return outcomes };
        for (pointer, _) in patch.values() {
            if !outcomes.iter().any(|outcome| outcome.pointer == pointer) {
                outcomes.push(LeafOutcome::new(pointer, Fate::NotSent));
            }
        }
        outcomes.sort_by_key(|outcome| patch.rank(&outcome.pointer));
        outcomes
    }

    /// The failure of a read-back: the update was made all the same.
    pub(crate) fn after_writing(&self, mut trouble: Trouble) -> Trouble {
        trouble.failure.message = format!("the update was made; reading it back failed: {}", trouble.failure.message);
        for words in self.planned.iter().filter(|step| step.key.kind.writes()).map(|step| step.key.in_words()) {
            if !trouble.failure.done.contains(&words) {
                trouble.failure.done.push(words);
            }
        }
        trouble.failure.outcomes = self.work.verdicts.iter().map(|verdict| written(verdict.outcome.clone())).collect();
        trouble
    }

    /// The leaves that a provider's names of fields mean: those of the patch first, else those of the mapping.
    fn pointers(&self, fields: &[String]) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for field in fields {
            // Some providers name a field by a pointer into the body: its last part is the name.
            let name = field
                .strip_prefix('/')
                .and_then(|pointer| pointer.rsplit('/').next())
                .map_or_else(|| field.clone(), str::to_owned);
            let matches =
                |path: &[String]| path.join(".") == *field || path.first() == Some(&name) || path.last() == Some(&name);
            let in_patch = self
                .work
                .verdicts
                .iter()
                .filter(|verdict| matches(&verdict.path))
                .map(|verdict| verdict.outcome.pointer.clone());
            let mut pointers: Vec<String> = in_patch.collect();
            if pointers.is_empty() {
                pointers = self
                    .mapping()
                    .slots()
                    .into_iter()
                    .filter(|(_, slot)| {
                        slot.write
                            .as_ref()
                            .is_some_and(|address| matches(&address.path.names(&self.run.bound).unwrap_or_default()))
                    })
                    .map(|(leaf, _)| format!("/{}", leaf.split('[').next().unwrap_or_default().replace('.', "/")))
                    .take(1)
                    .collect();
            }
            for pointer in pointers {
                if !found.iter().any(|(known, _)| *known == pointer) {
                    found.push((pointer, field.clone()));
                }
            }
        }
        found
    }
}

/// The end of a step that was sent again after silence: unless it was done, or refused for its values, what the silence
/// left behind is still not known.
fn after_silence(silence: Box<Trouble>, again: Result<Option<StepKey>, Stop>) -> Result<Option<StepKey>, Stop> {
    match again {
        Err(Stop::Trouble(second)) => {
            let writes = second.key.as_ref().is_some_and(|key| key.kind.writes());
            let settled = matches!(
                second.failure.class,
                Class::Invalid | Class::Unsupported | Class::Forbidden | Class::NotFound
            );
            let refused = writes && settled && second.failure.fault.is_some();
            Err(Stop::Trouble(if refused { second } else { silence }))
        }
        other => other,
    }
}

/// Whether the provider refused the values and said which.
fn names_a_field(trouble: &Trouble) -> bool {
    trouble.failure.class == Class::Invalid
        && trouble.failure.fault.as_ref().is_some_and(|fault| !fault.fields.is_empty())
}

/// Whether the provider broke down over the write: then it has refused nothing, and may have done it.
fn is_breakdown(fault: &Fault) -> bool {
    // What is not implemented, or not to be had for the moment, was not done.
    matches!(fault.class, Class::Provider | Class::Unavailable)
        && fault.status >= 500
        && !matches!(fault.status, 501 | 503 | 505)
}

/// A leaf whose step was done: nothing contradicts it.
fn written(outcome: LeafOutcome) -> LeafOutcome {
    match outcome.outcome {
        Fate::Send => LeafOutcome { outcome: Fate::Written, ..outcome },
        _ => outcome,
    }
}

/// Whether a `replace` or `remove` has nothing left to do.
fn is_done(operation: &Value, prefix: &str, current: &dyn Fn(&[String]) -> Known<Option<Value>>) -> bool {
    let Some(path) = operation.get("path").and_then(Value::as_str).and_then(|path| path.strip_prefix(prefix)) else {
        return false;
    };
    let names: Vec<String> = path.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
    let Known::Value(now) = current(&names) else { return false };
    match operation.get("op").and_then(Value::as_str) {
        Some("replace") => now.unwrap_or(Value::Null) == *operation.get("value").unwrap_or(&Value::Null),
        Some("remove") => {
            let parent = names.split_last().and_then(|(_, parent)| match current(parent) {
                Known::Value(value) => value,
                Known::Hole(_) => None,
            });
            // Differences of lists were planned against this very state; only a scalar can be gone already.
            !parent.is_some_and(|parent| parent.is_array()) && now.is_none_or(|now| now.is_null())
        }
        _ => false,
    }
}

/// The values that an action's request may use.
fn action_values(work: &ActionWork) -> BTreeMap<String, Known<Value>> {
    let mut values = BTreeMap::new();
    values.insert("new".to_owned(), work.new.clone());
    match &work.row {
        Some(Known::Value(row)) => {
            values.extend(columns(row).map(|(name, value)| (format!("row.{name}"), Known::Value(value))))
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
