//! What kind of value stands on a side of a codec.

use std::fmt;

/// The kind of JSON value that a side of a codec, or a unified leaf, holds.
///
/// ```
/// use mapwright_mapping::codec::Kind;
/// assert_eq!(Kind::Day.to_string(), "a date as YYYY-MM-DD");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number: a JSON integer or, on the unified side, its decimal digits as text.
    Integer,
    /// A JSON number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A moment in time: text in the form of RFC 3339, with its offset.
    Instant,
    /// A day of the calendar: text in the form `YYYY-MM-DD`.
    Day,
    /// A JSON array.
    List,
    /// A JSON object.
    Object,
    /// Any JSON value.
    Any,
}

impl Kind {
    /// Whether values of this kind are JSON text.
    pub fn is_text(self) -> bool {
        matches!(self, Kind::Text | Kind::Instant | Kind::Day)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Text => "text",
            Kind::Integer => "an integer",
            Kind::Number => "a number",
            Kind::Boolean => "true or false",
            Kind::Instant => "an RFC 3339 date-time",
            Kind::Day => "a date as YYYY-MM-DD",
            Kind::List => "a list",
            Kind::Object => "an object",
            Kind::Any => "any value",
        })
    }
}
