//! The parts of the language, as far as something in them can be made wrong.

use std::fmt;

/// The part of the language that a place in a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A unified leaf, list, group or open map with what is said of it.
    Field,
    /// Where something lies in what is read or written.
    Path,
    /// How null is spelled, and what counts as nothing.
    Clear,
    /// A conversion of values.
    Codec,
    /// A row of a table.
    Row,
    /// How a table is fetched and searched.
    Table,
    /// A wire shape.
    Form,
    /// A slot of a list.
    Slot,
    /// The order of the writes.
    Order,
    /// A request: method, address, query, headers, body.
    Request,
    /// A rule that tells an error, and how an error is read.
    Rule,
    /// Credentials and their renewal.
    Auth,
}

impl Part {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Part; 12] = [
        Part::Field,
        Part::Path,
        Part::Clear,
        Part::Codec,
        Part::Row,
        Part::Table,
        Part::Form,
        Part::Slot,
        Part::Order,
        Part::Request,
        Part::Rule,
        Part::Auth,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Field => "field",
            Part::Path => "path",
            Part::Clear => "clear",
            Part::Codec => "codec",
            Part::Row => "row",
            Part::Table => "table",
            Part::Form => "form",
            Part::Slot => "slot",
            Part::Order => "order",
            Part::Request => "request",
            Part::Rule => "rule",
            Part::Auth => "auth",
        }
    }

    /// The part that a place belongs to; none where it says nothing that a run does: words for people, and what has
    /// another use than a run.
    pub(super) fn of(segments: &[&str]) -> Option<Part> {
        // Words for people; how long answers are kept and how fast is called, which is time and no behaviour; the
        // variables of accounts and the consent of people, which are asked for before any run.
        const WORDS: [&str; 7] = ["source", "unconfirmed", "tested", "loss", "find", "label", "reason"];
        let key = segments.iter().rev().find(|segment| segment.parse::<usize>().is_err()).copied()?;
        match segments {
            ["language" | "resource" | "main" | "source" | "variables" | "limits", ..]
            | [.., "cache"]
            | ["auth", _, "authorize", ..]
            | ["tables", _, "own", ..] => return None,
            ["unsupported", ..] => return Some(Part::Field),
            // A row may be called as anything.
            ["tables", _, "rows", _, ..] => return Some(Part::Row),
            ["update", ..] => return Some(Part::Order),
            _ => {}
        }
        if WORDS.contains(&key) && segments.len() > 1 && !matches!(segments, ["fields" | "records" | "tables", _]) {
            return None;
        }
        Some(match segments {
            [.., "as" | "join" | "values"] | [.., "as" | "join" | "values", _] | [.., "as", _, _] | ["id", ..] => {
                Part::Codec
            }
            [.., "clear" | "empty"] | [.., "clear" | "empty", _] => Part::Clear,
            ["errors", ..] => Part::Rule,
            ["auth", ..] => Part::Auth,
            ["provider", ..]
            | ["records", _, "read" | "write" | "create", ..]
            | ["fields", _, "set" | "unset", ..]
            | ["tables", _, "fetch", ..] => Part::Request,
            ["records", ..]
            | ["tables", _, "rows" | "unified" | "remote" | "columns" | "prefer", ..]
            | ["fields" | "groups", _, "path" | "read" | "write", ..]
            | ["lists", _, "slots", _, _, "path" | "read" | "write", ..]
            | ["rest", _, "path" | "read" | "write" | "entries", ..] => Part::Path,
            ["forms", ..] => Part::Form,
            ["tables", ..] => Part::Table,
            ["lists", _, "slots", _, "is" | "also" | "takes", ..] | ["lists", _, "slots", _] => Part::Slot,
            _ => Part::Field,
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
