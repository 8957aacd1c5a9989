//! The spans that a run leaves behind for whoever collects them.

mod library;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use library::{account, mapping};
use mapwright_interpreter::{Interpreter, Sending, Transport, TransportError};
use mapwright_mapping::plan::Options;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Instrument as _, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// The fields of a span, as texts, with its name and its parent's.
type Fields = BTreeMap<String, String>;

/// Keeps every span in the order in which they began.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<(u64, Fields)>>>,
}

struct Into<'f>(&'f mut Fields);

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let name = attributes.metadata().name().to_owned();
        let parent = context.span(id).and_then(|span| span.parent()).map(|parent| parent.name().to_owned());
        let mut fields = Fields::from([("span".to_owned(), name)]);
        fields.extend(parent.map(|parent| ("parent".to_owned(), parent)));
        attributes.record(&mut Into(&mut fields));
        self.spans.lock().expect("the spans").push((id.into_u64(), fields));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.spans.lock().expect("the spans");
        let last = spans.iter_mut().rev().find(|(known, _)| *known == id.into_u64());
        record.record(&mut Into(&mut last.expect("the span").1));
    }
}

/// A provider that is busy at first, then away, and then says in everything what it was told.
struct Provider;

impl Transport for Provider {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        static WRITES: Mutex<u32> = Mutex::new(0);
        let path = request.uri().path().to_owned();
        let echo = format!("{request:?}");
        let body = match path.as_str() {
            "/token" => json!({"access_token": "canary-token", "expires_in": 3600, "echo": echo}),
            "/v1/shelves" => json!({"shelves": [{"name": "North", "id": 7}], "echo": echo}),
            _ => json!({"data": {"id": "canary-id", "colour": "canary-red", "shelf_id": 7}, "echo": echo}),
        };
        let mut number = WRITES.lock().expect("the number");
        *number += u32::from(request.method() == "PATCH");
        let given = match (request.method().as_str(), *number) {
            ("PATCH", 1) => Response::builder().status(429).body(Bytes::from_static(b"{}")),
            ("PATCH", 2) => return Box::pin(async { Err(TransportError::NeverSent("canary-reason".to_owned())) }),
            _ => Response::builder().header("X-Echo", "canary-header").body(Bytes::from(body.to_string())),
        };
        Box::pin(async move { Ok(given.expect("a reply")) })
    }
}

/// A span with these fields beside those that every one has.
fn span(method: &str, host: &str, step: &str, more: &[(&str, &str)]) -> Fields {
    let all = [
        ("span", "provider request"),
        ("parent", "unified request"),
        ("otel.name", method),
        ("otel.kind", "client"),
        ("http.request.method", method),
        ("server.address", host),
        ("server.port", "443"),
        ("url.scheme", "https"),
        ("mapwright.step", step),
        ("mapwright.provider", "library"),
    ];
    let all = all.iter().chain(more);
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test(start_paused = true)]
async fn every_attempt_has_a_span_that_says_no_more_than_it_may() {
    let collector = Collector::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(collector.clone()));
    let mapping = mapping();
    let account = account(&mapping);
    let interpreter = Interpreter::new(Provider);
    let patch = json!({"colour": "canary-red", "shelf": "North"});
    let run = interpreter.patch(&account, &mapping, "canary-id", &patch, Options::default());
    let finished = run.instrument(tracing::info_span!("unified request")).await;
    assert!(finished.result.is_ok(), "{finished:?}");
    let spans = collector.spans.lock().expect("the spans").clone();
    let spans: Vec<Fields> = spans.into_iter().map(|(_, fields)| fields).collect();
    let (ok, api) = (("http.response.status_code", "200"), "api.example.com");
    assert_eq!(
        spans[1..],
        [
            span("POST", "login.example.com", "renew the access token", &[ok]),
            span("GET", api, "look up shelves", &[ok]),
            span("PATCH", api, "write book", &[("http.response.status_code", "429"), ("error.type", "429")]),
            span("PATCH", api, "write book", &[("http.request.resend_count", "1"), ("error.type", "never_sent")]),
            span("PATCH", api, "write book", &[("http.request.resend_count", "2"), ok]),
        ]
    );
    let shown = format!("{spans:?}");
    assert!(!shown.contains("canary"), "{shown}");
}
