//! For a terminal: a row for each field, a column for each provider.

use std::fmt::Write as _;

use mapwright_mapping::coverage::ProviderCoverage;

use super::entry::{Entry, Flag, Mark};
use super::{View, contract};
use crate::color::Paint;
use crate::show::WIDTH;

/// The column of one provider.
struct Column<'a> {
    /// Its id, broken after underscores.
    heading: Vec<&'a str>,
    coverage: &'a ProviderCoverage,
    width: usize,
}

/// The table, its legend, and the contract.
pub(crate) fn render(view: &View<'_>, paint: Paint) -> String {
    let columns: Vec<Column<'_>> =
        view.report.providers.iter().map(|(id, coverage)| column(view, id, coverage)).collect();
    let labels: Vec<String> = view.rows.iter().map(label).collect();
    let first = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default();
    let mut out = format!("{}\n", paint.bold(&view.report.resource));
    for part in blocks(&columns, first) {
        out.push('\n');
        block(&mut out, view, part, &labels, first, paint);
    }
    out.push('\n');
    let marks = Mark::ALL.map(|mark| format!("{} {}", mark.symbol(), mark.in_words()));
    let _ = writeln!(out, "{}", marks.join("   "));
    let flags = Flag::ALL.map(|flag| format!("{} {}", flag.symbol(), flag.word()));
    let _ = writeln!(out, "{}", flags.join("   "));
    out.push_str("`mapwright coverage FIELD` and `--provider PROVIDER` show the details.\n");
    out + &contract::text(view, paint)
}

fn column<'a>(view: &View<'_>, id: &'a str, coverage: &'a ProviderCoverage) -> Column<'a> {
    let heading: Vec<&str> = id.split('_').collect();
    let cells = view.rows.iter().filter_map(|row| Some(Entry::find(coverage, &row.name)?.symbols().len()));
    let width = heading.iter().map(|part| part.chars().count()).chain(cells).max().unwrap_or_default();
    Column { heading, coverage, width }
}

/// A leaf stands in under its field.
fn label(row: &super::Row) -> String {
    row.leaf.as_ref().map_or_else(|| row.name.clone(), |leaf| format!("  .{leaf}"))
}

/// The columns that stand side by side.
fn blocks<'c, 'a>(columns: &'c [Column<'a>], first: usize) -> Vec<&'c [Column<'a>]> {
    let mut blocks = Vec::new();
    let mut rest = columns;
    while !rest.is_empty() {
        let mut used = first;
        let fits = rest.iter().take_while(|column| {
            used += column.width + 1;
            used <= WIDTH
        });
        let (block, others) = rest.split_at(fits.count().max(1));
        blocks.push(block);
        rest = others;
    }
    blocks
}

fn block(out: &mut String, view: &View<'_>, columns: &[Column<'_>], labels: &[String], first: usize, paint: Paint) {
    let lines = columns.iter().map(|column| column.heading.len()).max().unwrap_or_default();
    for index in 0..lines {
        let cells = columns.iter().map(|column| {
            let part = column.heading.get(index).copied().unwrap_or_default();
            (paint.bold(part), column.width - part.chars().count())
        });
        line(out, "", first, cells);
    }
    for (row, label) in view.rows.iter().zip(labels) {
        let cells = columns.iter().map(|column| {
            let Some(entry) = Entry::find(column.coverage, &row.name) else {
                return (String::new(), column.width);
            };
            let symbols = entry.symbols();
            let painted = match entry.mark() {
                Mark::Written => paint.green(&symbols),
                Mark::Read => paint.yellow(&symbols),
                Mark::Nothing => paint.dim(&symbols),
            };
            (painted, column.width - symbols.len())
        });
        line(out, label, first, cells);
    }
}

/// A line of cells, each with the blanks that fill its column.
fn line(out: &mut String, label: &str, first: usize, cells: impl Iterator<Item = (String, usize)>) {
    let mut text = format!("{label:first$}");
    for (cell, fill) in cells {
        let _ = write!(text, " {cell}{}", " ".repeat(fill));
    }
    out.push_str(text.trim_end());
    out.push('\n');
}
