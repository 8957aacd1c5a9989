//! A TOML file as a JSON value that knows where each part of it was written.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::source::{Place, SourceFile};

mod graft;
mod number;
mod parse;
mod room;
mod shape;
mod text;

pub use parse::{DEEPEST, MOST_SYNTAX_ERRORS};
pub use room::for_each;

/// A parsed TOML file.
///
/// Parts are named by JSON Pointer (RFC 6901); `""` is the whole file.
#[derive(Clone, Debug)]
pub struct Document {
    file: Arc<SourceFile>,
    value: Arc<Value>,
    /// Made when first asked for: of most files nothing is ever told.
    spans: Arc<OnceLock<BTreeMap<String, Spans>>>,
    /// Parts that come from elsewhere.
    grafts: graft::Grafts,
}

/// Where a value and the key that introduces it were written.
#[derive(Clone, Debug)]
struct Spans {
    /// The key; items of arrays have none.
    key: Option<Range<usize>>,
    /// The value; for a table with a header the header.
    value: Range<usize>,
}

impl Document {
    /// Parses a file.
    ///
    /// The value has the objects' members in the order of the file. Integers are exact.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file: `toml-syntax` (one for each line, and
    /// [`MOST_SYNTAX_ERRORS`] at most), `toml-date-time`, `toml-number` for an integer beyond 64 bits with sign and a
    /// float that is not finite, and `toml-nesting` beyond [`DEEPEST`] levels.
    pub fn parse(file: Arc<SourceFile>) -> Result<Self, Vec<Diagnostic>> {
        let value = parse::parse(&file)?;
        Ok(Self { file, value: Arc::new(value), spans: Arc::default(), grafts: graft::Grafts::default() })
    }

    /// Where the part that the pointer names was written.
    fn spans(&self, pointer: &str) -> Option<&Spans> {
        self.spans.get_or_init(|| parse::spans(&self.file)).get(pointer)
    }

    /// The file.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The value, its objects in the order of the file.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The key that introduces what the pointer names; that of the nearest ancestor where it has none.
    ///
    /// Quotes belong to a key. In a table's header it is the last part. The whole file has the empty span at its start.
    pub fn key(&self, pointer: &str) -> Place {
        if let Some((document, pointer)) = self.grafted(pointer) {
            return document.key(&pointer);
        }
        let key = ancestors(pointer).find_map(|pointer| self.spans(pointer)?.key.clone());
        Place::new(&self.file, key.unwrap_or(0..0))
    }

    /// The value that the pointer names; that of the nearest ancestor where there is none.
    ///
    /// Quotes and brackets belong to a value. A table with a header has its header, a table that only dotted keys
    /// make has the part of the first key that names it.
    pub fn place(&self, pointer: &str) -> Place {
        if let Some((document, pointer)) = self.grafted(pointer) {
            return document.place(&pointer);
        }
        let spans = ancestors(pointer).find_map(|pointer| self.spans(pointer));
        Place::new(&self.file, spans.map_or(0..0, |spans| spans.value.clone()))
    }

    /// A range of bytes of the decoded string that the pointer names, as it was written.
    ///
    /// A range that starts or ends inside a character or an escape takes in the whole of it; an empty range marks the
    /// point before its first byte. A range beyond the string is cut to it. Where the pointer names no string this is
    /// [`Document::place`].
    pub fn within(&self, pointer: &str, range: Range<usize>) -> Place {
        if let Some((document, pointer)) = self.grafted(pointer) {
            return document.within(&pointer, range);
        }
        let place = self.place(pointer);
        let Some(decoded) = self.value.pointer(pointer).and_then(Value::as_str) else {
            return place;
        };
        match text::written(place.text(), decoded, range) {
            Some(range) => {
                let start = place.span.start;
                Place::new(&self.file, start + range.start..start + range.end)
            }
            None => place,
        }
    }

    /// Checks the value against a schema, from which the validator was made.
    ///
    /// Every violation is one finding. Of several alternatives in the schema the one is taken that the value fits
    /// best.
    pub fn check_shape(&self, validator: &jsonschema::Validator, schema: &Value) -> Vec<Diagnostic> {
        shape::check(self, validator, schema)
    }

    /// Where to say something about a table as a whole: its key, or for an item of an array the start of the item.
    fn heading(&self, pointer: &str) -> Place {
        if let Some((document, pointer)) = self.grafted(pointer) {
            return document.heading(&pointer);
        }
        let Some(spans) = self.spans(pointer) else {
            return self.key(pointer);
        };
        let span = spans.key.clone().unwrap_or_else(|| spans.value.clone());
        let place = Place::new(&self.file, span);
        let first_line = place.text().lines().next().map_or(0, str::len);
        let end = place.span.end.min(place.span.start + first_line);
        Place::new(&self.file, place.span.start..end)
    }
}

/// Joins a JSON Pointer and one segment, which is escaped.
pub fn pointer(parent: &str, segment: &str) -> String {
    let mut pointer = String::with_capacity(parent.len() + 1 + segment.len());
    pointer.push_str(parent);
    pointer.push('/');
    if segment.contains(['~', '/']) {
        pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(segment);
    }
    pointer
}

/// A pointer and all its ancestors, the nearest first.
fn ancestors(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |pointer| pointer.rfind('/').and_then(|end| pointer.get(..end)))
}

#[cfg(test)]
mod tests;
