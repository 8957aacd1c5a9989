//! The description of the service for machines: `OpenAPI` 3.1, made from models, parameters and problems.
//!
//! | what | file |
//! |---|---|
//! | the whole document | `document.rs` |
//! | paths of unified resources | `unified.rs` |
//! | paths of pages and probes | `pages.rs` |
//! | which errors a route answers with | `errors.rs` |
//! | headers | `headers.rs` |

mod document;
mod errors;
mod headers;
mod pages;
#[cfg(test)]
mod tests;
mod unified;

pub use document::openapi;
