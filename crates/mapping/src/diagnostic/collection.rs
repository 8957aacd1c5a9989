//! Diagnostics as they are collected.

use super::{Diagnostic, Severity};

/// The findings of one check, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// The number of errors among them.
    errors: usize,
}

impl Diagnostics {
    /// No findings.
    pub const fn new() -> Self {
        Self { found: Vec::new(), errors: 0 }
    }

    /// Adds one finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.found.push(diagnostic);
    }

    /// The findings, in the order in which they stand now.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// The number of findings.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is no finding.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The number of errors.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// The number of warnings.
    pub fn warnings(&self) -> usize {
        count(&self.found, Severity::Warning)
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// Sorts by place, code and message, and keeps the first of those that agree in all three.
    pub fn sort(&mut self) {
        self.found.sort_by(|one, other| sort_key(one).cmp(&sort_key(other)));
        self.found.dedup_by(|one, other| sort_key(one) == sort_key(other));
        self.errors = count(&self.found, Severity::Error);
    }

    /// The findings, sorted and each once.
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        self.sort();
        self.found
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(diagnostics: T) -> Self {
        Self::from(diagnostics.into_iter().collect::<Vec<_>>())
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self { errors: count(&diagnostics, Severity::Error), found: diagnostics }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::from(vec![diagnostic])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.iter()
    }
}

/// The number of findings of one severity.
pub(super) fn count(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
}

fn sort_key(diagnostic: &Diagnostic) -> (&crate::source::Place, super::Code, &str) {
    (&diagnostic.place, diagnostic.code, &diagnostic.message)
}
