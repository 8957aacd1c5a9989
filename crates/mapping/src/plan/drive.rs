//! Drives a run as far as the replies at hand allow: asks for what is missing, and stops where it has to.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use super::known::Known;
use super::render::{self, RenderError, Rendered};
use super::resource::Reading;
use super::run::{PlannedStep, Run};
use super::shared::Shared;
use super::state::State;
use super::step::{Replies, Step, StepKey, StepKind};
use super::verdict::{Carrier, Work};
use crate::mapping::{Address, Carries, Found, Mapping, RecordId, Request, Row, Slot, TableId, TableRows};
use crate::outcome::{Failure, LeafOutcome, Success, Unread};
use crate::patch::{Change, Violation};
use crate::path::text_of;
use crate::provider::{Class, During, Judged, Purpose};
use crate::reply::{Ending, Reply};

/// Why a drive stops before its end.
pub(crate) enum Stop {
    /// This request has to be sent first.
    Need(Box<Step>),
    /// The run has failed.
    Trouble(Box<Trouble>),
}

/// A failure, and the step it happened at.
pub(crate) struct Trouble {
    pub(crate) failure: Failure,
    pub(crate) key: Option<StepKey>,
    /// Whether the step may have taken effect all the same.
    pub(crate) silent: bool,
}

impl Trouble {
    /// Whether the step that failed writes.
    pub(crate) fn writes(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.kind.writes())
    }
}

/// A good reply, and its body as JSON, when it is.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) reply: &'a Reply,
    pub(crate) json: Option<&'a Arc<Value>>,
    pub(crate) cached: bool,
}

/// When a record is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Before anything is written.
    First,
    /// After silence, to see what was done.
    Verify(u32),
    /// To answer with it.
    Back,
}

/// Records as they were seen.
pub(super) type States = BTreeMap<(Phase, RecordId), Known<Option<Arc<State>>>>;

/// The rows of a table, and whether they came from a cache.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    pub(crate) rows: Arc<TableRows>,
    pub(crate) cached: bool,
}

/// One of a table's rows.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    rows: Arc<TableRows>,
    at: usize,
}

impl Chosen {
    /// The row at a position; none where there is none.
    pub(crate) fn new(rows: &Arc<TableRows>, at: usize) -> Option<Chosen> {
        (at < rows.len()).then(|| Chosen { rows: Arc::clone(rows), at })
    }
}

impl Deref for Chosen {
    type Target = Row;

    fn deref(&self) -> &Row {
        &self.rows[self.at]
    }
}

/// The state of driving a run.
pub(crate) struct Drive<'a> {
    pub(crate) run: &'a Run,
    pub(super) replies: &'a Replies,
    pub(super) live: bool,
    /// The requests of a plan; where replies are waited for there is none.
    pub(crate) planned: Vec<PlannedStep>,
    /// Every request that was asked for, whether its reply is there or not.
    pub(crate) asked: Vec<StepKey>,
    pub(super) states: States,
    pub(super) tables: BTreeMap<(TableId, u32), Known<Fetched>>,
    /// Records that a write's reply has shown as they are now.
    pub(crate) answers: BTreeMap<RecordId, Arc<State>>,
    /// In a plan: the record that the reply of the last write will show.
    pub(crate) assumed: Option<RecordId>,
    /// How often it was looked what silence has left behind; each look is a step of its own.
    pub(crate) looks: u32,
    /// The last value that no row knows and that reading passed on as it is.
    pub(crate) passed: Option<String>,
    /// Records that could not be read to answer with them.
    pub(super) lost: BTreeSet<RecordId>,
    /// Whether anything was written.
    pub(crate) wrote: bool,
    /// Whether rows that were kept from before are not good enough: every fetched table is asked for again.
    pub(crate) fresh: bool,
    /// Where the resource is read as it is before anything is written: the round in which further records are read.
    pub(crate) before: Option<u32>,
    pub(crate) work: Shared<Work>,
    pub(crate) unread: Vec<Unread>,
    /// How many of the mapping's writes are over.
    pub(super) written: usize,
    /// Those of them that were done, in words.
    pub(super) done: Vec<(Carrier, String)>,
    /// How far the resource is read.
    pub(super) reading: Reading,
}

impl<'a> Drive<'a> {
    pub(crate) fn new(run: &'a Run, replies: &'a Replies, live: bool) -> Drive<'a> {
        Drive {
            run,
            replies,
            live,
            planned: Vec::new(),
            asked: Vec::new(),
            states: BTreeMap::new(),
            tables: BTreeMap::new(),
            answers: BTreeMap::new(),
            assumed: None,
            looks: 0,
            passed: None,
            lost: BTreeSet::new(),
            wrote: false,
            fresh: false,
            before: None,
            work: Shared::default(),
            unread: Vec::new(),
            written: 0,
            done: Vec::new(),
            reading: Reading::default(),
        }
    }

    pub(crate) fn mapping(&self) -> &'a Mapping {
        &self.run.mapping
    }

    /// The whole run: verdicts, writes, read-back.
    pub(crate) fn run(&mut self) -> Result<Success, Stop> {
        let is_decided = self.resume();
        if self.run.patch.is_some() {
            if !is_decided {
                self.decided()?;
            }
            let written = self.write_all();
            self.keep_on(written)?;
        }
        let resource = self.resource();
        let resource = match self.keep_on(resource) {
            Ok(resource) => resource,
            Err(Stop::Trouble(trouble)) if self.wrote => {
                return Err(Stop::Trouble(Box::new(self.after_writing(*trouble))));
            }
            Err(stop) => return Err(stop),
        };
        let outcomes = self.finish(&resource);
        let remote = self.remote();
        let version = self.version(&resource);
        Ok(Success { resource, remote, outcomes, unread: std::mem::take(&mut self.unread), version })
    }

    /// What becomes of each leaf, as far as it is decided.
    pub(crate) fn verdicts(&self) -> Vec<LeafOutcome> {
        self.work.verdicts.iter().map(|verdict| verdict.outcome.clone()).collect()
    }

    /// The raw answers: the main record's first.
    fn remote(&self) -> Vec<(String, Arc<Value>)> {
        let mapping = self.mapping();
        let mut remote = Vec::new();
        let ids = std::iter::once(mapping.main)
            .chain((0..mapping.records.len()).map(RecordId).filter(|id| *id != mapping.main));
        for id in ids {
            let record = mapping.record(id);
            if matches!(record.found, Found::Inside { .. }) {
                continue;
            }
            if let Some(state) = self.last_state(id) {
                remote.push((record.name.clone(), Arc::clone(state.root())));
            }
        }
        remote
    }

    /// A record as it was seen last.
    pub(super) fn last_state(&self, id: RecordId) -> Option<Arc<State>> {
        let seen = || [Phase::Back, Phase::First].into_iter().find_map(|phase| self.known_state(id, phase));
        self.answers.get(&id).cloned().or_else(seen)
    }

    /// Sends a request, or finds its reply; a hole where a plan has none. It is rendered where it is sent or shown, and not
    /// again when its reply is there.
    pub(crate) fn ask(
        &mut self,
        key: StepKey,
        repeatable: bool,
        cache: Option<std::time::Duration>,
        render: impl FnOnce(&Self) -> Result<Rendered, Stop>,
    ) -> Result<Known<Heard<'a>>, Stop> {
        let during = if key.kind.writes() { During::Write } else { During::Read };
        let is_new = !self.asked.contains(&key);
        let arrived = self.replies.get(&key);
        let rendered = if self.live && arrived.is_some() { None } else { Some(render(self)?) };
        if is_new {
            self.asked.push(key.clone());
            if let (false, Some(Rendered { request, holes })) = (self.live, &rendered) {
                let (request, holes) = (request.clone(), holes.clone());
                self.planned.push(PlannedStep { key: key.clone(), request, holes });
            }
        }
        let purpose = || Purpose { on: key.on.clone(), during };
        let arrived = match (arrived, rendered) {
            (Some(arrived), _) => arrived,
            (None, rendered) => {
                let has_holes = rendered.as_ref().is_none_or(|rendered| !rendered.holes.is_empty());
                // A patch that is refused anyway asks for names alone, so that every unknown one is told.
                let only_names = !self.run.violations.is_empty() && (key.kind != StepKind::Table || has_holes);
                return match rendered {
                    Some(Rendered { request, .. }) if self.live && !only_names && !has_holes => {
                        let step = Step { purpose: purpose(), key, request, repeatable, cache };
                        Err(Stop::Need(Box::new(step)))
                    }
                    Some(_) if self.live && !only_names => Err(trouble(
                        Failure::new(Class::Bug, format!("`{}` was about to be sent with a hole", key.in_words())),
                        Some(key),
                        false,
                    )),
                    _ => Ok(Known::Hole(key.on)),
                };
            }
        };
        let json = arrived.json();
        match &arrived.ending {
            Ending::Answered(reply) => match arrived.judged(|| self.run.judge_for(&purpose(), reply)).clone() {
                Judged::Good => Ok(Known::Value(Heard { reply, json, cached: arrived.cached })),
                Judged::Fault(fault) => {
                    let words =
                        fault.message.clone().unwrap_or_else(|| format!("the provider answered {}", fault.status));
                    let silent = fault.class == Class::Ambiguous;
                    let mut failure = Failure::new(fault.class, words);
                    failure.raw = Some(Box::new(reply.json_or_text()));
                    failure.fault = Some(fault);
                    Err(trouble(failure, Some(key), silent))
                }
            },
            Ending::NeverSent(why) => Err(trouble(Failure::new(Class::Unavailable, why.clone()), Some(key), false)),
            Ending::Ambiguous(why) => {
                let class = if key.kind.writes() { Class::Ambiguous } else { Class::Unavailable };
                Err(trouble(Failure::new(class, why.clone()), Some(key), true))
            }
            Ending::Unusable(why) => {
                let class = if key.kind.writes() { Class::Ambiguous } else { Class::Provider };
                Err(trouble(Failure::new(class, why.clone()), Some(key), true))
            }
            Ending::Unauthorized(why) => Err(trouble(Failure::new(Class::Auth, why.clone()), Some(key), false)),
        }
    }

    /// Takes over what another drive of the same run has asked for.
    pub(super) fn join(&mut self, asked: Vec<StepKey>, planned: Vec<PlannedStep>) {
        self.planned.extend(planned.into_iter().filter(|step| !self.asked.contains(&step.key)));
        self.asked.extend(asked.into_iter().filter(|key| !self.asked.contains(key)).collect::<Vec<_>>());
    }

    /// A record as it is in a phase; none where it is not there.
    pub(crate) fn state(&mut self, id: RecordId, phase: Phase) -> Result<Known<Option<Arc<State>>>, Stop> {
        if phase == Phase::Back {
            if let Some(state) = self.answers.get(&id) {
                return Ok(Known::Value(Some(Arc::clone(state))));
            }
            if self.assumed == Some(id) {
                return Ok(Known::Hole(self.mapping().record(id).name.clone()));
            }
            if !self.wrote
                && let Some(state) = self.states.get(&(Phase::First, id))
            {
                return Ok(state.clone());
            }
        }
        if let Some(state) = self.states.get(&(phase, id)) {
            return Ok(state.clone());
        }
        let state = self.fetch_state(id, phase)?;
        self.states.insert((phase, id), state.clone());
        Ok(state)
    }

    /// A record whose state is at hand without asking for it.
    pub(crate) fn known_state(&self, id: RecordId, phase: Phase) -> Option<Arc<State>> {
        self.states.get(&(phase, id)).and_then(Known::value).cloned().flatten()
    }

    fn fetch_state(&mut self, id: RecordId, phase: Phase) -> Result<Known<Option<Arc<State>>>, Stop> {
        let mapping = self.mapping();
        let record = mapping.record(id);
        if let Found::Inside { record: outer, path, .. } = &record.found {
            return Ok(match self.state(*outer, phase)? {
                Known::Hole(hole) => Known::Hole(hole),
                Known::Value(None) => Known::Value(None),
                Known::Value(Some(outer)) => {
                    Known::Value(State::inside(&outer, path, record, &self.run.bound).map(Arc::new))
                }
            });
        }
        let Some(request) = &record.read else { return Ok(Known::Value(None)) };
        let Some(values) = self.fills(request, id, phase, BTreeMap::new())? else { return Ok(Known::Value(None)) };
        let (kind, round) = match phase {
            Phase::First => (StepKind::ReadFirst, 0),
            Phase::Verify(round) => (StepKind::Verify, round),
            Phase::Back => match self.before {
                Some(round) => (StepKind::ReadFirst, if id == mapping.main { 0 } else { round }),
                None => (StepKind::ReadBack, 0),
            },
        };
        let key = StepKey::new(kind, record.name.clone(), round);
        // What a caller adds to a patch goes to the write.
        let query: &[(String, Value)] =
            if id == mapping.main && self.run.patch.is_none() { &self.run.options.remote_query } else { &[] };
        let render = |this: &Self| this.render(request, query, &[], None, &values);
        let Heard { reply, json, .. } = match self.ask(key.clone(), true, None, render) {
            Ok(Known::Value(heard)) => heard,
            Ok(Known::Hole(hole)) => return Ok(Known::Hole(hole)),
            // A further record that cannot be read costs its leaves, not the answer.
            Err(Stop::Trouble(trouble))
                if phase == Phase::Back && id != mapping.main && trouble.failure.class != Class::Auth =>
            {
                self.note_record(id, &trouble.failure.message);
                return Ok(Known::Value(None));
            }
            Err(stop) => return Err(stop),
        };
        let root = match json {
            Some(root) => Arc::clone(root),
            // No content is no record; a good answer without a body is no answer.
            None if reply.status == 204 => Arc::new(Value::Null),
            None => {
                let empty = reply.body.iter().all(u8::is_ascii_whitespace);
                let words = if empty { "the provider's answer is empty" } else { "the provider's answer is not JSON" };
                let mut failure = Failure::new(Class::Provider, words);
                failure.raw = Some(Box::new(reply.json_or_text()));
                return Err(trouble(failure, Some(key), false));
            }
        };
        match State::new(root, record.at.as_ref(), record, &self.run.bound) {
            Some(state) => Ok(Known::Value(Some(Arc::new(state)))),
            None if id == mapping.main => Err(trouble(
                Failure::new(Class::NotFound, format!("the provider has no record `{}`", text(&self.run.id))),
                Some(key),
                false,
            )),
            None => Ok(Known::Value(None)),
        }
    }

    /// Names the leaves of a record that could not be read.
    fn note_record(&mut self, id: RecordId, why: &str) {
        let mapping = self.mapping();
        self.lost.insert(id);
        let lies_there = |address: &Address| mapping.lies_in(address.record, id);
        // A list's slots are told by the list, and a group by its parts.
        let leaves = mapping
            .slots()
            .into_iter()
            .filter(|(leaf, slot)| !leaf.contains("[].") && slot.read.iter().any(lies_there));
        let leaves = leaves.flat_map(|(leaf, _)| {
            leaf.split('[').next().unwrap_or_default().split(',').map(str::to_owned).collect::<Vec<_>>()
        });
        let maps =
            mapping.rests.iter().filter(|rest| rest.place.read().is_some_and(lies_there)).map(|rest| rest.name.clone());
        let arrays = mapping
            .lists
            .iter()
            .filter(|list| list.array().is_some_and(|array| lies_there(&array.at)))
            .map(|list| list.name.clone());
        for leaf in leaves.chain(arrays).chain(maps) {
            let pointer = format!("/{}", leaf.replace('.', "/"));
            let reason = format!("record `{}` could not be read: {why}", mapping.record(id).name);
            let unread = Unread { pointer, reason };
            if !self.unread.contains(&unread) {
                self.unread.push(unread);
            }
        }
    }

    /// Whether one of the addresses lies in a record that could not be read: what is there is not known.
    pub(crate) fn is_lost(&self, addresses: &[Address]) -> bool {
        addresses.iter().any(|address| self.lost.iter().any(|lost| self.mapping().lies_in(address.record, *lost)))
    }

    /// The values of a request's holes; none when a record that it names is not there.
    pub(crate) fn fills(
        &mut self,
        request: &Request,
        record: RecordId,
        phase: Phase,
        mut values: BTreeMap<String, Known<Value>>,
    ) -> Result<Option<BTreeMap<String, Known<Value>>>, Stop> {
        let mapping = self.mapping();
        for name in request.names() {
            if values.contains_key(name) {
                continue;
            }
            let value = if name == "id" {
                Known::Value(self.run.id.clone())
            } else if name == "select" {
                self.select(record)?
            } else if mapping.provider.has_variable(name) {
                Known::Value(self.run.bound.get(name).cloned().unwrap_or(Value::Null))
            } else if let Some(other) = mapping.records.iter().position(|record| record.name == name) {
                match self.record_id(RecordId(other), phase)? {
                    Known::Value(None) => return Ok(None),
                    Known::Value(Some(value)) => Known::Value(value),
                    Known::Hole(hole) => Known::Hole(hole),
                }
            } else {
                match self.leaf_after(name, phase)? {
                    Known::Value(None) => return Ok(None),
                    Known::Value(Some(value)) => Known::Value(value),
                    Known::Hole(hole) => Known::Hole(hole),
                }
            };
            values.insert(name.to_owned(), value);
        }
        Ok(Some(values))
    }

    /// The id of a record as it is after the patch.
    pub(crate) fn record_id(&mut self, id: RecordId, phase: Phase) -> Result<Known<Option<Value>>, Stop> {
        match &self.mapping().record(id).found {
            Found::Id => Ok(Known::Value(Some(self.run.id.clone()))),
            Found::Leaf(leaf) => self.leaf_after(leaf, phase),
            Found::Inside { id: path, .. } => {
                let Some(path) = path else { return Ok(Known::Value(None)) };
                let state = self.state(id, phase)?;
                Ok(match state {
                    Known::Hole(_) => Known::Hole(self.mapping().record(id).name.clone()),
                    Known::Value(state) => {
                        Known::Value(state.and_then(|state| state.get(path, &self.run.bound).cloned()))
                    }
                })
            }
        }
    }

    /// A unified leaf on the wire, as it is after the patch: the patch's value, else the record's current one.
    fn leaf_after(&mut self, leaf: &str, phase: Phase) -> Result<Known<Option<Value>>, Stop> {
        let mapping = self.mapping();
        let slot = match mapping.carries(leaf) {
            Some(Carries::Field(field)) => &field.slot,
            Some(Carries::Action(_, action)) => &action.slot,
            Some(Carries::Group(..)) | None => return Ok(Known::Value(None)),
        };
        // What was written is read back, and not believed.
        let said = if phase == Phase::Back { None } else { self.run.patch.as_ref().and_then(|patch| patch.leaf(leaf)) };
        match said.map(|said| &said.change) {
            Some(Change::Clear) => Ok(Known::Value(None)),
            Some(Change::Set(value)) if slot.read_only.is_none() => {
                Ok(Known::Value(Some(slot.codec.encode(value).unwrap_or_else(|_| value.clone()))))
            }
            _ => self.current(slot, leaf, phase),
        }
    }

    /// The current wire value of a slot: the first path that is not empty.
    pub(crate) fn current(&mut self, slot: &Slot, name: &str, phase: Phase) -> Result<Known<Option<Value>>, Stop> {
        self.with_current(slot, name, phase, |_, wire| Ok(wire.clone()))
    }

    /// What is made of the current wire value of a slot, where it lies in the record.
    pub(super) fn with_current<T>(
        &mut self,
        slot: &Slot,
        name: &str,
        phase: Phase,
        make: impl FnOnce(&mut Self, &Value) -> Result<T, Stop>,
    ) -> Result<Known<Option<T>>, Stop> {
        for address in &slot.read {
            let state = match self.state(address.record, phase)? {
                Known::Hole(_) => return Ok(Known::Hole(name.to_owned())),
                Known::Value(state) => state,
            };
            let wire = state.as_ref().and_then(|state| state.get(&address.path, &self.run.bound));
            if let Some(wire) = wire.filter(|wire| !self.is_empty(slot, address.record, wire)) {
                return make(self, wire).map(|made| Known::Value(Some(made)));
            }
        }
        Ok(Known::Value(None))
    }

    /// Whether a remote value means "no value".
    pub(crate) fn is_empty(&self, slot: &Slot, record: RecordId, value: &Value) -> bool {
        let mapping = self.mapping();
        let table = slot.table.map(|table| &mapping.table(table).empty);
        value.is_null()
            || slot.empty.contains(value)
            || mapping.record(record).empty.contains(value)
            || table.is_some_and(|empty| empty.contains(value))
            || value.as_array().is_some_and(Vec::is_empty)
    }

    /// A drive of the same run that asks for every fetched table again.
    pub(crate) fn afresh(&self) -> Drive<'a> {
        Drive { fresh: true, ..Drive::new(self.run, self.replies, self.live) }
    }

    /// Renders a request with the values of its holes.
    pub(crate) fn render(
        &self,
        request: &Request,
        further_query: &[(String, Value)],
        further_headers: &[(String, String)],
        operations: Option<Vec<Value>>,
        values: &BTreeMap<String, Known<Value>>,
    ) -> Result<Rendered, Stop> {
        render::render(
            &self.mapping().provider,
            &self.run.bound,
            request,
            further_query,
            further_headers,
            operations,
            values,
        )
        .map_err(|e| {
            let violation = match e {
                RenderError::Segment(name) => {
                    let pointer = self
                        .run
                        .patch
                        .as_ref()
                        .and_then(|patch| patch.leaf(&name))
                        .map_or_else(String::new, |leaf| leaf.pointer.clone());
                    Violation::new(
                        pointer,
                        "bad-id",
                        format!("`{name}` is empty, `.`, `..` or has control characters: no id"),
                    )
                }
                RenderError::Header(name) => {
                    Violation::new("", "bad-header", format!("the value of header `{name}` has control characters"))
                }
                RenderError::Empty(name) => {
                    Violation::new("", "no-value", format!("there is no value for `{{{name}}}`"))
                }
            };
            trouble(Failure::refused(vec![violation]), None, false)
        })
    }
}

/// A stop with a failure.
pub(crate) fn trouble(mut failure: Failure, key: Option<StepKey>, silent: bool) -> Stop {
    failure.step = key.as_ref().map(StepKey::in_words);
    Stop::Trouble(Box::new(Trouble { failure, key, silent }))
}

pub(crate) fn text(value: &Value) -> String {
    text_of(Some(value)).map_or_else(|| value.to_string(), std::borrow::Cow::into_owned)
}
