//! For a terminal: everything that is known of the chosen fields and providers.

use std::fmt::Write as _;

use super::entry::{Entry, Mark};
use super::{View, contract};
use crate::color::Paint;
use crate::show::{WIDTH, wrap};

/// The column in which remarks begin, after the provider's.
const ABOUT: usize = 13;

/// The details, and the contract.
pub(crate) fn render(view: &View<'_>, paint: Paint) -> String {
    let providers = &view.report.providers;
    let widest = providers.keys().map(|id| id.chars().count()).max().unwrap_or_default();
    let start = 2 + widest + 2;
    let mut out = String::new();
    for row in &view.rows {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", paint.bold(&row.name));
        for (id, coverage) in providers {
            let Some(entry) = Entry::find(coverage, &row.name) else { continue };
            let headline = entry.headline();
            let painted = match entry.mark() {
                Mark::Written => paint.green(&headline),
                Mark::Read => paint.yellow(&headline),
                Mark::Nothing => paint.dim(&headline),
            };
            let _ = writeln!(out, "  {id:widest$}  {painted}");
            for note in entry.notes() {
                let lines = wrap::words(&note.text, WIDTH.saturating_sub(start + ABOUT).max(20));
                for (index, line) in lines.iter().enumerate() {
                    let about = if index == 0 { note.about } else { "" };
                    let _ = writeln!(out, "{}{about:ABOUT$}{line}", " ".repeat(start));
                }
            }
        }
    }
    out + &contract::text(view, paint)
}
