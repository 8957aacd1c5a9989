//! What the tests of this crate share: a provider from its file, steps, and a transport in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Request, Response};
use mapwright_mapping::diagnostic::Diagnostics;
use mapwright_mapping::document::Document;
use mapwright_mapping::plan::{RequestSpec, Step, StepKey, StepKind};
use mapwright_mapping::provider::{During, Provider, Purpose};
use mapwright_mapping::raw::RawProviderFile;
use mapwright_mapping::source::SourceFile;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::account::Account;
use crate::interpreter::{Clock, Links};
use crate::tokens::{MemoryTokens, TokenStore};
use crate::transport::{Sending, Transport, TransportError};

/// A provider from the text of its file.
pub(crate) fn provider(text: &str) -> Arc<Provider> {
    let document = Document::parse(SourceFile::from_text("provider.toml", text)).expect("TOML");
    let raw: RawProviderFile = serde_json::from_value(document.value().clone()).expect("a provider");
    let mut diagnostics = Diagnostics::new();
    let provider = Provider::resolve("library", &document, &raw, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Arc::new(provider)
}

/// A provider whose one way of authenticating is the text.
pub(crate) fn provider_with(auth: &str) -> Arc<Provider> {
    provider(&format!("language = 1\n[provider]\nlabel = \"Library\"\nbase = \"https://api.example.com/v1\"\n{auth}"))
}

/// A way of authenticating with a key.
pub(crate) const KEY: &str = "[auth.key]\nheaders = { X-Key = \"{secret.key}\" }\n";

/// A way of authenticating with a token that is renewed.
pub(crate) const OAUTH: &str = "[auth.oauth]\nheaders = { Authorization = \"Bearer {token}\" }\n\
    refresh = { send = \"POST https://login.example.com/token\", expires = \"expires_in\", rotates = true }\n";

/// An account with these secrets.
pub(crate) fn account(provider: &Arc<Provider>, secrets: &[(&str, &str)]) -> Account {
    let secrets = secrets.iter();
    let secrets = secrets.map(|(name, value)| ((*name).to_owned(), SecretString::from(*value)));
    Account::new("one", provider, None, &BTreeMap::new(), secrets.collect()).expect("an account")
}

/// An account with a key.
pub(crate) fn key_account(further: &str) -> Account {
    account(&provider_with(&format!("{KEY}{further}")), &[("key", "canary-key")])
}

/// An account with a token that is renewed.
pub(crate) fn oauth_account() -> Account {
    account(&provider_with(OAUTH), &OAUTH_SECRETS)
}

/// The secrets of [`oauth_account`].
pub(crate) const OAUTH_SECRETS: [(&str, &str); 3] =
    [("client_id", "canary-client"), ("client_secret", "canary-secret"), ("refresh_token", "canary-refresh-0")];

/// A step.
pub(crate) fn step(kind: StepKind) -> Step {
    let during = if kind.writes() { During::Write } else { During::Read };
    Step {
        key: StepKey::new(kind, "book", 0),
        request: RequestSpec {
            method: if kind.writes() { "PATCH" } else { "GET" }.to_owned(),
            url: "https://api.example.com/v1/books/1".to_owned(),
            headers: vec![("Accept".to_owned(), "application/json".to_owned())],
            body: kind.writes().then(|| b"{\"colour\":\"red\"}".to_vec()),
        },
        purpose: Purpose { on: "book".to_owned(), during },
        repeatable: false,
        cache: None,
    }
}

/// What a transport in memory gives.
pub(crate) type Given = Result<Response<Bytes>, TransportError>;

/// A reply, as a transport gives it.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Given {
    let builder =
        headers.iter().fold(Response::builder().status(status), |builder, (name, value)| builder.header(*name, *value));
    Ok(builder.body(Bytes::from(body.to_owned())).expect("a reply"))
}

type Answer = dyn Fn(&Request<Bytes>) -> Given + Send + Sync;

/// A transport in memory: from a list of answers, or a function. Each answer takes a moment.
pub(crate) struct Memory {
    pub(crate) seen: Mutex<Vec<Request<Bytes>>>,
    answers: Mutex<VecDeque<Given>>,
    answer: Option<Box<Answer>>,
    takes: Duration,
}

impl Memory {
    pub(crate) fn of(answers: impl IntoIterator<Item = Given>) -> Arc<Memory> {
        Arc::new(Memory {
            seen: Mutex::default(),
            answers: Mutex::new(answers.into_iter().collect()),
            answer: None,
            takes: Duration::ZERO,
        })
    }

    pub(crate) fn with(
        takes: Duration,
        answer: impl Fn(&Request<Bytes>) -> Given + Send + Sync + 'static,
    ) -> Arc<Memory> {
        Arc::new(Memory { seen: Mutex::default(), answers: Mutex::default(), answer: Some(Box::new(answer)), takes })
    }

    /// The requests so far, as method and URL.
    pub(crate) fn requests(&self) -> Vec<String> {
        let seen = self.seen.lock().expect("the requests");
        seen.iter().map(|request| format!("{} {}", request.method(), request.uri())).collect()
    }
}

impl Transport for Memory {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let given = if let Some(answer) = &self.answer {
            answer(&request)
        } else {
            let next = self.answers.lock().expect("the answers").pop_front();
            next.unwrap_or_else(|| panic!("no answer for {} {}", request.method(), request.uri()))
        };
        self.seen.lock().expect("the requests").push(request);
        Box::pin(async move {
            tokio::time::sleep(self.takes).await;
            given
        })
    }
}

/// A moment of the wall clock.
pub(crate) fn epoch() -> SystemTime {
    UNIX_EPOCH + Duration::from_hours(500_000)
}

/// A wall clock that goes with the clock of `tokio`, from [`epoch`] on.
pub(crate) fn clock() -> Clock {
    let start = Instant::now();
    Arc::new(move || epoch() + start.elapsed())
}

/// Links over a transport.
pub(crate) fn links(transport: &Arc<Memory>) -> Links {
    links_with(transport, MemoryTokens::default())
}

/// Links over a transport and a store.
pub(crate) fn links_with(transport: &Arc<Memory>, tokens: impl TokenStore) -> Links {
    Links {
        transport: Arc::clone(transport) as Arc<dyn Transport>,
        tokens: Arc::new(tokens),
        clock: clock(),
        first_wait: crate::retry::FIRST_WAIT,
        texts: true,
    }
}
