//! What routes do. Each action reads or changes the state and says what its reply may name.

mod assign;
mod json_patch;
mod link;
mod read;
mod token;
mod update;

use std::collections::{BTreeMap, BTreeSet};

use http::HeaderMap;
use serde_json::{Map, Value};

use crate::file::{Reply, Situation};
use crate::hole::{Scope, plain_text};
use crate::pointer::Pointer;
use crate::spec::{Action, Route, Spec, Target};
use crate::state::State;
use crate::template::Template;
use crate::view::{Viewer, Wanted};
use crate::violation::Stop;

/// One request on its way through a route.
pub(crate) struct Turn<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) state: &'a mut State,
    pub(crate) route: &'a Route,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) query: &'a BTreeMap<String, String>,
    pub(crate) body: Value,
    pub(crate) asks: BTreeSet<String>,
    /// What templates may name.
    pub(crate) roots: Map<String, Value>,
    /// Whether the record has been created.
    pub(crate) created: bool,
}

impl Turn<'_> {
    /// Does what the route does.
    pub(crate) fn run(&mut self) -> Result<(), Stop> {
        let route = self.route;
        match &route.action {
            Action::Refuse(error) => Err(Stop::error(error)),
            Action::Read(target) => self.read(target),
            Action::List { collection, listing } => self.list(collection, listing),
            Action::Describe { collection, field } => self.describe(collection, field.as_ref()),
            Action::Update { target, changes, changes_are_text, guard, creates, shows, finds, names } => self.update(
                target,
                &update::Plan {
                    changes,
                    changes_are_text: *changes_are_text,
                    guard: guard.as_ref(),
                    creates: *creates,
                    shows: *shows,
                    finds: finds.as_ref(),
                    names: names.as_ref(),
                },
            ),
            Action::JsonPatch { target, prefix } => self.json_patch(target, prefix),
            Action::Assign { target, finds, set } => self.assign(target, finds.as_ref(), set),
            Action::Link { link, from, to, kinds } => self.link(link, from, to, kinds),
            Action::Unlink { link, from, to } => self.unlink(link, from, to),
            Action::Token(token) => self.token(token),
        }
    }

    /// Stops with the error of a kind of wrong request.
    fn stop(&self, situation: Situation) -> Stop {
        Stop::situation(self.spec, self.route, situation)
    }

    /// Renders a template over what is known of the request.
    fn render(&self, template: &Template) -> Value {
        let state = &*self.state;
        let scope = Scope {
            roots: self.roots.clone(),
            now: state.now(),
            lookup: &|collection, id| state.look_up(collection, id),
        };
        template.render(&scope)
    }

    /// The full id of the record that a route is about, in the form that the collection's ids have.
    fn id(&mut self, target: &Target) -> Result<String, Stop> {
        self.full_id(&target.collection, &target.id, Situation::BadId)
    }

    fn full_id(&mut self, collection: &str, id: &Template, wrong: Situation) -> Result<String, Stop> {
        let id = plain_text(&self.render(id));
        let id = self.spec.full_id(collection, &id);
        let own = self.spec.collections.get(collection);
        self.roots.insert("id".to_owned(), id.clone().into());
        self.roots.insert("collection".to_owned(), collection.into());
        let called = own.map(|own| own.called.clone());
        self.roots.insert("called".to_owned(), called.into());
        let fits = own.and_then(|own| own.id_pattern.as_ref()).is_none_or(|pattern| pattern.matches(&id));
        if fits { Ok(id) } else { Err(self.stop(wrong)) }
    }

    /// Puts a record, its links and its fields where the reply finds them.
    fn show(&mut self, collection: &str, id: &str, wanted: &Wanted<'_>) -> Result<(), Stop> {
        let viewer = Viewer { spec: self.spec, state: self.state, asks: &self.asks };
        let shown = viewer.show(collection, id, wanted);
        let (links, pairs) = viewer.links(collection, id);
        let mut replies = self.route.answers.iter().filter_map(|name| self.spec.replies.get(name));
        let fields = if replies.any(Reply::shows_fields) {
            viewer.fields(collection, viewer.state.record(collection, id))
        } else {
            Vec::new()
        };
        let record = shown.map_err(|name| self.stop(Situation::BadSelect).with("field", name))?;
        self.roots.insert("record".to_owned(), record.unwrap_or_default());
        self.roots.insert("links".to_owned(), links);
        self.roots.insert("pairs".to_owned(), pairs);
        self.roots.insert("fields".to_owned(), fields.into());
        Ok(())
    }

    /// What the request selects.
    fn selected(&self, collection: &str) -> Option<&str> {
        let select = self.spec.collections.get(collection)?.select.as_ref()?;
        self.query.get(&select.query).map(String::as_str)
    }

    /// The part of the body at a place; the shape is wrong where there is none.
    fn part(&self, place: &Pointer) -> Result<Value, Stop> {
        place.get(&self.body).cloned().ok_or_else(|| self.stop(Situation::BadShape))
    }
}
