//! Filters: what a hole does with the value it finds.
//!
//! | filter | gives |
//! |---|---|
//! | `json` | the value as JSON, in a text |
//! | `number` | the number that a text reads as |
//! | `digits` | the digits of a text |
//! | `lower` | a text in lower case |
//! | `unix`, `unix_ms` | of `now`: seconds or milliseconds since 1970 |
//! | `%…`, `+03:00 %…` | of `now`, or of a text that reads as a time (UTC where it has no offset): the time in this form, in UTC or with the offset |

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Number, Value};

use crate::hole::plain_text;
use crate::local_time::TimeForm;

/// What error texts say of the filters.
pub(crate) const KNOWN: &str = "json, number, digits, lower, %-forms, and on `now` unix and unix_ms";

/// Whether a filter of this name fits a hole with this root.
pub(crate) fn is_known(filter: &str, root: &str) -> bool {
    match filter {
        "json" | "number" | "digits" | "lower" => root != "now",
        "unix" | "unix_ms" => root == "now",
        form => TimeForm::parse(form).is_some(),
    }
}

/// The value after the filter. What a filter cannot read stays as it is: a simulated reply never fails.
pub(crate) fn apply(filter: &str, value: Value) -> Value {
    match filter {
        "json" => Value::String(value.to_string()),
        "number" => {
            value.as_str().and_then(|text| serde_json::from_str::<Number>(text).ok()).map_or(value, Value::from)
        }
        "digits" => Value::String(plain_text(&value).chars().filter(char::is_ascii_digit).collect()),
        "lower" => Value::String(plain_text(&value).to_lowercase()),
        form => match value.as_str().and_then(moment) {
            Some(time) => printed(form, time),
            None => value,
        },
    }
}

/// The clock after the filter; RFC 3339 where there is none.
pub(crate) fn clock(filter: Option<&str>, now: Timestamp) -> Value {
    match filter {
        Some("unix") => now.as_second().into(),
        Some("unix_ms") => now.as_millisecond().into(),
        Some(form) => printed(form, now),
        None => Value::String(now.to_string()),
    }
}

/// A time that a text reads as.
fn moment(text: &str) -> Option<Timestamp> {
    let local = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>().ok().or_else(local)
}

fn printed(form: &str, time: Timestamp) -> Value {
    Value::String(TimeForm::parse(form).map_or_else(|| time.to_string(), |form| form.print(time)))
}

#[cfg(test)]
mod tests {
    use super::apply;
    use serde_json::json;

    #[test]
    fn a_time_is_printed_in_utc_and_another_text_stays() {
        let form = "%Y-%m-%d %H:%M:%S%.6f+00:00";
        let found = ["2019-01-01T00:00:00", "2019-01-01T01:00:00+01:00", "2019-01-01 00:00:00.5Z", "soon"]
            .map(|text| apply(form, json!(text)));
        assert_eq!(
            found,
            [
                json!("2019-01-01 00:00:00.000000+00:00"),
                json!("2019-01-01 00:00:00.000000+00:00"),
                json!("2019-01-01 00:00:00.500000+00:00"),
                json!("soon")
            ]
        );
    }

    #[test]
    fn texts_become_numbers_digits_and_json() {
        assert_eq!(apply("number", json!("9007199254740993")), json!(9_007_199_254_740_993_u64));
        assert_eq!(apply("number", json!("x")), json!("x"));
        assert_eq!(apply("digits", json!("+1 (202) 555")), json!("1202555"));
        assert_eq!(apply("lower", json!("ÄB")), json!("äb"));
        assert_eq!(apply("json", json!("a\"b")), json!("\"a\\\"b\""));
    }
}
