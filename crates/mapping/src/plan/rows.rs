//! The rows of tables, and the selection lists that depend on them.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::drive::{Drive, Fetched, Phase, Stop, trouble};
use super::known::Known;
use super::step::{StepKey, StepKind};
use crate::mapping::{Keys, RecordId, TableId};
use crate::outcome::Failure;
use crate::path::text_of;
use crate::provider::Class;

impl Drive<'_> {
    /// The selection list of a record: the heads of the paths that reading needs, each once.
    pub(super) fn select(&mut self, record: RecordId) -> Result<Known<Value>, Stop> {
        let mapping = self.mapping();
        let bound = &self.run.bound;
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: String| {
            if !names.contains(&name) {
                names.push(name);
            }
        };
        mapping.read_paths(record).into_iter().filter_map(|path| path.head(bound)).for_each(&mut add);
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
                            && !names.iter().any(|known| *known == name)
                        {
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

    /// The rows of a table.
    pub(crate) fn rows(&mut self, id: TableId, round: u32) -> Result<Known<Fetched>, Stop> {
        let round = if self.fresh { round.max(1) } else { round };
        if let Some(rows) = self.tables.get(&(id, round)) {
            return Ok(rows.clone());
        }
        let mapping = self.mapping();
        let table = mapping.table(id);
        let fetched = match &table.rows {
            crate::mapping::Rows::Static(rows) => Known::Value(Fetched { rows: Rc::new(rows.clone()), cached: false }),
            crate::mapping::Rows::Fetched(fetch) => {
                let values =
                    self.fills(&fetch.request, mapping.main, Phase::First, BTreeMap::new())?.unwrap_or_default();
                let rendered = self.render(&fetch.request, &[], &[], None, &values)?;
                let cache = (!fetch.cache.is_zero()).then_some(fetch.cache);
                let key = StepKey { kind: StepKind::Table, on: table.name.clone(), round };
                match self.ask(key.clone(), rendered, true, cache)? {
                    Known::Hole(_) => Known::Hole(table.name.clone()),
                    Known::Value((reply, cached)) => {
                        let Some(answer) = reply.json() else {
                            let failure =
                                Failure::new(Class::Provider, format!("the rows of `{}` are not JSON", table.name));
                            return Err(trouble(failure, Some(key), false));
                        };
                        Known::Value(Fetched { rows: Rc::new(table.rows_of(&answer, &self.run.bound)), cached })
                    }
                }
            }
        };
        self.tables.insert((id, round), fetched.clone());
        Ok(fetched)
    }

    /// Whether rows that were kept from before were used.
    pub(crate) fn used_kept_rows(&self) -> bool {
        self.tables.values().any(|rows| rows.value().is_some_and(|fetched| fetched.cached))
    }
}
