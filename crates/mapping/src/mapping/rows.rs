//! The rows of a table, found by name and by remote value: of many rows that are asked for often an index is made.

use std::ops::{Deref, Range};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::{Fold, Row};
use crate::path::text_of;

/// So many rows are gone through, and of more rows for so many questions, before an index is made.
const FEW: usize = 16;

/// The rows of one table, in their order.
#[derive(Debug, Default)]
pub struct TableRows {
    rows: Vec<Row>,
    fold: Fold,
    /// How often rows were asked for.
    asked: AtomicUsize,
    by_name: OnceLock<Index>,
    by_folded_name: OnceLock<Index>,
    by_remote: OnceLock<Index>,
}

/// Positions of rows by a text, sorted by both.
type Index = Vec<(String, usize)>;

impl TableRows {
    /// Takes the rows of a table whose names are compared so.
    pub fn new(rows: Vec<Row>, fold: Fold) -> TableRows {
        TableRows { rows, fold, ..TableRows::default() }
    }

    /// The rows of exactly that name.
    pub(super) fn named(&self, name: &str) -> Vec<&Row> {
        match self.index(&self.by_name, |row| Some(row.unified.clone())) {
            Some(index) => self.at(index, name).collect(),
            None => self.rows.iter().filter(|row| row.unified == name).collect(),
        }
    }

    /// The rows whose name is the same one when it is folded.
    pub(super) fn folded(&self, name: &str) -> Vec<&Row> {
        if self.fold == Fold::default() {
            return self.named(name);
        }
        match self.index(&self.by_folded_name, |row| Some(self.fold.apply(&row.unified))) {
            Some(index) => self.at(index, &self.fold.apply(name)).collect(),
            None => self.rows.iter().filter(|row| self.fold.same(&row.unified, name)).collect(),
        }
    }

    /// The row whose remote value is the given one; else the first one of the same text.
    pub(super) fn remote(&self, remote: &Value) -> Option<&Row> {
        let Some(text) = text_of(Some(remote)) else {
            return self.rows.iter().find(|row| row.remote == *remote);
        };
        // Zeros of either sign are equal, and differ as texts.
        let index = match remote.as_f64() {
            Some(0.0) => None,
            _ => self.index(&self.by_remote, remote_text),
        };
        match index {
            Some(index) => {
                let same = || self.at(index, &text);
                same().find(|row| row.remote == *remote).or_else(|| same().next())
            }
            None => self.rows.iter().find(|row| row.remote == *remote).or_else(|| self.of_text(&text)),
        }
    }

    /// The first row whose remote value has that text.
    pub(crate) fn of_text(&self, text: &str) -> Option<&Row> {
        match self.index(&self.by_remote, remote_text) {
            Some(index) => self.at(index, text).next(),
            None => self.rows.iter().find(|row| text_of(Some(&row.remote)).as_deref() == Some(text)),
        }
    }

    /// The position of one of these rows.
    pub(crate) fn position(&self, row: &Row) -> Option<usize> {
        match self.index(&self.by_name, |row| Some(row.unified.clone())) {
            Some(index) => {
                let positions = index.get(range(index, &row.unified))?.iter().map(|(_, at)| *at);
                positions.into_iter().find(|at| self.rows.get(*at).is_some_and(|known| std::ptr::eq(known, row)))
            }
            None => self.rows.iter().position(|known| std::ptr::eq(known, row)),
        }
    }

    /// An index, where there are many rows and they are asked for often.
    fn index<'s>(&'s self, index: &'s OnceLock<Index>, text: impl Fn(&Row) -> Option<String>) -> Option<&'s Index> {
        if self.rows.len() <= FEW || self.asked.fetch_add(1, Ordering::Relaxed) < FEW {
            return None;
        }
        Some(index.get_or_init(|| {
            let texts = self.rows.iter().enumerate().filter_map(|(at, row)| Some((text(row)?, at)));
            let mut index: Index = texts.collect();
            index.sort();
            index
        }))
    }

    /// The rows of a text, in their order.
    fn at<'s>(&'s self, index: &'s Index, text: &str) -> impl Iterator<Item = &'s Row> + use<'s> {
        index.get(range(index, text)).into_iter().flatten().filter_map(|(_, at)| self.rows.get(*at))
    }
}

impl Deref for TableRows {
    type Target = [Row];

    fn deref(&self) -> &[Row] {
        &self.rows
    }
}

/// Where a text stands in an index.
fn range(index: &Index, text: &str) -> Range<usize> {
    index.partition_point(|(known, _)| known.as_str() < text)
        ..index.partition_point(|(known, _)| known.as_str() <= text)
}

fn remote_text(row: &Row) -> Option<String> {
    text_of(Some(&row.remote)).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn remotes() -> impl Strategy<Value = Value> {
        prop_oneof![
            (-3i64..4).prop_map(Value::from),
            (-3i64..4).prop_map(|n| json!(n.to_string())),
            prop::sample::select(vec![
                json!(0.0),
                json!(-0.0),
                json!("0.0"),
                json!(1.5),
                json!("1.5"),
                json!(true),
                json!("true"),
                json!(null),
                json!({"a": 1}),
                json!([]),
            ]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn rows_are_found_with_an_index_as_without(
            rows in prop::collection::vec(("[abAB _]{0,2}", remotes()), 0..60),
            names in prop::collection::vec("[abAB _]{0,2}", 1..30),
            asked in prop::collection::vec(remotes(), 1..30),
            (case, space, separators) in (any::<bool>(), any::<bool>(), any::<bool>()),
        ) {
            let fold = Fold { case, space, separators };
            let row = |(unified, remote)| Row { unified, remote, columns: BTreeMap::new() };
            let plain: Vec<Row> = rows.into_iter().map(row).collect();
            let indexed = TableRows::new(plain, fold);
            let fresh = || TableRows::new(indexed.to_vec(), fold);
            let positions = |rows: Vec<&Row>| rows.into_iter().map(|row| indexed.position(row)).collect::<Vec<_>>();
            for _ in 0..=FEW {
                let _ = indexed.index(&indexed.by_name, |row| Some(row.unified.clone()));
            }
            for name in &names {
                let plain = fresh();
                prop_assert_eq!(indexed.named(name), plain.named(name));
                prop_assert_eq!(indexed.folded(name), plain.folded(name));
                prop_assert_eq!(indexed.of_text(name), plain.of_text(name));
                let at = indexed.iter().enumerate().filter(|(_, row)| fold.same(&row.unified, name));
                prop_assert_eq!(positions(indexed.folded(name)), at.map(|(at, _)| Some(at)).collect::<Vec<_>>());
            }
            for remote in &asked {
                let found = |rows: &TableRows| rows.remote(remote).and_then(|row| rows.position(row));
                prop_assert_eq!(found(&indexed), found(&fresh()));
            }
        }
    }
}
