//! The query of a unified request: every parameter in every encoding that callers use.
//!
//! | what | file |
//! |---|---|
//! | which parameters there are | `table.rs` |
//! | from bytes to decoded pairs | `pairs.rs` |
//! | brackets in names | `tree.rs` |
//! | values of their types, and every reason why not | `read.rs` |
//! | what goes on to the provider | `remote.rs` |

mod pairs;
mod read;
mod remote;
mod table;
#[cfg(test)]
mod tests;
mod tree;

pub use read::{DryRun, Format, Query, refuse_all};
pub use table::{Kind, Operation, PARAMETERS, Parameter};
