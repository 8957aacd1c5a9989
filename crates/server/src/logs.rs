//! Where events and spans go: lines on standard error, for people or as JSON, and a collector where OTLP is built in.

use std::io;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{EnvFilter, Layer as _};

#[cfg(feature = "otlp")]
mod otlp;

#[cfg(feature = "otlp")]
use otlp::Collector;

/// Where OTLP is not built in, there is no collector.
#[cfg(not(feature = "otlp"))]
type Collector = std::convert::Infallible;

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
    /// The collector cannot be used.
    #[error("`otlp`: {0}")]
    Otlp(String),
}

/// Logs that have begun. What is not sent yet is sent when it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Logs {
    _collector: Option<Collector>,
}

/// Begins to log in this process: events that pass the filter, as lines for people or as JSON. With `otlp`, the
/// address of a collector that speaks OTLP over HTTP, spans are sent there as well.
pub fn begin(filter: &str, json: bool, otlp: Option<&str>) -> Result<Logs, LogError> {
    let filter = EnvFilter::try_new(filter)?;
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    let lines = if json {
        lines.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed()
    } else {
        lines.boxed()
    };
    let registry = tracing_subscriber::registry().with(filter).with(lines);
    match otlp {
        None => {
            registry.try_init()?;
            Ok(Logs { _collector: None })
        }
        #[cfg(feature = "otlp")]
        Some(address) => {
            let (collector, layer) = otlp::to(address)?;
            registry.with(layer).try_init()?;
            Ok(Logs { _collector: Some(collector) })
        }
        #[cfg(not(feature = "otlp"))]
        Some(_) => Err(LogError::Otlp("this program is built without it: build it with `--features otlp`".to_owned())),
    }
}
