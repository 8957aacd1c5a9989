//! The explanation of a unified field, for people.

use std::fmt::Write as _;

use mapwright_mapping::explain::{Explanation, FormWay, TableWay, Unsupported, Used, Way};
use mapwright_mapping::mapping::Origin;

use super::{WIDTH, json_text, wrap};
use crate::color::Paint;

/// The column at which what a label says begins.
const COLUMN: usize = 14;
/// The rows of a table that are shown one by one.
const MOST_ROWS: usize = 20;

/// An explanation with the files' names as they are shown.
pub(crate) fn with_files(mut explanation: Explanation, shown: &dyn Fn(&str) -> String) -> Explanation {
    let rename = |origin: &mut Option<Origin>| {
        if let Some(origin) = origin.as_mut().filter(|origin| !origin.overlay) {
            origin.file = shown(&origin.file);
        }
    };
    for way in &mut explanation.ways {
        rename(&mut way.origin);
        if let Some(table) = &mut way.table {
            rename(&mut table.origin);
            table.written.iter_mut().for_each(|row| rename(&mut row.origin));
        }
        if let Some(form) = &mut way.form {
            rename(&mut form.origin);
        }
    }
    explanation.unsupported.iter_mut().for_each(|leaf| rename(&mut leaf.origin));
    explanation.variables.iter_mut().for_each(|variable| rename(&mut variable.origin));
    explanation
}

/// Explanations, one after the other.
pub(crate) fn text(explained: &[Explanation], paint: Paint) -> String {
    let texts: Vec<String> = explained.iter().map(|one| of_one(one, paint)).collect();
    texts.join("\n")
}

fn of_one(explanation: &Explanation, paint: Paint) -> String {
    let title = format!("{} on {} ({})", explanation.field, explanation.label, explanation.resource);
    let mut out = format!("{}\n", paint.bold(&wrap::harmless(&title)));
    for way in &explanation.ways {
        out.push('\n');
        out.push_str(&of_way(way, paint));
    }
    for Unsupported { leaf, origin } in &explanation.unsupported {
        let _ = writeln!(out, "\n{}{}", paint.bold(leaf), at(origin.as_ref(), paint));
        line(&mut out, "unsupported", "the provider has no place for it", paint);
    }
    for Used { name, legal, default, find, origin } in &explanation.variables {
        let _ = writeln!(out, "\n{}{}", paint.bold(&format!("{{{name}}}")), at(origin.as_ref(), paint));
        line(&mut out, "variable", legal, paint);
        if let Some(default) = default {
            line(&mut out, "default", &json_text::one_line(default), paint);
        }
        if let Some(find) = find {
            line(&mut out, "find it", find, paint);
        }
    }
    out
}

fn of_way(way: &Way, paint: Paint) -> String {
    let mut out = format!("{}{}\n", paint.bold(&wrap::harmless(&way.leaf)), at(way.origin.as_ref(), paint));
    let mut say = |label: &str, text: &str| line(&mut out, label, text, paint);
    if !way.read.is_empty() {
        say("read", &way.read.join(", else "));
    }
    for write in &way.write {
        say("written", write);
    }
    if let Some(reason) = &way.read_only {
        say("read-only", reason);
    }
    if !way.conversions.is_empty() {
        say("conversion", &way.conversions.join(", then "));
    }
    if let Some(reading) = way.read_conversions.as_ref().filter(|reading| !reading.is_empty()) {
        say("reading", &reading.join(", then "));
    }
    if let Some(clear) = &way.clear {
        say("cleared by", clear);
    }
    for note in &way.notes {
        say("note", note);
    }
    for loss in &way.losses {
        say("loss", loss);
    }
    if let Some(source) = &way.source {
        say("source", source);
    }
    if let Some(fact) = &way.unconfirmed {
        say("unconfirmed", fact);
    }
    if let Some(case) = &way.tested {
        say("tested", case);
    }
    if let Some(form) = &way.form {
        of_form(&mut out, form, paint);
    }
    if let Some(table) = &way.table {
        of_table(&mut out, table, paint);
    }
    for carrier in &way.requests {
        let when = carrier.when.as_ref().map(|when| format!(" ({when})")).unwrap_or_default();
        line(&mut out, carrier.does.as_str(), &format!("{}: {}{when}", carrier.on, carrier.send), paint);
    }
    out
}

fn of_form(out: &mut String, form: &FormWay, paint: Paint) {
    let read = form.read.as_ref().map(|path| format!(", read at `{path}`")).unwrap_or_default();
    line(out, "form", &format!("{}{read}{}", form.name, at(form.origin.as_ref(), Paint(false))), paint);
    if !form.conversions.is_empty() {
        line(out, "", &format!("inside: {}", form.conversions.join(", then ")), paint);
    }
    if let Some(loss) = &form.loss {
        line(out, "", &format!("loss: {loss}"), paint);
    }
}

fn of_table(out: &mut String, table: &TableWay, paint: Paint) {
    let head = format!("{}, {}{}", table.name, table.rows, at(table.origin.as_ref(), Paint(false)));
    line(out, "table", &head, paint);
    for row in table.written.iter().take(MOST_ROWS) {
        let remote = json_text::one_line(&row.remote);
        // A row says where it is written only where that is another file.
        let own = row.origin.as_ref().filter(|origin| origin.overlay).map(|origin| at(Some(origin), Paint(false)));
        line(out, "", &format!("{} = {remote}{}", row.unified, own.unwrap_or_default()), paint);
    }
    if let Some(more) = table.written.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
        line(out, "", &format!("and {more} more rows"), paint);
    }
    for rule in &table.rules {
        line(out, "", rule, paint);
    }
}

/// Where a rule is written, behind what it says.
fn at(origin: Option<&Origin>, paint: Paint) -> String {
    let Some(Origin { file, line, overlay }) = origin else { return String::new() };
    let layer = if *overlay { "overlay " } else { "" };
    paint.dim(&format!("  [{layer}{}:{line}]", wrap::harmless(file)))
}

/// A label and what it says, broken into lines of the width.
fn line(out: &mut String, label: &str, text: &str, paint: Paint) {
    for (index, part) in wrap::words(text, WIDTH - COLUMN).into_iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        let gap = " ".repeat((COLUMN - 2).saturating_sub(label.len()));
        let _ = writeln!(out, "  {}{gap}{part}", paint.dim(label));
    }
}
