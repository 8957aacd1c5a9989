//! What a service takes on: sizes, numbers of runs, times.

use std::time::Duration;

/// What a service takes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest body of a request, in bytes.
    pub body: usize,
    /// The largest head of a request, in bytes.
    pub head: usize,
    /// How deep a body may be nested.
    pub depth: usize,
    /// Runs at the same time.
    pub runs: usize,
    /// Runs of one account at the same time; what is beyond waits for none.
    pub runs_of_an_account: usize,
    /// Connections at the same time; further ones wait to be accepted.
    pub connections: usize,
    /// How long a run may take. Calls of providers inherit what is left of it.
    pub deadline: Duration,
    /// How long a caller may take for the head of a request, and for its body.
    pub patience: Duration,
    /// How long what was read of accounts and tokens is good enough for requests, up to a minute; zero: each request
    /// asks the store. What is changed through the service itself holds with the next request all the same.
    pub remember: Duration,
    /// How long requests that run are waited for when the service ends.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body: 1 << 20,
            head: 32 << 10,
            depth: 64,
            runs: 256,
            runs_of_an_account: 16,
            connections: 4096,
            deadline: Duration::from_secs(25),
            patience: Duration::from_secs(10),
            remember: Duration::from_secs(1),
            drain: Duration::from_secs(30),
        }
    }
}
