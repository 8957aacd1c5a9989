//! Showing records and fields.

use serde_json::json;

use crate::actions::Turn;
use crate::file::Situation;
use crate::hole::plain_text;
use crate::listing::Listing;
use crate::spec::Target;
use crate::template::Template;
use crate::view::{Viewer, Wanted};
use crate::violation::Stop;

impl Turn<'_> {
    /// Shows one record.
    pub(super) fn read(&mut self, target: &Target) -> Result<(), Stop> {
        let id = self.id(target)?;
        if self.state.record(&target.collection, &id).is_none() {
            return Err(self.stop(Situation::Missing));
        }
        let selected = self.selected(&target.collection).map(str::to_owned);
        self.show(&target.collection, &id, &Wanted::Selected(selected.as_deref()))
    }

    /// Shows the records of a collection that the list has, in the order of their ids. The reply finds their number
    /// in `found`: `total` on all pages, `shown` on this one, and what asks for the `next` one.
    pub(super) fn list(&mut self, collection: &str, listing: &Listing) -> Result<(), Stop> {
        let selected = self.selected(collection).map(str::to_owned);
        let viewer = Viewer { spec: self.spec, state: self.state, asks: &self.asks };
        let rows = self.state.collections.get(collection).into_iter().flat_map(|records| records.iter());
        let ids: Vec<&String> =
            rows.filter(|(_, record)| listing.has(record, self.query, &self.asks)).map(|(id, _)| id).collect();
        let page = listing
            .page(self.query, ids.len())
            .map_err(|wrong| self.stop(Situation::BadPage).with("violation", wrong))?;
        let mut records = Vec::new();
        for id in ids.get(page.rows).into_iter().flatten() {
            let shown = viewer
                .show(collection, id, &Wanted::Selected(selected.as_deref()))
                .map_err(|name| self.stop(Situation::BadSelect).with("field", name))?;
            records.extend(shown);
        }
        let fields = viewer.fields(collection, None);
        let found = json!({"total": ids.len(), "shown": records.len(), "next": page.next});
        self.roots.insert("found".to_owned(), found);
        self.roots.insert("records".to_owned(), records.into());
        self.roots.insert("fields".to_owned(), fields.into());
        Ok(())
    }

    /// Shows the fields of a collection, or one of them by name.
    pub(super) fn describe(&mut self, collection: &str, field: Option<&Template>) -> Result<(), Stop> {
        let viewer = Viewer { spec: self.spec, state: self.state, asks: &self.asks };
        let fields = viewer.fields(collection, None);
        if let Some(template) = field {
            let name = plain_text(&self.render(template));
            let found = fields.iter().find(|field| field["name"] == name).cloned();
            let Some(found) = found else {
                return Err(self.stop(Situation::Missing).with("field", name));
            };
            self.roots.insert("field".to_owned(), found);
        }
        self.roots.insert("fields".to_owned(), fields.into());
        Ok(())
    }
}
