//! Requests and replies as text for people.

use http::StatusCode;
use mapwright_interpreter::{Call, ReceivedReply, Sent, ShownBody};
use serde_json::Value;

use super::{WIDTH, json_text, wrap};
use crate::color::Paint;

/// How far everything below a step's line stands in.
const INDENT: usize = 3;

/// The most of a body that is no JSON, in lines.
const MOST_LINES: usize = 12;

/// What is shown of a request.
pub(crate) struct Shown<'a> {
    /// The method.
    pub(crate) method: &'a str,
    /// The whole URL.
    pub(crate) url: &'a str,
    /// The headers.
    pub(crate) headers: &'a [(String, String)],
    /// The body's text.
    pub(crate) body: Option<&'a str>,
}

/// The calls of a run: each request with its reply. Bodies of replies are folded unless they are wanted whole.
pub(crate) fn calls(calls: &[Call], whole: bool, paint: Paint) -> String {
    let mut out = String::new();
    for (index, call) in calls.iter().enumerate() {
        if let Some(request) = &call.request {
            let body = request.body.as_ref().map(|body| body.text.as_str());
            let request = Shown { method: &request.method, url: &request.url, headers: &request.headers, body };
            out.push_str(&request.text(index + 1, &call.step, paint));
        }
        let last = call.attempts.len().saturating_sub(1);
        for (number, attempt) in call.attempts.iter().enumerate().take(last) {
            let words = format!("attempt {}: {}{}", number + 1, attempt.ending, remark(Some(attempt)));
            line(&mut out, &paint.yellow(&words));
        }
        if call.repeated_after_silence {
            line(&mut out, &paint.yellow("sent again after silence"));
        }
        if call.cached {
            line(&mut out, &paint.dim("the reply was kept from before"));
        }
        let remark = remark(call.attempts.last());
        match &call.reply {
            Some(reply) => received(reply, &remark, whole, &mut out, paint),
            None => line(&mut out, &paint.red(&format!("no reply: {}{remark}", call.ending))),
        }
        out.push('\n');
    }
    out
}

impl Shown<'_> {
    /// The request under its step.
    pub(crate) fn text(&self, number: usize, step: &str, paint: Paint) -> String {
        let mut out = format!("{}\n", paint.bold(&format!("{number}. {step}")));
        let width = WIDTH - INDENT;
        let mut lines = wrap::url(self.url, width - self.method.len() - 1).into_iter();
        line(&mut out, &format!("{} {}", self.method, lines.next().unwrap_or_default()));
        let further = " ".repeat(self.method.len() + 1);
        for part in lines {
            line(&mut out, &format!("{further}{part}"));
        }
        for headers in side_by_side(self.headers, width) {
            line(&mut out, &paint.dim(&headers));
        }
        if let Some(body) = self.body {
            line(&mut out, &body_text(body, body.len(), true));
        }
        out
    }
}

/// The remark on an attempt, to be put behind how it ended.
fn remark(attempt: Option<&Sent>) -> String {
    let remark = attempt.and_then(|attempt| attempt.remark.as_ref());
    remark.map(|remark| format!(" ({remark})")).unwrap_or_default()
}

fn received(reply: &ReceivedReply, remark: &str, whole: bool, out: &mut String, paint: Paint) {
    let reason = StatusCode::from_u16(reply.status).ok().and_then(|status| status.canonical_reason());
    let status = format!("{} {}", reply.status, reason.unwrap_or_default());
    let painted = match reply.status {
        200..=299 => paint.green(status.trim_end()),
        _ => paint.red(status.trim_end()),
    };
    line(out, &format!("=> {painted}{}", paint.yellow(remark)));
    let ShownBody { text, length } = &reply.body;
    if *length > 0 {
        line(out, &body_text(text, *length, whole));
    }
}

/// Headers, as many on a line as fit.
fn side_by_side(headers: &[(String, String)], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (name, value) in headers {
        let text = format!("{}: {value}", header_name(name));
        match lines.last_mut() {
            Some(last) if last.chars().count() + 3 + text.chars().count() <= width => {
                last.push_str(" | ");
                last.push_str(&text);
            }
            _ => lines.push(text),
        }
    }
    lines
}

/// A body: JSON laid out anew, other text as it is, cut where it is long.
fn body_text(text: &str, length: usize, whole: bool) -> String {
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str::<Value>(text) {
        let lay_out = if whole { json_text::render } else { json_text::render_folded };
        return lay_out(&value, INDENT, WIDTH);
    }
    let wide = WIDTH - INDENT;
    let lines: Vec<String> = text.lines().flat_map(|line| wrap::words(line, wide)).collect();
    let cut = lines.get(..MOST_LINES).filter(|cut| !whole && cut.len() < lines.len());
    let mut shown = cut.unwrap_or(&lines).to_vec();
    if cut.is_some() {
        shown.push(format!("... ({length} bytes)"));
    }
    shown.join(&format!("\n{}", " ".repeat(INDENT)))
}

fn line(out: &mut String, text: &str) {
    out.push_str(&" ".repeat(INDENT));
    out.push_str(text);
    out.push('\n');
}

/// A header's name as it is usually written.
fn header_name(name: &str) -> String {
    let mut out = String::new();
    let mut start = true;
    for char in name.chars() {
        out.push(if start { char.to_ascii_uppercase() } else { char });
        start = char == '-';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_laid_out_under_its_step() {
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let shown = Shown {
            method: "PATCH",
            url: "https://api.example.com/books/1",
            headers: &headers,
            body: Some("{\"colour\":\"red\"}"),
        };
        assert_eq!(
            shown.text(2, "write book", Paint(false)),
            "2. write book\n   PATCH https://api.example.com/books/1\n   Content-Type: application/json\n   {\"colour\": \"red\"}\n"
        );
    }

    #[test]
    fn a_long_page_is_cut_and_its_length_is_told() {
        let page = "line\n".repeat(20);
        let text = body_text(&page, 100, false);
        assert_eq!(text.lines().count(), MOST_LINES + 1);
        assert!(text.ends_with("... (100 bytes)"), "{text}");
        assert_eq!(body_text(&page, 100, true).lines().count(), 20);
    }
}
