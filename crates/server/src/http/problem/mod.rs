//! The one body of all errors: a problem document (RFC 9457) and the contract's error in one.
//!
//! | what | file |
//! |---|---|
//! | the stable codes, each with its status | `code.rs` |
//! | the problem itself | `document.rs` |
//! | a reason among several | `reason.rs` |
//! | what a caller did wrong, situation by situation | `caller.rs` |
//! | what the service cannot do now | `service.rs` |
//! | from a run that failed | `failure.rs` |
//! | as JSON and as an answer over HTTP | `answer.rs` |
//! | the body as a JSON Schema | `schema.rs` |
//! | the page that explains the codes | `page.rs` |

mod answer;
mod caller;
mod code;
mod document;
mod failure;
mod page;
mod reason;
mod schema;
mod service;
#[cfg(test)]
mod tests;

pub use answer::with_request_id;
pub use code::Code;
pub use document::Problem;
pub use page::{PAGE, page_as_html};
pub use reason::Reason;
pub use schema::{outcome_schema, problem_schema};
