//! The same translation as one `JSONata` expression in each direction.

use std::fmt::Write as _;

use crate::by_hand::{NUMBER, SOURCES, STATUSES, TEXTS};

/// The expression that makes the provider's body of a patch of so many fields.
pub fn to_body(fields: usize) -> String {
    object(fields, |(unified, wire)| (wire, unified), |(name, value)| (name, value))
}

/// The expression that makes the lead of the provider's record.
pub fn to_lead(fields: usize) -> String {
    let object = object(fields, |(unified, wire)| (unified, wire), |(name, value)| (value, name));
    object.replacen('{', "{\"id\": Id, ", 1)
}

type Pair = (&'static str, &'static str);

fn object(fields: usize, places: fn(Pair) -> Pair, rows: fn(Pair) -> Pair) -> String {
    let mut text = String::from("{");
    for pair in TEXTS[..fields - 3].iter().chain([&NUMBER]) {
        let (to, from) = places(*pair);
        let _ = write!(text, "\"{to}\": {from}, ");
    }
    for (pair, table) in [(("lead_source", "LeadSource"), SOURCES), (("status", "Status"), STATUSES)] {
        let (to, from) = places(pair);
        let table: Vec<String> =
            table.iter().map(|row| rows(*row)).map(|(key, value)| format!("\"{key}\": \"{value}\"")).collect();
        let _ = write!(text, "\"{to}\": $lookup({{{}}}, {from}), ", table.join(", "));
    }
    text.trim_end_matches(", ").to_owned() + "}"
}
