//! What the benches measure: leads of 15 and of 60 fields, mapped by a mapping file, by hand and by an expression.

pub mod by_hand;
pub mod expression;
pub mod lead;
pub mod shipped;
