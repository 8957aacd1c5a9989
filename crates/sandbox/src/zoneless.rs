//! Dates and times that are taken without a zone too, and kept in one form.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::collection::{Field, FieldType};

/// A value in the form that the field keeps. A text without a zone is taken as UTC.
pub(crate) fn kept(field: &Field, value: &Value) -> Option<Value> {
    let moment = read(field.kind, value.as_str()?)?;
    field.kept.as_ref().map(|form| form.print(moment).into())
}

fn read(kind: FieldType, text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let day = || text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0));
    let local = if kind == FieldType::Date { day() } else { text.parse::<DateTime>().ok() };
    Some(local?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
