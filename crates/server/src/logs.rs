//! Where events and spans go: lines on standard error, for people or as JSON.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// Why logs cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The filter cannot be read.
    #[error("`log`: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody else has begun already.
    #[error("logs have begun already: {0}")]
    Begun(#[from] TryInitError),
}

/// Begins to log in this process.
pub fn begin(filter: &str, json: bool) -> Result<(), LogError> {
    let filter = EnvFilter::try_new(filter)?;
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(true);
    let registry = tracing_subscriber::registry().with(filter);
    if json {
        registry.with(lines.json().flatten_event(true).with_current_span(false).with_span_list(true)).try_init()?;
    } else {
        registry.with(lines.with_ansi(false)).try_init()?;
    }
    Ok(())
}
