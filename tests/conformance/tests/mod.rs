//! What has to hold.

mod described;
