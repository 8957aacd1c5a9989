//! How the fields of each mapping are known to read back, counted.

use std::fmt::Write as _;

use mapwright_mapping::coverage::{Assurance, Tally};
use mapwright_mapping::mapping::Mapping;
use serde_json::{Map, Value, json};

use crate::library::Library;

/// A line for each mapping, and one for all.
pub(crate) fn text(library: &Library) -> String {
    let rows: Vec<(String, Tally)> = tallies(library).collect();
    let widest = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default().max("total".len()) + 1;
    let mut out = String::new();
    let mut line = |name: &str, tallies: &[&Tally]| {
        let sum = |count: &dyn Fn(&Tally) -> usize| tallies.iter().map(|tally| count(tally)).sum::<usize>();
        let kinds = Assurance::ALL
            .map(|kind| format!("{:>4} {}", sum(&|tally: &Tally| tally.count(kind)), kind.as_str()))
            .join(",");
        let (all, read) = (sum(&Tally::assured), sum(&Tally::only_read));
        let _ = writeln!(out, "{:widest$}{all:>5} fields:{kinds}; {read:>3} more are only read", format!("{name}:"));
    };
    for (name, tally) in &rows {
        line(name, &[tally]);
    }
    if rows.len() > 1 {
        line("total", &rows.iter().map(|(_, tally)| tally).collect::<Vec<_>>());
    }
    out
}

/// The counts and every field.
pub(crate) fn in_json(library: &Library) -> Value {
    let rows: Vec<(String, Tally)> = tallies(library).collect();
    let counts = |tallies: &[&Tally]| {
        let sum = |count: &dyn Fn(&Tally) -> usize| tallies.iter().map(|tally| count(tally)).sum::<usize>();
        let mut out = Map::new();
        out.insert("fields".to_owned(), sum(&Tally::assured).into());
        for kind in Assurance::ALL {
            out.insert(kind.as_str().to_owned(), sum(&|tally: &Tally| tally.count(kind)).into());
        }
        out.insert("only_read".to_owned(), sum(&Tally::only_read).into());
        out
    };
    let mappings: Map<String, Value> = rows
        .iter()
        .map(|(name, tally)| {
            let mut row = counts(&[tally]);
            row.insert("each".to_owned(), json!(tally.fields));
            row.insert("unsupported".to_owned(), json!(tally.unsupported));
            (name.clone(), Value::Object(row))
        })
        .collect();
    json!({ "mappings": mappings, "total": counts(&rows.iter().map(|(_, tally)| tally).collect::<Vec<_>>()) })
}

/// What stands there when nothing could be loaded.
pub(crate) fn none() -> Value {
    Value::Null
}

fn tallies(library: &Library) -> impl Iterator<Item = (String, Tally)> {
    let several = |mapping: &Mapping| {
        library.catalog().mappings().filter(|other| other.provider.id == mapping.provider.id).count() > 1
    };
    library.catalog().mappings().map(move |mapping| {
        let id = &mapping.provider.id;
        // The resource tells mappings of one provider apart.
        let name = if several(mapping) { format!("{id} {}", mapping.model.resource) } else { id.clone() };
        (name, Tally::of(mapping))
    })
}
