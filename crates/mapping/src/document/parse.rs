//! From TOML to a JSON value and the spans of its parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::room::with_room;
use super::{Spans, number, pointer};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Place, SourceFile};

/// The greatest number of tables and arrays around a value.
pub const DEEPEST: usize = 64;

/// The greatest number of syntax errors that one file is given.
pub const MOST_SYNTAX_ERRORS: usize = 50;

/// Parses a file.
pub(super) fn parse(file: &Arc<SourceFile>) -> Result<Value, Vec<Diagnostic>> {
    let (table, errors) = read(file.text());
    let mut builder = Builder { file, spans: None, refused: Diagnostics::new() };
    let value = builder.table(table, "", 0);
    let refused = builder.refused;
    if errors.is_empty() && refused.is_empty() {
        return Ok(value);
    }
    let mut all = syntax(file, errors);
    let lines: BTreeSet<usize> = all.iter().map(|error| line(&error.place)).collect();
    all.extend(refused.into_iter().filter(|refusal| !lines.contains(&line(&refusal.place))));
    Err(all.into_vec())
}

/// Where each part of a file was written.
pub(super) fn spans(file: &Arc<SourceFile>) -> BTreeMap<String, Spans> {
    let (table, _) = read(file.text());
    let spans = BTreeMap::from([(String::new(), Spans { key: None, value: 0..0 })]);
    let mut builder = Builder { file, spans: Some(spans), refused: Diagnostics::new() };
    builder.table(table, "", 0);
    builder.spans.unwrap_or_default()
}

/// Reads the TOML, as far as it goes.
///
/// The reader limits brackets and the parts of a key, each for itself. Long keys inside each other make tables thousands
/// of levels deep, and where it drops them it recurses. A stack with room is large enough for the deepest.
fn read(text: &str) -> (DeTable<'_>, Vec<toml::de::Error>) {
    let here = || {
        let (table, errors) = DeTable::parse_recoverable(text);
        (table.into_inner(), errors)
    };
    with_room(here)
}

/// Builds the value and collects what JSON cannot hold.
struct Builder<'a> {
    file: &'a Arc<SourceFile>,
    /// None where nobody asks for them.
    spans: Option<BTreeMap<String, Spans>>,
    refused: Diagnostics,
}

impl Builder<'_> {
    /// A table at `parent`, with `depth` tables and arrays around it.
    fn table(&mut self, table: DeTable<'_>, parent: &str, depth: usize) -> Value {
        let mut entries: Vec<_> = table.into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut members = Map::new();
        for (key, value) in entries {
            let at = self.at(parent, key.get_ref());
            let spans = Spans { key: Some(key.span()), value: value.span() };
            let value = self.part(value.into_inner(), spans, at, depth + 1);
            members.insert(key.into_inner().into_owned(), value);
        }
        Value::Object(members)
    }

    /// A member of a table or an item of an array.
    fn part(&mut self, value: DeValue<'_>, spans: Spans, at: String, depth: usize) -> Value {
        let span = spans.value.clone();
        let value = match value {
            DeValue::String(text) => Value::String(text.into_owned()),
            DeValue::Boolean(value) => Value::Bool(value),
            DeValue::Integer(integer) => self.number(number::integer(&integer), &span),
            DeValue::Float(float) => self.number(number::float(&float), &span),
            DeValue::Datetime(_) => {
                self.date_time(span);
                Value::Null
            }
            DeValue::Array(_) | DeValue::Table(_) if depth >= DEEPEST => {
                self.too_deep(&spans);
                dismantle(value);
                Value::Null
            }
            DeValue::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| {
                    let spans = Spans { key: None, value: item.span() };
                    let at = self.at(&at, &index);
                    self.part(item.into_inner(), spans, at, depth + 1)
                })
                .collect(),
            DeValue::Table(table) => self.table(table, &at, depth),
        };
        if let Some(all) = &mut self.spans {
            all.insert(at, spans);
        }
        value
    }

    /// The pointer of a part; nothing where nobody asks where it was written.
    fn at(&self, parent: &str, part: &dyn Display) -> String {
        self.spans.as_ref().map(|_| pointer(parent, &part.to_string())).unwrap_or_default()
    }

    fn number(&mut self, number: Result<Value, &'static str>, span: &Range<usize>) -> Value {
        number.unwrap_or_else(|problem| {
            let place = Place::new(self.file, span.clone());
            let help = "where the digits matter more than the value, write it as a string";
            self.refused.push(Diagnostic::error(Code::TomlNumber, place, problem).with_help(help));
            Value::Null
        })
    }

    fn date_time(&mut self, span: Range<usize>) {
        let place = Place::new(self.file, span);
        let help = format!("write it as a string: \"{}\"", place.text());
        let message = "dates and times are written as strings";
        self.refused.push(Diagnostic::error(Code::TomlDateTime, place, message).with_help(help));
    }

    fn too_deep(&mut self, spans: &Spans) {
        let span = spans.key.clone().unwrap_or(spans.value.start..spans.value.start);
        let message = format!("more than {DEEPEST} tables and arrays lie inside each other");
        let place = Place::new(self.file, span);
        self.refused.push(Diagnostic::error(Code::TomlNesting, place, message));
    }
}

/// Drops a value level by level: dotted keys inside inline tables make values that are too deep for recursion.
fn dismantle(value: DeValue<'_>) {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            DeValue::Array(items) => rest.extend(items.into_iter().map(toml::Spanned::into_inner)),
            DeValue::Table(table) => {
                rest.extend(table.into_iter().map(|(_, value)| value.into_inner()));
            }
            _ => {}
        }
    }
}

/// The syntax errors, the first of each line.
fn syntax(file: &Arc<SourceFile>, errors: Vec<toml::de::Error>) -> Diagnostics {
    let end = file.text().len();
    let mut located: Vec<_> =
        errors.into_iter().map(|error| (Place::new(file, error.span().unwrap_or(end..end)), error)).collect();
    located.sort_by(|(one, _), (other, _)| one.cmp(other));
    located.dedup_by_key(|(place, _)| line(place));
    let beyond = located.len().saturating_sub(MOST_SYNTAX_ERRORS);
    located.truncate(MOST_SYNTAX_ERRORS);
    let last = located.len().saturating_sub(1);
    let diagnostics = located.into_iter().enumerate().map(|(index, (place, error))| {
        let diagnostic = syntax_error(place, error.message());
        if beyond > 0 && index == last {
            diagnostic.with_note(format!("{beyond} more lines of this file have syntax errors"))
        } else {
            diagnostic
        }
    });
    diagnostics.collect()
}

/// One syntax error, with what to do about the frequent ones.
fn syntax_error(place: Place, message: &str) -> Diagnostic {
    let text = place.text().to_owned();
    let error = |message| Diagnostic::error(Code::TomlSyntax, place, message);
    if message.starts_with("string values must be quoted") {
        if text.is_empty() {
            error("a value is missing")
        } else {
            error(message).with_help(format!("write it as a string: \"{text}\""))
        }
    } else if message.starts_with("missing escaped value") {
        error(message).with_help("in single quotes a backslash is a plain character: 'a\\b'")
    } else if message.starts_with("duplicate key") {
        error(message).with_help("each key and each table's header stands once in a file")
    } else {
        error(message)
    }
}

/// The line on which a place starts.
fn line(place: &Place) -> usize {
    place.file.line(place.span.start)
}
