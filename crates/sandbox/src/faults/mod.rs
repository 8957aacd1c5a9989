//! Misbehaviour on demand: what goes wrong, which requests it meets, and what then comes over the connection.
//!
//! | what | file |
//! |---|---|
//! | a fault, and its text | `fault.rs` |
//! | what goes wrong | `what.rs` |
//! | which requests it meets, and how often | `scope.rs` |
//! | the faults that are set, and which of them a request meets | `due.rs` |
//! | answers that no provider's file declares | `answer.rs` |
//! | what comes over the connection | `delivery.rs` |
//! | all that a provider can be told to do | `list.rs` |

mod answer;
mod delivery;
mod due;
mod fault;
mod list;
mod scope;
mod what;

pub(crate) use answer::{nothing, page, plain};
pub(crate) use delivery::first_half;
pub use delivery::{Comes, Delivery};
pub(crate) use due::Faults;
pub use fault::Fault;
pub(crate) use list::{first_of, list, unknown};
pub(crate) use scope::Kind;
pub(crate) use what::What;
