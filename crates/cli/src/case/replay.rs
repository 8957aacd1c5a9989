//! The run of a case: over exchanges that are replayed, or over any other transport.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use mapwright_interpreter::{
    Account, AccountErrors, Difference, Exchange, Expected, ExpectedBody, Finished, Interpreter, Replay, Sending,
    Transport, TransportError,
};
use mapwright_mapping::mapping::Mapping;
use secrecy::SecretString;
use serde_json::Value;

use super::kept::Keeper;
use super::{Case, CaseBody, CaseExchange, CaseReply, Operation};

/// What a run of a case gave.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Every request, in order.
    pub sent: Vec<SentBytes>,
    /// The result, and what went over the wire.
    pub finished: Finished,
    /// The first request that is not the expected one.
    pub difference: Option<Difference>,
    /// The access token that was kept last: its `lifetime` and the moment `until` which it is good, in seconds, where
    /// they are known.
    pub token: Option<Value>,
}

/// A request as it was sent; its headers and its body may hold the case's made-up secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentBytes {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Case {
    /// The account of the case.
    pub fn account(&self, mapping: &Mapping) -> Result<Account, AccountErrors> {
        let (name, given) = (self.title(), &self.account);
        let Some(auth) = &given.auth else {
            return Account::without_credentials(name, &mapping.provider, &given.variables);
        };
        let secrets = given.secrets.iter();
        let secrets = secrets.map(|(name, text)| (name.clone(), SecretString::from(text.as_str()))).collect();
        Account::new(name, &mapping.provider, Some(auth), &given.variables, secrets)
    }

    /// Asks what the case asks.
    pub async fn ask(&self, interpreter: &Interpreter, account: &Account, mapping: &Arc<Mapping>) -> Finished {
        match &self.operation {
            Operation::Get(query) => interpreter.get(account, mapping, &self.id, query.clone()).await,
            Operation::Patch(patch, options) => {
                interpreter.patch(account, mapping, &self.id, patch, options.clone()).await
            }
        }
    }

    /// Runs the case over its exchanges.
    pub async fn replay(&self, mapping: &Arc<Mapping>) -> Result<Ran, AccountErrors> {
        let account = self.account(mapping)?;
        let replay = Replay::new(self.exchanges.iter().map(|exchange| exchange.expected(self)));
        let recorder = Recorder { replay: replay.clone(), sent: Arc::default() };
        let sent = Arc::clone(&recorder.sent);
        let keeper = Keeper::default();
        let interpreter = Interpreter::new(recorder).with_tokens(keeper.clone());
        let finished = self.ask(&interpreter, &account, mapping).await;
        let sent = sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Ran { sent, finished, difference: replay.finish().err(), token: keeper.token() })
    }
}

impl CaseExchange {
    fn expected(&self, case: &Case) -> Exchange {
        let body = match &self.body {
            CaseBody::Empty => ExpectedBody::Empty,
            CaseBody::Json(value) => ExpectedBody::Json(with_secrets(case, value)),
            CaseBody::Text(text) => ExpectedBody::Bytes(case.with_secrets(text).into_bytes()),
        };
        let mut headers: Vec<(String, String)> =
            self.headers.iter().map(|(name, text)| (name.clone(), case.with_secrets(text))).collect();
        let named = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
        if !named && let Some(media) = self.media() {
            headers.push(("Content-Type".to_owned(), media.to_owned()));
        }
        Exchange {
            request: Expected { method: self.method.clone(), url: self.url.clone(), headers, body },
            reply: self.reply.response(),
        }
    }

    /// The content type that follows from the body.
    fn media(&self) -> Option<&'static str> {
        match &self.body {
            CaseBody::Empty => None,
            CaseBody::Text(_) => Some("application/x-www-form-urlencoded"),
            CaseBody::Json(Value::Array(items)) if items.iter().all(|item| item.get("op").is_some()) => {
                Some("application/json-patch+json")
            }
            CaseBody::Json(_) => Some("application/json"),
        }
    }
}

/// The value with the case's secrets in the place of their names.
fn with_secrets(case: &Case, value: &Value) -> Value {
    match value {
        Value::String(text) => case.with_secrets(text).into(),
        Value::Array(items) => items.iter().map(|item| with_secrets(case, item)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), with_secrets(case, member))).collect()
        }
        other => other.clone(),
    }
}

impl CaseReply {
    fn response(&self) -> Result<Response<Bytes>, TransportError> {
        let why = || "the case says so".to_owned();
        match self {
            CaseReply::NeverSent => Err(TransportError::NeverSent(why())),
            CaseReply::Silence => Err(TransportError::Ambiguous(why())),
            CaseReply::Cut => Err(TransportError::CutOff(why())),
            CaseReply::Answer { status, headers, body } => {
                let mut builder = Response::builder().status(*status);
                for (name, text) in headers {
                    builder = builder.header(name, text);
                }
                let response = builder.body(Bytes::from(body.clone()));
                response.map_err(|error| TransportError::Refused(error.to_string()))
            }
        }
    }
}

/// Notes every request on its way to the replay.
struct Recorder {
    replay: Replay,
    sent: Arc<Mutex<Vec<SentBytes>>>,
}

impl Transport for Recorder {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let sent = SentBytes {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: headers.collect(),
            body: request.body().clone(),
        };
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
        self.replay.send(request)
    }
}
