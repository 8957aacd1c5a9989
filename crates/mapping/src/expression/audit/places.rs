//! Which fields of the input a value comes from.

use std::ops::Range;

use super::Read;

/// Most places a value is traced to. A value that has more is not traced any further; the fields
/// it comes from are then read as a whole.
const MOST: usize = 16;
/// Most names of a path that is traced. What is below counts as read with the field at this depth.
const LONGEST: usize = 64;

/// A field of the input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Place {
    path: Vec<String>,
    segments: Vec<Range<usize>>,
}

/// The fields that a value may come from. None at all means that the value is computed, or that it
/// is not traced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places(Vec<Place>);

impl Places {
    /// The input itself.
    pub(super) fn root() -> Self {
        Self(vec![Place::default()])
    }

    /// A value that comes from no field, or from where it is not traced.
    pub(super) fn unknown() -> Self {
        Self::default()
    }

    /// The field `name` of each place.
    pub(super) fn step(mut self, name: &str, range: &Range<usize>) -> Self {
        for place in self.0.iter_mut().filter(|place| place.path.len() < LONGEST) {
            place.path.push(name.to_owned());
            place.segments.push(range.clone());
        }
        self
    }

    /// The places of either value.
    pub(super) fn or(mut self, other: Self) -> Self {
        for place in other.0 {
            if !self.0.iter().any(|known| known.path == place.path) {
                self.0.push(place);
            }
        }
        if self.0.len() > MOST {
            self.0.clear();
        }
        self
    }

    /// The reads of these places, by the text at `range`.
    pub(super) fn reads(&self, range: &Range<usize>) -> impl Iterator<Item = Read> {
        self.0.iter().map(|place| Read {
            path: place.path.clone(),
            range: range.clone(),
            segments: place.segments.clone(),
        })
    }

    /// Whether the value is computed or not traced.
    pub(super) fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the input itself is one of the places.
    pub(super) fn has_root(&self) -> bool {
        self.0.iter().any(|place| place.path.is_empty())
    }

    /// Whether the last name of one of the places looks like that of an identifier: `id`, or a
    /// name that ends in `_id`, `-id`, `Id` or `ID`.
    pub(super) fn identifier(&self) -> bool {
        self.0.iter().filter_map(|place| place.path.last()).any(|name| {
            name.eq_ignore_ascii_case("id") || ["_id", "-id", "Id", "ID"].iter().any(|end| name.ends_with(end))
        })
    }
}
