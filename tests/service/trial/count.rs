//! What was counted.

use std::collections::BTreeMap;
use std::fmt;

/// Numbers by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Count(BTreeMap<String, u64>);

impl Count {
    pub(super) fn one(&mut self, name: &str) {
        *self.0.entry(name.to_owned()).or_default() += 1;
    }

    pub(super) fn of(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, other: &Count) {
        for (name, number) in &other.0 {
            *self.0.entry(name.clone()).or_default() += number;
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, number) in &self.0 {
            writeln!(f, "  {number:>8}  {name}")?;
        }
        Ok(())
    }
}
