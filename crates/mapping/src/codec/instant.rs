//! A moment in UTC, of any precision, and its RFC 3339 text.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, date};

/// Where Unix time begins.
const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

/// A moment in UTC between the years 0000 and 9999.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    /// Whole seconds, in UTC.
    civil: DateTime,
    /// The digits after the decimal point; may be empty, may end in zeros.
    fraction: String,
}

impl Instant {
    /// A moment from its parts in UTC. None if there is no such moment; a leap second has no place in Unix time and
    /// is none.
    pub(super) fn from_parts(parts: Parts, fraction: &str) -> Option<Instant> {
        let day = Date::new(parts.year, parts.month, parts.day).ok()?;
        let time = Time::new(parts.hour, parts.minute, parts.second, 0).ok()?;
        Some(Instant { civil: in_range(DateTime::from_parts(day, time))?, fraction: fraction.to_owned() })
    }

    /// The moment that RFC 3339 text names, with the digits of its fraction as they are given. A space or a small
    /// letter in place of `T`, and a small `z`, are taken as RFC 3339 allows.
    pub(super) fn parse(text: &str) -> Option<Instant> {
        let mut rest = Digits(text.as_bytes());
        let year = rest.number(4)?;
        rest.one_of(b"-")?;
        let month = rest.number(2)?;
        rest.one_of(b"-")?;
        let day = rest.number(2)?;
        rest.one_of(b"Tt ")?;
        let hour = rest.number(2)?;
        rest.one_of(b":")?;
        let minute = rest.number(2)?;
        rest.one_of(b":")?;
        let second = rest.number(2)?;
        let fraction = match rest.one_of(b".") {
            Some(_) => Some(rest.run(usize::MAX)).filter(|digits| !digits.is_empty())?,
            None => String::new(),
        };
        let ahead = rest.offset_minutes()?;
        if !rest.0.is_empty() {
            return None;
        }
        let parts = Parts {
            year,
            month: small(month)?,
            day: small(day)?,
            hour: small(hour)?,
            minute: small(minute)?,
            second: small(second)?,
        };
        let local = Instant::from_parts(parts, &fraction)?;
        let civil = local.civil.checked_sub(SignedDuration::from_mins(ahead)).ok()?;
        Some(Instant { civil: in_range(civil)?, fraction })
    }

    /// RFC 3339 text in UTC, ending in `Z`.
    pub(super) fn text(&self) -> String {
        let point = if self.fraction.is_empty() { "" } else { "." };
        let t = self.civil;
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{point}{}Z",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            self.fraction
        )
    }

    /// The moment `seconds` after 1970 (before, if negative), with a fraction that counts forward. Zeros at the end of
    /// the fraction are dropped.
    pub(super) fn from_unix(seconds: i64, fraction: &str) -> Option<Instant> {
        let civil = EPOCH.checked_add(SignedDuration::from_secs(seconds)).ok()?;
        Some(Instant { civil: in_range(civil)?, fraction: fraction.trim_end_matches('0').to_owned() })
    }

    /// Whole seconds since 1970, rounded down.
    pub(super) fn unix(&self) -> i64 {
        self.civil.duration_since(EPOCH).as_secs()
    }

    /// Whole seconds, in UTC.
    pub(super) fn civil(&self) -> DateTime {
        self.civil
    }

    /// The digits of the fraction without zeros at the end.
    pub(super) fn fraction(&self) -> &str {
        self.fraction.trim_end_matches('0')
    }

    /// Whether both are the same moment.
    pub(super) fn is_same(&self, other: &Instant) -> bool {
        self.civil == other.civil && self.fraction() == other.fraction()
    }
}

/// Year, month, day, hour, minute and second in UTC, not yet known to exist.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub(super) year: i16,
    pub(super) month: i8,
    pub(super) day: i8,
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) second: i8,
}

/// The part of a text that is still to be read.
pub(super) struct Digits<'a>(pub(super) &'a [u8]);

impl Digits<'_> {
    /// Exactly `width` digits.
    pub(super) fn number(&mut self, width: usize) -> Option<i16> {
        let (head, tail) = self.0.split_at_checked(width)?;
        if !head.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = tail;
        std::str::from_utf8(head).ok()?.parse().ok()
    }

    /// One of these bytes.
    pub(super) fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, tail) = self.0.split_first()?;
        if !bytes.contains(first) {
            return None;
        }
        self.0 = tail;
        Some(*first)
    }

    /// These bytes.
    pub(super) fn literal(&mut self, bytes: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(bytes)?;
        Some(())
    }

    /// As many digits as there are, up to `most`.
    pub(super) fn run(&mut self, most: usize) -> String {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (head, tail) = self.0.split_at(count);
        self.0 = tail;
        head.iter().map(|byte| char::from(*byte)).collect()
    }

    /// `Z` or `±HH:MM`, as minutes ahead of UTC.
    fn offset_minutes(&mut self) -> Option<i64> {
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number(2).filter(|hours| *hours < 24)?;
        self.one_of(b":")?;
        let minutes = self.number(2).filter(|minutes| *minutes < 60)?;
        Some(sign * (i64::from(hours) * 60 + i64::from(minutes)))
    }
}

/// A number of two digits.
pub(super) fn small(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}

/// A date-time whose year RFC 3339 can write.
fn in_range(civil: DateTime) -> Option<DateTime> {
    (civil.year() >= 0).then_some(civil)
}

#[cfg(test)]
mod tests {
    use super::Instant;

    fn utc(text: &str) -> Option<String> {
        Instant::parse(text).map(|instant| instant.text())
    }

    #[test]
    fn offsets_are_turned_to_utc() {
        assert_eq!(utc("2025-01-10T13:09:14+03:00").as_deref(), Some("2025-01-10T10:09:14Z"));
        assert_eq!(utc("2024-12-31T23:30:00.120-01:00").as_deref(), Some("2025-01-01T00:30:00.120Z"));
        assert_eq!(utc("2024-02-29t00:00:00z").as_deref(), Some("2024-02-29T00:00:00Z"));
        assert_eq!(utc("2024-02-29 00:00:00-00:00").as_deref(), Some("2024-02-29T00:00:00Z"));
    }

    #[test]
    fn the_first_and_last_moments_are_carried() {
        for text in ["0000-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59.999999999999Z"] {
            assert_eq!(utc(text).as_deref(), Some(text));
            let instant = Instant::parse(text).unwrap();
            let back = Instant::from_unix(instant.unix(), instant.fraction()).unwrap();
            assert!(back.is_same(&instant));
        }
        assert_eq!(utc("0000-01-01T00:00:00+00:01"), None);
        assert_eq!(utc("9999-12-31T23:59:59-00:01"), None);
    }

    #[test]
    fn what_is_not_a_moment_is_refused() {
        for text in [
            "",
            "2024-01-01",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00Z",
            "2023-02-29T00:00:00Z",
            "2016-12-31T23:59:60Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00+0000",
            "2024-01-01T00:00:00Z ",
            "+024-01-01T00:00:00Z",
            "２024-01-01T00:00:00Z",
            "2024-01-01T00:00:00é",
        ] {
            assert_eq!(utc(text), None, "{text:?}");
        }
    }

    #[test]
    fn unix_time_counts_from_1970() {
        assert_eq!(Instant::parse("1970-01-01T00:00:00Z").map(|i| i.unix()), Some(0));
        assert_eq!(Instant::parse("1969-12-31T23:59:59.5Z").map(|i| i.unix()), Some(-1));
        assert_eq!(Instant::from_unix(-1, "500").map(|i| i.text()).as_deref(), Some("1969-12-31T23:59:59.5Z"));
        assert_eq!(Instant::from_unix(i64::MIN, ""), None);
        assert_eq!(Instant::from_unix(i64::MAX, ""), None);
    }
}
