//! `unix` and `unix_ms`: seconds or milliseconds since 1970 as a JSON integer.
//!
//! Exact for moments of that precision between the years 0000 and 9999. A finer moment is refused when it is written.

use serde_json::Value;

use super::error::CodecError;
use super::instant::Instant;
use super::{datetime, integer};

/// What the integer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

impl Unit {
    /// Wire to unified.
    pub(super) fn decode(self, wire: &Value) -> Result<Value, CodecError> {
        integer::whole(wire)
            .and_then(|count| i64::try_from(count).ok())
            .and_then(|count| match self {
                Unit::Seconds => Instant::from_unix(count, ""),
                Unit::Milliseconds => {
                    Instant::from_unix(count.div_euclid(1000), &format!("{:03}", count.rem_euclid(1000)))
                }
            })
            .map(|instant| Value::String(instant.text()))
            .ok_or_else(|| CodecError::unexpected(format!("an integer of {} since 1970", self.name()), wire))
    }

    /// Unified to wire.
    pub(super) fn encode(self, unified: &Value) -> Result<Value, CodecError> {
        let instant = datetime::parse(unified)?;
        let seconds = instant.unix();
        let finer = || CodecError::not_reversible(format!("the provider holds whole {}", self.name()), unified);
        match self {
            Unit::Seconds if instant.fraction().is_empty() => Ok(Value::from(seconds)),
            Unit::Milliseconds if instant.fraction().len() <= 3 => {
                // Years of four digits are far from the end of 64 bits.
                let millis: i64 = format!("{:0<3}", instant.fraction()).parse().map_err(|_| finer())?;
                Ok(Value::from(seconds.saturating_mul(1000).saturating_add(millis)))
            }
            _ => Err(finer()),
        }
    }

    /// The unit in words.
    fn name(self) -> &'static str {
        match self {
            Unit::Seconds => "seconds",
            Unit::Milliseconds => "milliseconds",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Unit::{Milliseconds, Seconds};

    #[test]
    fn seconds_are_counted_from_1970() {
        for (wire, unified) in [
            (json!(1_709_164_800), json!("2024-02-29T00:00:00Z")),
            (json!(0), json!("1970-01-01T00:00:00Z")),
            (json!(-1), json!("1969-12-31T23:59:59Z")),
            (json!(-62_167_219_200_i64), json!("0000-01-01T00:00:00Z")),
            (json!(253_402_300_799_i64), json!("9999-12-31T23:59:59Z")),
        ] {
            assert_eq!(Seconds.decode(&wire), Ok(unified.clone()));
            assert_eq!(Seconds.encode(&unified), Ok(wire));
        }
    }

    #[test]
    fn milliseconds_keep_their_fraction() {
        for (wire, unified) in [
            (json!(1_709_164_800_250_i64), json!("2024-02-29T00:00:00.25Z")),
            (json!(-1), json!("1969-12-31T23:59:59.999Z")),
            (json!(1000), json!("1970-01-01T00:00:01Z")),
        ] {
            assert_eq!(Milliseconds.decode(&wire), Ok(unified.clone()));
            assert_eq!(Milliseconds.encode(&unified), Ok(wire));
        }
    }

    #[test]
    fn a_finer_moment_is_refused() {
        assert_eq!(
            Seconds.encode(&json!("2024-02-29T00:00:00.5Z")).unwrap_err().to_string(),
            "\"2024-02-29T00:00:00.5Z\" would not read back: the provider holds whole seconds"
        );
        assert!(Milliseconds.encode(&json!("2024-02-29T00:00:00.0005Z")).is_err());
        assert_eq!(Seconds.encode(&json!("2024-02-29T00:00:00.000Z")), Ok(json!(1_709_164_800)));
    }

    #[test]
    fn counts_beyond_the_calendar_are_refused() {
        for wire in
            [json!(i64::MIN), json!(i64::MAX), json!(u64::MAX), json!(253_402_300_800_i64), json!(0.5), json!("1")]
        {
            assert!(Seconds.decode(&wire).is_err(), "{wire}");
        }
        assert!(Milliseconds.decode(&json!(i64::MIN)).is_err());
    }
}
