//! What answers in the provider's place until the answers are canned.

use std::path::PathBuf;

use bytes::Bytes;
use http::{Request, Response};
use mapwright_benches::lead::Lead;
use mapwright_cli::Library;
use mapwright_sandbox::Sandbox;

/// What answers.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The record of [`Lead`], whatever is asked for.
    Record(Bytes),
    /// A simulated provider.
    Sandbox(Box<Sandbox>),
}

impl Source {
    /// The name of the source that has one record alone.
    pub(crate) const RECORD: &str = "record";

    /// By the name of a provider in a directory of mappings, or [`Source::RECORD`].
    ///
    /// # Panics
    /// Where there is none.
    pub(crate) fn named(name: &str, mappings: PathBuf) -> Source {
        if name == Source::RECORD {
            return Source::Record(Lead::of(15).record.to_string().into());
        }
        let library = Library::open(&[mappings], None).expect("the mappings can be read");
        Source::Sandbox(Box::new(library.sandbox(name).expect("a simulated provider")))
    }

    /// The answer.
    pub(crate) fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        match self {
            Source::Record(record) => {
                let mut response = Response::new(record.clone());
                let json = http::HeaderValue::from_static("application/json");
                response.headers_mut().insert(http::header::CONTENT_TYPE, json);
                response
            }
            Source::Sandbox(sandbox) => sandbox.handle(request),
        }
    }
}
