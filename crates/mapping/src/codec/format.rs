//! `{ datetime = FORMAT }`: a date-time in UTC in a form of the provider's own.
//!
//! Exact for moments that the form can write. A finer moment is refused when it is written, unless `truncate` is set;
//! then what is finer is cut off, which is lossy and stable. On reading, the fraction may be shorter than the form
//! says, or missing with its point; zeros at its end are dropped.

use jiff::civil::DateTime;
use serde_json::Value;

use super::datetime;
use super::error::CodecError;
use super::instant::{Digits, Instant, Parts, small};
use super::raw::RawDatetime;

/// The codec: a checked form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format {
    written: String,
    pieces: Vec<Piece>,
    truncate: bool,
}

/// A piece of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Part(Part),
    /// A point or comma and up to `width` digits.
    Fraction {
        mark: u8,
        width: usize,
    },
}

/// A part of a date-time, of fixed width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// Texts that stand for UTC and may therefore stand at the end of a form although they hold digits.
const ZERO_OFFSETS: [&str; 6] = ["+00:00", "-00:00", "+0000", "-0000", "+00", "-00"];

impl Format {
    /// Checks a form.
    pub(super) fn new(raw: &RawDatetime) -> Result<Format, String> {
        let pieces = pieces(&raw.datetime)?;
        let format = Format { written: raw.datetime.clone(), pieces, truncate: raw.truncate };
        format.check()?;
        Ok(format)
    }

    /// What is lost; none unless values are cut off.
    pub(super) fn loss(&self) -> Option<&'static str> {
        self.truncate.then_some("what is finer than the provider's form is cut off")
    }

    /// The form as it is written.
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// Wire to unified.
    pub(super) fn decode(&self, wire: &Value) -> Result<Value, CodecError> {
        wire.as_str()
            .and_then(|text| self.parse(text))
            .map(|instant| Value::String(instant.text()))
            .ok_or_else(|| CodecError::unexpected(format!("a date-time as {}", self.written), wire))
    }

    /// Unified to wire.
    pub(super) fn encode(&self, unified: &Value) -> Result<Value, CodecError> {
        let instant = datetime::parse(unified)?;
        let text = self.text(&instant);
        let exact = self.parse(&text).is_some_and(|back| back.is_same(&instant));
        if exact || self.truncate {
            return Ok(Value::String(text));
        }
        Err(CodecError::not_reversible(format!("the provider holds no more than {}", self.written), unified))
    }

    /// Each part once, and no part without the coarser ones.
    fn check(&self) -> Result<(), String> {
        let mut parts: Vec<Part> = self.pieces.iter().filter_map(Piece::part).collect();
        parts.sort_unstable();
        let all = [Part::Year, Part::Month, Part::Day, Part::Hour, Part::Minute, Part::Second];
        let fractions = self.pieces.iter().filter(|piece| matches!(piece, Piece::Fraction { .. })).count();
        if !matches!(parts.len(), 3 | 5 | 6) || !all.starts_with(&parts) {
            return Err(format!(
                "`{}` needs YYYY, MM and DD, or these with HH:MM or HH:MM:SS, each once",
                self.written
            ));
        }
        if fractions > 1 || (fractions == 1 && parts.len() < 6) {
            return Err(format!("`{}` has a fraction without seconds, or more than one", self.written));
        }
        Ok(())
    }

    /// The moment that a text in this form names.
    fn parse(&self, text: &str) -> Option<Instant> {
        let mut rest = Digits(text.as_bytes());
        let mut parts = Parts { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
        let mut fraction = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => rest.literal(literal.as_bytes())?,
                Piece::Fraction { mark, width } => {
                    if rest.one_of(&[*mark]).is_some() {
                        fraction = Some(rest.run(*width)).filter(|digits| !digits.is_empty())?;
                    }
                }
                Piece::Part(part) => {
                    let number = rest.number(part.width())?;
                    match part {
                        Part::Year => parts.year = number,
                        Part::Month => parts.month = small(number)?,
                        Part::Day => parts.day = small(number)?,
                        Part::Hour => parts.hour = small(number)?,
                        Part::Minute => parts.minute = small(number)?,
                        Part::Second => parts.second = small(number)?,
                    }
                }
            }
        }
        if rest.0.is_empty() { Instant::from_parts(parts, fraction.trim_end_matches('0')) } else { None }
    }

    /// A moment in this form; what is finer is cut off.
    fn text(&self, instant: &Instant) -> String {
        let mut text = String::with_capacity(self.written.len());
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Part(part) => text.push_str(&part.text(instant.civil())),
                Piece::Fraction { mark, width } => {
                    text.push(char::from(*mark));
                    text.extend(instant.fraction().chars().chain(std::iter::repeat('0')).take(*width));
                }
            }
        }
        text
    }
}

impl Piece {
    fn part(&self) -> Option<Part> {
        if let Piece::Part(part) = self { Some(*part) } else { None }
    }
}

impl Part {
    /// Its number of digits.
    fn width(self) -> usize {
        if self == Part::Year { 4 } else { 2 }
    }

    /// Its digits.
    fn text(self, civil: DateTime) -> String {
        match self {
            Part::Year => format!("{:04}", civil.year()),
            Part::Month => format!("{:02}", civil.month()),
            Part::Day => format!("{:02}", civil.day()),
            Part::Hour => format!("{:02}", civil.hour()),
            Part::Minute => format!("{:02}", civil.minute()),
            Part::Second => format!("{:02}", civil.second()),
        }
    }
}

/// Reads the pieces of a form.
fn pieces(form: &str) -> Result<Vec<Piece>, String> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = form;
    while let Some(next) = rest.chars().next() {
        let (piece, after) = if let Some(after) = rest.strip_prefix("YYYY") {
            (Piece::Part(Part::Year), after)
        } else if let Some(after) = rest.strip_prefix("MM") {
            let minute = pieces.iter().filter_map(Piece::part).next_back() == Some(Part::Hour);
            (Piece::Part(if minute { Part::Minute } else { Part::Month }), after)
        } else if let Some(after) = rest.strip_prefix("DD") {
            (Piece::Part(Part::Day), after)
        } else if let Some(after) = rest.strip_prefix("HH") {
            (Piece::Part(Part::Hour), after)
        } else if let Some(after) = rest.strip_prefix("SS") {
            (Piece::Part(Part::Second), after)
        } else if let Some((piece, after)) = fraction(rest) {
            (piece, after)
        } else if ZERO_OFFSETS.contains(&rest) {
            (Piece::Literal(rest.to_owned()), "")
        } else if next.is_alphanumeric() && !matches!(next, 'T' | 'Z') {
            return Err(format!(
                "`{form}` holds `{next}`, which is neither a part of a date-time nor punctuation, `T` or `Z`"
            ));
        } else {
            let (literal, after) = rest.split_at(next.len_utf8());
            (Piece::Literal(literal.to_owned()), after)
        };
        pieces.push(piece);
        rest = after;
    }
    Ok(pieces)
}

/// A fraction at the start of a text: a point or comma and one to nine `f`.
fn fraction(rest: &str) -> Option<(Piece, &str)> {
    let mark = *rest.as_bytes().first().filter(|byte| matches!(byte, b'.' | b','))?;
    let digits = rest.get(1..)?;
    let after = digits.trim_start_matches('f');
    let width = digits.len().checked_sub(after.len())?;
    (1..=9).contains(&width).then_some((Piece::Fraction { mark, width }, after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Format, RawDatetime};

    fn format(datetime: &str, truncate: bool) -> Result<Format, String> {
        Format::new(&RawDatetime { datetime: datetime.to_owned(), truncate })
    }

    #[test]
    fn each_form_reads_what_it_writes() {
        for (form, wire, unified) in [
            ("YYYY/MM/DD HH:MM:SS", "2025/04/17 20:37:27", "2025-04-17T20:37:27Z"),
            ("YYYY/MM/DD HH:MM:SS.fffff+00:00", "2021/03/04 05:06:07.12340+00:00", "2021-03-04T05:06:07.1234Z"),
            ("YYYYMMDDTHHMMSS+0000", "20100113T230806+0000", "2010-01-13T23:08:06Z"),
            ("DD/MM/YYYY HH:MM", "28/02/2024 09:05", "2024-02-28T09:05:00Z"),
            ("YYYYMMDDTHHMMSS,fffZ", "20240228T090503,040Z", "2024-02-28T09:05:03.04Z"),
            ("YYYY-MM-DD", "9999-12-31", "9999-12-31T00:00:00Z"),
        ] {
            let format = format(form, false).unwrap();
            assert_eq!(format.decode(&json!(wire)), Ok(json!(unified)), "{form}");
            assert_eq!(format.encode(&json!(unified)), Ok(json!(wire)), "{form}");
        }
    }

    #[test]
    fn the_fraction_may_be_short_or_missing_when_read() {
        let format = format("YYYY/MM/DD HH:MM:SS.fffff+00:00", false).unwrap();
        for (wire, unified) in [
            ("2021/03/04 05:06:07+00:00", "2021-03-04T05:06:07Z"),
            ("2021/03/04 05:06:07.00000+00:00", "2021-03-04T05:06:07Z"),
            ("2021/03/04 05:06:07.5+00:00", "2021-03-04T05:06:07.5Z"),
        ] {
            assert_eq!(format.decode(&json!(wire)), Ok(json!(unified)));
        }
        for wire in ["2021/03/04 05:06:07.+00:00", "2021/03/04 05:06:07.123456+00:00", "2021/03/04 05:06:07"] {
            assert!(format.decode(&json!(wire)).is_err(), "{wire}");
        }
    }

    #[test]
    fn a_finer_moment_is_refused_unless_it_may_be_cut() {
        let fine = json!("2025-04-17T20:37:27.9Z");
        assert_eq!(
            format("YYYY/MM/DD HH:MM:SS", false).unwrap().encode(&fine).unwrap_err().to_string(),
            "\"2025-04-17T20:37:27.9Z\" would not read back: the provider holds no more than YYYY/MM/DD HH:MM:SS"
        );
        assert_eq!(format("YYYY/MM/DD HH:MM:SS", true).unwrap().encode(&fine), Ok(json!("2025/04/17 20:37:27")));
        assert!(format("YYYY-MM-DD", false).unwrap().encode(&fine).is_err());
        assert_eq!(format("YYYY-MM-DD", true).unwrap().encode(&fine), Ok(json!("2025-04-17")));
    }

    #[test]
    fn offsets_are_turned_to_utc_before_writing() {
        let format = format("YYYY/MM/DD HH:MM:SS", false).unwrap();
        assert_eq!(format.encode(&json!("2025-01-01T00:30:00+01:00")), Ok(json!("2024/12/31 23:30:00")));
    }

    #[test]
    fn a_form_needs_each_part_once() {
        for form in [
            "",
            "YYYY-MM",
            "YYYY-MM-DD HH",
            "YYYY-MM-DD MM",
            "YYYY/MM/DD HH:MM:SS YYYY",
            "YYYY-MM-DD HH:SS",
            "YYYY-MM-DD HH:MM.fff",
            "YYYY/MM/DD HH:MM:SS.fff.fff",
        ] {
            assert!(format(form, false).is_err(), "{form}");
        }
    }

    #[test]
    fn a_form_holds_no_other_letters_digits_or_offsets() {
        for form in [
            "yyyy-mm-dd",
            "YYYY/MM/DD HH:MM:SS+03:00",
            "YYYY/MM/DD HH:MM:SS.ffffffffff",
            "YYYY/MM/DD HH:MM:SSfff",
            "DDD YYYY-MM-DD",
            "YYYY-MM-DD+00:00 HH:MM",
        ] {
            assert!(format(form, false).is_err(), "{form}");
        }
    }
}
