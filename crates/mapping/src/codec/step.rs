//! One checked codec.

use serde_json::Value;

use super::affix::Affix;
use super::around::{self, Around, Variables};
use super::case::Case;
use super::error::CodecError;
use super::format::Format;
use super::kind::Kind;
use super::raw::{RawCodec, RawName};
use super::split::Split;
use super::text::Text;
use super::unix::Unit;
use super::{boolean, date, datetime, first, integer, json, last_segment, number};

/// One checked codec of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Integer,
    Number,
    Boolean,
    Text(Text),
    Datetime,
    Format(Format),
    Date,
    Unix(Unit),
    Case(Case),
    Affix(Affix),
    Around(Around),
    LastSegment,
    Json,
    Split(Split),
    First,
}

impl Step {
    /// Checks one written codec.
    pub(super) fn new(raw: &RawCodec) -> Result<Step, String> {
        Ok(match raw {
            RawCodec::Name(RawName::Integer) => Step::Integer,
            RawCodec::Name(RawName::Number) => Step::Number,
            RawCodec::Name(RawName::Boolean) => Step::Boolean,
            RawCodec::Name(RawName::Text) => Step::Text(Text::default()),
            RawCodec::Name(RawName::Datetime) => Step::Datetime,
            RawCodec::Name(RawName::Date) => Step::Date,
            RawCodec::Name(RawName::Unix) => Step::Unix(Unit::Seconds),
            RawCodec::Name(RawName::UnixMs) => Step::Unix(Unit::Milliseconds),
            RawCodec::Name(RawName::Lower) => Step::Case(Case::Lower),
            RawCodec::Name(RawName::Upper) => Step::Case(Case::Upper),
            RawCodec::Name(RawName::LastSegment) => Step::LastSegment,
            RawCodec::Name(RawName::Json) => Step::Json,
            RawCodec::Name(RawName::First) => Step::First,
            RawCodec::Affix(raw) => Step::Affix(Affix::around(raw)?),
            RawCodec::Prefix(raw) => Step::Affix(Affix::before(raw)?),
            RawCodec::Suffix(raw) => Step::Affix(Affix::after(raw)?),
            RawCodec::Around(raw) => Step::Around(Around::new(raw)?),
            RawCodec::Split(raw) => Step::Split(Split::new(raw)?),
            RawCodec::Datetime(raw) => Step::Format(Format::new(raw)?),
        })
    }

    /// The name by which messages speak of the codec.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Step::Integer => "integer",
            Step::Number => "number",
            Step::Boolean => "boolean",
            Step::Text(_) => "text",
            Step::Datetime | Step::Format(_) => "datetime",
            Step::Date => "date",
            Step::Unix(Unit::Seconds) => "unix",
            Step::Unix(Unit::Milliseconds) => "unix_ms",
            Step::Case(Case::Lower) => "lower",
            Step::Case(Case::Upper) => "upper",
            Step::Affix(affix) => affix.name(),
            Step::Around(_) => around::NAME,
            Step::LastSegment => last_segment::NAME,
            Step::Json => "json",
            Step::Split(_) => "split",
            Step::First => "first",
        }
    }

    /// Whether no codec may follow on the unified side.
    pub(super) fn ends_chain(&self) -> bool {
        match self {
            Step::Case(_) | Step::Around(_) => true,
            Step::Affix(affix) => affix.is_kept(),
            _ => false,
        }
    }

    /// Whether it only reads.
    pub(super) fn is_read_only(&self) -> bool {
        matches!(self, Step::LastSegment | Step::Around(_))
    }

    /// The kind that `decode` takes and `encode` gives.
    pub(super) fn wire(&self) -> Kind {
        match self {
            Step::Integer | Step::Unix(_) => Kind::Integer,
            Step::Number => Kind::Number,
            Step::Boolean => Kind::Boolean,
            Step::Text(_)
            | Step::Format(_)
            | Step::Case(_)
            | Step::Affix(_)
            | Step::Around(_)
            | Step::LastSegment
            | Step::Json
            | Step::Split(_) => Kind::Text,
            Step::Datetime => Kind::Instant,
            Step::Date => Kind::Day,
            Step::First => Kind::List,
        }
    }

    /// The kind that `decode` gives and `encode` takes.
    pub(super) fn unified(&self) -> Kind {
        match self {
            Step::Integer => Kind::Integer,
            Step::Number => Kind::Number,
            Step::Boolean => Kind::Boolean,
            Step::Text(text) => text.inner(),
            Step::Case(_) | Step::Affix(_) | Step::Around(_) | Step::LastSegment => Kind::Text,
            Step::Datetime | Step::Format(_) | Step::Unix(_) => Kind::Instant,
            Step::Date => Kind::Day,
            Step::Split(_) => Kind::List,
            Step::Json | Step::First => Kind::Any,
        }
    }

    /// What is lost for values of the stated domain; none for an exact codec.
    pub(super) fn loss(&self) -> Option<&'static str> {
        match self {
            Step::Case(case) => Some(case.loss()),
            Step::First => Some(first::LOSS),
            Step::Around(_) => Some(around::LOSS),
            Step::LastSegment => Some(last_segment::LOSS),
            Step::Format(format) => format.loss(),
            _ => None,
        }
    }

    /// What changes in values that the codec takes from outside its stated domain.
    pub(super) fn beyond(&self) -> Option<&'static str> {
        match self {
            Step::Text(text) => text.beyond(),
            Step::Affix(affix) => affix.beyond(),
            _ => None,
        }
    }

    /// Wire to unified. Null does not get here.
    pub(super) fn decode(&self, wire: &Value, variables: &Variables<'_>) -> Result<Value, CodecError> {
        match self {
            Step::Integer => integer::decode(wire),
            Step::Number => number::convert(wire),
            Step::Boolean => boolean::convert(wire),
            Step::Text(text) => text.decode(wire),
            Step::Datetime => datetime::convert(wire),
            Step::Format(format) => format.decode(wire),
            Step::Date => date::convert(wire),
            Step::Unix(unit) => unit.decode(wire),
            Step::Case(case) => case.convert(wire),
            Step::Affix(affix) => affix.decode(wire),
            Step::Around(around) => around.decode(wire, variables),
            Step::LastSegment => last_segment::decode(wire),
            Step::Json => json::decode(wire),
            Step::Split(split) => split.decode(wire),
            Step::First => first::decode(wire),
        }
    }

    /// Unified to wire. Null does not get here.
    pub(super) fn encode(&self, unified: &Value) -> Result<Value, CodecError> {
        match self {
            Step::Integer => integer::encode(unified),
            Step::Number => number::convert(unified),
            Step::Boolean => boolean::convert(unified),
            Step::Text(_) => Text::encode(unified),
            Step::Datetime => datetime::convert(unified),
            Step::Format(format) => format.encode(unified),
            Step::Date => date::convert(unified),
            Step::Unix(unit) => unit.encode(unified),
            Step::Case(case) => case.convert(unified),
            Step::Affix(affix) => affix.encode(unified),
            Step::Around(_) => Err(CodecError::ReadOnly { codec: around::NAME }),
            Step::LastSegment => Err(last_segment::read_only()),
            Step::Json => json::encode(unified),
            Step::Split(split) => split.encode(unified),
            Step::First => Ok(first::encode(unified)),
        }
    }
}
