//! Overlays: what one account has otherwise. An overlay replaces or adds whole named entries of a provider's files, and
//! the result is checked like a base file.
//!
//! An overlay is one TOML file with the tables of a mapping and of `provider.toml`:
//! - `fields`, `groups`, `lists`, `rest`, `forms`: each entry replaces the one of its name, or is added;
//! - `tables`: the same, but a table that says nothing but `rows` and `also` adds to, or replaces, single rows;
//! - `variables` of the provider: each replaces the one of its name, or is added;
//! - `errors.rules`: come before the provider's own, so that they match first;
//! - `update.order` and `unsupported`: replaced whole; a field that the overlay maps is no longer unsupported.

use serde_json::{Map, Value};

use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Document, pointer};

/// Tables of a mapping whose entries an overlay replaces or adds.
const ENTRIES: [&str; 6] = ["fields", "forms", "groups", "lists", "rest", "tables"];
/// Keys that an overlay may have.
const KNOWN: [&str; 11] = [
    "errors",
    "fields",
    "forms",
    "groups",
    "language",
    "lists",
    "rest",
    "tables",
    "unsupported",
    "update",
    "variables",
];

/// Keys of an overlay that no overlay has: each is a finding.
pub(crate) fn unknown_keys(overlay: &Document) -> Vec<Diagnostic> {
    let keys = overlay.value().as_object().into_iter().flat_map(Map::keys);
    keys.filter(|key| !KNOWN.contains(&key.as_str()))
        .map(|key| {
            let message = format!("an overlay has no `{key}`");
            Diagnostic::error(Code::UnknownKey, overlay.key(&pointer("", key)), message)
                .with_help(did_you_mean(key, KNOWN))
        })
        .collect()
}

/// A mapping with an overlay's entries.
pub(crate) fn over_mapping(base: &Document, overlay: &Document) -> Document {
    let mut result = base.clone();
    let mut mapped = Vec::new();
    for section in ENTRIES {
        let at = pointer("", section);
        for (name, value) in overlay.value().pointer(&at).and_then(Value::as_object).into_iter().flatten() {
            let entry = pointer(&at, name);
            match value.as_object().filter(|table| section == "tables" && only_rows(table)) {
                Some(table) => {
                    for (part, rows) in table {
                        let part = pointer(&entry, part);
                        for row in rows.as_object().into_iter().flat_map(Map::keys) {
                            result.graft(overlay, &pointer(&part, row));
                        }
                    }
                }
                None => result.graft(overlay, &entry),
            }
            mapped.push(name.split('.').next().unwrap_or(name).to_owned());
        }
    }
    for whole in ["/update", "/unsupported"] {
        if overlay.value().pointer(whole).is_some() {
            result.graft(overlay, whole);
        }
    }
    if overlay.value().get("unsupported").is_none() {
        result.retain_items("/unsupported", |item| {
            !item.as_str().is_some_and(|name| mapped.iter().any(|known| known == name))
        });
    }
    result
}

/// A provider with an overlay's entries.
pub(crate) fn over_provider(base: &Document, overlay: &Document) -> Document {
    let mut result = base.clone();
    for name in overlay.value().get("variables").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
        result.graft(overlay, &pointer("/variables", name));
    }
    result.prepend_items(overlay, "/errors/rules");
    result
}

/// Whether a table adds rows to one that exists and says nothing else.
fn only_rows(table: &Map<String, Value>) -> bool {
    !table.is_empty()
        && table.keys().all(|key| key == "rows" || key == "also")
        && table.get("rows").is_none_or(Value::is_object)
}
