//! `date`: a day as `YYYY-MM-DD` on both sides. Exact.

use jiff::civil::Date;
use serde_json::Value;

use super::error::CodecError;
use super::instant::{Digits, small};

/// Either direction: a day that exists passes, all else is refused.
pub(super) fn convert(value: &Value) -> Result<Value, CodecError> {
    match value.as_str().and_then(parse) {
        Some(_) => Ok(value.clone()),
        None => Err(CodecError::unexpected("a date as YYYY-MM-DD", value)),
    }
}

/// The day that a text names.
fn parse(text: &str) -> Option<Date> {
    let mut rest = Digits(text.as_bytes());
    let year = rest.number(4)?;
    rest.one_of(b"-")?;
    let month = rest.number(2)?;
    rest.one_of(b"-")?;
    let day = rest.number(2)?;
    if rest.0.is_empty() { Date::new(year, small(month)?, small(day)?).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::convert;

    #[test]
    fn days_pass_unchanged() {
        for day in ["0000-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(convert(&json!(day)), Ok(json!(day)));
        }
    }

    #[test]
    fn what_is_not_a_day_is_refused() {
        for text in ["", "2023-02-29", "2024-1-1", "2024-01-01T00:00:00Z", "2024-01-01 ", "-024-01-01", "2024-00-10"] {
            assert!(convert(&json!(text)).is_err(), "{text:?}");
        }
    }
}
