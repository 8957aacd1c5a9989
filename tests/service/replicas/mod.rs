//! Two processes on one database: what one of them may do alone, it does alone.

mod dead;
mod keys;
mod pair;
mod renewals;
