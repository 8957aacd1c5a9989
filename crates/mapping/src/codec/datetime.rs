//! `datetime`: RFC 3339 on both sides, turned to UTC.
//!
//! Exact as moments in time: another offset is the same moment. The digits of a fraction stay as they are given. A
//! leap second is refused, since it would become another moment.

use serde_json::Value;

use super::error::CodecError;
use super::instant::Instant;

/// Either direction.
pub(super) fn convert(value: &Value) -> Result<Value, CodecError> {
    parse(value).map(|instant| Value::String(instant.text()))
}

/// The moment that a unified value names.
pub(super) fn parse(value: &Value) -> Result<Instant, CodecError> {
    value
        .as_str()
        .and_then(Instant::parse)
        .ok_or_else(|| CodecError::unexpected("an RFC 3339 date-time with its offset", value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::convert;

    #[test]
    fn date_times_are_turned_to_utc() {
        assert_eq!(convert(&json!("2025-01-10T13:09:14.50+03:00")), Ok(json!("2025-01-10T10:09:14.50Z")));
        assert_eq!(convert(&json!("2019-08-07T06:05:04.321Z")), Ok(json!("2019-08-07T06:05:04.321Z")));
    }

    #[test]
    fn what_is_not_a_date_time_is_refused() {
        for value in [json!("2025-01-10 13:09:14"), json!(1_700_000_000), json!(""), json!(false)] {
            assert!(convert(&value).is_err(), "{value}");
        }
    }
}
