//! Patterns: looked at when a file is read, built when a text is first held to them.

use std::sync::OnceLock;

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};
use serde::{Deserialize, Deserializer};

/// A pattern of this size is built when it is read: it may be too large to be one, and the file is wrong then.
const LARGE: usize = 100_000;

/// What one range of characters counts, which is written as several ranges of bytes.
const RANGE: usize = 16;

/// A regular expression that is matched unanchored, as written.
///
/// Most patterns of a file are never needed in a process, and building one takes as long as reading a hundred lines.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    text: Box<str>,
    /// None where it cannot be built, which `parse` does not let happen.
    built: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern of a text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let parsed = regex_syntax::parse(text).map_err(|error| error.to_string())?;
        let built = OnceLock::new();
        if size(&parsed) > LARGE {
            let regex = Regex::new(text).map_err(|error| error.to_string())?;
            let _ = built.set(Some(regex));
        }
        Ok(Self { text: text.into(), built })
    }

    fn regex(&self) -> Option<&Regex> {
        self.built.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    /// Whether the text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// The named group `name`, or the whole match where the pattern has no such group.
    pub(crate) fn pick<'t>(&self, text: &'t str, name: &str) -> Option<&'t str> {
        let found = self.regex()?.captures(text)?;
        found.name(name).or_else(|| found.get(0)).map(|part| part.as_str())
    }

    /// Whether the pattern has a group of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.regex().is_some_and(|regex| regex.capture_names().flatten().any(|known| known == name))
    }
}

/// How much there is to build, counted so that it is more than what is built of it.
fn size(part: &Hir) -> usize {
    let own = match part.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(RANGE),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min).max(1);
            return size(&repetition.sub).saturating_add(1).saturating_mul(usize::try_from(most).unwrap_or(usize::MAX));
        }
        HirKind::Capture(capture) => return size(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            return parts.iter().map(size).fold(parts.len(), usize::saturating_add);
        }
    };
    own.max(1)
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::{LARGE, Pattern, size};

    #[test]
    fn a_pattern_is_refused_in_the_words_of_its_building() {
        for text in ["(", "[z-a]", r"\p{Nothing}", "(?<a>x)(?<a>y)", r"(\w{1000}){1000}", "a{5000}{5000}"] {
            let words = Pattern::parse(text).map(|_| ()).unwrap_err();
            assert_eq!(words, Regex::new(text).unwrap_err().to_string(), "{text}");
        }
    }

    #[test]
    fn what_is_not_built_at_once_can_be_built() {
        // A hundredth of both limits: what is built grows with what is counted.
        let (large, limit) = (LARGE / 100, (10 << 20) / 100);
        let size = |text: &str| size(&regex_syntax::parse(text).unwrap());
        let parts = [
            r"\w",
            r"\W",
            r"\s",
            r"\S",
            r"\d",
            r"\D",
            ".",
            "(?s:.)",
            "[^a]",
            "(?i:k)",
            "(?i:[a-zß])",
            "a",
            "abc",
            "(a)",
            "(?:a|b|)",
            "[a-z0-9]",
            r"\b",
            "$",
            "(?:ab?)*",
            "ß",
            "[а-я]",
            "[\u{800}-\u{10FFFF}]",
            "(?:)",
            "((a*)*)",
            "(?:a|bc|def)",
            "(?:a?)",
            "(?:a??b+)",
        ];
        let mut tried = 0;
        for part in parts {
            for around in [("", "{", "}"), ("(?:", ")?{0,", "}"), ("(?:", "?){", ",}"), ("((?:", ")*){", "}")] {
                let text = |times: usize| format!("{}{part}{}{times}{}", around.0, around.1, around.2);
                // The largest that is not built at once.
                let (mut least, mut most) = (0, large);
                while least < most {
                    let middle = usize::midpoint(least, most + 1);
                    if size(&text(middle)) <= large { least = middle } else { most = middle - 1 }
                }
                if least > 0 {
                    let built = regex::RegexBuilder::new(&text(least)).size_limit(limit).build();
                    assert!(built.is_ok(), "{}", text(least));
                    tried += 1;
                }
            }
        }
        assert!(tried > 80, "{tried}");
    }

    #[test]
    fn a_part_is_picked_by_name_or_as_a_whole() {
        let pattern = Pattern::parse(r"/(?<collection>\w+)\((?<id>\d+)\)").unwrap();
        assert!(pattern.matches("/books(7)") && !pattern.matches("/books(x)"));
        assert_eq!(pattern.pick("/books(7)", "id"), Some("7"));
        assert_eq!(pattern.pick("/books(7)", "part"), Some("/books(7)"));
        assert_eq!((pattern.has("id"), pattern.has("part")), (true, false));
    }
}
