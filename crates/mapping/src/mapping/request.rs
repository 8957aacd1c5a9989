//! A request to the provider as a mapping describes it: method, path, query, headers and body, with holes.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::Resolver;
use crate::diagnostic::Code;
use crate::diagnostic::suggest::did_you_mean;
use crate::document::pointer;
use crate::path::Path;
use crate::raw::{RawAction, RawGuardWhen, RawRequest};
use crate::template::Template;

/// The methods that a mapping may use.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The name of a member whose object is spread beside the others: `{ ID = "{id}", "*" = "{changes}" }`.
pub(crate) const SPREAD: &str = "*";

/// A request with holes.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path below the base URL.
    pub path: Template,
    /// The query, in the order of the names.
    pub query: Vec<(String, BodyTemplate)>,
    /// Further headers, in the order of the names.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: Body,
    /// Where the reply holds the record.
    pub answer: Option<Answer>,
    /// The header that makes the write conditional.
    pub guard: Option<Guard>,
    /// Whether it may be sent twice.
    pub repeat: Repeat,
}

/// Where a reply holds the record.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The whole reply.
    Root,
    /// A path in the reply.
    At(Path),
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(BodyTemplate),
    /// `application/x-www-form-urlencoded`.
    Form(BodyTemplate),
    /// JSON Patch (RFC 6902).
    JsonPatch {
        /// What stands before each path.
        prefix: String,
        /// Whether arrays are written as their differences and not whole.
        diff: bool,
    },
    /// A GraphQL operation with its variables.
    GraphQl {
        /// The operation.
        query: String,
        /// Its variables.
        variables: BodyTemplate,
    },
}

/// JSON with holes.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyTemplate {
    /// A value without holes.
    Value(Value),
    /// A text with holes; a text that is one hole takes the value as it is.
    Text(Template),
    /// An object.
    Object(Vec<(String, BodyTemplate)>),
    /// An array.
    Array(Vec<BodyTemplate>),
    /// JSON inside a text.
    Json(Box<BodyTemplate>),
}

/// A header that makes a write conditional on the record's version.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// The header's name.
    pub header: String,
    /// The path of the version in the record.
    pub from: Path,
    /// Whether every write is conditional, or only that of a caller who names a version.
    pub always: bool,
}

/// Whether a request may be sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It sets values: twice is once.
    Safe,
    /// It adds: after silence the record is read before anything is sent again.
    Unsafe,
}

/// What a request is for; it says which holes it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Reading a record.
    Read,
    /// Writing a record.
    Write,
    /// Setting or unsetting a field.
    Action,
    /// Fetching a table.
    Table,
}

impl BodyTemplate {
    /// The holes, in order.
    pub fn names(&self) -> Vec<&str> {
        match self {
            BodyTemplate::Value(_) => Vec::new(),
            BodyTemplate::Text(template) => template.names().collect(),
            BodyTemplate::Object(members) => members.iter().flat_map(|(_, member)| member.names()).collect(),
            BodyTemplate::Array(items) => items.iter().flat_map(BodyTemplate::names).collect(),
            BodyTemplate::Json(inner) => inner.names(),
        }
    }

    /// The value with every hole filled. What stands alone is borrowed.
    pub fn fill<'v, E>(&'v self, fill: &mut dyn FnMut(&str) -> Result<Cow<'v, Value>, E>) -> Result<Cow<'v, Value>, E> {
        Ok(match self {
            BodyTemplate::Value(value) => Cow::Borrowed(value),
            BodyTemplate::Text(template) => match template.sole() {
                Some(name) => fill(name)?,
                None => Cow::Owned(Value::String(template.render(|name| {
                    fill(name).map(|v| crate::path::text_of(Some(&v)).unwrap_or_default().into_owned())
                })?)),
            },
            BodyTemplate::Object(members) => {
                let mut object = Map::with_capacity(members.len());
                for (name, member) in members {
                    match (name.as_str(), member.fill(fill)?.into_owned()) {
                        (SPREAD, Value::Object(inner)) => object.extend(inner),
                        (_, value) => {
                            object.insert(name.clone(), value);
                        }
                    }
                }
                Cow::Owned(Value::Object(object))
            }
            BodyTemplate::Array(items) => {
                let items = items.iter().map(|item| item.fill(fill).map(Cow::into_owned));
                Cow::Owned(Value::Array(items.collect::<Result<_, E>>()?))
            }
            BodyTemplate::Json(inner) => Cow::Owned(Value::String(inner.fill(fill)?.to_string())),
        })
    }
}

impl Request {
    /// The holes of the request, in order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.path.names().collect();
        names.extend(self.query.iter().flat_map(|(_, value)| value.names()));
        names.extend(self.headers.iter().flat_map(|(_, value)| value.names()));
        match &self.body {
            Body::Json(body) | Body::Form(body) | Body::GraphQl { variables: body, .. } => names.extend(body.names()),
            Body::Empty | Body::JsonPatch { .. } => {}
        }
        names
    }
}

impl Resolver<'_> {
    /// Checks the request of an action.
    pub(super) fn action_request(&mut self, raw: &RawAction, at: &str) -> Option<Request> {
        let request = RawRequest {
            send: raw.send.clone(),
            query: raw.query.clone(),
            headers: raw.headers.clone(),
            body: raw.body.clone(),
            graphql: None,
            variables: None,
            answer: raw.answer.clone(),
            guard: None,
            repeat: raw.repeat.clone(),
        };
        self.request(&request, Use::Action, at)
    }

    /// Checks a request as it is written at `at`.
    pub(super) fn request(&mut self, raw: &RawRequest, what: Use, at: &str) -> Option<Request> {
        let send = pointer(at, "send");
        let (method, path, offset) = match raw.send.split_once(' ') {
            Some((method, path)) if METHODS.contains(&method) && path.starts_with('/') => {
                (method, path, method.len() + 1)
            }
            _ => {
                let place = self.doc.place(&send);
                self.error(
                    Code::BadValue,
                    place,
                    "`send` is a method (GET, POST, PUT, PATCH, DELETE), a blank and a path that begins with `/`",
                );
                return None;
            }
        };
        let path_template = match Template::parse(path) {
            Ok(template) => template,
            Err(e) => {
                let place = self.doc.within(&send, offset + e.range.start..offset + e.range.end);
                self.error(Code::TemplateSyntax, place, e.message);
                return None;
            }
        };
        for name in path_template.names().map(str::to_owned).collect::<Vec<_>>() {
            self.hole(&name, what, &raw.send, &send);
        }
        let query = raw
            .query
            .iter()
            .filter_map(|(name, value)| {
                Some((name.clone(), self.body_template(value, what, &pointer(&pointer(at, "query"), name))?))
            })
            .collect();
        let mut headers = Vec::new();
        for (name, value) in &raw.headers {
            let at = pointer(&pointer(at, "headers"), name);
            if let Some(template) = self.template(value, &at) {
                for hole in template.names() {
                    self.hole(hole, what, value, &at);
                }
                headers.push((name.clone(), template));
            }
        }
        let body = self.body(raw, what, at)?;
        let repeat = match raw.repeat.as_deref() {
            Some("safe") => Repeat::Safe,
            Some("unsafe") => Repeat::Unsafe,
            Some(_) => {
                let place = self.doc.place(&pointer(at, "repeat"));
                self.error(Code::UnknownWord, place, "`repeat` is \"safe\" or \"unsafe\"");
                Repeat::Unsafe
            }
            None => match (&body, what) {
                (_, Use::Action) | (Body::JsonPatch { diff: true, .. }, _) => Repeat::Unsafe,
                _ => Repeat::Safe,
            },
        };
        let answer = match raw.answer.as_deref() {
            None => None,
            Some("") => Some(Answer::Root),
            Some(path) => self.path(path, &pointer(at, "answer")).map(Answer::At),
        };
        let guard = raw.guard.as_ref().and_then(|guard| {
            let from = self.path(&guard.from, &pointer(&pointer(at, "guard"), "from"))?;
            let always = guard.when != Some(RawGuardWhen::Asked);
            Some(Guard { header: guard.header.clone(), from, always })
        });
        Some(Request { method: method.to_owned(), path: path_template, query, headers, body, answer, guard, repeat })
    }

    fn body(&mut self, raw: &RawRequest, what: Use, at: &str) -> Option<Body> {
        let body_at = pointer(at, "body");
        if let Some(file) = &raw.graphql {
            let Some(query) = self.files.get(file).cloned() else {
                let known = did_you_mean(file, self.files.keys().map(String::as_str));
                let place = self.doc.place(&pointer(at, "graphql"));
                self.error(
                    Code::FileUnreadable,
                    place,
                    format!("there is no file `{file}` beside the mapping; {known}"),
                );
                return None;
            };
            let variables = Value::Object(raw.variables.clone().unwrap_or_default().into_iter().collect());
            let variables = self.body_template(&variables, what, &pointer(at, "variables"))?;
            return Some(Body::GraphQl { query, variables });
        }
        let Some(body) = &raw.body else { return Some(Body::Empty) };
        if let Some(prefix) = body.get("json_patch") {
            let known = ["json_patch", "arrays"];
            for name in body.as_object().into_iter().flat_map(Map::keys).filter(|name| !known.contains(&name.as_str()))
            {
                let place = self.doc.key(&pointer(&body_at, name));
                self.error(
                    Code::UnknownKey,
                    place,
                    format!("`{name}` is not known here; {}", did_you_mean(name, known)),
                );
            }
            let prefix = prefix.as_str().unwrap_or_default().to_owned();
            if !prefix.is_empty() && !prefix.starts_with('/') {
                let place = self.doc.place(&pointer(&body_at, "json_patch"));
                self.error(Code::BadValue, place, "`json_patch` is the JSON Pointer that stands before each path");
            }
            let diff = match body.get("arrays").and_then(Value::as_str) {
                Some("diff") => true,
                None | Some("replace") => false,
                Some(_) => {
                    let place = self.doc.place(&pointer(&body_at, "arrays"));
                    self.error(Code::UnknownWord, place, "`arrays` is \"diff\" or \"replace\"");
                    false
                }
            };
            return Some(Body::JsonPatch { prefix, diff });
        }
        if let (Some(form), Some(1)) = (body.get("form"), body.as_object().map(Map::len)) {
            let at = pointer(&body_at, "form");
            return self.body_template(form, what, &at).map(Body::Form);
        }
        let template = self.body_template(body, what, &body_at)?;
        if what == Use::Write && !template.names().contains(&"changes") {
            let place = self.doc.place(&body_at);
            self.error(Code::TemplateSyntax, place, "the body of a write has the hole \"{changes}\"");
        }
        Some(Body::Json(template))
    }

    /// Checks JSON with holes.
    pub(super) fn body_template(&mut self, value: &Value, what: Use, at: &str) -> Option<BodyTemplate> {
        Some(match value {
            Value::String(text) => {
                let template = self.template(text, at)?;
                for name in template.names().map(str::to_owned).collect::<Vec<_>>() {
                    self.hole(&name, what, text, at);
                }
                match template.literal() {
                    Some(text) => BodyTemplate::Value(Value::String(text.to_owned())),
                    None => BodyTemplate::Text(template),
                }
            }
            Value::Object(object) if object.len() == 1 && object.contains_key("json") => {
                BodyTemplate::Json(Box::new(self.body_template(object.get("json")?, what, &pointer(at, "json"))?))
            }
            Value::Object(object) => BodyTemplate::Object(
                object
                    .iter()
                    .filter_map(|(name, member)| {
                        Some((name.clone(), self.body_template(member, what, &pointer(at, name))?))
                    })
                    .collect(),
            ),
            Value::Array(items) => BodyTemplate::Array(
                items
                    .iter()
                    .enumerate()
                    .filter_map(|(i, item)| self.body_template(item, what, &pointer(at, &i.to_string())))
                    .collect(),
            ),
            other => BodyTemplate::Value(other.clone()),
        })
    }

    /// Checks that a hole has a meaning in its place.
    fn hole(&mut self, name: &str, what: Use, text: &str, at: &str) {
        if name.starts_with("secret.") || name == "token" {
            let start = text.find(&format!("{{{name}}}")).map_or(0, |i| i + 1);
            let place = self.doc.within(at, start..start + name.len());
            return self.error(
                Code::SecretMisplaced,
                place,
                "a secret stands only in the headers, the basic credentials and the refresh of provider.toml",
            );
        }
        let legal = match what {
            Use::Read => ["id", "select"].as_slice(),
            Use::Write => ["id", "select", "changes"].as_slice(),
            Use::Action => ["id", "select", "new", "old"].as_slice(),
            Use::Table => ["id"].as_slice(),
        };
        let is_row = what == Use::Action && name.starts_with("row.");
        let is_record = what != Use::Table && self.raw.records.contains_key(name);
        if legal.contains(&name)
            || is_row
            || is_record
            || self.model.leaf(name).is_some()
            || self.provider.has_variable(name)
        {
            return;
        }
        let start = text.find(&format!("{{{name}}}")).map_or(0, |i| i + 1);
        let place = self.doc.within(at, start..start + name.len());
        let mut known: Vec<&str> = legal.to_vec();
        known.extend(self.provider.variables.keys().map(String::as_str));
        let known = did_you_mean(name, known);
        self.error(Code::UnknownVariable, place, format!("`{{{name}}}` means nothing here; {known}"));
    }
}
