//! How fast a provider may be called, and which headers tell what is left.

use std::time::Duration;

/// How fast a provider may be called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Requests per time.
    pub pace: Option<Pace>,
    /// Requests at the same time.
    pub concurrent: Option<u32>,
    /// The header that tells how many there are in a window.
    pub limit: Option<String>,
    /// The header that tells how long a window is.
    pub window: Option<Reset>,
    /// The header that tells what is left.
    pub remaining: Option<String>,
    /// The header that tells when it is filled up again.
    pub reset: Option<Reset>,
    /// The structured header that tells all of it.
    pub structured: Option<String>,
}

/// Requests per time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many.
    pub requests: u32,
    /// In what time.
    pub per: Duration,
}

/// A header that tells a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Its name.
    pub header: String,
    /// The unit of its number.
    pub unit: Unit,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

impl Unit {
    /// That many of the unit; what is not a span is none.
    pub fn of(self, number: f64) -> Option<Duration> {
        let seconds = match self {
            Unit::Seconds => number,
            Unit::Milliseconds => number / 1000.0,
        };
        Duration::try_from_secs_f64(seconds).ok()
    }
}
