//! Storing values that a route states: a request whose meaning is not in its body's fields.

use serde_json::Value;

use crate::actions::Turn;
use crate::change::Draft;
use crate::file::{Assignments, Situation};
use crate::hole::plain_text;
use crate::pointer::Pointer;
use crate::spec::Target;
use crate::step::Finds;
use crate::view::Wanted;
use crate::violation::Stop;

impl Turn<'_> {
    /// Finds the other record that the request names.
    pub(super) fn find_other(&mut self, finds: &Finds) -> Result<(), Stop> {
        let other = finds.collection.get_ref();
        let named = plain_text(&self.render(&finds.id));
        let full = self.spec.full_id(other, &named);
        let Some(found) = self.state.record(other, &full).cloned() else {
            return Err(self.stop(Situation::MissingOther).with("found", named));
        };
        self.roots.insert("found".to_owned(), found);
        Ok(())
    }

    /// Finds the other record that the request names, if it names one, and stores the stated values.
    pub(super) fn assign(&mut self, target: &Target, finds: Option<&Finds>, set: &Assignments) -> Result<(), Stop> {
        let collection = target.collection.as_str();
        if let Some(finds) = finds {
            self.find_other(finds)?;
        }
        let id = self.id(target)?;
        let (Some(record), Some(own)) =
            (self.state.record(collection, &id).cloned(), self.spec.collections.get(collection))
        else {
            return Err(self.stop(Situation::Missing));
        };
        self.roots.insert("record".to_owned(), record.clone());
        let mut draft = Draft::new(self.spec, own, collection, id, record);
        self.state.tick(self.spec);
        let values: Vec<(Pointer, Value)> =
            set.iter().map(|(place, template)| (Pointer::parse(place), self.render(template))).collect();
        for (place, value) in values {
            draft.force(&place, value);
        }
        let stored = draft.store_record(self.state);
        self.show(collection, &stored.id, &Wanted::All)
    }
}
