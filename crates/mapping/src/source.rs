//! Source files and places in them.
//!
//! Every byte offset in this crate counts from the start of [`SourceFile::text`], which holds no byte order mark.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::diagnostic::{Code, Diagnostic};

/// The byte order mark of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The number of bytes after an undecodable byte that its diagnostic can still show.
const SHOWN_AFTER_BAD_BYTE: usize = 120;

/// One file of text, with the name that diagnostics show.
pub struct SourceFile {
    name: String,
    text: String,
    /// The byte at which each line starts, the first is 0; found when it is asked for, as most files have no finding.
    line_starts: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// Decodes a file.
    ///
    /// The name is shown as given; it is relative and has forward slashes. A byte order mark is dropped. Lines may end
    /// in `\n` or in `\r\n`.
    ///
    /// # Errors
    /// A diagnostic `not-utf-8` at the first byte that is not UTF-8.
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Result<Arc<Self>, Box<Diagnostic>> {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::from_text(name, text)),
            Err(error) => Err(Box::new(not_utf_8(name.into(), bytes, error.valid_up_to()))),
        }
    }

    /// Takes text that is decoded already. A byte order mark is dropped.
    pub fn from_text(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..BYTE_ORDER_MARK.len());
        }
        Arc::new(Self { name: name.into(), text, line_starts: OnceLock::new() })
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect()
        })
    }

    /// The name that diagnostics show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and the column of a byte, both counted from 1; the column in Unicode scalar values.
    ///
    /// A byte inside a character counts as the start of that character, a byte beyond the text as its end.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let byte = self.boundary(byte);
        let line = self.line(byte);
        let before = self.text.get(self.line_start(line)..byte).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// The line of a byte, counted from 1.
    pub(crate) fn line(&self, byte: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= byte)
    }

    /// The byte at which a line starts, the line counted from 1; the end of the text for lines beyond it.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        let start = line.checked_sub(1).and_then(|index| self.line_starts().get(index));
        start.copied().unwrap_or(self.text.len())
    }

    /// The byte at which a line's ending starts, the line counted from 1; the end of the text for the last line.
    pub(crate) fn line_end(&self, line: usize) -> usize {
        let next = self.line_starts().get(line).copied();
        let through = self.text.get(..next.unwrap_or(self.text.len())).unwrap_or_default();
        let without = match next {
            Some(_) => through.strip_suffix("\r\n").or_else(|| through.strip_suffix('\n')),
            None => None,
        };
        without.unwrap_or(through).len()
    }

    /// The nearest start of a character at or before a byte.
    pub(crate) fn boundary(&self, byte: usize) -> usize {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SourceFile").field(&self.name).finish()
    }
}

/// A span of bytes in a file.
///
/// Places are ordered by the file's name, then by start, then by end. Two places are equal where these three are.
#[derive(Clone)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes of [`SourceFile::text`].
    pub span: Range<usize>,
}

impl Place {
    /// A span of bytes in a file.
    pub fn new(file: &Arc<SourceFile>, span: Range<usize>) -> Self {
        Self { file: Arc::clone(file), span }
    }

    /// The text that the place covers; empty where the span does not lie on characters of the file.
    pub fn text(&self) -> &str {
        self.file.text().get(self.span.clone()).unwrap_or_default()
    }

    fn sort_key(&self) -> (&str, usize, usize) {
        (self.file.name(), self.span.start, self.span.end)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.sort_key() == other.sort_key()
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sort_key().cmp(&other.sort_key())
    }
}

/// `file:line:column`, where the place starts.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.file.line_column(self.span.start);
        write!(formatter, "{}:{line}:{column}", self.file.name())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}[{}..{}]", self.file.name(), self.span.start, self.span.end)
    }
}

/// The diagnostic for a byte that is not UTF-8. Its file is the decodable text and a few replaced bytes after it.
fn not_utf_8(name: String, bytes: &[u8], valid_up_to: usize) -> Diagnostic {
    let (valid, rest) = bytes.split_at(valid_up_to.min(bytes.len()));
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let shown = line.get(..SHOWN_AFTER_BAD_BYTE).unwrap_or(line);
    let mut text = String::from_utf8_lossy(valid).into_owned();
    text.push_str(&String::from_utf8_lossy(shown));
    let end = valid_up_to + char::REPLACEMENT_CHARACTER.len_utf8();
    let byte = rest.first().copied().unwrap_or_default();
    let place = Place { file: SourceFile::from_text(name, text), span: valid_up_to..end };
    Diagnostic::error(Code::NotUtf8, place, "the file is not UTF-8")
        .with_label(format!("the byte 0x{byte:02X} is not part of a character here"))
        .with_help("save the file as UTF-8")
}

#[cfg(test)]
mod tests;
