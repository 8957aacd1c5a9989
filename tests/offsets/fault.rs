//! One fault, and the requests that meet it.

use std::fmt;

/// Something that goes wrong with a request of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Which request of the run, counted from zero, those for tokens and repetitions included.
    pub(crate) at: usize,
    pub(crate) what: What,
    pub(crate) repeat: Repeat,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// There is no connection.
    Refused,
    /// The connection ends after so many bytes of the request; it is not done. In this process: after all of them.
    Request(usize),
    /// The request is done, and the connection ends without a byte of the answer.
    Unanswered,
    /// The request is done, and no answer comes in time.
    Late,
    /// The request is done, and the connection ends within an answer that has said how long it is.
    Within,
    /// The request is done, and the body ends after so many bytes as if it were all of it: no length was stated.
    Short(usize),
    /// The request is done, and the connection ends after so many bytes of the answer as it is on the wire.
    Answer(usize),
}

/// Which requests meet it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// That one alone.
    Once,
    /// That one and every repetition of it.
    Same,
    /// That one and all after it.
    On,
}

impl Fault {
    /// Whether the request of a number meets it; `same`: it is the one that the fault is for, or a repetition.
    pub(crate) fn meets(&self, number: usize, same: bool) -> bool {
        match self.repeat {
            Repeat::Once => number == self.at,
            Repeat::Same => same,
            Repeat::On => number >= self.at,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {} {:?} {:?}", self.at, self.what, self.repeat)
    }
}
