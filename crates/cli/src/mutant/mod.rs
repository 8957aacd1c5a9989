//! Mutants: a mapping with one thing in it made wrong, to see whether anything notices.
//!
//! | what | file |
//! |---|---|
//! | what a mutant is | `mod.rs` |
//! | every mutant of a file | `make.rs` |
//! | which part of the language is made wrong | `part.rs` |
//! | what else a value could say | `wrong.rs` |
//! | who notices: `check` or a case | `judge.rs` |
//! | those that nothing can notice, listed by hand | `equivalent.rs` |

mod equivalent;
mod judge;
mod make;
mod part;
mod wrong;

use mapwright_mapping::source::Place;
use serde_json::Value;

use crate::toml_text;

pub(crate) use equivalent::FILE as EQUIVALENT;
pub use equivalent::{Equivalent, EquivalentError};
pub use judge::{Fate, Judge, Unjudged};
pub use part::Part;

/// The files of a provider's directory that are no mapping and have no mutants.
const OTHERS: [&str; 2] = ["sandbox.toml", EQUIVALENT];

/// A file with one thing in it made wrong.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The file, by its name inside the provider's directory.
    pub file: String,
    /// What is made wrong, by its JSON Pointer.
    pub pointer: String,
    /// How.
    pub how: String,
    /// The part of the language that it belongs to.
    pub part: Part,
    /// Where it stands.
    pub place: Place,
    /// What stands there.
    pub before: String,
    /// What the mutant has there; nothing where it is dropped.
    pub after: String,
    /// The whole file as the mutant has it.
    value: Value,
}

impl Mutant {
    /// What a mutant is called, as long as its mapping has that place: file, pointer and what is done to it.
    pub fn name(&self) -> String {
        format!("{}{} {}", self.file, self.pointer, self.how)
    }

    /// The mutant's file.
    pub fn text(&self) -> String {
        toml_text::document(&self.value)
    }
}
