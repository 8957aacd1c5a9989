//! What the service takes on, how it ends, and what it does when its surroundings change.

mod deadline;
mod drain;
mod rate;
mod reauthentication;
mod reload;
mod remember;
mod shed;
