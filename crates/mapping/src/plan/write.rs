//! Sends what was decided, in the stated order, and says what was done when a step fails.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::changes::{Atom, AtomChange, Changes};
use super::drive::{Drive, Heard, Phase, Stop, Trouble, trouble};
use super::known::Known;
use super::state::State;
use super::step::{StepKey, StepKind};
use super::verdict::{Carrier, Verdict, Work};
use crate::mapping::request::Answer;
use crate::mapping::{Absent, Body, NamePath, RecordId, Repeat, Request, Write};
use crate::outcome::{Failure, Fate};
use crate::path::Path;
use crate::provider::Class;

impl<'a> Drive<'a> {
    /// Sends every write. A step that fails ends the run with what was done before it.
    pub(crate) fn write_all(&mut self) -> Result<(), Stop> {
        let mapping = self.mapping();
        while let Some(write) = mapping.order.get(self.written) {
            let (looks, fresh, work) = (self.looks, self.fresh, self.work.clone());
            let (carrier, result) = match write {
                Write::Record(id) => (Carrier::Record(*id), self.write_record(*id)),
                Write::Action(index) => (Carrier::Action(*index), self.act(*index)),
            };
            match result {
                Ok(Some(key)) => {
                    self.done.push((carrier, key.in_words()));
                    self.wrote = true;
                    self.written += 1;
                }
                Ok(None) => self.written += 1,
                Err(Stop::Trouble(trouble)) => {
                    return Err(Stop::Trouble(Box::new(self.failed_at(*trouble, carrier))));
                }
                Err(stop) => {
                    // What it has come to on the way to this request it comes to again.
                    if self.live {
                        (self.looks, self.fresh, self.work) = (looks, fresh, work);
                    }
                    return Err(stop);
                }
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
        let Some(guard) = request.guard.as_ref().filter(|guard| self.is_guarded(id, guard)) else {
            return Ok(Vec::new());
        };
        // The version that a caller names is the one that was compared, whatever was looked at since.
        let phase = if self.is_asked(id) { Phase::First } else { phase };
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
    pub(super) fn decide_afresh(&mut self) -> Result<Work, Stop> {
        let mut afresh = self.afresh();
        let decided = afresh.decide();
        let (asked, planned) = (std::mem::take(&mut afresh.asked), std::mem::take(&mut afresh.planned));
        self.join(asked, planned);
        decided?;
        Ok((*afresh.work).clone())
    }

    /// Takes what was decided again for one carrier.
    pub(super) fn adopt(&mut self, renewed: &Work, carrier: Carrier) {
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
        let work = self.work.clone();
        let Some(changes) = work.changes.get(&id).filter(|changes| !changes.atoms.is_empty()) else {
            return Ok(None);
        };
        let (request, kind) = self.record_request(id)?;
        match self.send_changes(id, request, kind, changes, Phase::First, 0) {
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
                let again = self.send_changes(id, request, kind, changes, Phase::Verify(self.looks), 1);
                let done = StepKey::new(kind, record.name.clone(), 0);
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
                let same: Vec<NamePath> = changes.atoms.iter().filter(same).map(|atom| atom.path.clone()).collect();
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
        let values = BTreeMap::from([("changes".to_owned(), Known::Value(Value::Null))]);
        let mut values = self.record_values(id, request, phase, values)?;
        let query: &[(String, Value)] = if id == mapping.main { &self.run.options.remote_query } else { &[] };
        let guarded = !headers.is_empty();
        let render = |this: &Self| {
            values.insert("changes".to_owned(), Known::Value(changes.object(&mut holes)));
            let mut rendered = this.render(request, query, &headers, operations, &values)?;
            rendered.holes.extend(holes);
            rendered.holes.sort();
            rendered.holes.dedup();
            Ok(rendered)
        };
        let key = StepKey::new(kind, record.name.clone(), round);
        let repeatable = request.repeat == Repeat::Safe && kind == StepKind::Write;
        let reply = match self.ask(key.clone(), repeatable, None, render) {
            Err(stop) if guarded => return Err(self.outdated(id, stop)),
            other => other?,
        };
        // A parameter of the caller that either request knows may change what the reply holds.
        let known = |name: &str| {
            record.read.iter().chain([request]).any(|request| request.query.iter().any(|(known, _)| known == name))
        };
        let changed = query.iter().any(|(name, _)| known(name));
        self.keep_answer(id, request.answer.as_ref().filter(|_| !changed), &reply);
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
    pub(super) fn keep_answer(&mut self, id: RecordId, answer: Option<&Answer>, reply: &Known<Heard<'_>>) {
        // Whatever a reply showed before is old now.
        self.answers.clear();
        self.assumed = None;
        let Some(answer) = answer else { return };
        let Known::Value(heard) = reply else {
            self.assumed = Some(id);
            return;
        };
        let at = match answer {
            Answer::Root => None,
            Answer::At(path) => Some(path),
        };
        let record = self.mapping().record(id);
        let state = heard.json.and_then(|root| State::new(Arc::clone(root), at, record, &self.run.bound));
        if let Some(state) = state {
            self.answers.insert(id, Arc::new(state));
        }
    }

    /// Notes that nothing had to be sent: for all that a carrier has, or for one atom.
    pub(super) fn unchanged(&mut self, carrier: Carrier, atom: Option<&[String]>) {
        let meant =
            |verdict: &&mut Verdict| verdict.carrier == carrier && atom.is_none_or(|path| *verdict.path == *path);
        for verdict in self.work.verdicts.iter_mut().filter(meant) {
            if verdict.outcome.outcome == Fate::Send {
                verdict.outcome.outcome = Fate::Unchanged;
                verdict.outcome.reason = Some("the record held the value already".to_owned());
                verdict.carrier = Carrier::None;
            }
        }
    }
}

/// Whether the provider refused the values and said which.
pub(super) fn names_a_field(trouble: &Trouble) -> bool {
    trouble.failure.class == Class::Invalid
        && trouble.failure.fault.as_ref().is_some_and(|fault| !fault.fields.is_empty())
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

/// The end of a step that was sent again after silence: unless it was done, or refused for its values, what the silence
/// left behind is still not known.
pub(super) fn after_silence(
    silence: Box<Trouble>,
    again: Result<Option<StepKey>, Stop>,
) -> Result<Option<StepKey>, Stop> {
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
