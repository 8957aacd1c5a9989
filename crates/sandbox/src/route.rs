//! Which request a route answers: method, path template, and conditions on the body.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A path with captures: `{name}` takes a part of one segment, `{name:a|b}` one of the words,
/// `{name...}` the rest of the path.
#[derive(Debug, Clone)]
pub(crate) struct Path(Vec<Piece>);

/// A piece of a path's text; those that are captured have a name.
#[derive(Debug, Clone)]
enum Piece {
    Plain(String),
    Part(String),
    Words(String, Vec<String>),
    Rest(String),
}

impl Path {
    fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err("a path begins with `/`".to_owned());
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once('{') {
            pieces.push(Piece::Plain(before.to_owned()));
            let (hole, after) = tail.split_once('}').ok_or_else(|| format!("a capture is not closed in `{text}`"))?;
            pieces.push(if let Some(name) = hole.strip_suffix("...") {
                Piece::Rest(name.to_owned())
            } else if let Some((name, words)) = hole.split_once(':') {
                Piece::Words(name.to_owned(), words.split('|').map(str::to_owned).collect())
            } else {
                Piece::Part(hole.to_owned())
            });
            rest = after;
        }
        pieces.push(Piece::Plain(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The captures, percent-decoded; `None` where the path is another one or not UTF-8.
    pub(crate) fn captures(&self, path: &str) -> Option<Map<String, Value>> {
        let mut found = Vec::new();
        if !split(&self.0, path, &mut found) {
            return None;
        }
        let mut captures = Map::new();
        for (name, raw) in found {
            let decoded = percent_decode_str(raw).decode_utf8().ok()?;
            captures.insert(name.to_owned(), Value::String(decoded.into_owned()));
        }
        Some(captures)
    }
}

/// Whether a path is made of these pieces, with what is captured: the first capture as long as can be, then the next; of
/// words the first one.
fn split<'p>(pieces: &'p [Piece], path: &'p str, found: &mut Vec<(&'p str, &'p str)>) -> bool {
    let Some((piece, pieces)) = pieces.split_first() else { return path.is_empty() };
    let mut takes = |name: &'p str, length: usize| {
        let Some((part, path)) = path.split_at_checked(length) else { return false };
        found.push((name, part));
        let fits = split(pieces, path, found);
        if !fits {
            found.pop();
        }
        fits
    };
    match piece {
        Piece::Plain(text) => path.strip_prefix(text.as_str()).is_some_and(|path| split(pieces, path, found)),
        Piece::Part(name) => {
            let longest = path.find(['/', '(', ')']).unwrap_or(path.len());
            (1..=longest).rev().any(|length| takes(name, length))
        }
        Piece::Words(name, words) => {
            words.iter().filter(|word| path.starts_with(word.as_str())).any(|word| takes(name, word.len()))
        }
        Piece::Rest(name) => (0..=path.len()).rev().any(|length| takes(name, length)),
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Reads `a=b&c=d` with percent-encoding and `+` for a space; of a repeated name the last one counts.
pub(crate) fn pairs(text: &str) -> BTreeMap<String, String> {
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Path, pairs};
    use serde_json::json;

    #[test]
    fn captures_are_decoded_after_the_path_is_split() {
        let path = Path::parse("/shelves({id})/{kind:book|map}").unwrap();
        assert_eq!(
            path.captures("/shelves(a%2Fb)/map").map(serde_json::Value::Object),
            Some(json!({"id": "a/b", "kind": "map"}))
        );
        assert_eq!(path.captures("/shelves(a/b)/map"), None);
        assert_eq!(path.captures("/shelves(a)/atlas"), None);
    }

    #[test]
    fn captures_take_what_they_can() {
        let found = |text: &str, path: &str| Path::parse(text).unwrap().captures(path).map(serde_json::Value::Object);
        assert_eq!(found("/v1/{kind}{rest...}", "/v1/books(7)/x"), Some(json!({"kind": "books", "rest": "(7)/x"})));
        assert_eq!(found("/{one}-{two}", "/a-b-c"), Some(json!({"one": "a-b", "two": "c"})));
        assert_eq!(found("/{rest...}/end", "/a/end/end"), Some(json!({"rest": "a/end"})));
        assert_eq!(found("/{word:ab|a}{rest...}", "/abc"), Some(json!({"word": "ab", "rest": "c"})));
        assert_eq!(found("/{word:a|ab}c", "/abc"), Some(json!({"word": "ab"})));
        assert_eq!(found("/{id}", "/\u{fc}"), Some(json!({"id": "\u{fc}"})));
        assert_eq!(found("/{id}", "/%FF"), None);
        assert_eq!(found("/{id}", "/"), None);
        assert_eq!(found("/{id}", "/a/b"), None);
        assert_eq!(found("/a", "/a/"), None);
        assert_eq!(found("/a.b", "/acb"), None);
    }

    #[test]
    fn a_form_is_decoded() {
        let form = pairs("colour=dark+red&%24s=a%2Cb&empty=&bare");
        assert_eq!(
            serde_json::to_value(form).unwrap(),
            json!({"colour": "dark red", "$s": "a,b", "empty": "", "bare": ""})
        );
    }
}
