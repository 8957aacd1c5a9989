//! The service does what its own description says.

mod schemathesis;
