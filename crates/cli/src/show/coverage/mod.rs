//! Which field works where, as text for people and for programs: a form a file.
//!
//! | what | file |
//! |---|---|
//! | which fields and providers are shown | `choice.rs` |
//! | what is said of one field with one provider | `entry.rs` |
//! | a contract against what is there, in words | `contract.rs` |
//! | the forms | `table.rs`, `details.rs`, `markdown.rs`, `html.rs` with `page.css`, `json.rs` |

mod choice;
mod contract;
pub(crate) mod details;
mod entry;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod table;

use mapwright_mapping::coverage::Report;

pub(crate) use choice::{Choice, Row};

/// What is shown.
pub(crate) struct View<'a> {
    /// The coverage, without what is not shown.
    pub(crate) report: &'a Report,
    /// The fields and leaves that are shown.
    pub(crate) rows: Vec<Row>,
    /// The contract that the report was held against.
    pub(crate) against: Option<&'a Against>,
}

/// The contract that a report was held against.
pub(crate) struct Against {
    /// The file's name.
    pub(crate) file: String,
    /// How many of its writable pairs may be only read.
    pub(crate) most_read_only: Option<usize>,
    /// The chosen providers of which it says nothing.
    pub(crate) unknown: Vec<String>,
}
