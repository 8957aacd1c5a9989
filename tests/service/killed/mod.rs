//! The process is killed with SIGKILL in the middle of its work, at random moments. The seed is printed; `SERVICE_SEED`
//! takes it.

mod keys;
mod renewals;
mod writers;
