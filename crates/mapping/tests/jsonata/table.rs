//! The kinds of differences, counted, each with its shortest expression.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::compare::{Compared, Difference};

/// The counts.
#[derive(Default)]
pub(crate) struct Table {
    /// Expressions that `check` lets in.
    pub(crate) let_in: usize,
    same: usize,
    valued: usize,
    neither: usize,
    kinds: BTreeMap<(bool, &'static str), Kind>,
}

struct Kind {
    count: usize,
    text: String,
    difference: Difference,
}

impl Table {
    /// Counts an expression.
    pub(crate) fn count(&mut self, text: &str, let_in: bool, compared: Compared) {
        self.let_in += usize::from(let_in);
        match compared {
            Compared::Same { has_value } => {
                self.same += 1;
                self.valued += usize::from(has_value);
            }
            Compared::Neither => self.neither += 1,
            Compared::Different(difference) => {
                let kind = self.kinds.entry((let_in, difference.kind)).or_insert_with(|| Kind {
                    count: 0,
                    text: text.to_owned(),
                    difference: Difference { kind: difference.kind, ..empty() },
                });
                kind.count += 1;
                if text.len() < kind.text.len() || kind.difference.one.is_empty() {
                    *kind = Kind { count: kind.count, text: text.to_owned(), difference };
                }
            }
        }
    }

    /// The counts in Markdown.
    pub(crate) fn text(&self, count: usize, seed: usize, records: usize, met: usize) -> String {
        let mut text = format!(
            "{count} expressions of seed {seed}, each over {met} of {records} records: {} let in; {} the same ({} with a \
             value), {} that neither engine takes.\n\n| kind | let in | named | expression | default engine | second engine |\n\
             |---|---|---|---|---|---|\n",
            self.let_in, self.same, self.valued, self.neither
        );
        let names: std::collections::BTreeSet<&str> = self.kinds.keys().map(|(_, kind)| *kind).collect();
        for name in names {
            let of =
                |let_in| self.kinds.iter().find(|((is, kind), _)| (*is, *kind) == (let_in, name)).map(|(_, kind)| kind);
            let count = |kind: Option<&Kind>| kind.map_or(0, |kind| kind.count);
            let Some(shown) = of(true).or(of(false)) else { continue };
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} | {} | {} |",
                count(of(true)),
                count(of(false)),
                cell(&shown.text),
                cell(&shown.difference.one),
                cell(&shown.difference.other)
            );
        }
        text
    }
}

fn empty() -> Difference {
    Difference { kind: "", one: String::new(), other: String::new(), input: String::new() }
}

fn cell(text: &str) -> String {
    let short: String = text.chars().take(90).collect();
    format!("`{}`", short.replace('|', "\\|").replace('`', "'").replace('\n', " "))
}
