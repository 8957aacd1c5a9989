//! From a text to the file that it says.

use std::thread;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use crate::file::File;
use crate::load::Problem;

/// The greatest number of tables and arrays around a value.
const DEEPEST: usize = 64;

/// The stack of the TOML reader, in bytes: several times what its deepest value needs.
const STACK: usize = 16 << 20;

/// Reads the TOML and takes it for a file.
pub(crate) fn parse(text: &str) -> Result<File, Problem> {
    let table = read(text)?;
    File::deserialize(Deserializer::from(table)).map_err(|error| problem(&error))
}

/// Reads the TOML. What nests deeper than any file does is refused before anything follows it down.
///
/// The reader limits brackets and the parts of a key, each for itself. Long keys inside each other make tables thousands
/// of levels deep, and where it drops them it recurses. A stack of its own is large enough for the deepest.
fn read(text: &str) -> Result<Spanned<DeTable<'_>>, Problem> {
    let here = || {
        let table = DeTable::parse(text).map_err(|error| problem(&error))?;
        shallow(table)
    };
    thread::scope(|scope| {
        let Ok(reader) = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, here) else {
            // Where there are no threads, the stack at hand has to do.
            return here();
        };
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The table, unless it nests too deep.
fn shallow(table: Spanned<DeTable<'_>>) -> Result<Spanned<DeTable<'_>>, Problem> {
    let mut rest: Vec<(&DeTable<'_>, usize)> = vec![(table.get_ref(), 1)];
    let mut items: Vec<(&Spanned<DeValue<'_>>, usize)> = Vec::new();
    while let Some((table, depth)) = rest.pop() {
        items.extend(table.values().map(|value| (value, depth)));
        while let Some((value, depth)) = items.pop() {
            match value.get_ref() {
                DeValue::Array(_) | DeValue::Table(_) if depth >= DEEPEST => {
                    let words = format!("more than {DEEPEST} tables and arrays lie inside each other");
                    return Err((value.span(), words));
                }
                DeValue::Array(inner) => items.extend(inner.iter().map(|value| (value, depth + 1))),
                DeValue::Table(inner) => rest.push((inner, depth + 1)),
                _ => {}
            }
        }
    }
    Ok(table)
}

fn problem(error: &toml::de::Error) -> Problem {
    (error.span().unwrap_or(0..0), error.message().to_owned())
}
