//! Diagnostics as they are collected.

use super::{Diagnostic, Severity};

/// The findings of one check, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No findings.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// The findings, in the order in which they stand now.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// The number of findings.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no finding.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of errors.
    pub fn errors(&self) -> usize {
        count(&self.0, Severity::Error)
    }

    /// The number of warnings.
    pub fn warnings(&self) -> usize {
        count(&self.0, Severity::Warning)
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// Sorts by place, code and message, and keeps the first of those that agree in all three.
    pub fn sort(&mut self) {
        self.0.sort_by(|one, other| sort_key(one).cmp(&sort_key(other)));
        self.0.dedup_by(|one, other| sort_key(one) == sort_key(other));
    }

    /// The findings, sorted and each once.
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        self.sort();
        self.0
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        self.0.extend(diagnostics);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(diagnostics: T) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The number of findings of one severity.
pub(super) fn count(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
}

fn sort_key(diagnostic: &Diagnostic) -> (&crate::source::Place, super::Code, &str) {
    (&diagnostic.place, diagnostic.code, &diagnostic.message)
}
