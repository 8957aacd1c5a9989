//! A record that is being changed: checked field by field, stored only when nothing is wrong.

use serde_json::{Map, Value, json};

use crate::children::Children;
use crate::collection::{Collection, FieldType};
use crate::hole::{Scope, plain_text};
use crate::pointer::{Pointer, escape};
use crate::spec::Spec;
use crate::state::State;
use crate::template::Template;
use crate::value::{Candidate, choices};
use crate::violation::{Stop, Violation, Wrong};

/// A record with changes that are not stored yet.
pub(crate) struct Draft<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) own: &'a Collection,
    pub(crate) collection: &'a str,
    pub(crate) id: String,
    /// The record before.
    before: Value,
    /// The record after.
    pub(crate) record: Value,
    /// The keys of the fields written.
    pub(crate) written: Vec<String>,
    problems: Vec<Violation>,
    /// Records that are written along.
    pub(crate) children: Vec<(&'a Children, Vec<Self>)>,
}

impl<'a> Draft<'a> {
    /// A draft of a record as it is.
    pub(crate) fn new(spec: &'a Spec, own: &'a Collection, collection: &'a str, id: String, record: Value) -> Self {
        Self {
            spec,
            own,
            collection,
            id,
            before: record.clone(),
            record,
            written: Vec::new(),
            problems: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Notes something wrong.
    pub(crate) fn problem(&mut self, violation: Violation) {
        self.problems.push(violation);
    }

    /// Notes every required field without a value that nothing is said of yet.
    pub(crate) fn require(&mut self) {
        let own = self.own;
        for (key, field) in &own.fields {
            let is_told = self.problems.iter().any(|problem| problem.is_of(key));
            if field.get_ref().required && !is_told && own.value(&self.record, key).is_none() {
                let about = json!(field.get_ref().about);
                self.problem(Violation::new(Wrong::Required, key, &Value::Null).with("about", about));
            }
        }
    }

    /// Takes over what is wrong with a child.
    pub(crate) fn take_problems(&mut self, child: &mut Self) {
        self.problems.append(&mut child.problems);
    }

    /// A new record of a collection.
    pub(crate) fn blank(&self, state: &State, own: &Collection, id: &str) -> Value {
        let roots = Map::from_iter([("id".to_owned(), id.into())]);
        let scope = Scope { roots, now: state.after_next_write(self.spec), lookup: &|_, _| None };
        own.blank.as_ref().map_or_else(|| Value::Object(Map::new()), |blank| blank.0.render(&scope))
    }

    /// Writes a field.
    pub(crate) fn put(&mut self, state: &State, key: &str, value: &Value) {
        let Some(field) = self.own.field(key) else {
            self.problem(Violation::new(Wrong::Unknown, key, value));
            return;
        };
        if let (FieldType::Map, Value::Object(members)) = (field.kind, value) {
            self.put_members(state, key, field, members);
            return;
        }
        if let Some(pairs) = &field.pairs {
            self.put_pairs(state, key, pairs, value);
            return;
        }
        if let (FieldType::Children, Some(children)) = (field.kind, &field.children) {
            self.put_children(state, key, children, value);
            return;
        }
        if field.repeats && self.own.place(key).get(&self.before) == Some(value) {
            return;
        }
        let target = field.sets.as_ref().map_or(key, |name| name.get_ref());
        if let Some(stored) = self.checked(state, key, value) {
            self.store(target, stored);
        }
    }

    /// The value as it is stored; what is wrong with it is noted.
    pub(crate) fn checked(&mut self, state: &State, key: &str, value: &Value) -> Option<Value> {
        let Some(field) = self.own.field(key) else {
            self.problem(Violation::new(Wrong::Unknown, key, value));
            return None;
        };
        let candidate = Candidate { spec: self.spec, state, collection: self.collection, id: &self.id, key, field };
        candidate.check(value).map_err(|violation| self.problem(violation)).ok()
    }

    /// Adds a reference to a list of references; one that is there already is not added again.
    pub(crate) fn append(&mut self, state: &State, key: &str, value: &Value) {
        let Some(field) = self.own.field(key) else {
            return;
        };
        let candidate = Candidate { spec: self.spec, state, collection: self.collection, id: &self.id, key, field };
        match candidate.reference(value) {
            Err(violation) => self.problem(violation),
            Ok(id) => {
                let mut list = self.list(key);
                if !list.contains(&id) {
                    list.push(id);
                }
                self.store(key, Value::Array(list));
            }
        }
    }

    /// Takes a reference out of a list of references.
    pub(crate) fn take_out(&mut self, key: &str, element: &str) {
        let Some(field) = self.own.field(key) else {
            return;
        };
        let mut list = self.list(key);
        let ids: Vec<String> = field.to.iter().map(|name| self.spec.full_id(name.get_ref(), element)).collect();
        let is_it = |value: &Value| value.as_str().is_some_and(|id| ids.iter().any(|known| known == id));
        match list.iter().position(is_it) {
            None => self.problem(Violation::new(Wrong::Operation, &format!("{key}/{}", escape(element)), &Value::Null)),
            Some(at) => {
                list.remove(at);
                self.store(key, Value::Array(list));
            }
        }
    }

    pub(crate) fn list(&self, key: &str) -> Vec<Value> {
        match self.own.place(key).get(&self.record) {
            Some(Value::Array(list)) => list.clone(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn store(&mut self, key: &str, value: Value) {
        self.own.place(key).set(&mut self.record, value);
        if !self.written.iter().any(|written| written == key) {
            self.written.push(key.to_owned());
        }
    }

    /// Stores the record with the provider's own marks, or says what is wrong.
    pub(crate) fn commit(mut self, state: &mut State) -> Result<Stored, Stop> {
        self.unlocked()?;
        self.fit_options(state);
        self.keep_one_of();
        if !self.problems.is_empty() {
            return Err(Stop::violations(self.spec, self.collection, &self.problems));
        }
        state.tick(self.spec);
        let children = std::mem::take(&mut self.children);
        Self::store_children(children, &self.id, state);
        Ok(self.store_record(state))
    }

    /// Stores the record as it is, unchecked, with the provider's own marks. The clock has moved already.
    pub(crate) fn store_record(mut self, state: &mut State) -> Stored {
        for computed in &self.own.computed {
            let computed = computed.get_ref();
            let copied = computed.copy.as_ref().map(toml::Spanned::get_ref);
            let value = match (copied, &computed.stamp) {
                (Some(key), _) if self.written.contains(key) => {
                    let value = self.own.value(&self.record, key).filter(|value| **value != "").cloned();
                    let otherwise = computed.otherwise.as_ref();
                    value.or_else(|| otherwise.map(|template| self.render(state, template)))
                }
                (None, Some(stamp)) => Some(self.render(state, stamp)),
                _ => continue,
            };
            computed.field.set(&mut self.record, value.unwrap_or_default());
        }
        if let Some(records) = state.collections.get_mut(self.collection) {
            records.change().insert(self.id.clone(), self.record);
        }
        Stored { id: self.id, written: self.written }
    }

    /// A template over the record as it is now.
    fn render(&self, state: &State, template: &Template) -> Value {
        let mut roots = Map::new();
        roots.insert("record".to_owned(), self.record.clone());
        roots.insert("id".to_owned(), self.id.clone().into());
        roots.insert("serial".to_owned(), state.serial.into());
        template.render(&Scope { roots, now: state.now(), lookup: &|_, _| None })
    }

    /// Sets a value at a place of the record, unchecked.
    pub(crate) fn force(&mut self, place: &Pointer, value: Value) {
        place.set(&mut self.record, value);
    }

    fn unlocked(&self) -> Result<(), Stop> {
        let Some(locked) = &self.own.locked else {
            return Ok(());
        };
        let key = locked.field.get_ref();
        let value_in = |record| self.own.value(record, key);
        let is_locked = value_in(&self.before).is_some_and(|value| locked.values.contains(value));
        let is_freed =
            self.written.contains(key) && value_in(&self.record).is_some_and(|value| locked.free.contains(value));
        if is_locked && !is_freed {
            return Err(Stop::error(locked.error.get_ref()).with("id", self.id.as_str()));
        }
        Ok(())
    }

    /// Options that belong to another field's value follow it where they have a default, and are refused else.
    fn fit_options(&mut self, state: &State) {
        for (key, field) in &self.own.fields {
            let field = field.get_ref();
            let Some(parent) = field.within.as_ref().map(toml::Spanned::get_ref) else {
                continue;
            };
            if !self.written.contains(key) && !self.written.contains(parent) {
                continue;
            }
            let (Some(value), Some(within)) =
                (self.own.value(&self.record, key).cloned(), self.own.value(&self.record, parent).cloned())
            else {
                continue;
            };
            let choices = choices(state, field);
            let belongs = |choice: &&crate::collection::Choice| {
                choice.within.as_ref().is_none_or(|there| plain_text(there) == plain_text(&within))
            };
            let mut fitting = choices.iter().filter(belongs);
            if fitting.clone().any(|choice| plain_text(&choice.value) == plain_text(&value)) {
                continue;
            }
            match fitting.find(|choice| choice.default) {
                Some(default) if !self.written.contains(key) => {
                    let place = self.own.place(key);
                    place.set(&mut self.record, default.value.clone());
                }
                _ => {
                    let violation = Violation::new(Wrong::Within, key, &value)
                        .with("parent", parent.as_str())
                        .with("within", within);
                    self.problems.push(violation);
                }
            }
        }
    }
}

/// A record that has been stored.
pub(crate) struct Stored {
    pub(crate) id: String,
    /// The keys of the fields written.
    pub(crate) written: Vec<String>,
}
