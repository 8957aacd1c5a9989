//! Diagnostics for people, as compilers show them.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::collection::count;
use super::{Diagnostic, Severity};
use excerpt::Excerpt;

mod excerpt;

/// Renders diagnostics, in the order given, and a line that counts them; nothing at all where there are none.
///
/// Colours are ANSI escapes. Control characters of the files and the messages are replaced by visible ones.
pub fn render(diagnostics: &[Diagnostic], color: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic)]));
        out.push_str("\n\n");
    }
    out.push_str(&renderer.render(&[Group::with_title(totals(diagnostics))]));
    out.push('\n');
    out
}

/// One diagnostic with its excerpts, notes and help.
fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let title = level(diagnostic.severity).primary_title(&diagnostic.message);
    let mut group = Group::with_title(title.id(diagnostic.code.as_str()));
    for excerpt in excerpt::of(diagnostic) {
        group = group.element(snippet(&excerpt));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note));
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    }
}

fn snippet<'a>(excerpt: &Excerpt<'a>) -> Snippet<'a, Annotation<'a>> {
    let marks = excerpt.marks.iter().map(|mark| {
        let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(excerpt.relative(&mark.span)).label(mark.label)
    });
    Snippet::source(excerpt.text()).path(excerpt.file.name()).line_start(excerpt.first_line()).annotations(marks)
}

/// The last line: how many errors and warnings there are.
fn totals(diagnostics: &[Diagnostic]) -> annotate_snippets::Title<'static> {
    let errors = count(diagnostics, Severity::Error);
    let warnings = count(diagnostics, Severity::Warning);
    let counted = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }));
    let text = counted.collect::<Vec<_>>().join(", ");
    let worst = if errors > 0 { Severity::Error } else { Severity::Warning };
    level(worst).primary_title(text)
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}
