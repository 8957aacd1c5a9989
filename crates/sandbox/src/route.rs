//! Which request a route answers: method, path template, and conditions on the body.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use regex::Regex;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A regular expression that is matched unanchored, as written.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// The pattern of a text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Regex::new(text).map(Self).map_err(|error| error.to_string())
    }

    /// Whether the text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The named group `name`, or the whole match where the pattern has no such group.
    pub(crate) fn pick<'t>(&self, text: &'t str, name: &str) -> Option<&'t str> {
        let found = self.0.captures(text)?;
        found.name(name).or_else(|| found.get(0)).map(|part| part.as_str())
    }

    /// Whether the pattern has a group of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.capture_names().flatten().any(|known| known == name)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A path with captures: `{name}` takes a part of one segment, `{name:a|b}` one of the words,
/// `{name...}` the rest of the path.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    regex: Regex,
    names: Vec<String>,
}

impl Path {
    fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err("a path begins with `/`".to_owned());
        }
        let mut pattern = String::from("^");
        let mut names = Vec::new();
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once('{') {
            pattern.push_str(&regex::escape(before));
            let (hole, after) = tail.split_once('}').ok_or_else(|| format!("a capture is not closed in `{text}`"))?;
            let (name, part) = if let Some(name) = hole.strip_suffix("...") {
                (name, "(.*)".to_owned())
            } else if let Some((name, words)) = hole.split_once(':') {
                let words: Vec<String> = words.split('|').map(regex::escape).collect();
                (name, format!("({})", words.join("|")))
            } else {
                (hole, "([^/()]+)".to_owned())
            };
            names.push(name.to_owned());
            pattern.push_str(&part);
            rest = after;
        }
        pattern.push_str(&regex::escape(rest));
        pattern.push('$');
        let regex = Regex::new(&pattern).map_err(|error| error.to_string())?;
        Ok(Self { regex, names })
    }

    /// The captures, percent-decoded; `None` where the path is another one or not UTF-8.
    pub(crate) fn captures(&self, path: &str) -> Option<Map<String, Value>> {
        let found = self.regex.captures(path)?;
        let mut captures = Map::new();
        for (name, part) in self.names.iter().zip(found.iter().skip(1)) {
            let raw = part.map_or("", |part| part.as_str());
            let decoded = percent_decode_str(raw).decode_utf8().ok()?;
            captures.insert(name.clone(), Value::String(decoded.into_owned()));
        }
        Some(captures)
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
    fn a_form_is_decoded() {
        let form = pairs("colour=dark+red&%24s=a%2Cb&empty=&bare");
        assert_eq!(
            serde_json::to_value(form).unwrap(),
            json!({"colour": "dark red", "$s": "a,b", "empty": "", "bare": ""})
        );
    }
}
