//! How costs grow.
//!
//! | what grows | file |
//! |---|---|
//! | fields of a mapping | `fields.rs` |
//! | records of a mapping | `records.rs` |
//! | mappings of a catalog | `mappings.rs` |
//! | accounts of a store | `accounts.rs` |
//! | the size of a patch, and of a provider's record | `sizes.rs`, with the mapping in `bag.rs` |
//! | custom fields of an account | `custom.rs` |
//!
//! `wide.rs` makes mappings, `clock.rs` takes times, `curve.rs` holds curves and says how steep they are, `plot.rs`
//! draws them, and `resident.rs` says what is in memory.

pub(crate) mod accounts;
mod bag;
pub(crate) mod clock;
pub(crate) mod curve;
pub(crate) mod custom;
pub(crate) mod fields;
pub(crate) mod mappings;
pub(crate) mod plot;
pub(crate) mod records;
mod resident;
pub(crate) mod sizes;
mod wide;

use clock::Clock;

/// How a bench is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// The clock.
    pub(crate) clock: Clock,
    /// No number goes beyond this one.
    pub(crate) most: usize,
}

impl Settings {
    /// A largest number, or the one of the settings where that is smaller.
    pub(crate) fn most(&self, most: usize) -> usize {
        most.min(self.most)
    }

    /// Tells how far it is.
    #[expect(clippy::unused_self, reason = "settings may silence it one day")]
    pub(crate) fn progress(&self, chart: &str, number: usize) {
        eprintln!("{chart} {number}");
    }
}
