//! Which records a list answers with: conditions of the query, and pages.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::file::Name;
use crate::hole::plain_text;
use crate::pointer::Pointer;

/// What of a collection a list shows; without a word, all of it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    /// Query parameters, each with the place in a record whose value it states.
    #[serde(default)]
    pub(crate) equals: BTreeMap<String, Pointer>,
    /// Records that are left out unless they are asked for.
    pub(crate) hides: Option<Hides>,
    /// Pages; without them everything is on one.
    pub(crate) pages: Option<Pages>,
}

/// Records that are left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hides {
    /// The place in a record.
    pub(crate) at: Pointer,
    /// The value that hides the record.
    pub(crate) value: Value,
    /// The condition that shows it all the same.
    pub(crate) unless: Name,
}

/// Pages of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pages {
    /// The query parameter that says where a page begins.
    pub(crate) query: String,
    /// What that parameter counts.
    pub(crate) counts: Counts,
    /// The query parameter with the number of records on a page.
    pub(crate) size: String,
    /// The number of records on a page where the parameter is absent.
    pub(crate) default: usize,
    /// The greatest number of records on a page; more is refused.
    pub(crate) most: usize,
}

/// What tells where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Counts {
    /// The number of the page, the first one being 1.
    Pages,
    /// The number of records before it.
    Rows,
}

/// One page of a list.
pub(crate) struct Page {
    /// Positions in the list.
    pub(crate) rows: Range<usize>,
    /// What asks for the next page, where there is one.
    pub(crate) next: Option<usize>,
}

impl Listing {
    /// Whether the list has this record.
    pub(crate) fn has(&self, record: &Value, query: &BTreeMap<String, String>, asks: &BTreeSet<String>) -> bool {
        let fits = |(name, place): (&String, &Pointer)| {
            query.get(name).is_none_or(|wanted| place.get(record).is_some_and(|there| plain_text(there) == *wanted))
        };
        let hidden = self
            .hides
            .as_ref()
            .is_some_and(|hides| !asks.contains(hides.unless.get_ref()) && hides.at.get(record) == Some(&hides.value));
        !hidden && self.equals.iter().all(fits)
    }

    /// The page that is asked for, cut to the list; the error says which parameter is wrong.
    pub(crate) fn page(&self, query: &BTreeMap<String, String>, total: usize) -> Result<Page, Value> {
        let Some(pages) = &self.pages else {
            return Ok(Page { rows: 0..total, next: None });
        };
        let least = usize::from(pages.counts == Counts::Pages);
        let size = number(query, &pages.size, pages.default, 1, Some(pages.most))?;
        let place = number(query, &pages.query, least, least, None)?;
        let start = match pages.counts {
            Counts::Pages => (place - 1).saturating_mul(size),
            Counts::Rows => place,
        };
        let end = start.saturating_add(size);
        let next = match pages.counts {
            Counts::Pages => place.saturating_add(1),
            Counts::Rows => end,
        };
        Ok(Page { rows: start.min(total)..end.min(total), next: (end < total).then_some(next) })
    }
}

fn number(
    query: &BTreeMap<String, String>,
    name: &str,
    otherwise: usize,
    least: usize,
    greatest: Option<usize>,
) -> Result<usize, Value> {
    let Some(text) = query.get(name) else {
        return Ok(otherwise);
    };
    match text.parse::<usize>() {
        Ok(number) if number >= least && greatest.is_none_or(|greatest| number <= greatest) => Ok(number),
        _ => Err(json!({"field": name, "value": text, "least": least, "greatest": greatest})),
    }
}
