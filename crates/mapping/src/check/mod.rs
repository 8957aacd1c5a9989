//! What has to hold across a mapping, beyond what each noun says of itself: a file each.
//!
//! | file | what it proves |
//! |---|---|
//! | `coverage.rs` | every unified leaf is mapped once, or stated to be unsupported |
//! | `ownership.rs` | every atom has one owner, and none lies inside another |
//! | `directions.rs` | what is written is read, at the same path or for a stated reason |
//! | `cases/` | what cannot be proven names a case, which writes the leaf and reads it back |
//! | `places.rs` | a key stands only where it means something |
//! | `lists.rs` | the keys of a list have slots, the parts of a joined text are texts |
//! | `payload/` | paths, types and values fit the schema of the provider's bodies |
//! | `tables.rs` | written rows are one-to-one and cover the names of the model |
//! | `losses.rs` | a loss is stated if and only if there is one |
//! | `clear.rs` | every atom that can be written has a spelling of null |
//! | `requests.rs` | a request says which record it is about and whatever it needs is there |
//! | `envelope.rs` | what stands around the changes of a record is no change |
//! | `columns.rs` | a column that a template names exists |
//! | `expressions.rs` | what an expression reads and calls exists |
//! | `error_rules.rs` | every error rule can match |
//! | `secrets.rs` | no credential is written into a file |
//!
//! `sites.rs` lists the slots of a mapping with the places where they are written; `segments.rs` finds the steps of a
//! path inside its text.

mod cases;
mod clear;
mod columns;
mod coverage;
mod directions;
mod envelope;
mod error_rules;
mod expressions;
mod lists;
mod losses;
mod ownership;
mod payload;
mod places;
mod requests;
mod secrets;
mod segments;
mod sites;
mod tables;

use crate::catalog::Sources;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::Document;
use crate::mapping::{Mapping, Record, RecordId};
use crate::raw::RawRecord;
use crate::source::Place;

use sites::{Site, Spot};

/// Checks a resolved mapping: every finding in one pass.
pub fn check(mapping: &Mapping, sources: &Sources<'_>, diagnostics: &mut Diagnostics) {
    let has_main = sources.raw.records.contains_key(&sources.raw.main);
    if !has_main || mapping.records.get(mapping.main.0).is_none() {
        // There is nothing to hold the rest against; what is missing has its finding.
        return;
    }
    let patterns = payload::Patterns::default();
    let no_schema = sources.payload.and_then(payload::no_schema);
    let payload = sources.payload.filter(|_| no_schema.is_none());
    let payload = payload.and_then(|root| payload::Payload::new(root, &patterns));
    let sites = sites::sites(mapping, sources.raw);
    let scope = Scope { mapping, sources, no_schema, payload, arrays: ownership::arrays(mapping, sources.raw), sites };
    for check in [
        coverage::check,
        ownership::check,
        directions::check,
        cases::check,
        places::check,
        lists::check,
        payload::check,
        tables::check,
        losses::check,
        clear::check,
        requests::check,
        envelope::check,
        columns::check,
        expressions::check,
        error_rules::check,
        secrets::check,
    ] {
        check(&scope, diagnostics);
    }
}

/// What every check looks at.
struct Scope<'a> {
    mapping: &'a Mapping,
    sources: &'a Sources<'a>,
    /// Why the schema of the provider's bodies is none.
    no_schema: Option<String>,
    /// The schema of the provider's bodies, where it can be used.
    payload: Option<payload::Payload<'a>>,
    sites: Vec<Site<'a>>,
    /// The arrays that lists own, each with the list's name.
    arrays: Vec<(String, Spot)>,
}

impl Scope<'_> {
    /// The mapping file.
    fn doc(&self) -> &Document {
        self.sources.doc
    }

    /// A record by its position.
    fn record(&self, id: RecordId) -> Option<&Record> {
        self.mapping.records.get(id.0)
    }

    /// A record as it is written.
    fn raw_record(&self, id: RecordId) -> Option<&RawRecord> {
        self.sources.raw.records.get(&self.record(id)?.name)
    }
}

/// Adds an error without help.
fn error(out: &mut Diagnostics, code: Code, place: Place, message: impl Into<String>) {
    out.push(Diagnostic::error(code, place, message));
}
