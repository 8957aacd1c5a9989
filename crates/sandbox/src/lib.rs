//! Simulated providers, driven by a sandbox file alone.
//!
//! A sandbox file (`language = 1`) declares what a provider does: its records and their fields, the requests that
//! it answers, its replies and its errors, what it computes by itself, how it knows its callers. This crate knows no
//! provider, and shares no code and no file with whatever talks to one: an error on either side shows on the other.
//!
//! | table of the file | what it says |
//! |---|---|
//! | `[clock]` | the time and the counter, which move with writes alone |
//! | `[demo]` | variables, schemes with their secrets, the first record |
//! | `[auth.…]` | how callers prove who they are, and the answers to those who do not |
//! | `[[demands]]` | headers that every request to a route with a proof carries |
//! | `[asks.…]` | named conditions on a header or a query parameter |
//! | `[refuse]` | the error for each kind of wrong request |
//! | `[refusals.…]` | the error, code and words for each kind of wrong value |
//! | `[forms.…]` | fields that are written in one way and shown in another |
//! | `[errors.…]` | the error answers; each can be provoked, see [`Fault`] |
//! | `[collections.…]` | records, fields, what is shown, what is computed |
//! | `[links.…]` | links between records that are requests of their own |
//! | `[replies.…]` | the answers to requests that succeed |
//! | `[[routes]]` | requests, what they do, and the names of their answers |
//!
//! Every table is closed, every name is declared, and a wrong file is refused with line and column.
//!
//! A sandbox can be told to misbehave ([`Sandbox::provoke`]): with the provider's own errors, late, with half an answer,
//! or without one. [`Fault`] says how this is written.
//!
//! # Where further kinds of provider fit
//! A query language inside a POST: routes of one path told apart by `when` conditions on the body, `calls` whose
//! arguments are read from the text; changes that are a text with JSON (`changes_are_text`). Values that are written
//! in one way and shown in another: `forms`. Records written with their parent: fields of type `children`. Errors
//! within a 200, per-record result codes and envelopes: `errors` and `replies` have any status and any body. Further
//! conditions and pages of lists: `listing.rs`. Further shapes of changes: a field type in `collection.rs` and its
//! writing in a file of its own, as `pair_list.rs` writes lists of names and values.

mod actions;
mod auth;
mod call;
mod change;
mod check;
mod children;
mod collection;
mod demand;
mod difference;
mod each;
mod error;
mod faults;
mod file;
mod filter;
mod form;
mod guard;
mod hole;
mod intake;
mod keep;
mod list;
mod listing;
mod load;
mod local_time;
mod log;
mod moment;
mod object;
mod pair_list;
mod parse;
mod pattern;
mod pick;
mod pointer;
mod reply;
mod resolve;
mod route;
mod sandbox;
mod series;
mod serve;
mod shape;
mod shared;
mod spec;
mod state;
mod step;
mod template;
mod text_value;
mod value;
mod view;
mod violation;
mod wrap;
mod zoneless;

pub use error::SandboxError;
pub use faults::{Comes, Delivery, Fault};
pub use log::{Exchange, REDACTED};
pub use moment::Moment;
pub use sandbox::Sandbox;
pub use serve::serve;
pub use spec::{ChildrenField, ComputedField, Demo};
