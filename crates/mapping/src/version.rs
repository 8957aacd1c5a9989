//! Versions of a resource, and the entity tags that name them (RFC 9110 §8.8.3).

use std::fmt;

use serde_json::Value;

/// The version of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// The provider's own: it refuses a write to another one.
    Strong(String),
    /// What the unified resource comes to: two that show the same have the same. The provider knows nothing of it.
    Weak(String),
}

/// An entity tag as a caller gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntityTag {
    /// `*`: any version of a record that exists.
    Any,
    /// `"…"`: the characters between the quotes.
    Strong(String),
    /// `W/"…"`: the characters between the quotes.
    Weak(String),
}

/// A text is no list of entity tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is neither `*` nor a list of entity tags, as `\"a\", W/\"b\"`")]
pub struct EntityTagError;

impl Version {
    /// The version of a unified resource: 128 bits over its members, whatever their order.
    pub fn of(resource: &Value) -> Version {
        let mut hash = Hash::new();
        hash.value(resource);
        Version::Weak(format!("{:032x}", hash.state))
    }

    /// The tag that names the version: what may not stand between quotes is percent-encoded.
    pub fn tag(&self) -> EntityTag {
        match self {
            Version::Strong(text) => EntityTag::Strong(opaque(text)),
            Version::Weak(text) => EntityTag::Weak(opaque(text)),
        }
    }
}

fn opaque(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'"' | b'%' => escape(&mut out, byte),
            _ if byte.is_ascii_graphic() => out.push(char::from(byte)),
            _ => escape(&mut out, byte),
        }
    }
    out
}

fn escape(out: &mut String, byte: u8) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase();
    out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

impl EntityTag {
    /// Reads the text of an `If-Match` header.
    pub fn list(text: &str) -> Result<Vec<EntityTag>, EntityTagError> {
        if text.trim() == "*" {
            return Ok(vec![EntityTag::Any]);
        }
        let mut tags = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(',') {
                rest = after.trim_start();
                continue;
            }
            let (weak, quoted) = match rest.strip_prefix("W/") {
                Some(quoted) => (true, quoted),
                None => (false, rest),
            };
            let (opaque, after) =
                quoted.strip_prefix('"').and_then(|inner| inner.split_once('"')).ok_or(EntityTagError)?;
            if opaque.chars().any(|c| c.is_control() || c == ' ') {
                return Err(EntityTagError);
            }
            tags.push(if weak { EntityTag::Weak(opaque.to_owned()) } else { EntityTag::Strong(opaque.to_owned()) });
            rest = after.trim_start();
            if !rest.is_empty() && !rest.starts_with(',') {
                return Err(EntityTagError);
            }
        }
        if tags.is_empty() { Err(EntityTagError) } else { Ok(tags) }
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntityTag::Any => f.write_str("*"),
            EntityTag::Strong(text) => write!(f, "\"{text}\""),
            EntityTag::Weak(text) => write!(f, "W/\"{text}\""),
        }
    }
}

/// FNV-1a with 128 bits over a value; members go in by the order of their names.
struct Hash {
    state: u128,
}

impl Hash {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

    fn new() -> Hash {
        Hash { state: 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.state = (self.state ^ u128::from(*byte)).wrapping_mul(Hash::PRIME);
        }
    }

    /// A kind and a text, with its length before it, so that no two values come to the same bytes.
    fn text(&mut self, kind: u8, text: &str) {
        self.bytes(&[kind]);
        self.bytes(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        self.bytes(text.as_bytes());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.bytes(b"z"),
            Value::Bool(yes) => self.bytes(if *yes { b"t" } else { b"f" }),
            Value::Number(number) => self.text(b'n', &number.to_string()),
            Value::String(text) => self.text(b's', text),
            Value::Array(items) => {
                self.text(b'a', &items.len().to_string());
                for item in items {
                    self.value(item);
                }
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by_key(|(name, _)| *name);
                self.text(b'o', &members.len().to_string());
                for (name, member) in members {
                    self.text(b'k', name);
                    self.value(member);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_version_is_the_same_for_what_shows_the_same_and_no_other() {
        let read = |text: &str| Version::of(&serde_json::from_str(text).expect("JSON"));
        assert_eq!(read(r#"{"a": 1, "b": {"c": [], "d": null}}"#), read(r#"{"b":{"d":null,"c":[]},"a":1}"#));
        let others = [
            json!({}),
            json!([]),
            json!(""),
            json!(null),
            json!(false),
            json!(0),
            json!("0"),
            json!([0]),
            json!([[]]),
            json!({"a": null}),
            json!({"a": {}}),
            json!({"a": "", "b": ""}),
            json!({"a": "b"}),
            json!({"ab": ""}),
            json!(["a", "b"]),
            json!(["ab"]),
            json!(["a", ["b"]]),
            json!([["a"], "b"]),
            json!(["b", "a"]),
        ];
        for (i, one) in others.iter().enumerate() {
            for other in &others[i + 1..] {
                assert_ne!(Version::of(one), Version::of(other), "{one} {other}");
            }
        }
    }

    #[test]
    fn a_version_does_not_change_between_releases() {
        assert_eq!(Version::of(&json!({"id": "7"})).tag().to_string(), "W/\"bbb579d2594fd0ce9fdac666c4d63b59\"");
    }

    #[test]
    fn a_tag_holds_any_text_and_reads_back() {
        for (version, shown) in [
            (Version::Strong("W/\"536537\"".to_owned()), "\"W/%22536537%22\""),
            (Version::Strong("5 %é\n".to_owned()), "\"5%20%25%C3%A9%0A\""),
            (Version::Weak("0a".to_owned()), "W/\"0a\""),
        ] {
            assert_eq!(version.tag().to_string(), shown);
            assert_eq!(EntityTag::list(shown), Ok(vec![version.tag()]));
        }
    }

    #[test]
    fn a_list_is_one_star_or_tags() {
        let strong = |text: &str| EntityTag::Strong(text.to_owned());
        assert_eq!(EntityTag::list(" * "), Ok(vec![EntityTag::Any]));
        assert_eq!(
            EntityTag::list("\"a,b\" ,, W/\"c\",\"\""),
            Ok(vec![strong("a,b"), EntityTag::Weak("c".to_owned()), strong("")])
        );
        for odd in
            ["", " , ", "a", "\"a", "\"a\" \"b\"", "w/\"a\"", "W/a", "*, \"a\"", "\"a\"b", "\"a b\"", "\"\u{7}\""]
        {
            assert_eq!(EntityTag::list(odd), Err(EntityTagError), "{odd}");
        }
    }
}
