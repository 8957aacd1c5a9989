//! Markdown: a table of all fields, and a table of remarks for each provider.

use std::fmt::Write as _;

use super::entry::{Entry, Flag, Mark, Note};
use super::{View, contract};

/// The tables and the contract.
pub(crate) fn render(view: &View<'_>) -> String {
    let providers = &view.report.providers;
    let mut out = format!("# Which field of `{}` works where\n\n", view.report.resource);
    let marks = Mark::ALL.map(|mark| format!("`{}` {}", mark.symbol(), mark.in_words()));
    let flags = Flag::ALL.map(|flag| format!("`{}` {}: {}", flag.symbol(), flag.word(), flag.meaning()));
    let _ = writeln!(out, "{}. {}.\n", marks.join(", "), flags.join("; "));
    let labels: Vec<String> = providers.values().map(|coverage| cell(&coverage.label)).collect();
    let _ = writeln!(out, "| Field | {} |\n|---|{}", labels.join(" | "), "---|".repeat(labels.len()));
    for row in &view.rows {
        let cells = providers.values().map(|coverage| {
            Entry::find(coverage, &row.name).map(|entry| format!("`{}`", entry.symbols())).unwrap_or_default()
        });
        let _ = writeln!(out, "| `{}` | {} |", row.name, cells.collect::<Vec<_>>().join(" | "));
    }
    for coverage in providers.values() {
        let _ = writeln!(out, "\n## {}\n\n| Field | Becomes | Remarks |\n|---|---|---|", cell(&coverage.label));
        // A field gathers what is said of its leaves; a leaf stands for itself where it alone is chosen.
        let is_chosen = |name: &str| view.rows.iter().any(|row| row.leaf.is_none() && row.name == name);
        for row in view.rows.iter().filter(|row| row.leaf.is_none() || !is_chosen(row.field())) {
            let Some(entry) = Entry::find(coverage, &row.name) else { continue };
            if entry.mark() == Mark::Nothing {
                continue;
            }
            let notes: Vec<String> = entry.notes().iter().map(remark).collect();
            let _ = writeln!(out, "| `{}` | {} | {} |", row.name, entry.headline(), notes.join("<br>"));
        }
    }
    if let Some(words) = contract::words(view) {
        let _ = writeln!(out, "\n## Against `{}`\n", words.file);
        let lists = [
            ("Unknown", words.unknown),
            ("There", words.counts),
            ("Only read", words.read_only),
            ("More", words.gains),
        ];
        for (name, lines) in lists.into_iter().chain([("Error", words.errors)]) {
            for line in lines {
                let _ = writeln!(out, "- {name}: {}", cell(&line));
            }
        }
    }
    out
}

fn remark(note: &Note) -> String {
    format!("*{}*: {}", note.about, cell(&note.text))
}

/// A text inside a cell: nothing in it is markup, and it has one line.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for char in crate::show::wrap::harmless(text).chars() {
        match char {
            '\n' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' => {
                out.push('\\');
                out.push(char);
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_text_of_a_file_is_markup() {
        assert_eq!(super::cell("a|b\n<i> & *c*"), "a\\|b &lt;i> &amp; \\*c\\*");
    }
}
