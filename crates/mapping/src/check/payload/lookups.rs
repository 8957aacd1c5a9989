//! The rows of a look-up, the columns of a row and the parts of an error lead somewhere in the schema.

use super::schema::Node;
use super::unknown;
use super::walk::Walk;
use crate::check::sites::Spot;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, pointer};
use crate::mapping::table::Fetch;
use crate::mapping::{Rows, Table};
use crate::path::{Path, Segment};
use crate::raw::OneOrMany;

pub(super) fn check(walk: Walk<'_, '_>, out: &mut Diagnostics) {
    for table in &walk.scope.mapping.tables {
        if let Rows::Fetched(fetch) = &table.rows {
            columns(walk, table, fetch, out);
        }
    }
    errors(walk, out);
}

/// A row, and what encloses it: what `^` in a column means.
struct Row<'a> {
    row: Node<'a>,
    above: Node<'a>,
}

/// Follows the path of the rows: a name stays inside the row that was reached, an element is a row of its own.
fn row<'a>(walk: Walk<'a, '_>, table: &Table, path: &Path) -> Option<Result<Row<'a>, super::Lost<'a>>> {
    let start = walk.payload.entry(&format!("table.{}", table.name))?;
    let mut found = Row { row: start.clone(), above: start };
    for (at, segment) in path.segments.iter().enumerate() {
        let named = matches!(segment, Segment::Key(_));
        match walk.step(&found.row, segment, at) {
            Ok(node) => {
                let above = if named { found.row } else { found.above };
                found = Row { row: node, above };
            }
            Err(lost) => return Some(Err(lost)),
        }
    }
    Some(Ok(found))
}

/// The place of a look-up's remote value.
pub(super) fn remote<'a>(walk: Walk<'a, '_>, table: &Table) -> Option<Node<'a>> {
    let Rows::Fetched(fetch) = &table.rows else { return None };
    let found = row(walk, table, &fetch.rows)?.ok()?;
    walk.path(if fetch.remote.root { &found.above } else { &found.row }, &fetch.remote, None).ok()
}

fn columns(walk: Walk<'_, '_>, table: &Table, fetch: &Fetch, out: &mut Diagnostics) {
    let doc = walk.scope.doc();
    let at = pointer("/tables", &table.name);
    let entry = format!("table.{}", table.name);
    let text = |at: &str| {
        doc.value()
            .pointer(at)
            .and_then(serde_json::Value::as_str)
            .and_then(|text| Spot::value(walk.scope.mapping, text, at.to_owned()))
    };
    let found = match row(walk, table, &fetch.rows) {
        None => return,
        Some(Err(lost)) => {
            if let Some(spot) = text(&pointer(&at, "rows")) {
                out.push(unknown(spot.segment(doc, lost.at), &entry, &lost));
            }
            return;
        }
        Some(Ok(found)) => found,
    };
    let mut hold = |at: String| {
        let Some(spot) = text(&at) else { return };
        let start = if spot.path.root { &found.above } else { &found.row };
        if let Err(lost) = walk.path(start, &spot.path, None) {
            out.push(unknown(spot.segment(doc, lost.at), &entry, &lost));
        }
    };
    let names = walk.scope.sources.raw.tables.get(&table.name).and_then(|raw| raw.unified.as_ref());
    hold(names.map_or_else(|| pointer(&at, "unified"), |place| place.path_at(&pointer(&at, "unified"))));
    hold(pointer(&at, "remote"));
    hold(pointer(&at, "sort"));
    fetch.columns.iter().for_each(|(name, _)| hold(pointer(&pointer(&at, "columns"), name)));
}

/// The paths of `[errors]` lead somewhere in the body of a refusal.
fn errors(walk: Walk<'_, '_>, out: &mut Diagnostics) {
    let sources = walk.scope.sources;
    let raw = &sources.raw_provider.errors;
    let mut texts: Vec<(String, String, bool)> = Vec::new();
    for (key, paths) in
        [("code", &raw.code), ("message", &raw.message), ("fields", &raw.fields), ("scopes", &raw.scopes)]
    {
        let at = pointer("/errors", key);
        match paths {
            None => {}
            Some(OneOrMany::One(path)) => texts.push((path.clone(), at, false)),
            Some(OneOrMany::Many(paths)) => {
                texts.extend(
                    paths.iter().enumerate().map(|(i, path)| (path.clone(), pointer(&at, &i.to_string()), false)),
                );
            }
        }
    }
    for (i, rule) in raw.rules.iter().enumerate() {
        let at = format!("/errors/rules/{i}/when/body");
        texts.extend(rule.when.body.keys().map(|path| (path.clone(), pointer(&at, path), true)));
    }
    if texts.is_empty() {
        return;
    }
    let doc: &Document = sources.provider_doc;
    let Some(body) = walk.payload.entry("error") else {
        let place = doc.key("/errors");
        out.push(
            Diagnostic::error(Code::PayloadInvalid, place, "`payload.json` has no entry `error`")
                .with_help("add `error` to its `$defs`: the body of a refusal"),
        );
        return;
    };
    for (text, at, is_key) in texts {
        let Ok(path) = Path::parse(&text) else { continue };
        // A body that is not JSON is seen as `{ text = … }`.
        if matches!(path.segments.as_slice(), [Segment::Key(name)] if name.literal() == Some("text")) {
            continue;
        }
        if let Err(lost) = walk.path(&body, &path, None) {
            let range = crate::check::segments::ranges(&text, &path).get(lost.at).cloned();
            let place = match range {
                Some(range) if !is_key => doc.within(&at, range),
                _ if is_key => doc.key(&at),
                _ => doc.place(&at),
            };
            out.push(unknown(place, "error", &lost));
        }
    }
}
