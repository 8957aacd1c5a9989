//! A table and a form, in the words of an explanation.

use serde::Serialize;
use serde_json::Value;

use crate::mapping::{FormId, Mapping, Origin, Rows, Table, TableId, Unknown};
use crate::path::text_of;

/// A table, as a slot uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableWay {
    /// Its name.
    pub name: String,
    /// Where it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Where its rows come from, in words.
    pub rows: String,
    /// The rows that are written down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub written: Vec<TableRow>,
    /// How names are compared, and what happens to a value without a row.
    pub rules: Vec<String>,
}

/// A row that is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableRow {
    /// The unified value.
    pub unified: String,
    /// The remote value.
    pub remote: Value,
    /// Where it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A form, as a slot uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormWay {
    /// Its name.
    pub name: String,
    /// Where it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The path of the value in the shape that is read; none: the value itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// Conversions inside the shape, wire side first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conversions: Vec<String>,
    /// What is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<String>,
}

impl Mapping {
    pub(super) fn table_way(&self, id: TableId) -> TableWay {
        let table = self.table(id);
        let at = format!("tables.{}", table.name);
        let written = match &table.rows {
            Rows::Fetched(_) => Vec::new(),
            Rows::Static(rows) => rows
                .iter()
                .map(|row| TableRow {
                    unified: row.unified.clone(),
                    remote: row.remote.clone(),
                    origin: self.origins.get(&format!("{at}.rows.{}", row.unified)).cloned(),
                })
                .collect(),
        };
        let rows = match &table.rows {
            Rows::Static(_) => "written down".to_owned(),
            Rows::Fetched(fetch) => {
                let name = fetch.unified.as_ref().unwrap_or(&fetch.remote);
                format!("asked of the account: `{}`, `{name}` for `{}`", fetch.rows, fetch.remote)
            }
        };
        TableWay {
            name: table.name.clone(),
            origin: self.origins.get(&at).cloned(),
            rows,
            written,
            rules: rules(table),
        }
    }

    pub(super) fn form_way(&self, id: FormId) -> FormWay {
        let form = self.form(id);
        FormWay {
            name: form.name.clone(),
            origin: self.origins.get(&format!("forms.{}", form.name)).cloned(),
            read: form.read.as_ref().map(ToString::to_string),
            conversions: form.codec.in_words(),
            loss: form.loss.clone(),
        }
    }
}

fn rules(table: &Table) -> Vec<String> {
    let mut rules = Vec::new();
    let fold = [(table.fold.case, "case"), (table.fold.space, "blanks"), (table.fold.separators, "separators")];
    let folded: Vec<&str> = fold.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    if !folded.is_empty() {
        rules.push(format!("names are compared without regard to {}", folded.join(", ")));
    }
    for (also, name) in &table.also {
        rules.push(format!("`{also}` is written as `{name}`"));
    }
    rules.push(match table.unknown_write {
        Unknown::Refuse => "a name without a row is refused, with those that there are".to_owned(),
        Unknown::Pass => "a name without a row is written as it is".to_owned(),
        Unknown::Omit => "a name without a row is left out and reported".to_owned(),
    });
    rules.push(match table.unknown_read {
        Unknown::Pass => "a value without a row is shown as it is, and said to be so".to_owned(),
        Unknown::Refuse | Unknown::Omit => "a value without a row is not shown, and said to be left out".to_owned(),
    });
    if table.first {
        rules.push("of several rows of one name the first counts".to_owned());
    }
    for (column, address) in &table.prefer {
        rules.push(format!(
            "of several rows of one name that counts whose `{column}` the record has at `{}`",
            address.path
        ));
    }
    if let Rows::Fetched(fetch) = &table.rows {
        if let Some(path) = &fetch.sort {
            rules.push(format!("the rows are sorted by `{path}`"));
        }
        if let Some(pages) = &fetch.pages {
            rules.push(format!("page by page with `{}`, {} rows a page", pages.query, pages.size));
        }
        if !fetch.cache.is_zero() {
            rules.push(format!("the rows are kept for {} s", fetch.cache.as_secs()));
        }
    }
    if !table.empty.is_empty() {
        let empty: Vec<String> = table
            .empty
            .iter()
            .map(|value| text_of(Some(value)).map_or_else(|| value.to_string(), std::borrow::Cow::into_owned))
            .collect();
        rules.push(format!("`{}` means no value", empty.join("`, `")));
    }
    rules
}
