//! Fields of which one always has a value.

use serde::Deserialize;

use crate::change::Draft;
use crate::file::Name;
use crate::violation::Stop;

/// A write that leaves all of these fields without a value is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keep {
    /// The fields.
    pub(crate) one_of: Vec<Name>,
    /// The error that answers.
    pub(crate) error: Name,
}

impl Draft<'_> {
    /// Whether every rule of this kind still holds, as far as the write touches it.
    pub(crate) fn kept(&self) -> Result<(), Stop> {
        for keep in &self.own.keeps {
            let mut names = keep.one_of.iter().map(toml::Spanned::get_ref);
            let is_touched = names.clone().any(|name| self.written.contains(name));
            let holds = names.any(|name| self.own.value(&self.record, name).is_some());
            if is_touched && !holds {
                return Err(Stop::error(keep.error.get_ref()).with("id", self.id.as_str()));
            }
        }
        Ok(())
    }
}
