//! JSON as TOML: a key a line at the top, everything below it inline.

use std::fmt::Write as _;

use serde_json::Value;

/// A file from the members of an object.
pub(crate) fn document(value: &Value) -> String {
    let mut out = String::new();
    for (name, member) in value.as_object().into_iter().flatten() {
        let _ = writeln!(out, "{} = {}", text(name), inline(member));
    }
    out
}

/// A value on one line. A null, which TOML does not have, is left out of an object and becomes the empty text elsewhere.
pub(crate) fn inline(value: &Value) -> String {
    match value {
        Value::Null => text(""),
        Value::String(value) => text(value),
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members = members
                .iter()
                .filter(|(_, member)| !member.is_null())
                .map(|(name, member)| format!("{} = {}", key(name), inline(member)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A key, without quotes where it needs none.
fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { name.to_owned() } else { text(name) }
}

/// A text between quotes. Every escape of JSON is one of TOML.
pub(crate) fn text(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests {
    use mapwright_mapping::document::Document;
    use mapwright_mapping::source::SourceFile;
    use serde_json::json;

    use super::document;

    #[test]
    fn what_is_written_is_what_is_read() {
        let value = json!({
            "language": 1,
            "a key": {"b.c": ["", "\u{7f}\u{0}\n\"quoted\" \\ é", {"d": true, "e": -1.5, "f": {}}], "*": []},
        });
        let file = SourceFile::from_text("mutant.toml", document(&value));
        assert_eq!(*Document::parse(file).expect("TOML").value(), value);
    }
}
