//! A contract against what is there, in words.

use std::fmt::Write as _;

use mapwright_mapping::coverage::{Comparison, Count, Gap, Pair};

use super::View;

/// What is said of the contract, in order.
pub(super) struct Words {
    /// The contract's file.
    pub(super) file: String,
    /// Of which chosen providers it says nothing.
    pub(super) unknown: Vec<String>,
    /// How much of it is there.
    pub(super) counts: Vec<String>,
    /// What is wrong.
    pub(super) errors: Vec<String>,
    /// What is only read, and why.
    pub(super) read_only: Vec<String>,
    /// What is there beyond it.
    pub(super) gains: Vec<String>,
}

/// What is said of the contract that a view was held against.
pub(super) fn words(view: &View<'_>) -> Option<Words> {
    let (against, comparison) = (view.against?, view.report.against.as_ref()?);
    let count =
        |direction: &str, count: Count| format!("{} of {} pairs of the {direction}", count.there, count.promised);
    let mut errors = missing(comparison);
    let read_only = comparison.read_only.len();
    if let Some(most) = against.most_read_only.filter(|most| read_only > *most) {
        errors.push(format!("{read_only} of the contract's writable pairs are only read, and at most {most} may be"));
    }
    let unknown: Vec<String> =
        against.unknown.iter().map(|provider| format!("the contract does not know `{provider}`")).collect();
    let mut counts = Vec::new();
    // Of nothing, nothing is counted.
    if unknown.is_empty() || comparison.request.promised + comparison.response.promised > 0 {
        counts.push(format!("{}, {read_only} of them only read", count("request", comparison.request)));
        counts.push(count("response", comparison.response));
    }
    Some(Words {
        file: against.file.clone(),
        unknown,
        counts,
        errors,
        read_only: comparison
            .read_only
            .iter()
            .map(|pair| format!("{} {}: {}", pair.provider, pair.field, pair.reasons.join("; ")))
            .collect(),
        gains: grouped(&comparison.gains).into_iter().map(|(pair, fields)| line(pair, &fields)).collect(),
    })
}

fn missing(comparison: &Comparison) -> Vec<String> {
    grouped(&comparison.missing)
        .into_iter()
        .map(|(pair, fields)| {
            let gap = pair.gap.map(Gap::in_words).unwrap_or_default();
            format!("missing: {} ({gap})", line(pair, &fields))
        })
        .collect()
}

fn line(pair: &Pair, fields: &[&str]) -> String {
    format!("{} {} {}", pair.provider, pair.direction.as_str(), fields.join(", "))
}

/// Pairs that differ in their field alone, together.
fn grouped(pairs: &[Pair]) -> Vec<(&Pair, Vec<&str>)> {
    let mut groups: Vec<(&Pair, Vec<&str>)> = Vec::new();
    for pair in pairs {
        let same = |(first, _): &&mut (&Pair, Vec<&str>)| {
            (&first.provider, first.direction, first.gap) == (&pair.provider, pair.direction, pair.gap)
        };
        match groups.iter_mut().find(same) {
            Some((_, fields)) => fields.push(&pair.field),
            None => groups.push((pair, vec![&pair.field])),
        }
    }
    groups
}

/// The contract as lines for a terminal.
pub(super) fn text(view: &View<'_>, paint: crate::color::Paint) -> String {
    let Some(words) = words(view) else { return String::new() };
    let mut out = format!("\n{}\n", paint.bold(&format!("against {}", words.file)));
    let mut add = |name: &str, painted: &str, text: &str| {
        for (index, line) in crate::show::wrap::words(text, crate::show::WIDTH - 11).iter().enumerate() {
            let pad = " ".repeat(9 - if index == 0 { name.len() } else { 0 });
            let _ = writeln!(out, "  {}{pad}{line}", if index == 0 { painted } else { "" });
        }
    };
    words.unknown.iter().for_each(|text| add("unknown", &paint.yellow("unknown"), text));
    words.counts.iter().for_each(|text| add("there", "there", text));
    words.read_only.iter().for_each(|text| add("read", &paint.yellow("read"), text));
    words.gains.iter().for_each(|text| add("more", "more", text));
    words.errors.iter().for_each(|text| add("error", &paint.red("error"), text));
    out
}
