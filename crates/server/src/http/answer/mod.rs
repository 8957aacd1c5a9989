//! What a caller gets when a run succeeded.
//!
//! | what | file |
//! |---|---|
//! | the unified resource | `unified.rs` |
//! | the same with every property of its schema | `normalized.rs` |
//! | the provider's own answer | `raw.rs` |
//! | the headers | `headers.rs` |
//! | their form (RFC 9651) | `structured.rs` |

mod headers;
mod normalized;
mod raw;
mod structured;
#[cfg(test)]
mod tests;
mod unified;

pub use headers::{LONGEST_LIST, MAPPING_VERSION, REQUEST_ID, UNREAD, UNWRITTEN, about_leaves, rate_limit};
pub use raw::provider_answer;
pub use unified::{OUTCOMES, success_body};
