//! Whether the version that a caller has seen is that of a record.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::Value;

use crate::step::Guard;

impl Guard {
    /// Whether a write with this version is taken.
    pub(crate) fn admits(&self, record: &Value, version: &str) -> bool {
        let stored = self.field.text_in(record);
        if version == self.any || stored == Some(version) {
            return true;
        }
        // A time that cannot be read is passed over, as HTTP has it.
        self.times
            && match (stored.and_then(time), time(version)) {
                (Some(changed), Some(seen)) => changed <= seen,
                _ => true,
            }
    }
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
}
