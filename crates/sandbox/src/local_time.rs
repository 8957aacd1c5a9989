//! Times in the form of a place: with its offset.

use jiff::Timestamp;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer};

/// A form of times: `%Y-%m-%d…`, in UTC, or with the offset of the clock that is read before it, as in
/// `+03:00 %Y-%m-%dT%H:%M:%S%:z`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeForm {
    offset: Offset,
    text: String,
}

impl TimeForm {
    /// Reads a form; `None` where it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.starts_with('%') {
            return Some(Self { offset: Offset::UTC, text: text.to_owned() });
        }
        let (offset, text) = text.split_once(' ')?;
        let offset = BrokenDownTime::parse("%:z", offset).ok()?.offset()?;
        Some(Self { offset, text: text.to_owned() })
    }

    /// The time in this form. A form that cannot be printed yields the plain form: a simulated reply never fails.
    pub(crate) fn print(&self, time: Timestamp) -> String {
        let mut text = String::new();
        let parts = BrokenDownTime::from(&time.to_zoned(TimeZone::fixed(self.offset)));
        if parts.format(&self.text, &mut text).is_ok() { text } else { time.to_string() }
    }
}

impl<'de> Deserialize<'de> for TimeForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no form of times")))
    }
}
