//! Diagnostics as JSON, for tools.

use serde_json::{Value, json};

use super::collection::count;
use super::{Diagnostic, Severity};
use crate::source::Place;

/// The version of the form; it grows when a member changes its meaning or goes away.
const SCHEMA_VERSION: u32 = 1;

/// Renders diagnostics, in the order given.
///
/// Lines and columns count from 1, columns in Unicode scalar values; `offset` and `length` count bytes of the text
/// without a byte order mark. Ends are exclusive. Members without a value are `null`.
pub fn render(diagnostics: &[Diagnostic]) -> Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "diagnostics": diagnostics.iter().map(finding).collect::<Vec<_>>(),
        "errors": count(diagnostics, Severity::Error),
        "warnings": count(diagnostics, Severity::Warning),
    })
}

fn finding(diagnostic: &Diagnostic) -> Value {
    let mut value = json!({
        "code": diagnostic.code.as_str(),
        "severity": diagnostic.severity.as_str(),
        "message": diagnostic.message,
    });
    add_place(&mut value, &diagnostic.place);
    value["label"] = json!(diagnostic.label);
    value["help"] = json!(diagnostic.help);
    value["notes"] = json!(diagnostic.notes);
    value["related"] = diagnostic.related.iter().map(related).collect();
    value
}

fn related((place, message): &(Place, String)) -> Value {
    let mut value = json!({ "message": message });
    add_place(&mut value, place);
    value
}

/// Adds the members that say where, to an object.
fn add_place(value: &mut Value, place: &Place) {
    let (line, column) = place.file.line_column(place.span.start);
    let (end_line, end_column) = place.file.line_column(place.span.end);
    value["file"] = json!(place.file.name());
    value["line"] = json!(line);
    value["column"] = json!(column);
    value["end_line"] = json!(end_line);
    value["end_column"] = json!(end_column);
    value["offset"] = json!(place.span.start);
    value["length"] = json!(place.span.len());
}
