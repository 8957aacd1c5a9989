//! What became of each leaf, as an aligned table.

use mapwright_mapping::outcome::{Fate, LeafOutcome, Unread};
use std::fmt::Write as _;

use super::json_text::one_line;
use super::{WIDTH, wrap};
use crate::color::Paint;

/// The table of outcomes; empty where there is none.
pub(crate) fn table(outcomes: &[LeafOutcome], paint: Paint) -> String {
    let rows = outcomes.iter().map(|outcome| {
        let fate = outcome.outcome.as_str();
        let painted = match outcome.outcome {
            Fate::Send | Fate::Written | Fate::Unchanged => paint.green(fate),
            Fate::Rejected | Fate::NotSent | Fate::Unknown => paint.red(fate),
            _ => paint.yellow(fate),
        };
        Row { first: wrap::harmless(&outcome.pointer), second: fate, painted, words: words(outcome) }
    });
    rendered(&rows.collect::<Vec<_>>())
}

/// The table of what could not be read; empty where there is none.
pub(crate) fn unread(unread: &[Unread]) -> String {
    let rows = unread.iter().map(|leaf| Row {
        first: wrap::harmless(&leaf.pointer),
        second: "",
        painted: String::new(),
        words: leaf.reason.clone(),
    });
    rendered(&rows.collect::<Vec<_>>())
}

struct Row<'a> {
    first: String,
    second: &'a str,
    painted: String,
    words: String,
}

fn rendered(rows: &[Row<'_>]) -> String {
    let widest = |text: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(text).max().unwrap_or_default();
    let first = widest(&|row| row.first.chars().count()).min(WIDTH / 2);
    let second = widest(&|row| row.second.chars().count());
    let gap = if second == 0 { 0 } else { 2 };
    let start = 2 + first + gap + second + 2;
    let mut out = String::new();
    for row in rows {
        let pad = " ".repeat(second - row.second.chars().count());
        let head = format!("  {:first$}{}{}{pad}", row.first, " ".repeat(gap), row.painted);
        let mut lines = wrap::words(&row.words, WIDTH.saturating_sub(start).max(20)).into_iter();
        let words = lines.next().unwrap_or_default();
        out.push_str(format!("{head}  {words}").trim_end());
        out.push('\n');
        for line in lines {
            let _ = writeln!(out, "{}{line}", " ".repeat(start));
        }
    }
    out
}

/// The record, the two values and the reason.
fn words(outcome: &LeafOutcome) -> String {
    let mut parts = Vec::new();
    if let Some(record) = &outcome.record {
        parts.push(format!("record `{record}`"));
    }
    match (&outcome.sent, &outcome.reads) {
        (Some(sent), Some(reads)) => {
            parts.push(format!("{} reads back as {}", one_line(sent), one_line(reads)));
        }
        (Some(sent), None) => parts.push(format!("{} does not read back", one_line(sent))),
        (None, Some(reads)) => parts.push(format!("reads back as {}", one_line(reads))),
        (None, None) => {}
    }
    parts.extend(outcome.reason.clone());
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_long_reasons_are_wrapped() {
        let lossy = LeafOutcome {
            sent: Some("Red".into()),
            reads: Some("red".into()),
            record: Some("shelf".to_owned()),
            ..LeafOutcome::new("/colour/name", Fate::Lossy)
        };
        let outcomes = [
            LeafOutcome::new("/size", Fate::Written),
            lossy.because("the provider keeps colours in lower case, whatever it is given"),
        ];
        let want = "  /size         written\n  \
                    /colour/name  lossy    record `shelf`; \"Red\" reads back as \"red\"; the provider keeps colours in\n                         \
                    lower case, whatever it is given\n";
        assert_eq!(table(&outcomes, Paint(false)), want);
    }

    #[test]
    fn what_could_not_be_read_has_its_reason() {
        let unread = [Unread { pointer: "/size".to_owned(), reason: "no row for 7".to_owned() }];
        assert_eq!(super::unread(&unread), "  /size  no row for 7\n");
        assert_eq!(super::unread(&[]), "");
    }
}
