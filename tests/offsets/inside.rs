//! The provider in this process: an exchange ends as it ends over the HTTP client, at a byte that is chosen.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, Uri, header};
use mapwright_interpreter::{Context, Sending, Transport, TransportError};
use mapwright_sandbox::Sandbox;
use serde_json::Value;

use crate::fault::{Fault, What};

/// Hands every request to a simulated provider, and lets one of them go wrong.
#[derive(Clone)]
pub(crate) struct Inside {
    sandbox: Sandbox,
    fault: Option<Fault>,
    /// Where exchanges are noted: the provider as it was at first.
    first: Option<Sandbox>,
    seen: Arc<Mutex<Seen>>,
}

/// An exchange of a run in which nothing goes wrong.
#[derive(Clone)]
pub(crate) struct Exchange {
    /// The step in words.
    pub(crate) step: String,
    pub(crate) response: Response<Bytes>,
    /// What the provider has after it that it had not at first.
    pub(crate) changes: BTreeMap<String, Option<Value>>,
}

#[derive(Default)]
struct Seen {
    number: usize,
    met: usize,
    /// The request that the fault is for.
    at: Option<(Method, Uri, Bytes)>,
    exchanges: Vec<Exchange>,
}

impl Inside {
    pub(crate) fn new(sandbox: Sandbox, fault: Option<Fault>) -> Inside {
        Inside { sandbox, fault, first: None, seen: Arc::default() }
    }

    /// The same, with every exchange noted.
    pub(crate) fn noting(mut self, first: &Sandbox) -> Inside {
        self.first = Some(first.clone());
        self
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).exchanges.clone()
    }

    /// How many requests have met the fault.
    pub(crate) fn met(&self) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).met
    }

    /// What goes wrong with a request, if anything does.
    fn wrong(&self, request: &Request<Bytes>) -> Option<What> {
        let fault = self.fault?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let number = seen.number;
        seen.number += 1;
        let own = (request.method().clone(), request.uri().clone(), request.body().clone());
        if number == fault.at {
            seen.at = Some(own.clone());
        }
        let same = seen.at.as_ref() == Some(&own);
        let meets = fault.meets(number, same);
        seen.met += usize::from(meets);
        meets.then_some(fault.what)
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let wrong = self.wrong(&request);
        match wrong {
            Some(What::Refused) => return Err(TransportError::NeverSent("connection refused".to_owned())),
            Some(What::Request(_)) => return Err(ended()),
            _ => {}
        }
        let response = self.sandbox.handle(&request);
        if let Some(first) = &self.first {
            let step = request.extensions().get::<Context>().map(Context::step).unwrap_or_default().to_owned();
            let changes = self.sandbox.changed_since(first);
            let noted = Exchange { step, response: response.clone(), changes };
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).exchanges.push(noted);
        }
        match wrong {
            Some(What::Unanswered) => Err(ended()),
            Some(What::Late) => {
                tokio::time::sleep(Duration::from_hours(1)).await;
                Ok(response)
            }
            Some(What::Within) => Err(TransportError::CutOff("end of file before message length reached".to_owned())),
            Some(What::Short(length)) => {
                let mut response = response.map(|body| body.slice(..length.min(body.len())));
                response.headers_mut().remove(header::CONTENT_LENGTH);
                Ok(response)
            }
            _ => Ok(response),
        }
    }
}

fn ended() -> TransportError {
    TransportError::Ambiguous("connection closed before message completed".to_owned())
}

impl Transport for Inside {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(self.answer(request))
    }
}
