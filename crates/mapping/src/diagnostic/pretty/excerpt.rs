//! The lines of a file that a diagnostic shows.

use std::ops::Range;

use super::super::Diagnostic;
use crate::source::{Place, SourceFile};

/// Lines longer than this are cut, in bytes.
const LONGEST: usize = 2000;

/// The number of bytes that are kept after the marked text where lines are cut.
const AROUND: usize = 200;

/// The greatest number of bytes that are marked.
const MARKED: usize = 400;

/// Marked text of this many lines or more is marked on its first line only.
const MOST_LINES: usize = 8;

/// Lines of one file, with what is marked in them.
pub(super) struct Excerpt<'a> {
    pub(super) file: &'a SourceFile,
    window: Range<usize>,
    pub(super) marks: Vec<Mark<'a>>,
}

/// A marked span of bytes of the file.
pub(super) struct Mark<'a> {
    pub(super) span: Range<usize>,
    pub(super) label: Option<&'a str>,
    pub(super) primary: bool,
}

/// The excerpts of a diagnostic, the first with its place. Places that lie near each other share one.
pub(super) fn of(diagnostic: &Diagnostic) -> Vec<Excerpt<'_>> {
    let mut excerpts = vec![Excerpt::new(&diagnostic.place, diagnostic.label.as_deref(), true)];
    for (place, label) in &diagnostic.related {
        let excerpt = Excerpt::new(place, Some(label), false);
        match excerpts.iter_mut().find(|other| other.is_near(&excerpt)) {
            Some(other) => other.join(excerpt),
            None => excerpts.push(excerpt),
        }
    }
    excerpts
}

impl<'a> Excerpt<'a> {
    fn new(place: &'a Place, label: Option<&'a str>, primary: bool) -> Self {
        let file = &*place.file;
        let span = marked(file, &place.span);
        let window = window(file, &span);
        Self { file, window, marks: vec![Mark { span, label, primary }] }
    }

    /// Whether both are of one file and the lines from one to the other are few enough to be looked at.
    ///
    /// The empty line after the last line ending stays apart: the renderer counts it to the line before.
    fn is_near(&self, other: &Self) -> bool {
        let both = self.window_with(other);
        self.file.name() == other.file.name()
            && both.len() <= LONGEST * MOST_LINES
            && !self.window.is_empty()
            && !other.window.is_empty()
    }

    fn join(&mut self, other: Self) {
        self.window = self.window_with(&other);
        self.marks.extend(other.marks);
    }

    fn window_with(&self, other: &Self) -> Range<usize> {
        self.window.start.min(other.window.start)..self.window.end.max(other.window.end)
    }

    /// The text of the lines.
    pub(super) fn text(&self) -> &'a str {
        self.file.text().get(self.window.clone()).unwrap_or_default()
    }

    /// The number of the first line.
    pub(super) fn first_line(&self) -> usize {
        self.file.line(self.window.start)
    }

    /// A span of the file as a span of the text.
    pub(super) fn relative(&self, span: &Range<usize>) -> Range<usize> {
        let start = span.start.saturating_sub(self.window.start);
        start..span.end.saturating_sub(self.window.start).max(start)
    }
}

/// The part of a span that is marked: on characters of the file, and on one line where it is long.
fn marked(file: &SourceFile, span: &Range<usize>) -> Range<usize> {
    let start = file.boundary(span.start);
    let end = file.boundary(span.end.max(span.start)).max(start);
    if file.line(end) - file.line(start) < MOST_LINES && end - start <= MARKED {
        return start..end;
    }
    let marked = file.text().get(start..end).unwrap_or_default();
    let first_line = marked.lines().next().map_or(0, str::len);
    start..file.boundary(start + first_line.min(MARKED))
}

/// The lines that a span touches, without what follows it at length.
///
/// The start of the first line always belongs to it, so that columns are true.
fn window(file: &SourceFile, span: &Range<usize>) -> Range<usize> {
    let start = file.line_start(file.line(span.start));
    // A span may end inside a line ending.
    let end = file.line_end(file.line(span.end)).max(span.end);
    if end - start <= LONGEST { start..end } else { start..end.min(file.boundary(span.end + AROUND)) }
}
