//! The rules of the mapping language, R1 to R25, as tests: a rule has its number in front of its tests' names.
//!
//! Every test states a small mapping as its author would write it, the patch, and what the provider answers; it then
//! holds the requests, the outcomes and the result against the rule, whole. `rules/desk.rs` runs them. R23, overlays,
//! is held by `overlay.rs`.

#[path = "rules/cases.rs"]
mod cases;
#[path = "rules/desk.rs"]
mod desk;
#[path = "rules/expressions.rs"]
mod expressions;
#[path = "rules/forms.rs"]
mod forms;
#[path = "rules/frame.rs"]
mod frame;
#[path = "rules/lines.rs"]
mod lines;
#[path = "rules/lists.rs"]
mod lists;
#[path = "rules/losses.rs"]
mod losses;
#[path = "rules/maps.rs"]
mod maps;
#[path = "rules/merging.rs"]
mod merging;
#[path = "rules/outcomes.rs"]
mod outcomes;
#[path = "rules/pages.rs"]
mod pages;
#[path = "rules/queries.rs"]
mod queries;
#[path = "rules/raw.rs"]
mod raw;
#[path = "rules/reading.rs"]
mod reading;
#[path = "rules/records.rs"]
mod records;
#[path = "rules/refusing.rs"]
mod refusing;
#[path = "rules/replies.rs"]
mod replies;
#[path = "rules/schemas.rs"]
mod schemas;
#[path = "rules/silence.rs"]
mod silence;
#[path = "rules/steps.rs"]
mod steps;
#[path = "rules/tables.rs"]
mod tables;
#[path = "rules/versions.rs"]
mod versions;
#[path = "rules/whole.rs"]
mod whole;
#[path = "rules/wire.rs"]
mod wire;
