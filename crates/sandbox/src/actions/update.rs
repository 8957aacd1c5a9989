//! Changing the fields that an object names.

use serde_json::{Map, Value};

use crate::actions::Turn;
use crate::change::Draft;
use crate::file::Situation;
use crate::hole::Scope;
use crate::pointer::{Pointer, escape};
use crate::spec::Target;
use crate::step::{Body, Finds, Guard, Shows};
use crate::text_value::written;
use crate::view::Wanted;
use crate::violation::Stop;

/// How an update goes.
pub(super) struct Plan<'a> {
    pub(super) changes: &'a Pointer,
    pub(super) changes_are_text: bool,
    pub(super) guard: Option<&'a Guard>,
    pub(super) creates: bool,
    pub(super) shows: Shows,
    pub(super) finds: Option<&'a Finds>,
    pub(super) names: Option<&'a Pointer>,
}

impl Turn<'_> {
    /// Changes a record, or creates it where the route does so and no version is asked for.
    pub(super) fn update(&mut self, target: &Target, plan: &Plan<'_>) -> Result<(), Stop> {
        let collection = target.collection.as_str();
        if let Some(finds) = plan.finds {
            self.find_other(finds)?;
        }
        let id = self.id(target)?;
        let changes = self.changes(plan)?;
        let guard = plan.guard.and_then(|guard| Some((guard, self.headers.get(&guard.header)?)));
        let record = match (self.state.record(collection, &id), guard) {
            (Some(record), None) => record.clone(),
            (Some(record), Some((guard, version))) => {
                let version = version.to_str().unwrap_or_default();
                if !guard.admits(record, version) {
                    return Err(self.stop(Situation::Version));
                }
                record.clone()
            }
            (None, None) if plan.creates => {
                self.created = true;
                self.blank(collection)
            }
            (None, _) => return Err(self.stop(Situation::Missing)),
        };
        let Some(own) = self.spec.collections.get(collection) else {
            return Err(self.stop(Situation::Missing));
        };
        let mut draft = Draft::new(self.spec, own, collection, id, record);
        let are_texts = self.route.body == Body::Form && !plan.changes_are_text;
        for (name, value) in &changes {
            let key = escape(name);
            match value {
                Value::String(text) if are_texts => draft.put(self.state, &key, &written(own, &key, text)),
                _ => draft.put(self.state, &key, value),
            }
        }
        if own
            .whole
            .as_ref()
            .is_some_and(|whole| !whole.unless.as_ref().is_some_and(|ask| self.asks.contains(ask.get_ref())))
        {
            draft.require();
        }
        let stored = draft.commit(self.state)?;
        let selected = self.selected(collection).map(str::to_owned);
        let wanted = match plan.shows {
            Shows::Selected => Wanted::Selected(selected.as_deref()),
            Shows::Written => Wanted::Written(&stored.written),
        };
        self.show(collection, &stored.id, &wanted)
    }

    fn changes(&self, plan: &Plan<'_>) -> Result<Map<String, Value>, Stop> {
        let wrong = || self.stop(Situation::BadShape);
        let mut changes = self.part(plan.changes)?;
        if plan.changes_are_text {
            let text = changes.as_str().ok_or_else(wrong)?;
            changes = serde_json::from_str(text).map_err(|_| wrong())?;
        }
        if let Some(names) = plan.names {
            let name = names.text_in(&self.body).ok_or_else(wrong)?;
            changes = Value::Object(Map::from_iter([(name.to_owned(), changes)]));
        }
        match changes {
            Value::Object(changes) => Ok(changes),
            _ => Err(wrong()),
        }
    }

    fn blank(&self, collection: &str) -> Value {
        let blank = self.spec.collections.get(collection).and_then(|own| own.blank.as_ref());
        let scope =
            Scope { roots: self.roots.clone(), now: self.state.after_next_write(self.spec), lookup: &|_, _| None };
        blank.map_or(Value::Null, |blank| blank.0.render(&scope))
    }
}
