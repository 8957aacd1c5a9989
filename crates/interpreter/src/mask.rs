//! Finds an account's secrets in whatever is shown, and masks them.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// What stands for a secret.
pub const MASKED: &str = "***";

/// The shortest secret that is searched for, in bytes: shorter ones would mask every other word.
const SHORTEST: usize = 4;

/// The shortest secret that is searched for in a record, in bytes.
const SHORTEST_IN_RECORDS: usize = 8;

/// The texts that are never shown: secrets and tokens, as they are, percent-encoded, in JSON and HTML escapes, and in
/// base64 wherever they stand inside it.
#[derive(Clone, Default)]
pub(crate) struct Mask {
    needles: Arc<[String]>,
    in_records: Arc<[String]>,
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mask")
    }
}

impl Mask {
    /// A mask over secrets.
    pub(crate) fn new<'s>(secrets: impl IntoIterator<Item = &'s str>) -> Mask {
        let secrets: Vec<&str> = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST).collect();
        let in_records = secrets
            .iter()
            // An e-mail address names a person and proves nothing; records are full of them.
            .filter(|secret| secret.len() >= SHORTEST_IN_RECORDS && !secret.contains('@'));
        Mask { in_records: needles(in_records.copied()), needles: needles(secrets.iter().copied()) }
    }

    /// The text with every secret masked.
    pub(crate) fn text(&self, text: &str) -> String {
        replace(&self.needles, text)
    }

    /// Masks every secret in the texts and names of a value.
    pub(crate) fn value(&self, value: &mut Value) {
        replace_in(&self.needles, value);
    }

    /// Masks the secrets in a record. E-mail addresses and secrets of less than eight bytes are left, since they
    /// occur in records as data.
    pub(crate) fn record(&self, value: &mut Value) {
        replace_in(&self.in_records, value);
    }
}

/// Every form of every secret, the longest first, so that no form hides behind a part of it.
fn needles<'s>(secrets: impl Iterator<Item = &'s str>) -> Arc<[String]> {
    let mut all: Vec<String> = secrets.flat_map(forms).collect();
    all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    all.dedup();
    all.into()
}

/// The forms in which a secret may show.
fn forms(secret: &str) -> Vec<String> {
    let percent = |upper: bool, keep: &[u8], space: &str| -> String {
        let mut out = String::new();
        for byte in secret.bytes() {
            match byte {
                b' ' if !space.is_empty() => out.push_str(space),
                _ if byte.is_ascii_alphanumeric() || keep.contains(&byte) => {
                    out.push(char::from(byte));
                }
                _ => {
                    let digits = if upper { *b"0123456789ABCDEF" } else { *b"0123456789abcdef" };
                    let digit = |value: u8| digits.get(usize::from(value)).copied().map_or('0', char::from);
                    out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
                }
            }
        }
        out
    };
    let quoted = Value::from(secret).to_string();
    let json = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut forms = vec![
        secret.to_owned(),
        json.to_owned(),
        json.replace('/', "\\/"),
        html.replace('"', "&quot;").replace('\'', "&#39;"),
        html,
    ];
    for upper in [true, false] {
        forms.push(percent(upper, b"-._~", ""));
        forms.push(percent(upper, b"-._*", "+"));
        forms.push(percent(upper, b"-._~!$&'()*+,;=:@/?", ""));
        forms.push(percent(upper, b"", ""));
    }
    for before in 0..3 {
        forms.extend(inside_base64(secret, before));
    }
    forms.sort();
    forms.dedup();
    forms
}

/// What base64 shows of a secret that `before` bytes, modulo three, stand in front of: the characters that depend on
/// the secret alone.
fn inside_base64(secret: &str, before: usize) -> Vec<String> {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret.as_bytes());
    let first = (before * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
        .iter()
        .filter_map(|text| text.get(first..end))
        .filter(|core| core.len() >= SHORTEST)
        .map(str::to_owned)
        .collect()
}

fn replace(needles: &[String], text: &str) -> String {
    let mut out = text.to_owned();
    for needle in needles {
        if out.contains(needle.as_str()) {
            out = out.replace(needle.as_str(), MASKED);
        }
    }
    out
}

fn replace_in(needles: &[String], value: &mut Value) {
    let hit = |text: &str| needles.iter().any(|needle| text.contains(needle.as_str()));
    match value {
        Value::String(text) if hit(text) => *text = replace(needles, text),
        Value::Number(number) if hit(&number.to_string()) => *value = MASKED.into(),
        Value::Array(items) => items.iter_mut().for_each(|item| replace_in(needles, item)),
        Value::Object(members) => {
            if members.keys().any(|name| hit(name)) {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, member)| (replace(needles, &name), member))
                    .collect();
            }
            members.values_mut().for_each(|member| replace_in(needles, member));
        }
        Value::String(_) | Value::Number(_) | Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use serde_json::json;

    const CANARY: &str = "c4n/ry+ \"k&y\"~é";

    #[test]
    fn a_secret_is_found_in_every_form() {
        let mask = Mask::new([CANARY]);
        for shown in [
            CANARY.to_owned(),
            "c4n%2Fry%2B%20%22k%26y%22~%C3%A9".to_owned(),
            "c4n%2fry%2b%20%22k%26y%22~%c3%a9".to_owned(),
            "c4n%2Fry%2B+%22k%26y%22%7E%C3%A9".to_owned(),
            "c4n/ry+%20%22k&y%22~%C3%A9".to_owned(),
            "c4n/ry+ \\\"k&y\\\"~é".to_owned(),
            "c4n\\/ry+ \\\"k&y\\\"~é".to_owned(),
            "c4n/ry+ &quot;k&amp;y&quot;~é".to_owned(),
            "c4n/ry+ \"k&amp;y\"~é".to_owned(),
        ] {
            assert_eq!(mask.text(&format!("<{shown}>")), "<***>", "{shown}");
        }
    }

    #[test]
    fn a_secret_is_found_inside_base64_at_every_offset() {
        let mask = Mask::new([CANARY]);
        for before in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "z", ":zz"] {
                let whole = format!("{before}{CANARY}{after}");
                for text in [STANDARD.encode(&whole), URL_SAFE.encode(&whole)] {
                    let masked = mask.text(&text);
                    assert!(masked.contains(MASKED), "{whole}: {masked}");
                    // What is left over holds no six characters of what was there.
                    let left = masked.replace(MASKED, "");
                    assert!(left.len() <= 2 + 4 * (before.len() + after.len()).div_ceil(3) + 4);
                }
            }
        }
    }

    #[test]
    fn values_are_masked_in_texts_names_and_numbers() {
        let mask = Mask::new(["canary-1", "12345678"]);
        let mut value = json!({"a": ["x canary-1"], "canary-1": 1, "n": 12_345_678, "k": "ok"});
        mask.value(&mut value);
        assert_eq!(value, json!({"a": ["x ***"], "***": 1, "n": "***", "k": "ok"}));
    }

    #[test]
    fn records_keep_addresses_and_short_words() {
        let mask = Mask::new(["ann@example.com", "short", "long-enough"]);
        let mut value = json!(["ann@example.com", "short", "long-enough"]);
        mask.record(&mut value);
        assert_eq!(value, json!(["ann@example.com", "short", "***"]));
        mask.value(&mut value);
        assert_eq!(value, json!(["***", "***", "***"]));
    }

    #[test]
    fn a_secret_that_holds_another_is_masked_whole() {
        let mask = Mask::new(["abcd", "abcdefgh"]);
        assert_eq!(mask.text("abcdefgh abcd"), "*** ***");
    }
}
