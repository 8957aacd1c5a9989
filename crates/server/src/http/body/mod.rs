//! The body of a PATCH: its content type, and from bytes to the patch.
//!
//! | what | file |
//! |---|---|
//! | which content types it may have | `media_type.rs` |
//! | what shows before it is parsed: depth, integers | `scan.rs` |
//! | parsing, with the keys that are named twice | `parse.rs` |

mod media_type;
mod parse;
mod scan;
#[cfg(test)]
mod tests;

pub use parse::patch_body;
