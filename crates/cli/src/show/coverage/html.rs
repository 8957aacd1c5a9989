//! A page of its own: no script, nothing loaded from elsewhere.

use std::fmt::Write as _;

use super::entry::{Entry, Flag, Mark};
use super::{View, contract};

/// The page.
pub(crate) fn render(view: &View<'_>) -> String {
    let title = format!("Which field of {} works where", escaped(&view.report.resource));
    let style = include_str!("page.css");
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    legend(&mut out);
    out.push_str("<section class=\"scroll\" aria-label=\"Fields by provider\" tabindex=\"0\">\n<table>\n<thead>\n<tr><th scope=\"col\">Field</th>");
    for (id, coverage) in &view.report.providers {
        let _ = write!(out, "<th scope=\"col\" title=\"{}\">{}</th>", escaped(id), escaped(&coverage.label));
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &view.rows {
        let class = if row.leaf.is_some() { " class=\"leaf\"" } else { "" };
        let _ = write!(out, "<tr{class}><th scope=\"row\">{}</th>", escaped(&row.name));
        for coverage in view.report.providers.values() {
            match Entry::find(coverage, &row.name) {
                Some(entry) => cell(&mut out, &entry),
                None => out.push_str("<td></td>"),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
    against(&mut out, view);
    out.push_str("</body>\n</html>\n");
    out
}

/// The class of a mark, its sign and its words.
fn mark(mark: Mark) -> (&'static str, &'static str, &'static str) {
    let (class, sign) = match mark {
        Mark::Written => ("w", "✓"),
        Mark::Read => ("r", "◐"),
        Mark::Nothing => ("n", "–"),
    };
    (class, sign, mark.in_words())
}

fn legend(out: &mut String) {
    out.push_str("<ul class=\"legend\">\n");
    for (class, sign, words) in Mark::ALL.map(mark) {
        let _ = writeln!(out, "<li class=\"{class}\"><span class=\"mark\">{sign} {words}</span></li>");
    }
    for flag in Flag::ALL {
        let _ = writeln!(out, "<li>{} {}</li>", badge(flag), escaped(flag.meaning()));
    }
    out.push_str("</ul>\n<p>A field opens to show why and what: reasons, losses, names and doubts.</p>\n");
}

fn badge(flag: Flag) -> String {
    format!(
        "<span class=\"flag\" title=\"{}\">{} {}</span>",
        escaped(flag.meaning()),
        escaped(flag.symbol()),
        escaped(flag.word())
    )
}

fn cell(out: &mut String, entry: &Entry<'_>) {
    let (class, sign, words) = mark(entry.mark());
    let flags: Vec<String> = entry.flags().into_iter().map(badge).collect();
    let head = format!("<span class=\"mark\">{sign} {words}</span>{}", flags.concat());
    let notes = entry.notes();
    if notes.is_empty() {
        let _ = write!(out, "<td class=\"{class}\">{head}</td>");
        return;
    }
    let _ = write!(out, "<td class=\"{class}\"><details><summary>{head}</summary><dl>");
    for note in notes {
        let _ = write!(out, "<dt>{}</dt><dd>{}</dd>", escaped(note.about), escaped(&note.text));
    }
    out.push_str("</dl></details></td>");
}

fn against(out: &mut String, view: &View<'_>) {
    let Some(words) = contract::words(view) else { return };
    let _ = writeln!(out, "<h2>Against {}</h2>\n<ul>", escaped(&words.file));
    let lists = [
        ("unknown", words.unknown),
        ("there", words.counts),
        ("only read", words.read_only),
        ("more", words.gains),
        ("error", words.errors),
    ];
    for (name, lines) in lists {
        for line in lines {
            let _ = writeln!(out, "<li><b>{name}</b> {}</li>", escaped(&line));
        }
    }
    out.push_str("</ul>\n");
}

/// A text of which nothing is markup.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in crate::show::wrap::harmless(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_text_of_a_file_is_markup() {
        assert_eq!(super::escaped("<a href='x'>\"&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    }
}
