//! The whole service beside a plain proxy, in processes of their own.
//!
//! | what | file |
//! |---|---|
//! | the provider that both talk to: canned answers, counts | `provider.rs`, and what answers before there are any: `source.rs` |
//! | what went to the provider and came back | `exchange.rs` |
//! | the proxy: the same requests without a mapping | `proxy.rs` |
//! | a mapping with its accounts, the service that serves it | `scene.rs`, `stand.rs` |
//! | processes, what they take of the processor | `process.rs` |
//! | as much load as is taken, by `wrk` | `wrk.rs` |
//! | a load at a fixed rate, over plain connections | `open_loop.rs`, `connection.rs` |
//! | rounds, medians and tables | `rounds.rs`, `figures.rs` |

pub(crate) mod connection;
pub(crate) mod exchange;
pub(crate) mod figures;
pub(crate) mod open_loop;
pub(crate) mod process;
pub(crate) mod provider;
pub(crate) mod proxy;
pub(crate) mod rounds;
pub(crate) mod scene;
pub(crate) mod source;
pub(crate) mod stand;
pub(crate) mod wrk;
