//! The rows of a table over several pages, and the order of rows.

use std::cmp::Ordering;

use serde_json::Value;

use super::Resolver;
use super::table::{Rows, Table};
use crate::diagnostic::Code;
use crate::document::pointer;
use crate::path::text_of;
use crate::raw::{RawPageCount, RawPages, RawRequest};
use crate::variables::Bound;

/// The most pages of one table that are asked for.
pub const MOST_PAGES: u32 = 100;

/// How further pages are asked for: until a page has fewer rows than a full one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// The query parameter that says which page.
    pub query: String,
    /// Whether the parameter counts the rows before the page, and not pages.
    pub rows: bool,
    /// The number of the first page.
    pub from: u32,
    /// How many rows a full page has.
    pub size: u32,
}

impl Pages {
    /// The query parameter of a page, counted from zero.
    ///
    /// ```
    /// use mapwright_mapping::mapping::Pages;
    /// let pages = Pages { query: "page".to_owned(), rows: false, from: 1, size: 50 };
    /// assert_eq!(pages.parameter(2), ("page".to_owned(), serde_json::json!(3)));
    /// let pages = Pages { query: "skip".to_owned(), rows: true, from: 0, size: 50 };
    /// assert_eq!(pages.parameter(2), ("skip".to_owned(), serde_json::json!(100)));
    /// ```
    pub fn parameter(&self, page: u32) -> (String, Value) {
        let step = if self.rows { self.size } else { 1 };
        let number = u64::from(self.from) + u64::from(page) * u64::from(step);
        (self.query.clone(), Value::from(number))
    }

    /// Whether another page follows one with this many rows.
    pub fn goes_on_after(&self, rows: usize) -> bool {
        u32::try_from(rows).is_ok_and(|rows| rows >= self.size) || rows > u32::MAX as usize
    }
}

impl Table {
    /// How many rows a fetched answer holds, with those that lack a remote value.
    pub fn count_in(&self, answer: &Value, bound: &Bound) -> usize {
        match &self.rows {
            Rows::Static(rows) => rows.len(),
            Rows::Fetched(fetch) => fetch.rows.all(answer, bound).len(),
        }
    }
}

/// Where a row stands among others: numbers by value, then texts, then rows without a rank.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rank {
    Number(f64),
    Text(String),
    None,
}

impl Rank {
    /// The rank that a member gives.
    pub(super) fn of(value: Option<&Value>) -> Rank {
        match value.and_then(Value::as_f64) {
            Some(number) => Rank::Number(number),
            None => text_of(value).map_or(Rank::None, |text| Rank::Text(text.into_owned())),
        }
    }

    /// The order of two ranks.
    pub(super) fn cmp(&self, other: &Rank) -> Ordering {
        let kind = |rank: &Rank| match rank {
            Rank::Number(_) => 0,
            Rank::Text(_) => 1,
            Rank::None => 2,
        };
        match (self, other) {
            (Rank::Number(a), Rank::Number(b)) => a.total_cmp(b),
            (Rank::Text(a), Rank::Text(b)) => a.cmp(b),
            _ => kind(self).cmp(&kind(other)),
        }
    }
}

impl Resolver<'_> {
    /// Checks how pages are asked for, as it is written at `at`.
    pub(super) fn pages(&mut self, raw: &RawPages, fetch: &RawRequest, at: &str) -> Option<Pages> {
        if fetch.query.contains_key(&raw.query) {
            let place = self.doc.place(&pointer(at, "query"));
            let message = format!("`fetch` has a parameter `{}` already, and the page would replace it", raw.query);
            self.error(Code::BadValue, place, message);
            return None;
        }
        let rows = raw.counts == RawPageCount::Rows;
        Some(Pages { query: raw.query.clone(), rows, from: raw.from.unwrap_or(u32::from(!rows)), size: raw.size })
    }
}
