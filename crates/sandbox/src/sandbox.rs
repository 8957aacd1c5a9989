//! A simulated provider.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use serde_json::{Map, Value, json};

use crate::actions::Turn;
use crate::difference::difference;
use crate::error::SandboxError;
use crate::faults::{Delivery, Fault, Faults, Kind, What, first_half, first_of, list, nothing, page, plain, unknown};
use crate::file::Reply;
use crate::hole::{Scope, plain_text};
use crate::intake::{Missing, accept, asks, find, is_form};
use crate::load::CREATED;
use crate::log::{Exchange, KEPT, exchange};
use crate::moment::Moment;
use crate::reply::{render, undeclared};
use crate::route::pairs;
use crate::spec::{Action, ChildrenField, ComputedField, Demo, Route, Spec};
use crate::state::{State, fits_record};
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
    faults: Faults,
    log: VecDeque<Exchange>,
}

/// An answer that is made.
struct Answered {
    response: Response<Bytes>,
    /// Whether the bodies hold secrets.
    secret: bool,
    /// The fault that the request has met.
    fault: Option<Fault>,
}

impl Sandbox {
    /// A provider from a file; `name` is the file's name in errors, which give line and column.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, SandboxError> {
        let spec = crate::load::load(name, text)?;
        let inner = Inner { state: State::first(&spec), faults: Faults::default(), log: VecDeque::new() };
        Ok(Self { spec: Arc::new(spec), inner: Arc::new(Mutex::new(inner)) })
    }

    /// Answers a request as the provider does, whatever the request is. The host is not looked at. Faults of the
    /// connection need [`Sandbox::deliver`]; here they stay due.
    pub fn handle(&self, request: &Request<Bytes>) -> Response<Bytes> {
        self.take(request, false).0
    }

    /// Answers a request, and says what of the answer comes over the connection.
    pub fn deliver(&self, request: &Request<Bytes>) -> Delivery {
        let (response, fault) = self.take(request, true);
        Delivery::of(response, fault)
    }

    /// Tells the provider to misbehave from the next request on.
    pub fn provoke(&self, fault: &Fault) -> Result<(), SandboxError> {
        if let What::Declared(name) = &fault.what
            && !self.spec.errors.contains_key(name)
        {
            return Err(SandboxError::Fault { text: fault.to_string(), problem: unknown(&self.spec) });
        }
        self.lock().faults.set(fault.clone());
        Ok(())
    }

    /// Forgets every fault that is set.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// The faults that are set and that no request has met.
    pub fn unmet_faults(&self) -> Vec<Fault> {
        self.lock().faults.unmet()
    }

    /// What this provider can be told to do, for people: its declared errors by status, the first of each answering
    /// for it, and the words.
    pub fn fault_list(&self) -> String {
        list(&self.spec)
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

    /// A copy of its own with the state of now: what one of them is told, the other does not know. Faults that are set
    /// and what has arrived so far stay behind.
    #[must_use]
    pub fn fork(&self) -> Self {
        let inner = Inner { state: self.lock().state.clone(), faults: Faults::default(), log: VecDeque::new() };
        Self { spec: Arc::clone(&self.spec), inner: Arc::new(Mutex::new(inner)) }
    }

    /// The members of records and links that are not as in another copy, by JSON Pointer into [`Sandbox::state`], as they
    /// are here; `None` where they are not here. A list is one member, a link is one by the ids that it links.
    pub fn changed_since(&self, other: &Self) -> BTreeMap<String, Option<Value>> {
        if Arc::ptr_eq(&self.inner, &other.inner) {
            return BTreeMap::new();
        }
        // Two copies may be compared both ways at once: whoever does takes the locks in one order.
        let is_first = Arc::as_ptr(&self.inner) < Arc::as_ptr(&other.inner);
        let (one, two) = if is_first { (self, other) } else { (other, self) };
        let (one, two) = (one.lock(), two.lock());
        let (now, before) = if is_first { (&one.state, &two.state) } else { (&two.state, &one.state) };
        difference(before, now)
    }

    /// The whole state as it is now.
    pub fn moment(&self) -> Moment {
        Moment { state: self.lock().state.clone() }
    }

    /// How many writes were done.
    pub fn writes(&self) -> u64 {
        self.lock().state.serial
    }

    /// Goes back to a moment of this provider.
    pub fn go_back(&self, moment: &Moment) {
        self.lock().state.clone_from(&moment.state);
    }

    /// A record as the provider shows it when everything is asked for; `None` where there is none. The id may have
    /// any form that the provider takes.
    pub fn record(&self, collection: &str, id: &str) -> Option<Value> {
        let inner = self.lock();
        let asks = self.spec.asks.keys().cloned().collect();
        let viewer = Viewer { spec: &self.spec, state: &inner.state, asks: &asks };
        let id = self.spec.full_id(collection, id);
        viewer.show(collection, &id, &Wanted::All).ok().flatten()
    }

    /// Puts a record in place, unchecked but for its fields' names: a starting point for a test.
    pub fn put_record(&self, collection: &str, id: &str, record: Value) -> Result<(), SandboxError> {
        fits_record(&self.spec, collection, id, &record).map_err(SandboxError::Record)?;
        let id = self.spec.full_id(collection, id);
        if let Some(records) = self.lock().state.collections.get_mut(collection) {
            records.change().insert(id, record);
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

    /// The fields that stand for records of their own, by collection and field.
    pub fn children(&self) -> &[ChildrenField] {
        &self.spec.children
    }

    /// Ends every issued access token: the next call with one is answered as the provider answers an expired token.
    pub fn expire_tokens(&self) {
        for access in self.lock().state.access_tokens.values_mut() {
            access.expired = true;
        }
    }

    /// Answers the next `times` requests with a declared error, whatever they ask, for tokens too.
    pub fn fail_next(&self, error_name: &str, times: u32) -> Result<(), SandboxError> {
        if !self.spec.errors.contains_key(error_name) {
            return Err(SandboxError::UnknownError(error_name.to_owned()));
        }
        if times > 0 {
            self.lock().faults.set(Fault::next(error_name, times));
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

    /// Forgets what arrived so far.
    pub fn forget_log(&self) {
        self.lock().log.clear();
    }

    /// The longest body that is taken, in bytes.
    pub(crate) fn longest_body(&self) -> usize {
        self.spec.longest_body
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers and notes a request. Without `connection`, faults of the connection stay due.
    fn take(&self, request: &Request<Bytes>, connection: bool) -> (Response<Bytes>, Option<Fault>) {
        let mut inner = self.lock();
        let Answered { mut response, secret, fault } = self.answer(&mut inner, request, connection);
        if request.method() == Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        let noted = exchange(&self.spec, request, &response, secret, fault.as_ref());
        if inner.log.len() >= KEPT {
            inner.log.pop_front();
        }
        inner.log.push_back(noted);
        if fault.as_ref().is_some_and(|fault| fault.what == What::Half) {
            response = response.map(|body| first_half(&body));
        }
        (response, fault)
    }

    fn answer(&self, inner: &mut Inner, request: &Request<Bytes>, connection: bool) -> Answered {
        let spec = &*self.spec;
        inner.state.requests = inner.state.requests.saturating_add(1);
        let query = pairs(request.uri().query().unwrap_or_default());
        let number = inner.state.requests;
        let mut roots = Map::new();
        roots.insert("query".to_owned(), json!(query));
        roots.insert("request".to_owned(), json!({"number": number, "uuid": uuid(number)}));
        roots.insert("demo".to_owned(), json!({"variables": spec.demo.variables}));
        let found = find(spec, request, &mut roots);
        // A form that no route takes is most likely a token request gone astray.
        let secret = match &found {
            Ok(route) => matches!(route.action, Action::Token(_)),
            Err(_) => is_form(request),
        };
        let action = found.as_ref().ok().map(|route| &route.action);
        let kind = Kind::of(action);
        let fault = inner.faults.meet(kind, request.method(), connection);
        let instead = fault.as_ref().and_then(|fault| self.instead(inner, &fault.what, action, &roots));
        if let Some(response) = instead {
            return Answered { response, secret, fault };
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
                return Answered { response, secret, fault };
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
        let response = if let Err(stop) = done {
            self.error(inner, stop, roots)
        } else {
            self.success(inner, route, &held, roots)
        };
        Answered { response, secret, fault }
    }

    /// What answers instead of the provider; nothing where the request is done all the same.
    fn instead(
        &self,
        inner: &Inner,
        what: &What,
        action: Option<&Action>,
        roots: &Map<String, Value>,
    ) -> Option<Response<Bytes>> {
        let declared = |name: &str| {
            let mut roots = roots.clone();
            if let Some(target) = action.and_then(Action::target) {
                let id = plain_text(&target.id.render(&scope(&inner.state, roots.clone(), &lookup(&inner.state))));
                let called = self.spec.collections.get(&target.collection).map(|own| own.called.clone());
                roots.insert("id".to_owned(), self.spec.full_id(&target.collection, &id).into());
                roots.insert("collection".to_owned(), target.collection.as_str().into());
                roots.insert("called".to_owned(), called.into());
            }
            self.error(inner, Stop::error(name), roots)
        };
        match what {
            What::Status(status) => Some(first_of(&self.spec, *status).map_or_else(|| plain(*status), declared)),
            What::Declared(name) => Some(declared(name)),
            What::Html => Some(page()),
            What::CutBefore => Some(nothing()),
            What::Half | What::Truncated | What::Slow(_) | What::CutAfter => None,
        }
    }

    /// The first of the route's answers whose conditions hold.
    fn success(
        &self,
        inner: &Inner,
        route: &Route,
        held: &BTreeSet<String>,
        mut roots: Map<String, Value>,
    ) -> Response<Bytes> {
        let holds = |reply: &&Reply| reply.when.iter().all(|name| held.contains(name.get_ref()));
        let replies = &self.spec.replies;
        let mut answers = route.answers.iter().filter_map(|name| replies.get(name));
        let flags = held.iter().map(|name| (name.clone(), Value::Bool(true)));
        roots.insert("asks".to_owned(), Value::Object(flags.collect()));
        answers.find(holds).map_or_else(undeclared, |reply| {
            render(&self.spec, reply, &scope(&inner.state, roots, &lookup(&inner.state)))
        })
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
    |collection, id| state.look_up(collection, id)
}

fn scope<'a>(
    state: &State,
    mut roots: Map<String, Value>,
    lookup: &'a dyn Fn(&str, &str) -> Option<Value>,
) -> Scope<'a> {
    roots.insert("serial".to_owned(), state.serial.into());
    Scope { roots, now: state.now(), lookup }
}

/// The number of a request in the form of a UUID, for providers that name their replies so.
fn uuid(number: u64) -> String {
    format!("00000000-0000-4000-8000-{:012x}", number & 0xffff_ffff_ffff)
}
