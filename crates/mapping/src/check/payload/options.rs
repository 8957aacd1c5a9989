//! The remote values of written tables are values that the provider takes.

use super::schema::{Node, Step};
use super::types::{place, shown};
use super::walk::Walk;
use crate::check::sites::Site;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Rows, Table};
use crate::path::text_of;

pub(super) fn check(walk: Walk<'_, '_>, out: &mut Diagnostics) {
    for site in walk.scope.sites.iter().filter(|site| site.slot.form.is_none() && !site.is_broken()) {
        let Some(table) = site.slot.table.and_then(|id| walk.scope.mapping.tables.get(id.0)) else { continue };
        let (spot, reading) = match (&site.write, site.reads.first()) {
            (Some(write), _) => (write, false),
            (None, Some(read)) => (read, true),
            (None, None) => continue,
        };
        let Some(mut node) = place(walk, site, spot, reading) else { continue };
        while let (true, Step::To(item)) = (node.has_type("array") && !node.is_open(), walk.payload.items(&node)) {
            node = item;
        }
        rows(walk, site, table, &node, out);
    }
}

fn rows(walk: Walk<'_, '_>, site: &Site<'_>, table: &Table, node: &Node<'_>, out: &mut Diagnostics) {
    let Rows::Static(rows) = &table.rows else { return };
    let doc = walk.scope.doc();
    let at = pointer(&pointer("/tables", &table.name), "rows");
    for row in rows.iter() {
        let Ok(wire) = site.slot.codec.encode(&row.remote) else { continue };
        let value = match &wire {
            serde_json::Value::Array(items) => items.first().unwrap_or(&wire),
            other => other,
        };
        let row_at = pointer(&at, &row.unified);
        if let Some(options) = node.options().filter(|options| !options.contains(&value)) {
            let known: Vec<String> = options.into_iter().filter(|value| !value.is_null()).map(shown).collect();
            let message = format!("`{}` is none of the values that the provider takes", shown(value));
            out.push(
                Diagnostic::error(Code::OptionUnknown, doc.place(&row_at), message)
                    .with_help(format!("it takes {}", known.join(", "))),
            );
        }
        let Some(labels) = node.labels() else { continue };
        let text = text_of(Some(value)).unwrap_or_default();
        let label = |value: &str| labels.get(value).and_then(serde_json::Value::as_str);
        let elsewhere = labels.iter().find(|(_, known)| known.as_str() == Some(&row.unified)).map(|(value, _)| value);
        if let Some(value) = elsewhere.filter(|value| **value != *text && label(&text) != Some(row.unified.as_str())) {
            let held = label(&text).map_or_else(String::new, |label| format!(", and `{text}` is `{label}`"));
            let message = format!("the provider's option `{}` is `{value}`{held}", row.unified);
            out.push(Diagnostic::error(Code::OptionUnknown, doc.place(&row_at), message));
        }
    }
}
