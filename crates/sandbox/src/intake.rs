//! From a request to the route that answers it.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{Request, header};
use serde_json::{Map, Value, json};

use crate::actions::Turn;
use crate::auth::admit;
use crate::demand::unmet;
use crate::file::{Ask, BodyTest, Situation};
use crate::route::pairs;
use crate::spec::{Route, Spec};
use crate::step::Body;
use crate::violation::Stop;

/// The media type of forms.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Why no route answers.
pub(crate) enum Missing {
    /// No route has the path.
    Path,
    /// The methods that the path has.
    Method(String),
}

impl Missing {
    /// The kind of wrong request.
    pub(crate) fn situation(&self) -> Situation {
        match self {
            Self::Path => Situation::NoRoute,
            Self::Method(_) => Situation::BadMethod,
        }
    }
}

/// The first route with this method and path whose conditions on the body hold.
pub(crate) fn find<'s>(
    spec: &'s Spec,
    request: &Request<Bytes>,
    roots: &mut Map<String, Value>,
) -> Result<&'s Route, Missing> {
    let mut methods: Vec<&str> = Vec::new();
    let (mut as_form, mut as_json): (Option<Value>, Option<Value>) = (None, None);
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
            let is_form = route.body == Body::Form;
            let body = if is_form { &mut as_form } else { &mut as_json };
            let body = body.get_or_insert_with(|| parse(spec, request, is_form).unwrap_or_default());
            let holds = |test: &BodyTest| test.at.text_in(body).is_some_and(|text| test.matches.matches(text));
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

/// The body as routes see it: of a form, or JSON.
fn parse(spec: &Spec, request: &Request<Bytes>, is_form: bool) -> Option<Value> {
    if request.body().len() > spec.longest_body {
        return None;
    }
    if is_form { Some(form(request)) } else { serde_json::from_slice(request.body()).ok() }
}

/// The object of a form's texts by name.
fn form(request: &Request<Bytes>) -> Value {
    json!(pairs(&String::from_utf8_lossy(request.body())))
}

/// The media type of the body without parameters; empty where it is not stated.
fn media_type(request: &Request<Bytes>) -> &str {
    let given = request.headers().get(header::CONTENT_TYPE);
    let given = given.and_then(|given| given.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim()
}

/// Whether the body says that it is a form.
pub(crate) fn is_form(request: &Request<Bytes>) -> bool {
    media_type(request).eq_ignore_ascii_case(FORM)
}

/// Checks size, caller and media type, and reads the body.
pub(crate) fn accept(turn: &mut Turn<'_>, request: &Request<Bytes>) -> Result<(), Stop> {
    let (spec, route) = (turn.spec, turn.route);
    let stop = |situation| Stop::situation(spec, route, situation);
    if request.body().len() > spec.longest_body {
        return Err(stop(Situation::TooLong));
    }
    if !route.auth.is_empty()
        && let Some(error) = unmet(spec, request.headers())
    {
        return Err(Stop::error(error));
    }
    admit(spec, turn.state, route, request.headers()).map_err(Stop::error)?;
    if let Some(wanted) = &route.media
        && !media_type(request).eq_ignore_ascii_case(wanted)
    {
        return Err(stop(Situation::MediaType).with("found", media_type(request)));
    }
    turn.body = match route.body {
        Body::None => Value::Null,
        Body::Json => serde_json::from_slice(request.body()).map_err(|_| stop(Situation::BadJson))?,
        Body::Form => form(request),
    };
    if let Some(calls) = &route.calls {
        turn.body = calls.read(&turn.body).ok_or_else(|| stop(Situation::BadCall))?;
    }
    turn.roots.insert("body".to_owned(), turn.body.clone());
    Ok(())
}

/// The declared conditions that hold for a request.
pub(crate) fn asks(spec: &Spec, request: &Request<Bytes>, query: &BTreeMap<String, String>) -> BTreeSet<String> {
    let holds = |ask: &Ask| match (&ask.header, &ask.query) {
        (Some(name), _) => {
            let values = request.headers().get_all(name.get_ref().as_str()).iter();
            let texts: Vec<String> =
                values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
            !texts.is_empty() && ask.pattern.get_ref().matches(&texts.join(","))
        }
        (None, Some(name)) => query.get(name.get_ref()).is_some_and(|text| ask.pattern.get_ref().matches(text)),
        (None, None) => false,
    };
    spec.asks.iter().filter(|(_, ask)| holds(ask)).map(|(name, _)| name.clone()).collect()
}
