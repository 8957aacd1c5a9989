mod refused;
mod shape;
mod spans;
mod strings;

use super::Document;
use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

fn parse(text: &str) -> Document {
    match Document::parse(SourceFile::from_text("shelf.toml", text)) {
        Ok(document) => document,
        Err(diagnostics) => panic!("{text:?} does not parse: {diagnostics:#?}"),
    }
}

/// `line:column code: message`, and the help after an arrow.
fn lines(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let (line, column) = diagnostic.place.file.line_column(diagnostic.place.span.start);
            let Diagnostic { code, message, .. } = diagnostic;
            match &diagnostic.help {
                Some(help) => format!("{line}:{column} {code}: {message} -> {help}"),
                None => format!("{line}:{column} {code}: {message}"),
            }
        })
        .collect()
}
