//! A simulated provider.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use serde_json::{Map, Value, json};

use crate::actions::Turn;
use crate::auth::admit;
use crate::error::SandboxError;
use crate::file::Situation;
use crate::log::{Exchange, KEPT, exchange};
use crate::reply::{render, undeclared};
use crate::resolve::CREATED;
use crate::route::pairs;
use crate::spec::{Action, ComputedField, Demo, Route, Spec};
use crate::state::{State, fits_record};
use crate::step::Body;
use crate::template::Scope;
use crate::view::{Viewer, Wanted};
use crate::violation::Stop;

/// A simulated provider, driven by a sandbox file alone. Clones share one state.
#[derive(Debug, Clone)]
pub struct Sandbox {
    spec: Arc<Spec>,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    state: State,
    /// Errors that the next requests are answered with, and how often.
    faults: VecDeque<(String, u32)>,
    log: VecDeque<Exchange>,
}

impl Sandbox {
    /// A provider from a file; `name` is the file's name in errors, which give line and column.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, SandboxError> {
        let spec = crate::load::load(name, text)?;
        let inner = Inner {
            state: State::first(&spec),
            faults: VecDeque::new(),
            log: VecDeque::new(),
        };
        Ok(Self {
            spec: Arc::new(spec),
            inner: Arc::new(Mutex::new(inner)),
        })
    }

    /// Answers a request as the provider does, whatever the request is. The host is not looked at.
    pub fn handle(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let mut inner = self.lock();
        let (mut response, secret) = self.answer(&mut inner, request);
        if request.method() == Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        let noted = exchange(&self.spec, request, &response, secret);
        if inner.log.len() >= KEPT {
            inner.log.pop_front();
        }
        inner.log.push_back(noted);
        response
    }

    /// The whole state: records by collection and id, links, tokens, clock and counters. It holds the demo's
    /// tokens in plain text.
    pub fn state(&self) -> Value {
        serde_json::to_value(&self.lock().state).unwrap_or_default()
    }

    /// Puts a state back that [`Sandbox::state`] gave.
    pub fn restore(&self, state: &Value) -> Result<(), SandboxError> {
        let state = State::read(&self.spec, state)?;
        self.lock().state = state;
        Ok(())
    }

    /// A record as the provider shows it when everything is asked for; `None` where there is none. The id may have
    /// any form that the provider takes.
    pub fn record(&self, collection: &str, id: &str) -> Option<Value> {
        let inner = self.lock();
        let asks = self.spec.asks.keys().cloned().collect();
        let viewer = Viewer {
            spec: &self.spec,
            state: &inner.state,
            asks: &asks,
        };
        let id = self.spec.full_id(collection, id);
        viewer.show(collection, &id, &Wanted::All).ok().flatten()
    }

    /// Puts a record in place, unchecked but for its fields' names: a starting point for a test.
    pub fn put_record(&self, collection: &str, id: &str, record: Value) -> Result<(), SandboxError> {
        fits_record(&self.spec, collection, id, &record).map_err(SandboxError::Record)?;
        let id = self.spec.full_id(collection, id);
        if let Some(records) = self.lock().state.collections.get_mut(collection) {
            records.insert(id, record);
        }
        Ok(())
    }

    /// What a caller needs to reach this provider.
    pub fn demo(&self) -> &Demo {
        &self.spec.demo
    }

    /// What the provider sets by itself, by collection, in the order of the file: values that may change although
    /// nobody wrote them.
    pub fn computed(&self) -> &[ComputedField] {
        &self.spec.computed
    }

    /// Ends every issued access token: the next call with one is answered as the provider answers an expired token.
    pub fn expire_tokens(&self) {
        for access in self.lock().state.access_tokens.values_mut() {
            access.expired = true;
        }
    }

    /// Answers the next `times` requests with a declared error, whatever they ask.
    pub fn fail_next(&self, error_name: &str, times: u32) -> Result<(), SandboxError> {
        if !self.spec.errors.contains_key(error_name) {
            return Err(SandboxError::UnknownError(error_name.to_owned()));
        }
        if times > 0 {
            self.lock().faults.push_back((error_name.to_owned(), times));
        }
        Ok(())
    }

    /// The names of the declared errors.
    pub fn error_names(&self) -> Vec<&str> {
        self.spec.errors.keys().map(String::as_str).collect()
    }

    /// What arrived and what was answered, oldest first, without credentials. The newest 10 000 are kept.
    pub fn log(&self) -> Vec<Exchange> {
        self.lock().log.iter().cloned().collect()
    }

    /// The longest body that is taken, in bytes.
    pub(crate) fn longest_body(&self) -> usize {
        self.spec.longest_body
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, and whether the bodies hold secrets.
    fn answer(&self, inner: &mut Inner, request: &Request<Bytes>) -> (Response<Bytes>, bool) {
        let spec = &*self.spec;
        inner.state.requests = inner.state.requests.saturating_add(1);
        let query = pairs(request.uri().query().unwrap_or_default());
        let number = inner.state.requests;
        let mut roots = Map::new();
        roots.insert("query".to_owned(), json!(query));
        roots.insert("request".to_owned(), json!({"number": number, "uuid": uuid(number)}));
        roots.insert("demo".to_owned(), json!({"variables": spec.demo.variables}));
        let found = find(spec, request, &mut roots);
        let secret = found.as_ref().is_ok_and(|route| matches!(route.action, Action::Token(_)));
        if let Some(name) = fault(inner) {
            return (self.error(inner, Stop::error(name), roots), secret);
        }
        let route = match found {
            Ok(route) => route,
            Err(missing) => {
                let situation = missing.situation();
                let mut response = self.error(inner, Stop::error(spec.error_for(None, situation)), roots);
                if let Missing::Method(allow) = missing
                    && let Ok(allow) = HeaderValue::try_from(allow)
                {
                    response.headers_mut().insert(header::ALLOW, allow);
                }
                return (response, secret);
            }
        };
        let mut turn = Turn {
            spec,
            state: &mut inner.state,
            route,
            headers: request.headers(),
            query: &query,
            body: Value::Null,
            asks: asks(spec, request, &query),
            roots,
            created: false,
        };
        let done = accept(&mut turn, request).and_then(|()| turn.run());
        let (roots, mut held, created) = (turn.roots, turn.asks, turn.created);
        if created {
            held.insert(CREATED.to_owned());
        }
        let response = match done {
            Err(stop) => self.error(inner, stop, roots),
            Ok(()) => {
                let mut replies = route.replies.iter();
                let reply = replies.find(|reply| reply.when.iter().all(|name| held.contains(name.get_ref())));
                let flags: Map<String, Value> = held.into_iter().map(|name| (name, Value::Bool(true))).collect();
                let mut roots = roots;
                roots.insert("asks".to_owned(), Value::Object(flags));
                reply.map_or_else(undeclared, |reply| {
                    render(spec, reply, &scope(&inner.state, roots, &lookup(&inner.state)))
                })
            }
        };
        (response, secret)
    }

    fn error(&self, inner: &Inner, stop: Stop, mut roots: Map<String, Value>) -> Response<Bytes> {
        roots.extend(stop.roots);
        match self.spec.errors.get(&stop.error) {
            None => undeclared(),
            Some(error) => render(&self.spec, error, &scope(&inner.state, roots, &lookup(&inner.state))),
        }
    }
}

fn lookup(state: &State) -> impl Fn(&str, &str) -> Option<Value> + '_ {
    |collection, id| state.record(collection, id).cloned()
}

fn scope<'a>(
    state: &State,
    mut roots: Map<String, Value>,
    lookup: &'a dyn Fn(&str, &str) -> Option<Value>,
) -> Scope<'a> {
    roots.insert("serial".to_owned(), state.serial.into());
    Scope {
        roots,
        now: state.now(),
        lookup,
    }
}

/// Why no route answers.
enum Missing {
    Path,
    /// The methods that the path has.
    Method(String),
}

impl Missing {
    fn situation(&self) -> Situation {
        match self {
            Self::Path => Situation::NoRoute,
            Self::Method(_) => Situation::BadMethod,
        }
    }
}

/// The first route with this method and path whose conditions on the body hold.
fn find<'s>(spec: &'s Spec, request: &Request<Bytes>, roots: &mut Map<String, Value>) -> Result<&'s Route, Missing> {
    let mut methods: Vec<&str> = Vec::new();
    let mut body: Option<Value> = None;
    for route in &spec.routes {
        let Some(captures) = route.path.captures(request.uri().path()) else {
            continue;
        };
        if route.method != "*" && route.method != request.method().as_str() {
            if !methods.contains(&route.method.as_str()) {
                methods.push(&route.method);
            }
            continue;
        }
        if !route.when.is_empty() {
            let body = body.get_or_insert_with(|| parse(spec, request).unwrap_or_default());
            let holds = |test: &crate::file::BodyTest| {
                test.at.text_in(body).is_some_and(|text| test.matches.matches(text))
            };
            if !route.when.iter().all(holds) {
                continue;
            }
        }
        if route.method == "*" && !methods.is_empty() {
            break;
        }
        roots.insert("path".to_owned(), Value::Object(captures));
        return Ok(route);
    }
    if methods.is_empty() {
        return Err(Missing::Path);
    }
    methods.sort_unstable();
    Err(Missing::Method(methods.join(", ")))
}

fn parse(spec: &Spec, request: &Request<Bytes>) -> Option<Value> {
    if request.body().len() > spec.longest_body {
        return None;
    }
    serde_json::from_slice(request.body()).ok()
}

/// The error that the next request is answered with, if one is due.
fn fault(inner: &mut Inner) -> Option<String> {
    let (name, times) = inner.faults.front_mut()?;
    let name = name.clone();
    *times -= 1;
    if *times == 0 {
        inner.faults.pop_front();
    }
    Some(name)
}

/// Checks size, caller and media type, and reads the body.
fn accept(turn: &mut Turn<'_>, request: &Request<Bytes>) -> Result<(), Stop> {
    let (spec, route) = (turn.spec, turn.route);
    let stop = |situation| Stop::situation(spec, route, situation);
    if request.body().len() > spec.longest_body {
        return Err(stop(Situation::TooLong));
    }
    admit(spec, turn.state, route, request.headers()).map_err(Stop::error)?;
    if let Some(wanted) = &route.media {
        let given = request.headers().get(header::CONTENT_TYPE);
        let given = given.and_then(|given| given.to_str().ok()).unwrap_or_default();
        let essence = given.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(wanted) {
            return Err(stop(Situation::MediaType).with("found", given));
        }
    }
    turn.body = match route.body {
        Body::None => Value::Null,
        Body::Json => serde_json::from_slice(request.body()).map_err(|_| stop(Situation::BadJson))?,
        Body::Form => json!(pairs(&String::from_utf8_lossy(request.body()))),
    };
    turn.roots.insert("body".to_owned(), turn.body.clone());
    Ok(())
}

/// The declared conditions that hold for a request.
fn asks(
    spec: &Spec,
    request: &Request<Bytes>,
    query: &std::collections::BTreeMap<String, String>,
) -> BTreeSet<String> {
    let holds = |ask: &crate::file::Ask| match (&ask.header, &ask.query) {
        (Some(name), _) => {
            let values = request.headers().get_all(name.get_ref().as_str()).iter();
            let texts: Vec<String> = values
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect();
            !texts.is_empty() && ask.pattern.matches(&texts.join(","))
        }
        (None, Some(name)) => query.get(name.get_ref()).is_some_and(|text| ask.pattern.matches(text)),
        (None, None) => false,
    };
    spec.asks
        .iter()
        .filter(|(_, ask)| holds(ask))
        .map(|(name, _)| name.clone())
        .collect()
}

/// The number of a request in the form of a UUID, for providers that name their replies so.
fn uuid(number: u64) -> String {
    format!("00000000-0000-4000-8000-{:012x}", number & 0xffff_ffff_ffff)
}
