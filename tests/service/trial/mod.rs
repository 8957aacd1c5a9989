//! The long run: faults of every kind at all nine providers, under the load of callers who retry as the client for Node
//! does. In the end the providers' whole states are compared with what callers were told. `SERVICE_TRIAL_SECONDS` says
//! how long it is; the seed is printed, and `SERVICE_SEED` takes it.

mod count;
mod judge;
mod lap;
mod weather;
mod writer;
