//! JSON for people: on one line where it fits, else one member a line.

use serde_json::Value;
use std::fmt::Write as _;

use super::wrap::harmless;

/// The longest list whose items are all shown where room is little; of a longer one it is the first.
const MOST_ITEMS: usize = 2;

/// How deep values are shown where room is little.
const DEEPEST: usize = 3;

/// Renders a value so that it fits between two columns, as far as its texts allow. Lines after the first begin with
/// `indent` blanks.
pub(crate) fn render(value: &Value, indent: usize, width: usize) -> String {
    let mut out = String::new();
    lay(value, indent, indent, width, &mut out);
    out
}

/// `column` is where the value begins; `indent` is where its closing bracket stands.
fn lay(value: &Value, indent: usize, column: usize, width: usize, out: &mut String) {
    let line = one_line(value);
    if column + line.chars().count() <= width {
        out.push_str(&line);
        return;
    }
    let inner = indent + 2;
    let member = |out: &mut String, first: bool, name: &str, value: &Value| {
        out.push_str(if first { "\n" } else { ",\n" });
        out.push_str(&" ".repeat(inner));
        out.push_str(name);
        // One column is kept for the comma.
        lay(value, inner, inner + name.chars().count() + 1, width, out);
    };
    match value {
        Value::Object(members) => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                member(out, index == 0, &format!("{}: ", quoted(name)), value);
            }
            close(out, indent, '}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, value) in items.iter().enumerate() {
                member(out, index == 0, "", value);
            }
            close(out, indent, ']');
        }
        _ => out.push_str(&line),
    }
}

fn close(out: &mut String, indent: usize, bracket: char) {
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(bracket);
}

/// Renders a value in little room: short members share lines, of a long list only the first item is shown, and what
/// lies deep is left out; how much is left out is told.
pub(crate) fn render_folded(value: &Value, indent: usize, width: usize) -> String {
    let mut out = String::new();
    fold(value, indent, indent, DEEPEST, width, &mut out);
    out
}

fn fold(value: &Value, indent: usize, column: usize, deep: usize, width: usize, out: &mut String) {
    let line = one_line(value);
    if column + line.chars().count() <= width {
        out.push_str(&line);
        return;
    }
    let Some(deep) = deep.checked_sub(1) else {
        let text = match value {
            Value::Object(members) => format!("{{... {} members}}", members.len()),
            Value::Array(items) => format!("[... {} items]", items.len()),
            _ => line,
        };
        out.push_str(&text);
        return;
    };
    let mut members: Vec<(String, &Value)> = Vec::new();
    let mut more = 0;
    let (open, shut) = match value {
        Value::Object(all) => {
            members.extend(all.iter().map(|(name, value)| (format!("{}: ", quoted(name)), value)));
            ('{', '}')
        }
        Value::Array(items) => {
            let shown = if items.len() > MOST_ITEMS { 1 } else { items.len() };
            more = items.len() - shown;
            members.extend(items.iter().take(shown).map(|value| (String::new(), value)));
            ('[', ']')
        }
        _ => {
            out.push_str(&line);
            return;
        }
    };
    let inner = indent + 2;
    let start = format!("\n{}", " ".repeat(inner));
    out.push(open);
    // The columns that are used of a line that more can be put on.
    let mut used: Option<usize> = None;
    for (index, (name, value)) in members.iter().enumerate() {
        let comma = if index + 1 < members.len() || more > 0 { "," } else { "" };
        let short = format!("{name}{}{comma}", one_line(value));
        let length = short.chars().count();
        let fits = inner + length <= width;
        let beside = used.filter(|used| fits && used + 1 + length <= width);
        if let Some(before) = beside {
            let _ = write!(out, " {short}");
            used = Some(before + 1 + length);
            continue;
        }
        out.push_str(&start);
        out.push_str(name);
        fold(value, inner, inner + name.chars().count() + 1, deep, width, out);
        out.push_str(comma);
        used = fits.then_some(inner + length);
    }
    if more > 0 {
        let _ = write!(out, "{start}... {more} more");
    }
    close(out, indent, shut);
}

/// A value on one line, with a blank after each colon and comma.
pub(crate) fn one_line(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let texts = members.map(|(name, value)| format!("{}: {}", quoted(name), one_line(value)));
            format!("{{{}}}", texts.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => quoted(text),
        scalar => scalar.to_string(),
    }
}

/// A value for programs. What a terminal obeys is escaped all the same: programs' output is read by people too.
pub(crate) fn for_programs(value: &Value) -> String {
    let mut out = String::new();
    for char in format!("{value:#}\n").chars() {
        if char.is_control() && char != '\n' {
            let _ = write!(out, "\\u{:04x}", u32::from(char));
        } else {
            out.push(char);
        }
    }
    out
}

/// A text in quotes, with nothing in it that a terminal obeys.
fn quoted(text: &str) -> String {
    harmless(&Value::from(text).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_fits_stands_on_one_line() {
        let value = json!({"colour": "red", "sizes": [1, 2], "n": null});
        assert_eq!(render(&value, 0, 80), r#"{"colour": "red", "sizes": [1, 2], "n": null}"#);
    }

    #[test]
    fn what_does_not_fit_is_broken_from_the_outside() {
        let value = json!({"colour": "red", "sizes": [12_345_678_901_234_567_u64, 2], "n": {}});
        let want = "{\n    \"colour\": \"red\",\n    \"sizes\": [12345678901234567, 2],\n    \"n\": {}\n  }";
        assert_eq!(render(&value, 2, 36), want);
        assert!(render(&value, 2, 36).lines().all(|line| line.len() <= 36));
    }

    #[test]
    fn in_little_room_short_members_share_lines_and_long_lists_are_cut() {
        let deep = json!({"b": {"c": {"d": "far too long for a single line of this width"}}});
        let value =
            json!({"a": 1, "b": 2, "list": ["the first item", "second item", "third"], "c": 3, "d": 4, "deep": deep});
        let want = "{\n  \"a\": 1, \"b\": 2,\n  \"list\": [\n    \"the first item\",\n    ... 2 more\n  ],\n  \"c\": 3, \"d\": 4,\n  \"deep\": {\n    \"b\": {\n      \"c\": {... 1 members}\n    }\n  }\n}";
        assert_eq!(render_folded(&value, 0, 40), want);
    }

    #[test]
    fn nothing_is_obeyed_by_a_terminal() {
        let value = json!({"a\u{9b}": "\u{1b}[31m\u{7f}"});
        assert_eq!(one_line(&value), "{\"a\u{fffd}\": \"\\u001b[31m\u{fffd}\"}");
        assert_eq!(for_programs(&value), "{\n  \"a\\u009b\": \"\\u001b[31m\\u007f\"\n}\n");
        assert_eq!(serde_json::from_str::<Value>(&for_programs(&value)).expect("JSON"), value);
    }

    #[test]
    fn empty_containers_and_long_texts_stay_whole() {
        let long = "x".repeat(30);
        assert_eq!(render(&json!([]), 0, 1), "[\n]");
        assert_eq!(render(&json!([long]), 0, 10), format!("[\n  \"{long}\"\n]"));
    }
}
