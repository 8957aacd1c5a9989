//! Why a command cannot go on.

use std::fmt;
use std::path::Path;

use mapwright_mapping::diagnostic::{Code, Diagnostic, Severity};
use mapwright_mapping::source::{Place, SourceFile};

use crate::exit::Exit;

/// Why a command cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The command line, an account or another setting is wrong.
    Usage(String),
    /// An input cannot be read or parsed.
    Unreadable(String),
    /// The network cannot be used.
    Network(String),
    /// The files have errors, each with its place.
    Findings(Vec<Diagnostic>),
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Usage(text) | Problem::Unreadable(text) | Problem::Network(text) => formatter.write_str(text),
            Problem::Findings(found) => {
                let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
                formatter.write_str(&lines.join("\n"))
            }
        }
    }
}

impl std::error::Error for Problem {}

impl Problem {
    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Problem::Usage(_) => Exit::Usage,
            Problem::Unreadable(_) => Exit::Unreadable,
            Problem::Network(_) => Exit::Failed,
            Problem::Findings(found) => exit_of(found, false),
        }
    }

    /// A file or directory that cannot be read, as a finding at its start.
    pub(crate) fn unreadable(path: &Path, why: &str) -> Problem {
        let file = SourceFile::from_text(path.display().to_string(), "");
        let place = Place::new(&file, 0..0);
        Problem::Findings(vec![Diagnostic::error(Code::FileUnreadable, place, why)])
    }
}

/// The exit code for findings: a file that cannot be read or parsed outweighs what others say.
pub(crate) fn exit_of(diagnostics: &[Diagnostic], deny_warnings: bool) -> Exit {
    let unreadable = [Code::FileUnreadable, Code::NotUtf8, Code::TomlSyntax];
    let counts = |diagnostic: &&Diagnostic| deny_warnings || diagnostic.severity == Severity::Error;
    diagnostics
        .iter()
        .filter(counts)
        .map(|diagnostic| if unreadable.contains(&diagnostic.code) { Exit::Unreadable } else { Exit::Findings })
        .max()
        .unwrap_or_default()
}
