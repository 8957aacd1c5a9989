//! Dates and times that are kept in one form, whatever form they are written in.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use crate::collection::{Field, FieldType};

/// A value in the form that the field keeps, in UTC. A text without a zone is taken as UTC.
pub(crate) fn kept(field: &Field, form: &str, value: &Value) -> Option<Value> {
    let moment = read(field.kind, value.as_str()?)?;
    let mut text = String::new();
    jiff::fmt::strtime::BrokenDownTime::from(&moment).format(form, &mut text).ok()?;
    Some(text.into())
}

fn read(kind: FieldType, text: &str) -> Option<Zoned> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.to_zoned(TimeZone::UTC));
    }
    let day = || text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0));
    let local = if kind == FieldType::Date { day() } else { text.parse::<DateTime>().ok() };
    local?.to_zoned(TimeZone::UTC).ok()
}
