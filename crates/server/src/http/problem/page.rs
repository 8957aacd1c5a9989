//! The page that explains the codes.

use std::fmt::Write as _;

/// The page as it is written, in Markdown.
pub const PAGE: &str = include_str!("../../../../../docs/problems.md");

/// The page for a browser: each code's section has the code as its anchor, so that a problem's `type` leads there.
pub fn page_as_html() -> String {
    let mut body = String::new();
    for block in PAGE.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        // Writing to a text does not fail.
        let _ = if let Some(title) = block.strip_prefix("# ") {
            writeln!(body, "<h1>{}</h1>", inline(title))
        } else if let Some(heading) = block.strip_prefix("## ") {
            let (heading, rest) = heading.split_once('\n').unwrap_or((heading, ""));
            let anchor = heading.split_whitespace().next().unwrap_or_default().trim_matches('`');
            let anchor = escaped(anchor);
            writeln!(body, "<h2 id=\"{anchor}\">{}</h2>\n<p>{}</p>", inline(heading), inline(rest))
        } else {
            writeln!(body, "<p>{}</p>", inline(block))
        };
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Problems</title>\n\
         <style>body{{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}}</style>\n{body}</html>\n"
    )
}

/// A text with its code spans.
fn inline(text: &str) -> String {
    let parts = text.split('`').map(escaped).enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { format!("<code>{part}</code>") } else { part }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
