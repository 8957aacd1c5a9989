//! A mapping beside its simulated provider. Every request that goes over is noted.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::Request;
use mapwright_cli::{Library, Simulated, demo_account};
use mapwright_interpreter::{Account, Finished, Interpreter, Sending, Transport};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::{Options, StepKind};
use mapwright_sandbox::Sandbox;
use serde_json::Value;

use crate::sent::Sent;

/// A mapping beside its simulated provider.
pub(crate) struct Desk {
    pub(crate) mapping: Arc<Mapping>,
    pub(crate) sandbox: Sandbox,
    pub(crate) account: Account,
    interpreter: Interpreter,
    seen: Arc<Mutex<Vec<Seen>>>,
    first: Value,
}

/// How a patch ended.
pub(crate) struct Ran {
    /// The lead as it is then, or why the patch failed.
    pub(crate) result: Result<Value, String>,
    /// Whether anything was written.
    pub(crate) writes: bool,
    /// Every request.
    pub(crate) sent: Vec<Sent>,
}

impl Desk {
    pub(crate) fn open(library: &Library, provider: &str) -> Desk {
        let mapping = library.mapping(provider, None).unwrap_or_else(|problem| panic!("{problem}"));
        let sandbox = library.sandbox(provider).unwrap_or_else(|problem| panic!("{problem}"));
        let account = demo_account(&mapping.provider, sandbox.demo());
        let account = account.unwrap_or_else(|problem| panic!("{problem}"));
        let first = sandbox.state();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let watched = Watched { inner: Simulated::new(sandbox.clone()), seen: Arc::clone(&seen) };
        let interpreter = Interpreter::new(watched);
        Desk { mapping: Arc::clone(mapping), sandbox, account, interpreter, seen, first }
    }

    /// Puts every record back as it was in the beginning.
    pub(crate) fn reset(&self) {
        self.sandbox.restore(&self.first).expect("the first state");
    }

    /// Runs a patch.
    pub(crate) async fn patch(&self, id: &str, patch: &Value, origin: &str) -> Ran {
        let finished = self.interpreter.patch(&self.account, &self.mapping, id, patch, Options::default()).await;
        let seen = self.taken();
        let mut keys = finished.trace.calls.iter().filter_map(|call| call.key.as_ref());
        Ran {
            result: result(&finished),
            writes: keys.any(|key| key.kind.writes()),
            sent: seen.into_iter().map(|seen| seen.sent(origin)).collect(),
        }
    }

    /// Reads a lead.
    pub(crate) async fn get(&self, id: &str) -> Result<Value, String> {
        let finished = self.interpreter.get(&self.account, &self.mapping, id, Vec::new()).await;
        self.taken();
        result(&finished)
    }

    /// The answers that the rows of a table are read from, page by page, as a patch asks for them.
    pub(crate) async fn table(&self, table: &str, id: &str, patch: &Value) -> Vec<Value> {
        let finished = self.interpreter.patch(&self.account, &self.mapping, id, patch, Options::default()).await;
        let seen = self.taken();
        let mut seen = seen.into_iter();
        let mut answers = Vec::new();
        for call in &finished.trace.calls {
            let last = (0..call.attempts.len()).filter_map(|_| seen.next()).last();
            let is_table = call.key.as_ref().is_some_and(|key| key.kind == StepKind::Table && key.on == table);
            if let (true, Some(seen)) = (is_table, last) {
                answers.push(serde_json::from_slice(&seen.answer).unwrap_or_default());
            }
        }
        answers
    }

    /// What went over since it was asked last.
    fn taken(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn result(finished: &Finished) -> Result<Value, String> {
    match &finished.result {
        Ok(success) => Ok(success.resource.clone()),
        Err(failure) => {
            let violations =
                failure.violations.iter().map(|violation| format!("{}: {}", violation.pointer, violation.message));
            let reasons: Vec<String> = violations.chain([failure.message.clone()]).collect();
            Err(reasons.join("; "))
        }
    }
}

/// A request and its answer.
struct Seen {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    status: Option<u16>,
    answer: Vec<u8>,
}

impl Seen {
    fn sent(self, origin: &str) -> Sent {
        Sent {
            origin: origin.to_owned(),
            method: self.method,
            url: self.url,
            headers: self.headers,
            body: self.body,
            credentials: true,
            status: self.status,
        }
    }
}

/// The simulated provider, with every request and answer noted.
struct Watched {
    inner: Simulated,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Transport for Watched {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move {
            let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            let headers = request.headers().iter().map(|(name, value)| (name.to_string(), text(value)));
            let mut seen = Seen {
                method: request.method().to_string(),
                url: request.uri().to_string(),
                headers: headers.collect(),
                body: request.body().to_vec(),
                status: None,
                answer: Vec::new(),
            };
            let answer = self.inner.send(request).await;
            if let Ok(answer) = &answer {
                seen.status = Some(answer.status().as_u16());
                seen.answer = answer.body().to_vec();
            }
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
            answer
        })
    }
}
