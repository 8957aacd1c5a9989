//! The rows of tables, and the selection lists that depend on them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::drive::{Drive, Fetched, Phase, Stop, trouble};
use super::known::Known;
use super::step::{StepKey, StepKind};
use crate::mapping::{Fetch, Keys, MOST_PAGES, Pages, RecordId, Table, TableId, TableRows};
use crate::outcome::Failure;
use crate::path::text_of;
use crate::provider::Class;

impl Drive<'_> {
    /// The selection list of a record: the heads of the paths that reading needs, each once.
    pub(super) fn select(&mut self, record: RecordId) -> Result<Known<Value>, Stop> {
        let mapping = self.mapping();
        let mut names = self.heads(record);
        let mut seen: BTreeSet<String> = names.iter().cloned().collect();
        let mut hole = None;
        for rest in &mapping.rests {
            let (Some(read), Keys::Table(table)) = (rest.place.read(), &rest.keys) else { continue };
            if read.record != record || !read.path.segments.is_empty() {
                continue;
            }
            match self.rows(*table, 0) {
                Ok(Known::Value(fetched)) => {
                    for row in fetched.rows.iter() {
                        if let Some(name) = text_of(Some(&row.remote))
                            && !seen.contains(&*name)
                        {
                            seen.insert(name.to_string());
                            names.push(name.into_owned());
                        }
                    }
                }
                Ok(Known::Hole(name)) => hole = Some(name),
                Err(Stop::Need(step)) => return Err(Stop::Need(step)),
                // Without the table the map is not asked for; reading says so.
                Err(Stop::Trouble(_)) => {}
            }
        }
        let text = names.join(",");
        Ok(match hole {
            Some(hole) => Known::Hole(format!("{text},{{{hole}}}")),
            None => Known::Value(Value::String(text)),
        })
    }

    /// The heads of the paths that reading needs from a record, each once.
    fn heads(&self, record: RecordId) -> Vec<String> {
        let (mapping, bound) = (self.mapping(), &self.run.bound);
        let all = self.run.kept.heads.get_or_init(|| {
            let mut seen = BTreeSet::new();
            let mut all = vec![Vec::new(); mapping.records.len()];
            for address in mapping.addresses_read() {
                let (Some(name), Some(heads)) = (address.path.head(bound), all.get_mut(address.record.0)) else {
                    continue;
                };
                if seen.insert((address.record, name.clone())) {
                    heads.push(name);
                }
            }
            all
        });
        all.get(record.0).cloned().unwrap_or_default()
    }

    /// The rows of a table.
    pub(crate) fn rows(&mut self, id: TableId, round: u32) -> Result<Known<Fetched>, Stop> {
        let round = if self.fresh { round.max(1) } else { round };
        let mapping = self.mapping();
        let table = mapping.table(id);
        let fetched = match &table.rows {
            crate::mapping::Rows::Static(rows) => {
                return Ok(Known::Value(Fetched { rows: Arc::clone(rows), cached: false }));
            }
            crate::mapping::Rows::Fetched(fetch) => {
                if let Some(rows) = self.tables.get(&(id, round)) {
                    return Ok(rows.clone());
                }
                let values =
                    self.fills(&fetch.request, mapping.main, Phase::First, BTreeMap::new())?.unwrap_or_default();
                self.pages(table, fetch, &values, round)?
            }
        };
        self.tables.insert((id, round), fetched.clone());
        Ok(fetched)
    }

    /// The rows of a fetched table, page by page.
    fn pages(
        &mut self,
        table: &Table,
        fetch: &Fetch,
        values: &BTreeMap<String, Known<Value>>,
        round: u32,
    ) -> Result<Known<Fetched>, Stop> {
        let cache = (!fetch.cache.is_zero()).then_some(fetch.cache);
        let mut answers = Vec::new();
        let mut kept = false;
        for page in 0..MOST_PAGES {
            let query: Vec<_> = fetch.pages.iter().map(|pages| pages.parameter(page)).collect();
            let render = |this: &Self| this.render(&fetch.request, &query, &[], None, values);
            let key = StepKey { page, ..StepKey::new(StepKind::Table, table.name.clone(), round) };
            let Known::Value(heard) = self.ask(key.clone(), true, cache, render)? else {
                return Ok(Known::Hole(table.name.clone()));
            };
            let Some(answer) = heard.json else {
                let failure = Failure::new(Class::Provider, format!("the rows of `{}` are not JSON", table.name));
                return Err(trouble(failure, Some(key), false));
            };
            kept |= heard.cached;
            answers.push(Arc::clone(answer));
            let goes_on = |pages: &Pages| pages.goes_on_after(table.count_in(answer, &self.run.bound));
            if !fetch.pages.as_ref().is_some_and(goes_on) {
                let make = || TableRows::new(table.rows_of(&answers, &self.run.bound), table.fold);
                let rows = self.replies.get(&key).map_or_else(|| Arc::new(make()), |last| last.rows(make));
                return Ok(Known::Value(Fetched { rows, cached: kept }));
            }
        }
        let message = format!("the rows of `{}` do not end after {MOST_PAGES} pages", table.name);
        Err(trouble(Failure::new(Class::Provider, message), None, false))
    }

    /// Whether rows that were kept from before were used.
    pub(crate) fn used_kept_rows(&self) -> bool {
        self.tables.values().any(|rows| rows.value().is_some_and(|fetched| fetched.cached))
    }
}
