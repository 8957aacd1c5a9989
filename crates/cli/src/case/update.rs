//! Writes back into a case what came: the bodies of its requests and its `[expect]`, and nothing else.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use mapwright_interpreter::{AccountErrors, Difference};
use mapwright_mapping::document::pointer;
use mapwright_mapping::mapping::Mapping;
use serde_json::Value;

use super::compare::Came;
use super::{Case, CaseBody, Expect, Mismatch, Ran, SentBytes, verdict};
use crate::show::json_text;
use crate::toml_text;

/// The columns of JSON in a case file.
const WIDTH: usize = 100;

/// A case that was brought up to date.
#[derive(Clone, Debug)]
pub struct Updated {
    /// The text of the file; none where nothing changed.
    pub text: Option<String>,
    /// What still is not as expected: other requests than those of the file, or secrets that show.
    pub left: Vec<Mismatch>,
}

/// Brings a case up to date. Only bodies of requests and `[expect]` change: a request more or less, another method,
/// URL or header is left for the author.
pub async fn update(case: &Case, mapping: &Arc<Mapping>) -> Result<Updated, AccountErrors> {
    let mut now = case.clone();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut ran = now.replay(mapping).await?;
    for _ in 0..case.exchanges.len() {
        let Some((index, body)) = other_body(&ran) else { break };
        let Some(exchange) = now.exchanges.get_mut(index) else { break };
        let (value, text) = written(case, body);
        exchange.body = value;
        edits.extend(body_edits(case, index, text));
        ran = now.replay(mapping).await?;
    }
    let mut left = verdict(&now, &ran);
    if ran.difference.is_none() && left.iter().any(|mismatch| mismatch.part != "secrets") {
        left.retain(|mismatch| mismatch.part == "secrets");
        if left.is_empty() {
            let expect = Came::of(&ran).expectation(case.expect.as_ref());
            edits.push(expect_edit(case, &expect));
        }
    }
    let text = (!edits.is_empty()).then(|| edited(case.document.file().text(), edits));
    Ok(Updated { text, left })
}

/// The body that differs, with the position of its exchange.
fn other_body(ran: &Ran) -> Option<(usize, &SentBytes)> {
    match &ran.difference {
        Some(Difference::Part { number, part, .. }) if part == "body" => {
            let index = number.checked_sub(1)?;
            Some((index, ran.sent.get(index)?))
        }
        _ => None,
    }
}

/// A body as the case has it, with its key and its TOML text.
fn written(case: &Case, sent: &SentBytes) -> (CaseBody, Option<(&'static str, String)>) {
    let text = case.without_secrets(&String::from_utf8_lossy(&sent.body));
    if text.is_empty() {
        return (CaseBody::Empty, None);
    }
    if let Ok(value) = serde_json::from_str::<Value>(&text) {
        let laid_out = json_literal(&value);
        return (CaseBody::Json(value), Some(("body", laid_out)));
    }
    let quoted = toml_text::text(&text);
    (CaseBody::Text(text), Some(("text", quoted)))
}

/// The edits that put a body into an exchange: the old one goes, the new one stands under `send`.
fn body_edits(case: &Case, index: usize, body: Option<(&'static str, String)>) -> Vec<(Range<usize>, String)> {
    let at = pointer("/exchange", &index.to_string());
    let document = &case.document;
    let (value, source) = (document.value().pointer(&at), document.file().text());
    let mut edits = Vec::new();
    let mut body = body;
    for key in ["body", "text"] {
        if value.and_then(|exchange| exchange.get(key)).is_none() {
            continue;
        }
        let at = pointer(&at, key);
        let (name, old) = (document.key(&at).span, document.place(&at).span);
        match body.take_if(|(new, _)| *new == key) {
            Some((_, text)) => edits.push((old, text)),
            None => edits.push((name.start..line_end(source, old.end), String::new())),
        }
    }
    if let Some((key, text)) = body {
        let after = line_end(source, document.place(&pointer(&at, "send")).span.end);
        edits.push((after..after, format!("{key} = {text}\n")));
    }
    edits
}

/// The edit that replaces `[expect]` with all its tables, or adds it at the end.
fn expect_edit(case: &Case, expect: &Expect) -> (Range<usize>, String) {
    let (document, source) = (&case.document, case.document.file().text());
    let text = expect_text(expect);
    match document.value().get("expect") {
        None => {
            let gap = if source.ends_with('\n') { "\n" } else { "\n\n" };
            (source.len()..source.len(), format!("{gap}{text}"))
        }
        Some(value) => {
            let start = document.place("/expect").span.start;
            let line = source.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
            let end = last_end(case, "/expect", value);
            (line..line_end(source, end), text)
        }
    }
}

/// Where the last value below a pointer ends.
fn last_end(case: &Case, at: &str, value: &Value) -> usize {
    let own = case.document.place(at).span.end;
    let below: Option<usize> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| last_end(case, &pointer(at, name), value)).max(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(index, value)| last_end(case, &pointer(at, &index.to_string()), value)).max()
        }
        _ => None,
    };
    own.max(below.unwrap_or_default())
}

/// The start of the line after a position.
fn line_end(source: &str, from: usize) -> usize {
    let rest = source.get(from..).unwrap_or_default();
    from + rest.find('\n').map_or(rest.len(), |at| at + 1)
}

fn edited(source: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut text = source.to_owned();
    for (range, new) in edits.into_iter().rev() {
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &new);
        }
    }
    text
}

/// `[expect]` in TOML.
fn expect_text(expect: &Expect) -> String {
    let mut out = "[expect]\n".to_owned();
    if let Ok(resource) = &expect.result {
        let _ = writeln!(out, "lead = {}", json_literal(resource));
    }
    for (name, items) in [("outcomes", &expect.outcomes), ("unread", &expect.unread)] {
        if !items.is_empty() {
            let _ = writeln!(out, "{name} = {}", item_lines(items));
        }
    }
    if let Some(waits) = &expect.waits {
        let _ = writeln!(out, "waits = {}", toml_text::inline(&waits.iter().map(String::as_str).collect()));
    }
    if let Some(token) = &expect.token {
        let _ = writeln!(out, "token = {}", toml_text::inline(token));
    }
    if let Err(Value::Object(error)) = &expect.result {
        out.push_str("\n[expect.error]\n");
        for (name, value) in error {
            let text = match value {
                Value::Array(items) if items.iter().all(Value::is_object) => item_lines(items),
                other => toml_text::inline(other),
            };
            let _ = writeln!(out, "{name} = {text}");
        }
    }
    out
}

/// A list with an item a line.
fn item_lines(items: &[Value]) -> String {
    let lines: Vec<String> = items.iter().map(|item| format!("  {},\n", toml_text::inline(item))).collect();
    format!("[\n{}]", lines.concat())
}

/// JSON as a literal text over several lines, or over one where it is short.
fn json_literal(value: &Value) -> String {
    let text = json_text::render(value, 0, WIDTH).replace("'''", "\\u0027\\u0027\\u0027");
    if text.contains('\n') { format!("'''\n{text}\n'''") } else { format!("'''{text}'''") }
}
