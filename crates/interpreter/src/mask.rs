//! Finds an account's secrets in whatever is shown, and masks them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use mapwright_mapping::reply::words;
use serde_json::Value;

/// What stands for a secret.
pub const MASKED: &str = "***";

/// The shortest secret that is searched for, in bytes: shorter ones would mask every other word.
const SHORTEST: usize = 4;

/// The shortest secret that is searched for in a record, in bytes.
const SHORTEST_IN_RECORDS: usize = 8;

/// The shortest start of a secret that is searched for where a text is cut, in bytes.
const SHORTEST_START: usize = 6;

/// The longest text that is searched for marks of a cut inside it, in bytes.
const LONGEST_MESSAGE: usize = 8 << 10;

/// What a cut in a text is marked with.
const CUT: &str = "...";

/// What escapes begin with.
const ESCAPES: [char; 3] = ['\\', '%', '&'];

/// The texts that are never shown: secrets and tokens, as they are, percent-encoded, in JSON and HTML escapes, and in
/// base64 wherever they stand inside it, and as the words of a page.
#[derive(Clone, Default)]
pub(crate) struct Mask {
    all: Arc<Needles>,
    in_records: Arc<Needles>,
}

/// What is searched for.
#[derive(Default)]
struct Needles {
    /// Every form of every secret, the longest first, so that no form hides behind a part of it.
    texts: Vec<String>,
    /// How they begin.
    starts: Starts,
    /// Whether one of them could be a number.
    numbers: bool,
}

/// A set of pairs of bytes. It may say of a pair that is not in it that it is, and never the other way round.
#[derive(Clone, Copy, Default)]
struct Starts([u64; 16]);

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
        Mask { in_records: Needles::of(in_records.copied()), all: Needles::of(secrets.iter().copied()) }
    }

    /// The text with every secret masked, and the start of a secret where the text is cut.
    pub(crate) fn text(&self, text: &str) -> String {
        let masked = self.all.masked(text).unwrap_or_else(|| text.to_owned());
        self.without_starts(masked)
    }

    fn without_starts(&self, mut text: String) -> String {
        let mut from = text.len();
        loop {
            let head = text.get(..from).unwrap_or_default();
            let starts = self.all.texts.iter().filter_map(|needle| start_of(needle, head));
            if let Some(length) = starts.max() {
                text.replace_range(from - length..from, MASKED);
                from -= length;
            }
            let before = text.get(..from).filter(|_| text.len() <= LONGEST_MESSAGE);
            match before.and_then(|before| before.rfind(CUT)) {
                Some(at) => from = at,
                None => return text,
            }
        }
    }

    /// Masks every secret in the texts and names of a value.
    pub(crate) fn value(&self, value: &mut Value) {
        self.all.mask(value);
    }

    /// Masks the secrets in a record. E-mail addresses and secrets of less than eight bytes are left, since they
    /// occur in records as data.
    pub(crate) fn record(&self, value: &mut Value) {
        self.in_records.mask(value);
    }

    /// The same for a record that others may hold, too: it is copied where it holds a secret.
    pub(crate) fn shared_record(&self, value: &mut Arc<Value>) {
        if self.in_records.are_in(value) {
            self.in_records.mask(Arc::make_mut(value));
        }
    }

    /// A body with the secrets in it masked as in a record; none where it holds none, and is as it came.
    pub(crate) fn body(&self, body: &[u8]) -> Option<Vec<u8>> {
        let text = String::from_utf8_lossy(body);
        let as_text = self.in_records.masked(&text);
        match serde_json::from_slice::<Value>(body) {
            Ok(mut value) => (as_text.is_some() || self.in_records.are_in(&value)).then(|| {
                self.record(&mut value);
                value.to_string().into_bytes()
            }),
            Err(_) => as_text.map(String::into_bytes),
        }
    }
}

impl Needles {
    fn of<'s>(secrets: impl Iterator<Item = &'s str>) -> Arc<Needles> {
        let mut texts: Vec<String> = secrets.flat_map(forms).collect();
        texts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        texts.dedup();
        let mut starts = Starts::default();
        // Each has at least two bytes: of shorter ones nothing is made.
        texts.iter().filter_map(|text| text.as_bytes().first_chunk()).for_each(|pair| starts.insert(*pair));
        let is_number = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        Arc::new(Needles { numbers: texts.iter().any(is_number), starts, texts })
    }

    /// Whether one of them stands in a text as it is. Nearly always none does, so the text is gone through once, and
    /// not once for each of them.
    fn stand_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let begins = |rest: &[u8]| self.texts.iter().any(|needle| rest.starts_with(needle.as_bytes()));
        let mut pairs = bytes.array_windows().enumerate();
        pairs.any(|(at, pair)| self.starts.may_have(*pair) && bytes.get(at..).is_some_and(begins))
    }

    /// The text with every secret replaced that stands in it as it is; none where there is none.
    fn replace(&self, text: &str) -> Option<String> {
        if !self.stand_in(text) {
            return None;
        }
        let mut out = text.to_owned();
        for needle in &self.texts {
            if out.contains(needle.as_str()) {
                out = out.replace(needle.as_str(), MASKED);
            }
        }
        Some(out)
    }

    /// The text with every secret masked; none where it holds none. A secret behind escapes that are not the usual ones,
    /// such as escaped letters, is found as well: then the whole text is shown without its escapes.
    fn masked(&self, text: &str) -> Option<String> {
        let mut found = self.replace(text);
        let mut seen = found.clone().map_or(Cow::Borrowed(text), Cow::Owned);
        // Escapes stand behind escapes where a URL is a parameter of a URL.
        for _ in 0..3 {
            let Some(plain) = unescaped(&seen) else { break };
            seen = Cow::Owned(match self.replace(&plain) {
                Some(masked) => found.insert(masked).clone(),
                None => plain,
            });
        }
        found
    }

    /// Whether one of them is in the texts, names and numbers of a value.
    fn are_in(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.masked(text).is_some(),
            Value::Number(number) => self.numbers && self.stand_in(&number.to_string()),
            Value::Array(items) => items.iter().any(|item| self.are_in(item)),
            Value::Object(members) => {
                members.iter().any(|(name, member)| self.masked(name).is_some() || self.are_in(member))
            }
            Value::Null | Value::Bool(_) => false,
        }
    }

    /// Masks every secret in the texts, names and numbers of a value.
    fn mask(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(masked) = self.masked(text) {
                    *text = masked;
                }
            }
            Value::Number(number) if self.numbers && self.stand_in(&number.to_string()) => *value = MASKED.into(),
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask(item)),
            Value::Object(members) => {
                if members.keys().any(|name| self.masked(name).is_some()) {
                    *members = std::mem::take(members)
                        .into_iter()
                        .map(|(name, member)| (self.masked(&name).unwrap_or(name), member))
                        .collect();
                }
                members.values_mut().for_each(|member| self.mask(member));
            }
            Value::Number(_) | Value::Null | Value::Bool(_) => {}
        }
    }
}

impl Starts {
    fn insert(&mut self, pair: [u8; 2]) {
        let (word, bit) = Starts::place(pair);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn may_have(&self, pair: [u8; 2]) -> bool {
        let (word, bit) = Starts::place(pair);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place([first, second]: [u8; 2]) -> (usize, u64) {
        let sum = usize::from(first) * 33 + usize::from(second);
        (sum >> 6 & 15, 1 << (sum & 63))
    }
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
    // What looks like markup is taken off where a page is shown in words.
    forms.extend(Some(words(secret)).filter(|words| words.len() >= SHORTEST));
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

/// The length of the longest start of a secret, not all of it, that a text ends with.
fn start_of(needle: &str, text: &str) -> Option<usize> {
    let last = text.bytes().next_back()?;
    let lengths = (SHORTEST_START..needle.len().min(text.len() + 1)).rev();
    // One byte tells for nearly all of them.
    let mut lengths = lengths.filter(|length| needle.as_bytes().get(length - 1) == Some(&last));
    lengths.find(|length| needle.get(..*length).is_some_and(|start| text.ends_with(start)))
}

/// The text with the escaped characters of ASCII in their plain form; none where there is none.
fn unescaped(text: &str) -> Option<String> {
    if !text.bytes().any(|byte| ESCAPES.contains(&char::from(byte))) {
        return None;
    }
    let mut out = String::new();
    let mut rest = text;
    let mut done = None;
    while let Some(at) = rest.find(ESCAPES) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some((char, length)) = escape(from) {
            out.push(char);
            rest = from.get(length..).unwrap_or_default();
            done = Some(());
        } else {
            let mut chars = from.chars();
            out.extend(chars.next());
            rest = chars.as_str();
        }
    }
    out.push_str(rest);
    done.map(|()| out)
}

/// The printable character of ASCII that a text begins with an escape of (`\u002B`, `%2B`, `&#x2B;`, `&#43;`, `&lt;`),
/// and the length of the escape.
fn escape(text: &str) -> Option<(char, usize)> {
    let hex = |digits: &str| u8::from_str_radix(digits, 16).ok();
    let (byte, length) = if let Some(digits) = text.strip_prefix("\\u00") {
        (hex(digits.get(..2)?)?, 6)
    } else if let Some(digits) = text.strip_prefix('%') {
        (hex(digits.get(..2)?)?, 3)
    } else {
        let rest = text.strip_prefix('&')?;
        let entity = rest.get(..rest.find(';').filter(|end| *end <= 7)?)?;
        let byte = match entity {
            "amp" => b'&',
            "lt" => b'<',
            "gt" => b'>',
            "quot" => b'"',
            "apos" => b'\'',
            number => {
                let digits = number.strip_prefix('#')?;
                match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => hex(digits)?,
                    None => digits.parse().ok()?,
                }
            }
        };
        (byte, entity.len() + 2)
    };
    let char = char::from(byte);
    (char.is_ascii_graphic() || char == ' ').then_some((char, length))
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
    fn a_secret_is_found_behind_escapes_of_single_characters() {
        let mask = Mask::new([CANARY]);
        for shown in [
            r"c4n\u002Fry\u002b \u0022k\u0026y\u0022~é",
            "%634n%2Fry%2B%20%22k%26y%22%7Eé",
            "%25634n%252Fry%252B%2520%2522k%2526y%2522%257Eé",
            "c4n/ry&#x2B; &quot;k&#38;y&quot;~é",
        ] {
            assert_eq!(mask.text(&format!("<{shown}>")), "<***>", "{shown}");
        }
        let plain = r"100 %2 \u00zz \u0007 &#; &#300; &amp; caf\u00e9 %";
        assert_eq!(mask.text(plain), plain, "what hides no secret stays as it is");
    }

    #[test]
    fn the_start_of_a_secret_does_not_show_where_a_text_is_cut() {
        let mask = Mask::new(["canary-1-canary-2"]);
        for (text, want) in [
            ("no canary-1-canary-", "no ***"),
            ("no canary", "no ***"),
            ("no canar", "no canar"),
            ("`canary-1-c...` and `canary-1-canary-2...` and canary-1", "`***...` and `***...` and ***"),
            ("... canary-1 ...", "... canary-1 ..."),
        ] {
            assert_eq!(mask.text(text), want);
        }
        let mut record = json!("a canary");
        mask.record(&mut record);
        assert_eq!(record, "a canary", "a record is not cut");
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
    fn a_body_is_as_it_came_unless_it_holds_a_secret() {
        let mask = Mask::new(["canary-key", "ann@example.com"]);
        let shown = |body: &[u8]| mask.body(body).map(|shown| String::from_utf8_lossy(&shown).into_owned());
        for plain in [&b"{ \"n\" : 1.50, \"mail\": \"ann@example.com\" }"[..], b"a,b\n\xff", b""] {
            assert_eq!(shown(plain), None);
        }
        assert_eq!(shown(b"{\"a\": [\"x canary-key\"]}").as_deref(), Some("{\"a\":[\"x ***\"]}"));
        assert_eq!(shown(br#"{"a": "canary\u002dkey"}"#).as_deref(), Some(r#"{"a":"***"}"#));
        let twice = br#"{"a": "canary-key", "a": 1}"#;
        assert_eq!(shown(twice).as_deref(), Some(r#"{"a":1}"#), "a member that another one hides is not shown");
        assert_eq!(shown(b"key canary-key\xff").as_deref(), Some("key ***\u{fffd}"));
    }

    #[test]
    fn a_secret_that_holds_another_is_masked_whole() {
        let mask = Mask::new(["abcd", "abcdefgh"]);
        assert_eq!(mask.text("abcdefgh abcd"), "*** ***");
    }
}
