//! What has to hold, and that the tests of it can fail.

mod described;
mod graphql;
mod openapi;
mod properties;
