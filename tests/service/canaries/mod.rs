//! Secrets and personal data are planted wherever the service has any, and searched for in all that leaves it.

mod echo;
mod known;
mod needles;
mod outputs;
mod planted;
mod rows;
