//! Paths, types and written values fit the schema of the provider's bodies, `payload.json`.
//!
//! | entry of `$defs` | what it is |
//! |---|---|
//! | `RECORD.write` | the change set of a record |
//! | `RECORD.read` | the record in an answer, below the record's `at` |
//! | `RECORD.answer` | the whole answer, which `^` climbs to |
//! | `table.NAME` | the whole answer that brings a table's rows |
//! | `error` | the body of a refusal |

mod entries;
mod kinds;
mod lookups;
mod options;
mod paths;
mod records;
mod schema;
mod shapes;
mod types;
mod walk;

pub(super) use entries::no_schema;
pub(super) use schema::{Node, Patterns, Payload, Step};
pub(super) use walk::{Lost, Walk};

use super::Scope;
use super::sites::Spot;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::mapping::RecordId;
use crate::source::Place;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let Some(payload) = entries::check(scope, out) else { return };
    let walk = Walk { payload, scope };
    paths::check(walk, out);
    records::check(walk, out);
    types::check(walk, out);
    shapes::check(walk, out);
    options::check(walk, out);
    lookups::check(walk, out);
}

impl<'a> Walk<'a, '_> {
    /// The entry of a record; `use_` is `read`, `write` or `answer`.
    pub(super) fn entry(&self, record: RecordId, use_: &str) -> Option<Node<'a>> {
        let record = self.scope.record(record)?;
        self.payload.entry(&format!("{}.{use_}", record.name))
    }

    /// The place that a read path leads to; none where its entry is missing or where it leads nowhere.
    pub(super) fn read(&self, spot: &Spot) -> Option<Result<Node<'a>, Lost<'a>>> {
        let entry = self.entry(spot.record, if spot.path.root { "answer" } else { "read" })?;
        let index = self.scope.record(spot.record)?.index.as_ref();
        Some(self.path(&entry, &spot.path, index))
    }

    /// The place that a written path leads to.
    pub(super) fn written(&self, spot: &Spot) -> Option<Result<Node<'a>, Lost<'a>>> {
        let entry = self.entry(spot.record, "write")?;
        Some(self.path(&entry, &spot.path, None))
    }
}

/// A path that leads nowhere.
pub(super) fn unknown(place: Place, entry: &str, lost: &Lost<'_>) -> Diagnostic {
    let found = Diagnostic::error(Code::UnknownPath, place, lost.in_words(entry));
    if lost.names.is_empty() { found } else { found.with_help(did_you_mean(&lost.name, lost.names.iter().copied())) }
}

/// Names in a row, the first few of them where they are many.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match (shown.is_empty(), names.len().saturating_sub(SHOWN)) {
        (true, _) => "nothing".to_owned(),
        (false, 0) => shown.join(", "),
        (false, more) => format!("{} and {more} more", shown.join(", ")),
    }
}
