//! What else a value could say.

use serde_json::{Value, json};

use super::part::Part;

/// Words of the language that a place has, by the place's key: each is made one of the others.
const WORDS: [(&str, &[&str]); 13] = [
    ("ambiguous", &["refuse", "first"]),
    ("client", &["body", "basic"]),
    ("during", &["read", "write"]),
    ("join", &["words", "lines"]),
    ("normalize", &["host"]),
    ("repeat", &["safe", "unsafe"]),
    ("retry", &["no"]),
    ("takes", &["any"]),
    ("unit", &["s", "ms"]),
    ("unknown", &["refuse", "pass"]),
    ("counts", &["rows", "pages"]),
    ("arrays", &["diff", "whole"]),
    ("when", &["always", "asked"]),
];

/// The classes of errors, each made the next one and the one after.
const CLASSES: [&str; 10] = [
    "invalid",
    "unsupported",
    "auth",
    "forbidden",
    "not_found",
    "conflict",
    "rate",
    "provider",
    "unavailable",
    "ambiguous",
];

/// How null can be spelled.
const CLEARS: [&str; 4] = ["null", "", "never", "remove"];

/// Codecs, and those that a reader of the facts could take for them.
const CODECS: [(&str, &[&str]); 13] = [
    ("boolean", &["text"]),
    ("date", &["text", "datetime"]),
    ("datetime", &["date", "unix"]),
    ("first", &["json"]),
    ("integer", &["number", "text"]),
    ("json", &["text"]),
    ("last_segment", &["text"]),
    ("lower", &["upper"]),
    ("number", &["integer"]),
    ("text", &["json", "lower"]),
    ("unix", &["unix_ms"]),
    ("unix_ms", &["unix"]),
    ("upper", &["lower"]),
];

/// A wrong value, and what was done to the right one.
pub(super) type Wrong = (String, Value);

/// What else a value could say. `others` are the names that could stand in place of a name.
pub(super) fn values(part: Part, segments: &[&str], value: &Value, others: &[&str]) -> Vec<Wrong> {
    match value {
        Value::Bool(is) => vec![("turned round".to_owned(), json!(!is))],
        Value::Number(number) => vec![("one more".to_owned(), one_more(number))],
        Value::String(text) => texts(part, segments, text, others),
        Value::Array(items) if items.is_empty() && part == Part::Clear => {
            CLEARS.iter().map(|word| (said(word), json!(word))).collect()
        }
        _ => Vec::new(),
    }
}

fn said(word: &str) -> String {
    format!("says {word:?}")
}

fn one_more(number: &serde_json::Number) -> Value {
    match number.as_i64() {
        Some(number) => json!(number.checked_add(1).unwrap_or(0)),
        None => json!(number.as_f64().unwrap_or_default() + 1.0),
    }
}

fn texts(part: Part, segments: &[&str], text: &str, others: &[&str]) -> Vec<Wrong> {
    let key = segments.iter().rev().find(|segment| segment.parse::<usize>().is_err()).copied().unwrap_or_default();
    let instead = |words: &[&str]| -> Vec<Wrong> {
        words.iter().filter(|word| **word != text).map(|word| (said(word), json!(word))).collect()
    };
    if !others.is_empty() {
        return instead(others);
    }
    match key {
        // It is there, or it is not: its words are for people.
        "read_only" if part != Part::Slot && !segments.contains(&"form") => return Vec::new(),
        "loss" => return Vec::new(),
        "clear" => {
            let mut wrong = instead(&CLEARS);
            wrong.push(("says []".to_owned(), json!([])));
            return wrong;
        }
        "class" => {
            let at = CLASSES.iter().position(|class| *class == text).unwrap_or_default();
            let next = [1, 2].map(|further| CLASSES[(at + further) % CLASSES.len()]);
            return instead(&next);
        }
        "send" => return requests(text),
        "pattern" | "keys" => {
            return vec![("any".to_owned(), json!("(?s).*")), ("narrowed".to_owned(), json!(format!("x{text}")))];
        }
        _ => {}
    }
    if part == Part::Codec
        && let Some((_, near)) = CODECS.iter().find(|(codec, _)| *codec == text)
    {
        return instead(near);
    }
    if let Some((_, words)) = WORDS.iter().find(|(known, words)| *known == key && words.contains(&text)) {
        return instead(words);
    }
    if key == "body" && ["form", "json"].contains(&text) {
        return instead(&["form", "json"]);
    }
    vec![("misspelt".to_owned(), json!(misspelt(text)))]
}

/// A request with another method, and one to another address.
fn requests(send: &str) -> Vec<Wrong> {
    const METHODS: [(&str, &str); 5] =
        [("GET", "POST"), ("POST", "PUT"), ("PUT", "PATCH"), ("PATCH", "PUT"), ("DELETE", "PUT")];
    let Some((method, path)) = send.split_once(' ') else { return Vec::new() };
    let other = METHODS.iter().find(|(known, _)| *known == method);
    let mut wrong = vec![("misspelt".to_owned(), json!(format!("{method} {path}x")))];
    wrong.extend(other.map(|(_, other)| (format!("sent with {other}"), json!(format!("{other} {path}")))));
    wrong
}

/// A text that looks nearly the same: an `x` behind its last name, before what is picked from it.
fn misspelt(text: &str) -> String {
    // What stands around a value keeps its hole last.
    if let Some((before, after)) = text.split_once("{}") {
        return format!("{before}x{{}}{after}");
    }
    if text.ends_with(']')
        && let Some(bracket) = text.rfind('[')
        && bracket > 0
    {
        let (name, picked) = text.split_at(bracket);
        return format!("{name}x{picked}");
    }
    match text.strip_suffix('*') {
        Some(before) => format!("{before}x.*"),
        None => format!("{text}x"),
    }
}

#[cfg(test)]
mod tests {
    use super::misspelt;

    #[test]
    fn a_misspelt_text_is_of_the_same_form() {
        let pairs = [
            ("a.b", "a.bx"),
            ("data.items[0]", "data.itemsx[0]"),
            ("['odd.name']", "['odd.name']x"),
            ("", "x"),
            ("columns.*", "columns.x.*"),
            ("/users({})", "/users(x{})"),
            ("{changes}", "{changes}x"),
        ];
        for (right, wrong) in pairs {
            assert_eq!(misspelt(right), wrong);
        }
    }
}
