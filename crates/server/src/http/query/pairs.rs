//! From the bytes of a query to decoded pairs.

use percent_encoding::percent_decode_str;

use crate::http::problem::Reason;

/// The most pairs of a query.
pub(super) const MOST_PAIRS: usize = 200;

/// A name and its value, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
}

/// The pairs of a query in their order. `+` and `%20` are a space; a name without `=` has an empty value.
pub(super) fn pairs(query: &str, reasons: &mut Vec<Reason>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (index, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        if index == MOST_PAIRS {
            let message = format!("there are more than {MOST_PAIRS} parameters");
            reasons.push(Reason::in_query("", "too-many", message));
            break;
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (decoded(name), decoded(value)) {
            (Ok(name), Ok(value)) => pairs.push(Pair { name, value }),
            (Ok(name), Err(wrong)) => reasons.push(wrong.reason(&name, "value")),
            (Err(wrong), _) => reasons.push(wrong.reason(name, "name")),
        }
    }
    pairs
}

/// Why a text cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Undecodable {
    Percent,
    Utf8,
}

impl Undecodable {
    fn reason(self, name: &str, part: &str) -> Reason {
        let name = short(name);
        match self {
            Undecodable::Percent => {
                let message = format!("the {part} of `{name}` has a `%` without two hexadecimal digits");
                Reason::in_query(name, "malformed-parameter", message)
            }
            Undecodable::Utf8 => {
                let message = format!("the {part} of `{name}` is not UTF-8");
                Reason::in_query(name, "not-utf8", message)
            }
        }
    }
}

fn decoded(text: &str) -> Result<String, Undecodable> {
    let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = text.as_bytes();
    let mut percents = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%');
    if percents.any(|(at, _)| !is_hex(bytes.get(at + 1)) || !is_hex(bytes.get(at + 2))) {
        return Err(Undecodable::Percent);
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| Undecodable::Utf8)
}

/// A text of the caller, short enough for a message.
pub(super) fn short(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(57).chain("...".chars()).collect() }
}
