//! Planning and reading: a run is a pure function of patch, account and the replies so far.
//!
//! [`Run::next`] says what has to be sent next, or the result. Whoever carries the bytes hands each reply in with
//! [`Replies::insert`] and asks again. Without replies, [`Run::plan`] shows every request, with named holes where a
//! reply is needed.
//!
//! | room | what happens there |
//! |---|---|
//! | `run.rs` | the public face |
//! | `drive.rs` | asks for records and tables, and stops where a reply is missing |
//! | `decide/` | what becomes of each leaf, before anything is written |
//! | `progress.rs` | how far a run has come, kept from one reply to the next |
//! | `shared.rs` | copies that cost nothing until one of them changes |
//! | `value.rs` | one value through one slot, both ways |
//! | `changes.rs` | the changes of a record and the body that carries them |
//! | `render.rs` | URL, headers and body, every value encoded by its position |
//! | `rows.rs` | the rows of tables, and selection lists |
//! | `precondition.rs` | the versions that a caller names |
//! | `write.rs` | the writes in their order |
//! | `act.rs` | actions |
//! | `failure.rs` | what a failure leaves behind |
//! | `resource.rs` | the unified resource from the provider's records |
//! | `finish.rs` | what was sent against what is seen |

mod act;
mod changes;
mod decide;
mod drive;
mod failure;
mod finish;
mod known;
mod precondition;
mod progress;
#[cfg(test)]
mod proven;
mod render;
mod resource;
mod rows;
mod run;
mod shared;
mod state;
mod step;
mod translation;
mod value;
mod verdict;
mod write;

pub use run::{ListMode, Next, Options, Plan, PlannedStep, Run};
pub use step::{Arrived, Replies, RequestSpec, Step, StepKey, StepKind};
