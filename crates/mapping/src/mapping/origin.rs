//! Where the entries of a mapping are written, and whether an account's overlay brings them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::document::{Document, pointer};

/// Where an entry is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Origin {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// Whether the file is an account's overlay.
    pub overlay: bool,
}

/// The origins of entries, by their dotted place in the file: `fields.status`, `tables.stages`, `tables.sources.rows.Web`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    found: BTreeMap<String, Origin>,
}

impl Origins {
    /// Of a document: the named entries of each of these sections, and the written rows of tables.
    pub(crate) fn of(document: &Document, sections: &[&str]) -> Origins {
        let mut origins = Origins::default();
        for section in sections {
            let at = pointer("", section);
            match document.value().pointer(&at) {
                Some(Value::Object(entries)) => {
                    for (name, entry) in entries {
                        let at = pointer(&at, name);
                        let name = format!("{section}.{name}");
                        for part in ["rows", "also"].iter().filter(|_| *section == "tables") {
                            let rows = entry.get(part).and_then(Value::as_object);
                            for row in rows.into_iter().flat_map(serde_json::Map::keys) {
                                origins.add(
                                    document,
                                    format!("{name}.{part}.{row}"),
                                    &pointer(&pointer(&at, part), row),
                                );
                            }
                        }
                        origins.add(document, name, &at);
                    }
                }
                Some(Value::Array(items)) => {
                    for (i, item) in items.iter().enumerate() {
                        let name = item.as_str().map_or_else(|| i.to_string(), str::to_owned);
                        origins.add_value(document, format!("{section}.{name}"), &pointer(&at, &i.to_string()));
                    }
                }
                _ => {}
            }
        }
        origins
    }

    fn add(&mut self, document: &Document, name: String, at: &str) {
        let place = document.key(at);
        self.insert(document, name, &place);
    }

    fn add_value(&mut self, document: &Document, name: String, at: &str) {
        let place = document.place(at);
        self.insert(document, name, &place);
    }

    fn insert(&mut self, document: &Document, name: String, place: &crate::source::Place) {
        let line = place.file.line(place.file.boundary(place.span.start));
        let overlay = place.file.name() != document.file().name();
        self.found.insert(name, Origin { file: place.file.name().to_owned(), line, overlay });
    }

    /// Where an entry is written.
    pub fn get(&self, entry: &str) -> Option<&Origin> {
        self.found.get(entry)
    }

    /// Every entry that an overlay brings.
    pub fn overlaid(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.found.iter().filter(|(_, origin)| origin.overlay).map(|(name, origin)| (name.as_str(), origin))
    }
}
