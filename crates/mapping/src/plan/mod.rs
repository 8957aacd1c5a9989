//! Planning and reading: a run is a pure function of patch, account and the replies so far.
//!
//! [`Run::next`] says what has to be sent next, or the result. Whoever carries the bytes hands each reply in with
//! [`Replies::insert`] and asks again. Without replies, [`Run::plan`] shows every request, with named holes where a
//! reply is needed.

mod step;

pub use step::{Arrived, Replies, RequestSpec, Step, StepKey, StepKind};
