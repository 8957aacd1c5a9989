//! Bugs of mappings that others have shipped, each tried on one of ours: what names it, and that nothing is named before.
//!
//! A bug is an edit of a shipped mapping. Either `check` refuses it, by code and place, or a case of the mapping fails, or
//! the language has no words for it: then the closest attempt is refused. `docs/laws/bugs.md` is the table of all of them.

#[path = "bugs/attempt.rs"]
mod attempt;
#[path = "bugs/bench.rs"]
mod bench;
#[path = "bugs/lists.rs"]
mod lists;
#[path = "bugs/runtime.rs"]
mod runtime;
#[path = "bugs/table.rs"]
mod table;
#[path = "bugs/values.rs"]
mod values;
#[path = "bugs/words.rs"]
mod words;
