//! A table: unified value against remote value. Its rows are written down, or fetched from the account: an enum map
//! and a look-up are one construct.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::pages::{Pages, Rank};
use super::{Address, Request, Resolver, TableRows, request::Use};
use crate::codec::Chain;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::pointer;
use crate::path::{Path, text_of};
use crate::raw::{RawAmbiguous, RawFold, RawPlace, RawRows, RawTable, RawUnknown, RawUnknownWord};

/// Unified value against remote value.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: Rows,
    /// Column = path in the current record: breaks a tie.
    pub prefer: BTreeMap<String, Address>,
    /// Whether the first of several rows of one name counts.
    pub first: bool,
    /// Further unified spellings, written only.
    pub also: BTreeMap<String, String>,
    /// Names that the unified model does not list.
    pub own: Vec<String>,
    /// What happens to a value that no row knows when it is written.
    pub unknown_write: Unknown,
    /// What happens to a value that no row knows when it is read.
    pub unknown_read: Unknown,
    /// What is disregarded when names are compared.
    pub fold: Fold,
    /// Remote values that mean "no value".
    pub empty: Vec<Value>,
}

/// The rows of a table.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Written down.
    Static(Arc<TableRows>),
    /// Fetched from the account.
    Fetched(Box<Fetch>),
}

/// How rows are fetched.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// The request.
    pub request: Request,
    /// The path of the rows in the answer.
    pub rows: Path,
    /// The path of the unified value in a row; none: the remote value is the name.
    pub unified: Option<Path>,
    /// The conversion of the unified value in a row, for reading it.
    pub names: Chain,
    /// The path of the remote value in a row.
    pub remote: Path,
    /// Further columns; `^` in a path climbs to the enclosing row.
    pub columns: Vec<(String, Path)>,
    /// The path in a row by which the rows are sorted.
    pub sort: Option<Path>,
    /// How further pages are asked for; none: one answer holds all rows.
    pub pages: Option<Pages>,
    /// How long the rows are good.
    pub cache: Duration,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The unified value.
    pub unified: String,
    /// The remote value.
    pub remote: Value,
    /// Further columns.
    pub columns: BTreeMap<String, Value>,
}

impl Row {
    /// A column by name; `remote` and `unified` are columns too, and so is `id` where no column is called so.
    pub fn column(&self, name: &str) -> Option<Value> {
        match self.columns.get(name) {
            Some(value) => Some(value.clone()),
            None if name == "unified" => Some(Value::String(self.unified.clone())),
            None if name == "remote" || name == "id" => Some(self.remote.clone()),
            None => None,
        }
    }
}

/// What happens to a value that no row knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// It is refused; on reading it is left out.
    Refuse,
    /// It goes through as it is.
    Pass,
    /// It is left out and reported.
    Omit,
}

/// What is disregarded when names are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// Upper and lower case.
    pub case: bool,
    /// White space around the name, and how much of it is inside.
    pub space: bool,
    /// Blanks, `_` and `-` count as the same.
    pub separators: bool,
}

impl Fold {
    /// The form in which names are compared.
    ///
    /// ```
    /// use mapwright_mapping::mapping::Fold;
    /// let fold = Fold { case: true, separators: true, ..Fold::default() };
    /// assert_eq!(fold.apply("Second_Hand"), fold.apply("SECOND HAND"));
    /// ```
    pub fn apply(self, name: &str) -> String {
        let mut name = name.to_owned();
        if self.separators {
            name = name.replace(['_', '-'], " ");
        }
        if self.space || self.separators {
            name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        if self.case {
            name = name.to_lowercase();
        }
        name
    }

    /// Whether two names are the same.
    pub fn same(self, a: &str, b: &str) -> bool {
        a == b || self.apply(a) == self.apply(b)
    }
}

impl Table {
    /// The rows in the fetched answers, a page each; a row without its remote value is left out.
    pub fn rows_of(&self, answers: &[impl Borrow<Value>], bound: &crate::variables::Bound) -> Vec<Row> {
        let Rows::Fetched(fetch) = &self.rows else { return Vec::new() };
        let mut rows: Vec<(Rank, Row)> = answers
            .iter()
            .flat_map(|answer| climb(&fetch.rows, Borrow::<Value>::borrow(answer), bound))
            .filter_map(|(row, above)| {
                let at = |path: &Path| if path.root { path.get(above, bound) } else { path.get(row, bound) };
                let remote = at(&fetch.remote)?.clone();
                let name = fetch.unified.as_ref().map_or(Some(&remote), at)?;
                let name = if fetch.names.is_identity() {
                    Cow::Borrowed(name)
                } else {
                    Cow::Owned(fetch.names.decode(name).ok()?)
                };
                let unified = text_of(Some(&name))?.into_owned();
                let columns =
                    fetch.columns.iter().filter_map(|(name, path)| Some((name.clone(), at(path)?.clone()))).collect();
                let rank = Rank::of(fetch.sort.as_ref().and_then(at));
                Some((rank, Row { unified, remote, columns }))
            })
            .collect();
        if fetch.sort.is_some() {
            rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The rows whose name is the unified value.
    pub fn named<'r>(&self, rows: &'r TableRows, unified: &str) -> Vec<&'r Row> {
        let exact = rows.named(unified);
        if !exact.is_empty() {
            return exact;
        }
        let name = self.also.iter().find(|(also, _)| self.fold.same(also, unified)).map_or(unified, |(_, name)| name);
        rows.folded(name)
    }

    /// The row whose remote value is the given one; numbers and texts of the same form are the same.
    pub fn remote<'r>(&self, rows: &'r TableRows, remote: &Value) -> Option<&'r Row> {
        rows.remote(remote)
    }
}

/// The rows that a path leads to, each with the value that encloses it: what `^` in a column means.
fn climb<'v>(path: &Path, answer: &'v Value, bound: &crate::variables::Bound) -> Vec<(&'v Value, &'v Value)> {
    let mut found = vec![(answer, answer)];
    for segment in &path.segments {
        let step = Path { record: None, root: false, segments: vec![segment.clone()] };
        let named = matches!(segment, crate::path::Segment::Key(_));
        found = found
            .into_iter()
            .flat_map(|(value, above)| {
                // A name stays inside the row that was reached; an element is a row of its own.
                let enclosing = if named { value } else { above };
                step.all(value, bound).into_iter().map(move |next| (next, enclosing)).collect::<Vec<_>>()
            })
            .collect();
    }
    found
}

impl Resolver<'_> {
    /// Checks a table as it is written at `at`.
    pub(super) fn table(&mut self, name: &str, raw: &RawTable, at: &str) -> Table {
        let fold = Fold {
            case: raw.fold.contains(&RawFold::Case),
            space: raw.fold.contains(&RawFold::Space),
            separators: raw.fold.contains(&RawFold::Separators),
        };
        let rows = match (&raw.rows, &raw.fetch) {
            (Some(RawRows::Static(rows)), None) => {
                let row = |(unified, remote): (&String, &Value)| Row {
                    unified: unified.clone(),
                    remote: remote.clone(),
                    columns: BTreeMap::new(),
                };
                Rows::Static(Arc::new(TableRows::new(rows.iter().map(row).collect(), fold)))
            }
            (Some(RawRows::Path(path)), Some(fetch)) => {
                self.fetch(path, fetch, raw, at).map_or_else(|| Rows::Static(Arc::default()), Rows::Fetched)
            }
            (Some(RawRows::Path(_)), None) => {
                let place = self.doc.key(&pointer(at, "rows"));
                self.error(Code::MissingKey, place, "rows at a path are fetched: `fetch` is missing");
                Rows::Static(Arc::default())
            }
            (Some(RawRows::Static(rows)), Some(_)) => {
                // An overlay's rows on a fetched table are the overlay's fault.
                let rows_at = pointer(at, "rows");
                let row = rows.keys().next().map_or_else(|| rows_at.clone(), |row| pointer(&rows_at, row));
                let row = self.doc.key(&row);
                let own = row.file.name() == self.doc.file().name();
                let place = if own { self.doc.key(&pointer(at, "fetch")) } else { row };
                self.error(Code::BadValue, place, "rows are written down or fetched, not both");
                Rows::Static(Arc::default())
            }
            (None, _) => {
                let place = self.doc.key(at);
                self.error(Code::MissingKey, place, format!("table `{name}` has no `rows`"));
                Rows::Static(Arc::default())
            }
        };
        if matches!(rows, Rows::Static(_)) {
            for key in ["unified", "remote", "columns", "sort", "pages", "cache"] {
                let at = pointer(at, key);
                if self.doc.value().pointer(&at).is_some() && raw.fetch.is_none() {
                    let place = self.doc.key(&at);
                    self.error(Code::BadValue, place, format!("`{key}` belongs to fetched rows"));
                }
            }
        }
        let mut prefer = BTreeMap::new();
        for (column, path) in &raw.prefer {
            let at = pointer(&pointer(at, "prefer"), column);
            if !raw.columns.contains_key(column) {
                let place = self.doc.key(&at);
                let known = did_you_mean(column, raw.columns.keys().map(String::as_str));
                self.diagnostics.push(
                    Diagnostic::error(Code::UnknownColumn, place, format!("the table has no column `{column}`"))
                        .with_help(known),
                );
            }
            if let Some(address) = self.address(path, &at) {
                prefer.insert(column.clone(), address);
            }
        }
        let (unknown_write, unknown_read) = match &raw.unknown {
            None => (Unknown::Refuse, Unknown::Pass),
            Some(RawUnknown::Word(word)) => {
                ((*word).into(), if *word == RawUnknownWord::Omit { Unknown::Omit } else { Unknown::Pass })
            }
            Some(RawUnknown::Table(table)) => (table.write.into(), table.read.into()),
        };
        Table {
            name: name.to_owned(),
            rows,
            prefer,
            first: raw.ambiguous == Some(RawAmbiguous::First),
            also: raw.also.clone(),
            own: raw.own.clone(),
            unknown_write,
            unknown_read,
            fold,
            empty: raw.empty.as_ref().map(|values| values.as_slice().to_vec()).unwrap_or_default(),
        }
    }

    fn fetch(&mut self, path: &str, fetch: &crate::raw::RawRequest, raw: &RawTable, at: &str) -> Option<Box<Fetch>> {
        let request = self.request(fetch, Use::Table, &pointer(at, "fetch"));
        let rows = self.path(path, &pointer(at, "rows"));
        let names_at = pointer(at, "unified");
        let unified = raw.unified.as_ref().and_then(|place| self.path(place.path(), &place.path_at(&names_at)));
        let names = self.chain(raw.unified.as_ref().and_then(RawPlace::codec), &pointer(&names_at, "as"));
        let remote = if let Some(path) = &raw.remote {
            self.path(path, &pointer(at, "remote"))
        } else {
            let place = self.doc.key(at);
            self.error(Code::MissingKey, place, "fetched rows need `remote`: the member that holds the remote value");
            None
        };
        let columns = raw
            .columns
            .iter()
            .filter_map(|(name, path)| Some((name.clone(), self.path(path, &pointer(&pointer(at, "columns"), name))?)))
            .collect();
        let sort = raw.sort.as_ref().and_then(|path| self.path(path, &pointer(at, "sort")));
        let pages = raw.pages.as_ref().and_then(|pages| self.pages(pages, fetch, &pointer(at, "pages")));
        let cache = match &raw.cache {
            None => Duration::ZERO,
            Some(text) => {
                if let Some(span) = duration(text) {
                    span
                } else {
                    let place = self.doc.place(&pointer(at, "cache"));
                    self.error(
                        Code::BadValue,
                        place,
                        "a span is a number and its unit: \"30s\", \"10m\", \"1h\", \"500ms\"",
                    );
                    Duration::ZERO
                }
            }
        };
        Some(Box::new(Fetch {
            request: request?,
            rows: rows?,
            unified,
            names,
            remote: remote?,
            columns,
            sort,
            pages,
            cache,
        }))
    }
}

impl From<RawUnknownWord> for Unknown {
    fn from(word: RawUnknownWord) -> Unknown {
        match word {
            RawUnknownWord::Refuse => Unknown::Refuse,
            RawUnknownWord::Pass => Unknown::Pass,
            RawUnknownWord::Omit => Unknown::Omit,
        }
    }
}

/// A span as `30s`, `10m`, `1h`, `500ms`.
///
/// ```
/// assert_eq!(mapwright_mapping::mapping::table::duration("10m"), Some(std::time::Duration::from_secs(600)));
/// assert_eq!(mapwright_mapping::mapping::table::duration("10"), None);
/// ```
pub fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u32 = number.parse().ok()?;
    let unit = match unit {
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "m" => Duration::from_mins(1),
        "h" => Duration::from_hours(1),
        _ => return None,
    };
    unit.checked_mul(number)
}
