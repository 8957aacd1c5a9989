//! From a decoded TOML string back to the characters that were written.

use std::ops::Range;

/// Finds a range of bytes of a decoded string in the string as it was written, with its quotes.
///
/// `None` where the two do not belong together.
pub(super) fn written(raw: &str, decoded: &str, range: Range<usize>) -> Option<Range<usize>> {
    let start = range.start.min(decoded.len());
    let end = range.end.clamp(start, decoded.len());
    let mut units = Units::new(raw)?;
    let mut at = 0;
    let mut found: Option<Range<usize>> = None;
    let mut last_end = units.at;
    while let Some(unit) = units.next_unit().ok()? {
        if !decoded.get(at..)?.starts_with(unit.decoded) {
            return None;
        }
        let next = at + unit.decoded.len_utf8();
        if at <= start && start < next {
            found = Some(if start == end { unit.raw.start..unit.raw.start } else { unit.raw.clone() });
        } else if let Some(found) = found.as_mut().filter(|_| at < end) {
            found.end = unit.raw.end;
        }
        last_end = unit.raw.end;
        at = next;
        if at >= end && found.is_some() {
            return found;
        }
    }
    (at == decoded.len()).then(|| found.unwrap_or(last_end..last_end))
}

/// One character of the decoded string and the bytes that were written for it.
struct Unit {
    decoded: char,
    raw: Range<usize>,
}

/// The text is not a TOML string.
struct NoTomlString;

/// The characters between the quotes of a TOML string.
struct Units<'a> {
    raw: &'a str,
    at: usize,
    end: usize,
    /// Whether a backslash begins an escape.
    escapes: bool,
}

impl<'a> Units<'a> {
    fn new(raw: &'a str) -> Option<Self> {
        let escapes = raw.starts_with('"');
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        let end = raw.len().checked_sub(quotes).filter(|end| *end >= quotes)?;
        let content = raw.get(quotes..end)?;
        let first_newline = if quotes == 3 { newline(content) } else { 0 };
        Some(Self { raw, at: quotes + first_newline, end, escapes })
    }

    fn rest(&self) -> &'a str {
        self.raw.get(self.at..self.end).unwrap_or_default()
    }

    /// The next character; `None` at the end.
    fn next_unit(&mut self) -> Result<Option<Unit>, NoTomlString> {
        if self.escapes {
            self.skip_line_ends();
        }
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(None);
        };
        let (decoded, length) = match rest.strip_prefix('\\').filter(|_| self.escapes) {
            Some(after) => escape(after).map(|(decoded, length)| (decoded, 1 + length)).ok_or(NoTomlString)?,
            None => (first, first.len_utf8()),
        };
        self.at += length;
        Ok(Some(Unit { decoded, raw: start..self.at }))
    }

    /// Skips each backslash at a line's end, with the white space after it.
    fn skip_line_ends(&mut self) {
        while let Some(after) = self.rest().strip_prefix('\\') {
            if newline(after.trim_start_matches([' ', '\t'])) == 0 {
                return;
            }
            let length = after.len() - after.trim_start_matches([' ', '\t', '\r', '\n']).len();
            self.at += 1 + length;
        }
    }
}

/// The character of an escape and the number of bytes after the backslash.
fn escape(after: &str) -> Option<(char, usize)> {
    let kind = after.chars().next()?;
    let digits = match kind {
        'b' => return Some(('\u{8}', 1)),
        't' => return Some(('\t', 1)),
        'n' => return Some(('\n', 1)),
        'f' => return Some(('\u{c}', 1)),
        'r' => return Some(('\r', 1)),
        'e' => return Some(('\u{1b}', 1)),
        '"' | '\\' => return Some((kind, 1)),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let code = u32::from_str_radix(after.get(1..=digits)?, 16).ok()?;
    Some((char::from_u32(code)?, 1 + digits))
}

/// The number of bytes of the line ending at the start of a text; 0 where there is none.
fn newline(text: &str) -> usize {
    if text.starts_with('\n') {
        1
    } else if text.starts_with("\r\n") {
        2
    } else {
        0
    }
}
