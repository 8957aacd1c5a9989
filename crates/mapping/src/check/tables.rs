//! Written rows are one-to-one and cover the names of the model; further spellings and own names lead to rows.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::quoted;
use super::sites::Site;
use super::{Scope, error};
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::table::Row;
use crate::mapping::{Rows, Table, TableId};
use crate::path::text_of;
use crate::raw::{RawTable, RawUnknown, RawUnknownWord};
use crate::source::Place;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let mut users: BTreeMap<TableId, Vec<&Site<'_>>> = BTreeMap::new();
    for site in &scope.sites {
        site.slot.table.into_iter().for_each(|table| users.entry(table).or_default().push(site));
    }
    for (i, table) in scope.mapping.tables.iter().enumerate() {
        let Some(raw) = scope.sources.raw.tables.get(&table.name) else { continue };
        let at = pointer("/tables", &table.name);
        doubled_also(scope, table, &at, out);
        if let Rows::Static(rows) = &table.rows {
            if raw.rows.is_none() || raw.fetch.is_some() {
                continue;
            }
            doubled(scope, table, rows, &at, out);
            targets(scope, table, rows, &at, out);
            let users = users.get(&TableId(i)).map(Vec::as_slice).unwrap_or_default();
            names(scope, table, rows, raw, users, &at, out);
        }
    }
}

/// No two rows have one remote value, and no two spellings are the same after `fold`.
fn doubled(scope: &Scope<'_>, table: &Table, rows: &[Row], at: &str, out: &mut Diagnostics) {
    let rows_at = pointer(at, "rows");
    let mut written: Vec<(&Row, String)> = rows.iter().map(|row| (row, pointer(&rows_at, &row.unified))).collect();
    written.sort_by_key(|(_, at)| scope.doc().key(at).span.start);
    let mut remotes: BTreeMap<String, (&str, Place)> = BTreeMap::new();
    for (row, at) in &written {
        let text = text_of(Some(&row.remote)).map_or_else(|| row.remote.to_string(), std::borrow::Cow::into_owned);
        let place = scope.doc().place(at);
        if let Some((first, first_place)) = remotes.get(&text) {
            let message = format!("`{}` and `{first}` have the same remote value", row.unified);
            out.push(
                Diagnostic::error(Code::TableDoubleName, place, message)
                    .with_related(first_place.clone(), "here first")
                    .with_help("a row is read back as its name: put the further spelling under `also`"),
            );
        } else {
            remotes.insert(text, (&row.unified, place));
        }
    }
    let also_at = pointer(at, "also");
    let also = table.also.keys().map(|name| (name.as_str(), pointer(&also_at, name)));
    let mut spellings: Vec<(&str, String)> =
        written.iter().map(|(row, at)| (row.unified.as_str(), at.clone())).chain(also).collect();
    spellings.sort_by_key(|(_, at)| scope.doc().key(at).span.start);
    let mut seen: BTreeMap<String, (&str, Place)> = BTreeMap::new();
    for (name, at) in spellings {
        let place = scope.doc().key(&at);
        if let Some((first, first_place)) = seen.get(&table.fold.apply(name)) {
            let same = if *first == name {
                "there is a row of that name already".to_owned()
            } else {
                format!("after `fold` it is the same as `{first}`")
            };
            out.push(
                Diagnostic::error(Code::TableDoubleName, place, format!("`{name}` is doubled: {same}"))
                    .with_related(first_place.clone(), "here first"),
            );
        } else {
            seen.insert(table.fold.apply(name), (name, place));
        }
    }
}

/// Among further spellings of fetched rows, no two are the same after `fold`.
fn doubled_also(scope: &Scope<'_>, table: &Table, at: &str, out: &mut Diagnostics) {
    if matches!(table.rows, Rows::Static(_)) {
        return;
    }
    let at = pointer(at, "also");
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in table.also.keys() {
        if let Some(first) = seen.insert(table.fold.apply(name), name) {
            let message = format!("`{name}` is doubled: after `fold` it is the same as `{first}`");
            error(out, Code::TableDoubleName, scope.doc().key(&pointer(&at, name)), message);
        }
    }
}

/// Further spellings lead to rows, and own names are names of rows.
fn targets(scope: &Scope<'_>, table: &Table, rows: &[Row], at: &str, out: &mut Diagnostics) {
    let known = || rows.iter().map(|row| row.unified.as_str());
    let names: BTreeSet<&str> = known().collect();
    let mut hold = |code: Code, name: &str, place: Place| {
        if !names.contains(name) {
            let message = format!("table `{}` has no row `{name}`", table.name);
            out.push(Diagnostic::error(code, place, message).with_help(did_you_mean(name, known())));
        }
    };
    for (spelling, name) in &table.also {
        hold(Code::TableMissingName, name, scope.doc().place(&pointer(&pointer(at, "also"), spelling)));
    }
    for (i, name) in table.own.iter().enumerate() {
        hold(Code::TableUnknownName, name, scope.doc().place(&pointer(&pointer(at, "own"), &i.to_string())));
    }
}

/// The rows are those of the model, for every leaf that uses the table: `users`.
fn names(
    scope: &Scope<'_>,
    table: &Table,
    rows: &[Row],
    raw: &RawTable,
    users: &[&Site<'_>],
    at: &str,
    out: &mut Diagnostics,
) {
    let rows_at = pointer(at, "rows");
    let own: BTreeSet<&String> = table.own.iter().collect();
    let spellings = rows.iter().map(|row| &row.unified).chain(table.also.keys());
    let folded: BTreeSet<String> = spellings.map(|name| table.fold.apply(name)).collect();
    let mut used = false;
    let mut total = true;
    for site in users {
        let Some(leaf) = site.leaves(&scope.mapping.model).first().copied().filter(|leaf| !leaf.names.is_empty())
        else {
            continue;
        };
        used = true;
        let known: BTreeSet<&String> = leaf.names.iter().collect();
        for row in rows.iter().filter(|row| !known.contains(&row.unified) && !own.contains(&row.unified)) {
            let place = scope.doc().key(&pointer(&rows_at, &row.unified));
            let help = did_you_mean(&row.unified, leaf.names.iter().map(String::as_str));
            out.push(
                Diagnostic::error(
                    Code::TableUnknownName,
                    place,
                    format!("the model's `{}` knows no `{}`", site.name(), row.unified),
                )
                .with_note("a name that only this provider has is listed under `own`")
                .with_help(help),
            );
        }
        let missing: Vec<&String> =
            leaf.names.iter().filter(|name| !folded.contains(&table.fold.apply(name))).collect();
        total &= missing.is_empty();
        if !missing.is_empty() && raw.unknown.is_none() && site.is_written() {
            let place = scope.doc().key(&rows_at);
            let message = format!("table `{}` lacks {} of `{}`", table.name, quoted(&missing), site.name());
            out.push(
                Diagnostic::error(Code::TableNotTotal, place, message)
                    .with_related(scope.doc().place(&site.sub("table")), "used here")
                    .with_help(
                        "add the rows, or further spellings under `also`, or state what happens: unknown = \"refuse\"",
                    ),
            );
        }
    }
    if used && total && matches!(raw.unknown, Some(RawUnknown::Word(RawUnknownWord::Refuse))) {
        let place = scope.doc().key(&pointer(at, "unknown"));
        out.push(
            Diagnostic::warning(
                Code::UnknownNeedless,
                place,
                format!("table `{}` has a row for every name of the model", table.name),
            )
            .with_help("take `unknown` out: to refuse is what happens anyway"),
        );
    }
}
