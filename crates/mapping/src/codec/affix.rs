//! `affix`, `prefix` and `suffix`: the provider holds the value with text around it.
//!
//! Three modes:
//! - plain: read without the text, which must be there; written with it. Exact for every text.
//! - `optional`: the text may be missing when a value is read, and may be there already when it is written; what is
//!   read is the bare value. Exact for bare values; a value given with the text reads back bare.
//! - `keep`: both forms are taken both ways, and the text stays in the unified value. Exact for values that have the
//!   text; a bare value reads back with it.
//!
//! In the last two modes a value that has the text twice is refused.

use serde_json::Value;

use super::error::CodecError;
use super::raw::{RawAffix, RawPrefix, RawSuffix};

/// The codec: the text before and after the value, at least one of them not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Affix {
    name: &'static str,
    before: String,
    after: String,
    mode: Mode,
}

/// How values without the text are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Plain,
    Optional,
    Keep,
}

impl Affix {
    /// Checks `{ affix = … }`.
    pub(super) fn around(raw: &RawAffix) -> Result<Affix, String> {
        let mut halves = raw.affix.split("{}");
        match (halves.next(), halves.next(), halves.next()) {
            (Some(before), Some(after), None) => Affix::new("affix", before, after, raw.optional, raw.keep),
            _ => Err("`affix` needs `{}` exactly once, where the value stands".to_owned()),
        }
    }

    /// Checks `{ prefix = … }`.
    pub(super) fn before(raw: &RawPrefix) -> Result<Affix, String> {
        Affix::new("prefix", &raw.prefix, "", raw.optional, raw.keep)
    }

    /// Checks `{ suffix = … }`.
    pub(super) fn after(raw: &RawSuffix) -> Result<Affix, String> {
        Affix::new("suffix", "", &raw.suffix, raw.optional, raw.keep)
    }

    fn new(name: &'static str, before: &str, after: &str, optional: bool, keep: bool) -> Result<Affix, String> {
        if before.is_empty() && after.is_empty() {
            return Err(format!("`{name}` has no text"));
        }
        let mode = match (optional, keep) {
            (_, true) => Mode::Keep,
            (true, false) => Mode::Optional,
            (false, false) => Mode::Plain,
        };
        Ok(Affix { name, before: before.to_owned(), after: after.to_owned(), mode })
    }

    /// The codec's name.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The text with `{}` where the value stands.
    pub(super) fn written(&self) -> String {
        self.wrap("{}")
    }

    /// Whether the text stays in the unified value.
    pub(super) fn is_kept(&self) -> bool {
        self.mode == Mode::Keep
    }

    /// What changes in values that are not in the form that is read.
    pub(super) fn beyond(&self) -> Option<&'static str> {
        match self.mode {
            Mode::Plain => None,
            Mode::Optional => Some("a value written with the text around it reads back without it"),
            Mode::Keep => Some("a value written without the text around it reads back with it"),
        }
    }

    /// Wire to unified.
    pub(super) fn decode(&self, wire: &Value) -> Result<Value, CodecError> {
        let text = wire.as_str().ok_or_else(|| self.unexpected(wire))?;
        Ok(Value::String(match self.mode {
            Mode::Plain => self.strip(text).ok_or_else(|| self.unexpected(wire))?.to_owned(),
            Mode::Optional => self.bare(text, wire)?.to_owned(),
            Mode::Keep => self.wrap(self.bare(text, wire)?),
        }))
    }

    /// Unified to wire.
    pub(super) fn encode(&self, unified: &Value) -> Result<Value, CodecError> {
        let text = unified.as_str().ok_or_else(|| CodecError::unexpected("text", unified))?;
        Ok(Value::String(match self.mode {
            Mode::Plain => self.wrap(text),
            Mode::Optional | Mode::Keep => self.wrap(self.bare(text, unified)?),
        }))
    }

    /// The value with the text around it.
    fn wrap(&self, bare: &str) -> String {
        format!("{}{bare}{}", self.before, self.after)
    }

    /// The value inside the text, if the text is there.
    fn strip<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str())
    }

    /// The value without the text, which may be there once.
    fn bare<'a>(&self, text: &'a str, value: &Value) -> Result<&'a str, CodecError> {
        match self.strip(text) {
            None => Ok(text),
            Some(bare) if self.strip(bare).is_none() => Ok(bare),
            Some(_) => Err(CodecError::unexpected(format!("`{}` at most once", self.wrap("{}")), value)),
        }
    }

    fn unexpected(&self, found: &Value) -> CodecError {
        CodecError::unexpected(format!("text in the form `{}`", self.wrap("{}")), found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Affix, RawAffix, RawPrefix, RawSuffix};

    fn books(optional: bool, keep: bool) -> Affix {
        Affix::after(&RawSuffix { suffix: "-books".to_owned(), optional, keep }).unwrap()
    }

    fn text(value: Result<Value, super::CodecError>) -> Option<String> {
        value.ok().and_then(|value| value.as_str().map(str::to_owned))
    }

    #[test]
    fn the_text_stands_around_the_value() {
        let affix = Affix::around(&RawAffix { affix: "/shelf({})".to_owned(), optional: false, keep: false }).unwrap();
        assert_eq!(affix.encode(&json!("7")), Ok(json!("/shelf(7)")));
        assert_eq!(affix.decode(&json!("/shelf(7)")), Ok(json!("7")));
        assert_eq!(affix.decode(&json!("/shelf()")), Ok(json!("")));
        assert_eq!(
            affix.decode(&json!("7")).unwrap_err().to_string(),
            "expected text in the form `/shelf({})`, found \"7\""
        );
    }

    #[test]
    fn the_two_sides_of_the_text_do_not_overlap() {
        let affix = Affix::around(&RawAffix { affix: "aba{}ba".to_owned(), optional: false, keep: false }).unwrap();
        assert!(affix.decode(&json!("aba")).is_err());
        assert_eq!(affix.decode(&json!("ababa")), Ok(json!("")));
    }

    #[test]
    fn a_prefix_stands_before_the_value() {
        let prefix = Affix::before(&RawPrefix { prefix: "nr ".to_owned(), optional: false, keep: false }).unwrap();
        assert_eq!(prefix.encode(&json!("7")), Ok(json!("nr 7")));
        assert_eq!(prefix.decode(&json!("nr 7")), Ok(json!("7")));
    }

    #[test]
    fn an_optional_suffix_is_stripped_when_read() {
        let suffix = books(true, false);
        for value in ["42", "42-books"] {
            assert_eq!(text(suffix.encode(&json!(value))).as_deref(), Some("42-books"));
            assert_eq!(text(suffix.decode(&json!(value))).as_deref(), Some("42"));
        }
    }

    #[test]
    fn a_kept_suffix_stays_when_read() {
        let suffix = books(true, true);
        for value in ["42", "42-books"] {
            assert_eq!(text(suffix.encode(&json!(value))).as_deref(), Some("42-books"));
            assert_eq!(text(suffix.decode(&json!(value))).as_deref(), Some("42-books"));
        }
    }

    #[test]
    fn a_doubled_suffix_is_a_value_only_in_plain_mode() {
        assert_eq!(books(false, false).encode(&json!("a-books")), Ok(json!("a-books-books")));
        assert!(books(true, false).encode(&json!("a-books-books")).is_err());
        assert!(books(true, false).decode(&json!("a-books-books")).is_err());
    }

    #[test]
    fn an_affix_needs_one_hole_and_some_text() {
        for affix in ["", "shelf", "{}", "{}{}", "a{}b{}c"] {
            let raw = RawAffix { affix: affix.to_owned(), optional: false, keep: false };
            assert!(Affix::around(&raw).is_err(), "{affix:?}");
        }
        assert!(Affix::before(&RawPrefix { prefix: String::new(), optional: false, keep: false }).is_err());
    }
}
