//! A column that a template names exists, and what goes along with a value comes from its table's row.

use super::requests::hole_place;
use super::sites::Site;
use super::{Scope, error};
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Rows, Table, TableId};
use crate::raw::{OneOrMany, RawField};
use crate::source::Place;
use crate::template::Template;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    for site in &scope.sites {
        withs(scope, site, out);
    }
    for action in &scope.mapping.actions {
        let at = pointer(&pointer("/fields", &action.leaf), "set");
        let raw = scope.sources.raw.fields.get(&action.leaf);
        let many = matches!(raw, Some(RawField::Table(slot)) if matches!(slot.set, Some(OneOrMany::Many(_))));
        for (i, set) in action.set.iter().enumerate() {
            let at = if many { pointer(&at, &i.to_string()) } else { at.clone() };
            let Some(table) = set.table.and_then(|id| table(scope, id)) else { continue };
            for name in set.request.names() {
                if let Some(column) = name.strip_prefix("row.") {
                    known(table, column, || hole_place(scope, &at, name), out);
                }
            }
        }
    }
    for rest in &scope.mapping.rests {
        let Some(form) = &rest.form else { continue };
        if let Some(table) = table(scope, form.table) {
            let place = || scope.doc().place(&pointer(&pointer(&pointer("/rest", &rest.name), "form"), "by"));
            known(table, &form.by, place, out);
        }
    }
}

fn table<'s>(scope: &'s Scope<'_>, id: TableId) -> Option<&'s Table> {
    scope.mapping.tables.get(id.0)
}

/// The columns of a table's rows, its own names included.
fn columns(table: &Table) -> Vec<&str> {
    let mut names = vec!["unified", "remote", "id"];
    if let Rows::Fetched(fetch) = &table.rows {
        names.extend(fetch.columns.iter().map(|(name, _)| name.as_str()));
    }
    names
}

fn known(table: &Table, column: &str, place: impl FnOnce() -> Place, out: &mut Diagnostics) {
    let columns = columns(table);
    if !columns.contains(&column) {
        let message = format!("table `{}` has no column `{column}`", table.name);
        out.push(Diagnostic::error(Code::UnknownColumn, place(), message).with_help(did_you_mean(column, columns)));
    }
}

/// What goes along comes from the row; a constant is never written.
fn withs(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    let Some(raw) = site.raw else { return };
    let with = site.sub("with");
    for (path, text) in &raw.with {
        let at = pointer(&with, path);
        let Ok(template) = Template::parse(text) else { continue };
        if template.names().next().is_none() {
            out.push(
                Diagnostic::error(
                    Code::BadValue,
                    scope.doc().place(&at),
                    "a constant would be written whatever the value is",
                )
                .with_help("what goes along comes from the table's row: `{row.COLUMN}`"),
            );
        }
        for name in template.names() {
            let start = text.find(&format!("{{{name}}}")).map_or(0, |i| i + 1);
            let place = scope.doc().within(&at, start..start + name.len());
            match (name.strip_prefix("row."), site.slot.table.and_then(|id| table(scope, id))) {
                (Some(column), Some(table)) => known(table, column, || place, out),
                (Some(_), None) if raw.table.is_none() => {
                    error(out, Code::UnknownColumn, place, format!("`{{{name}}}` needs a `table`"));
                }
                (Some(_), None) => {}
                (None, _) => error(
                    out,
                    Code::UnknownVariable,
                    place,
                    format!(
                        "`{{{name}}}` means nothing here; what goes along comes from the table's row: `{{row.COLUMN}}`"
                    ),
                ),
            }
        }
    }
}
