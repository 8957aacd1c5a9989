//! Keys of an open map.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::changes::{Atom, AtomChange};
use super::super::drive::{Drive, Fetched, Phase, Stop, text};
use super::super::known::Known;
use super::super::verdict::{Carrier, Compare, Expect, Locate};
use crate::diagnostic::suggest::{did_you_mean, suggest};
use crate::mapping::{Address, Clear, Keys, ListShape, Mapping, NamePath, RecordId, Rest, RestPlace, Rows};
use crate::outcome::{Fate, LeafOutcome};
use crate::patch::{Change, MapPatch, Violation, cut};
use crate::variables::Bound;

/// What is known about a key of an open map.
enum KeyOf {
    /// The provider's name, and the one that callers see.
    Remote { remote: String, unified: String },
    /// The rows that would tell are still to come; what they are asked for, where the names may differ.
    Hole(Option<String>),
    /// It does not belong to the map.
    Refused(Violation),
}

/// A key's value as it is written.
struct Spelled {
    /// The wire value; none: cleared.
    wire: Option<Known<Value>>,
    /// What it reads back as.
    reads: Option<Value>,
    /// How that is compared.
    compare: Compare,
}

/// After so many violations no nearest name is looked for: that takes a look at every row for each key.
const PROPOSED: usize = 100;

impl<'a> Drive<'a> {
    pub(super) fn decide_maps(&mut self, said: &[MapPatch]) -> Result<(), Stop> {
        let mapping = self.mapping();
        let mut entries: Vec<(usize, Known<Value>)> = Vec::new();
        let mut members: Vec<(usize, String, Known<Value>)> = Vec::new();
        for key in said {
            let Some(index) = mapping.rests.iter().position(|rest| rest.name == key.name) else {
                self.unsent(&key.pointer, Fate::Unsupported, "the provider has no place for it");
                continue;
            };
            let rest = &mapping.rests[index];
            let Some(address) = rest.place.written().cloned() else {
                self.unsent(&key.pointer, Fate::ReadOnly, "the provider only shows it");
                continue;
            };
            let found = self.remote_key(rest, key)?;
            let remote = if let KeyOf::Remote { remote, .. } = &found { remote } else { &key.key };
            if let Some(owner) = self.owner_of(rest, remote) {
                let message = format!("`{}` is `{owner}` of the unified resource; write that", cut(&key.key));
                self.refuse(Violation {
                    suggestion: Some(owner.to_owned()),
                    ..Violation::new(key.pointer.clone(), "owned-key", message)
                });
                continue;
            }
            let mut shown = key.key.clone();
            let mut hole = None;
            let remote = match found {
                KeyOf::Refused(violation) => {
                    self.refuse(violation);
                    continue;
                }
                KeyOf::Hole(_) | KeyOf::Remote { .. }
                    if key.key.is_empty() || key.key.chars().any(char::is_control) =>
                {
                    self.refuse(Violation::new(
                        key.pointer.clone(),
                        "unknown-key",
                        "a key is not empty and has no control characters",
                    ));
                    continue;
                }
                // Until the rows are there, the caller's name stands for the provider's only where they are the same.
                KeyOf::Hole(None) => key.key.clone(),
                KeyOf::Hole(Some(name)) => {
                    let remote = format!("{{{name}}}");
                    hole = Some(name);
                    remote
                }
                KeyOf::Remote { remote, unified } => {
                    shown = unified;
                    remote
                }
            };
            if let Some(shown) = rest.read_only.as_ref().filter(|shown| shown.regex.is_match(&remote)) {
                self.unsent(&key.pointer, Fate::ReadOnly, shown.reason.clone());
                continue;
            }
            let Some(Spelled { mut wire, reads, compare }) = self.rest_value(rest, &address, key, &remote)? else {
                continue;
            };
            if let Some(hole) = hole {
                wire = Some(Known::Hole(hole));
            }
            let mut path = self.written_path(&address).to_vec();
            match &rest.place {
                RestPlace::Members { .. } => {
                    path.push(remote.clone());
                    let spelled = self.rest_clear(rest, &address);
                    if rest.whole {
                        let wire = wire.unwrap_or(Known::Value(spelled.value().unwrap_or(Value::Null)));
                        members.push((index, remote.clone(), wire));
                    } else {
                        let change = wire.map_or(AtomChange::Clear { spelled, list: false }, AtomChange::Whole);
                        let atom = Atom { path: path.as_slice().into(), change };
                        self.work.changes.entry(address.record).or_default().atoms.push(atom);
                    }
                }
                RestPlace::Entries { name, value, .. } => {
                    let spelled = self.rest_clear(rest, &address).value().unwrap_or(Value::Null);
                    let mut entry = Map::new();
                    entry.insert(name.clone(), Value::String(remote.clone()));
                    let wire = match wire.unwrap_or(Known::Value(spelled)) {
                        Known::Value(wire) => {
                            entry.insert(value.clone(), wire);
                            Known::Value(Value::Object(entry))
                        }
                        Known::Hole(hole) => Known::Hole(hole),
                    };
                    entries.push((index, wire));
                    path.push(remote.clone());
                }
            }
            self.rest_verdict(
                rest,
                &address,
                key,
                Locate::Key { map: rest.name.clone(), key: shown },
                path.into(),
                (reads, compare),
            );
        }
        for (index, rest) in mapping.rests.iter().enumerate() {
            let mut pairs = Vec::new();
            let mut hole = None;
            for (_, pair) in entries.iter().filter(|(i, _)| *i == index) {
                match pair {
                    Known::Value(pair) => pairs.push(pair.clone()),
                    Known::Hole(name) => hole = Some(name.clone()),
                }
            }
            if let (RestPlace::Entries { at, name, .. }, true) = (&rest.place, hole.is_some() || !pairs.is_empty()) {
                let mut wire = hole.map_or(Known::Value(Value::Array(pairs)), Known::Hole);
                if rest.whole {
                    wire = self.beside_pairs(at, name, wire)?;
                }
                self.change(&at.clone(), AtomChange::Set(wire));
            }
            let own = members.iter().filter(|(i, ..)| *i == index).map(|(_, name, wire)| (name, wire));
            let own: Vec<(&String, &Known<Value>)> = own.collect();
            if let (RestPlace::Members { read: Some(read), write: Some(write) }, false) = (&rest.place, own.is_empty())
            {
                let wire = self.beside_members(read, &own)?;
                self.change(write, AtomChange::Whole(wire));
            }
        }
        Ok(())
    }

    /// The members of a map as the record has them, with those of the patch on top.
    fn beside_members(&mut self, at: &Address, own: &[(&String, &Known<Value>)]) -> Result<Known<Value>, Stop> {
        let mut map = match self.state(at.record, Phase::First)? {
            Known::Hole(hole) => return Ok(Known::Hole(hole)),
            Known::Value(state) => state
                .and_then(|state| state.get(&at.path, &self.run.bound).and_then(Value::as_object).cloned())
                .unwrap_or_default(),
        };
        for (name, wire) in own {
            match wire {
                Known::Value(wire) => drop(map.insert((*name).clone(), wire.clone())),
                Known::Hole(hole) => return Ok(Known::Hole(hole.clone())),
            }
        }
        Ok(Known::Value(Value::Object(map)))
    }

    /// The pairs of a map as the record has them, with those of the patch in the place of those of the same name.
    fn beside_pairs(&mut self, at: &Address, name: &str, own: Known<Value>) -> Result<Known<Value>, Stop> {
        let (Known::Value(Value::Array(own)), state) = (&own, self.state(at.record, Phase::First)?) else {
            return Ok(own);
        };
        let current = match state {
            Known::Hole(hole) => return Ok(Known::Hole(hole)),
            Known::Value(state) => state
                .and_then(|state| state.get(&at.path, &self.run.bound).and_then(Value::as_array).cloned())
                .unwrap_or_default(),
        };
        // The pairs of the patch are named by texts.
        let said: BTreeSet<&str> = own.iter().filter_map(|own| own.get(name).and_then(Value::as_str)).collect();
        let is_said = |pair: &Value| pair.get(name).and_then(Value::as_str).is_some_and(|name| said.contains(name));
        let kept = current.into_iter().filter(|pair| !is_said(pair));
        Ok(Known::Value(kept.chain(own.iter().cloned()).collect()))
    }

    fn rest_clear(&self, rest: &Rest, address: &Address) -> Clear {
        rest.clear.unwrap_or(self.mapping().record(address.record).clear)
    }

    fn rest_verdict(
        &mut self,
        rest: &Rest,
        address: &Address,
        key: &MapPatch,
        at: Locate,
        path: NamePath,
        (reads, compare): (Option<Value>, Compare),
    ) {
        let mapping = self.mapping();
        let mut outcome = LeafOutcome::new(key.pointer.clone(), Fate::Send);
        if address.record != mapping.main {
            outcome.record = Some(mapping.record(address.record).name.clone());
        }
        if let (Change::Set(value), Some(reads)) = (&key.change, &reads)
            && !compare.same(value, reads)
        {
            let Some(loss) =
                rest.loss.as_deref().filter(|_| !reads.is_null()).or(reads.is_null().then_some(super::NOTHING))
            else {
                let message =
                    format!("would read back as {}, and the mapping declares no loss here", super::shown(reads));
                self.refuse(Violation::new(key.pointer.clone(), "undeclared-loss", message));
                return;
            };
            outcome.outcome = Fate::Lossy;
            outcome.reason = Some(loss.to_owned());
            outcome.sent = Some(value.clone());
            outcome.reads = Some(reads.clone());
        }
        let expect = rest.place.read().map(|_| Expect { at, value: reads, compare });
        self.verdict(outcome, Carrier::Record(address.record), path, expect);
    }

    /// The value as it is written; none: decided already.
    fn rest_value(
        &mut self,
        rest: &Rest,
        address: &Address,
        key: &MapPatch,
        remote: &str,
    ) -> Result<Option<Spelled>, Stop> {
        let mapping = self.mapping();
        let exact = |wire, reads| Spelled { wire, reads, compare: Compare::Exact };
        let mut form = None;
        if let Some(by) = &rest.form {
            match self.rows(by.table, 0)? {
                // How the value is spelled, and whether it may be written at all, only the row tells.
                Known::Hole(hole) => return Ok(Some(exact(Some(Known::Hole(format!("{hole}: {remote}"))), None))),
                Known::Value(fetched) => {
                    let row = mapping.table(by.table).remote(&fetched.rows, &Value::String(remote.to_owned()));
                    let kind = row.and_then(|row| row.column(&by.by)).map(|kind| text(&kind)).unwrap_or_default();
                    form = by.of(&kind);
                    let computed = || format!("the provider computes values of type `{kind}`");
                    let why = by.read_only.contains(&kind).then(computed);
                    let why = why.or_else(|| mapping.form(form?).read_only.clone());
                    if let Some(why) = why {
                        self.unsent(&key.pointer, Fate::ReadOnly, why);
                        return Ok(None);
                    }
                }
            }
        }
        let many = form.is_some_and(|form| mapping.form(form).many);
        let value = match &key.change {
            Change::Set(Value::Array(items)) if many && items.is_empty() => &Value::Null,
            Change::Set(value) => value,
            Change::Clear => &Value::Null,
        };
        // An empty list in a shape for several values is no value: it clears.
        let value = match value {
            Value::Null => {
                let own = form.and_then(|form| mapping.form(form).clear);
                if own.unwrap_or(self.rest_clear(rest, address)) == Clear::Never {
                    self.refuse(Violation::new(
                        key.pointer.clone(),
                        "not-clearable",
                        "the provider has no way to clear it",
                    ));
                    return Ok(None);
                }
                let reads = matches!(key.change, Change::Set(_)).then_some(Value::Null);
                return Ok(Some(exact(own.and_then(Clear::value).map(Known::Value), reads)));
            }
            value => value,
        };
        if let Some(form) = form {
            return Ok(match self.fill_form(form, value, &key.pointer) {
                Ok(wire) => Some(Spelled {
                    wire: Some(Known::Value(wire)),
                    reads: Some(self.form_reads(form, address.record, value)),
                    compare: mapping.form(form).codec.unified_kind().map_or(Compare::Exact, Compare::Kind),
                }),
                Err(violation) => {
                    self.refuse(violation);
                    None
                }
            });
        }
        let codec = &mapping.record(address.record).values;
        match codec.encode(value) {
            Ok(wire) => {
                let is_nothing =
                    rest.place.read().is_some_and(|read| mapping.record(read.record).empty.contains(&wire));
                let reads =
                    if is_nothing { Value::Null } else { codec.decode(&wire).unwrap_or_else(|_| value.clone()) };
                Ok(Some(exact(Some(Known::Value(wire)), Some(reads))))
            }
            Err(e) => {
                self.refuse(Violation::new(
                    key.pointer.clone(),
                    "not-representable",
                    format!("the provider cannot hold it: {e}"),
                ));
                Ok(None)
            }
        }
    }

    /// The provider's name of a key, if it belongs to the map.
    fn remote_key(&mut self, rest: &Rest, key: &MapPatch) -> Result<KeyOf, Stop> {
        match &rest.keys {
            Keys::All => Ok(KeyOf::Remote { remote: key.key.clone(), unified: key.key.clone() }),
            Keys::Pattern { regex, text } => Ok(if regex.is_match(&key.key) {
                KeyOf::Remote { remote: key.key.clone(), unified: key.key.clone() }
            } else {
                let message = format!("`{}` is no custom field: those match `{text}`", cut(&key.key));
                KeyOf::Refused(Violation::new(key.pointer.clone(), "unknown-key", message))
            }),
            Keys::Table(id) => {
                let table = self.mapping().table(*id);
                let renamed = matches!(&table.rows, Rows::Fetched(fetch) if fetch.unified.is_some());
                let hole = || KeyOf::Hole(renamed.then(|| format!("{}: {}", table.name, key.key)));
                let Known::Value(mut fetched) = self.rows(*id, 0)? else { return Ok(hole()) };
                if fetched.cached && table.named(&fetched.rows, &key.key).is_empty() {
                    match self.rows(*id, 1)? {
                        Known::Value(fresh) => fetched = fresh,
                        Known::Hole(_) => return Ok(hole()),
                    }
                }
                let Fetched { rows, .. } = fetched;
                let found = table.named(&rows, &key.key);
                Ok(if let Some(row) = found.first() {
                    KeyOf::Remote { remote: text(&row.remote), unified: row.unified.clone() }
                } else {
                    let mut message = format!("the account has no custom field `{}`", cut(&key.key));
                    let mut suggestion = None;
                    if self.work.violations.len() < PROPOSED {
                        let known: Vec<&str> = rows.iter().map(|row| row.unified.as_str()).collect();
                        suggestion = suggest(&key.key, known.iter().copied()).map(str::to_owned);
                        message = format!("{message}; {}", did_you_mean(&key.key, known));
                    }
                    KeyOf::Refused(Violation {
                        suggestion,
                        ..Violation::new(key.pointer.clone(), "unknown-key", message)
                    })
                })
            }
        }
    }

    /// The unified leaf that owns the place of a key, if one does.
    pub(crate) fn owner_of(&self, rest: &Rest, key: &str) -> Option<&'a str> {
        if matches!(rest.place, RestPlace::Entries { .. }) {
            return None;
        }
        let bound = &self.run.bound;
        let owned = self.run.kept.owned.get_or_init(|| Owned::of(self.mapping(), bound));
        let places = [rest.place.written(), rest.place.read()].into_iter().flatten();
        let first =
            places.filter_map(|place| owned.find(place.record, &place.names(bound)?, key)).min_by_key(|(at, _)| *at);
        first.map(|(_, leaf)| leaf)
    }
}

/// The places of records that entries own: those of slots first, then arrays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owned {
    /// The unified leaf or list that owns a place, and its position, by the names from the record to the place and by the
    /// name there.
    leaves: BTreeMap<RecordId, BTreeMap<Vec<String>, Names>>,
}

/// The owner of each name of a place, behind its position among all.
type Names = BTreeMap<String, (usize, String)>;

impl Owned {
    fn of(mapping: &Mapping, bound: &Bound) -> Owned {
        let mut owned = Owned::default();
        let mut count = 0;
        // A path that goes on below a name, or into an element of it, owns the name all the same.
        let mut own = |address: &Address, leaf: &str| {
            if address.path.root {
                return;
            }
            let places = owned.leaves.entry(address.record).or_default();
            let mut place = Vec::new();
            for segment in &address.path.segments {
                let crate::path::Segment::Key(name) = segment else { break };
                let name = bound.name(name).into_owned();
                let names = places.entry(place.clone()).or_default();
                names.entry(name.clone()).or_insert_with(|| (count, leaf.to_owned()));
                count += 1;
                place.push(name);
            }
        };
        // An array is owned whole; the paths of its items begin inside an item.
        for (leaf, slot) in mapping.slots().iter().filter(|(leaf, _)| !leaf.contains("[].")) {
            let with = slot.with.iter().map(|(address, _)| address);
            for address in slot.write.iter().chain(&slot.read).chain(with) {
                own(address, leaf);
            }
        }
        for list in &mapping.lists {
            if let ListShape::Array(array) = &list.shape {
                own(&array.at, &list.name);
            }
        }
        owned
    }

    fn find(&self, record: RecordId, place: &[String], key: &str) -> Option<(usize, &str)> {
        let (at, leaf) = self.leaves.get(&record)?.get(place)?.get(key)?;
        Some((*at, leaf))
    }
}
