//! Spans for a collector, with OTLP over HTTP.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

use super::LogError;

/// The path of traces below a collector's address.
const PATH: &str = "v1/traces";

/// A collector. What is not sent yet is sent when it is dropped.
#[derive(Debug)]
pub(super) struct Collector(SdkTracerProvider);

impl Drop for Collector {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last spans cannot be sent");
        }
    }
}

/// A collector at an address, as `http://127.0.0.1:4318`, and the layer that feeds it.
pub(super) fn to<S>(address: &str) -> Result<(Collector, OpenTelemetryLayer<S, SdkTracer>), LogError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let endpoint = format!("{}/{PATH}", address.trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_endpoint(endpoint).build();
    let exporter = exporter.map_err(|error| LogError::Otlp(error.to_string()))?;
    let resource = Resource::builder().with_service_name("mapwright").build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("mapwright"));
    Ok((Collector(provider), layer))
}
