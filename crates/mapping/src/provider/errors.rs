//! How a provider's errors are told apart: rules in order, and after them the status.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::Limits;
use crate::mapping::table::duration;
use crate::path::{Path, text_of};
use crate::reply::Reply;
use crate::template::Template;
use crate::variables::Bound;

/// The longest message of a provider that is kept, in characters.
const LONGEST_MESSAGE: usize = 2000;

/// How errors are told apart.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    /// The paths of the error's code.
    pub code: Vec<Path>,
    /// The paths of the error's message.
    pub message: Vec<Path>,
    /// The paths of the names of the fields that the error is about.
    pub fields: Vec<Path>,
    /// The paths of the scopes that are missing.
    pub scopes: Vec<Path>,
    /// The code that means success.
    pub ok: Option<String>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What has to hold.
    pub when: When,
    /// The class.
    pub class: Class,
    /// How long to wait; the first that is there.
    pub wait: Vec<WaitFrom>,
    /// Whether waiting helps.
    pub retry: bool,
    /// The slot names that the error is about, where the provider names none; variables of the account may stand in them.
    pub fields: Vec<Template>,
}

/// What has to hold for a rule; all of it.
#[derive(Clone, Debug, Default)]
pub struct When {
    /// The status is one of these; empty: any.
    pub status: Vec<u16>,
    /// The code is one of these; empty: any.
    pub code: Vec<String>,
    /// Each header has this text; `present` for any.
    pub header: Vec<(String, String)>,
    /// Each path has this value; `present` for any.
    pub body: Vec<(Path, Value)>,
    /// The request was about this record, action or table.
    pub on: Option<String>,
    /// What the request was for.
    pub during: Option<During>,
}

/// Whether a request read or wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum During {
    /// A read or a look-up.
    Read,
    /// A write.
    Write,
}

/// Where a wait is found.
#[derive(Clone, Debug, PartialEq)]
pub enum WaitFrom {
    /// A stated span.
    Span(Duration),
    /// A header, or a path in the body; a number of seconds, unless the limits say milliseconds for the header.
    Named(String, Option<Path>),
}

/// The class of an error, the same for every provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The values are refused.
    Invalid,
    /// There is no such thing.
    Unsupported,
    /// The credentials are not good, or no longer.
    Auth,
    /// The credentials are good but not for this.
    Forbidden,
    /// The record is not there.
    NotFound,
    /// Another state of the record stands against it.
    Conflict,
    /// Too many requests.
    Rate,
    /// The provider failed, or its answer makes no sense.
    Provider,
    /// The provider cannot be reached or cannot answer now.
    Unavailable,
    /// Whether it was done is not known.
    Ambiguous,
    /// The mapping or the engine is at fault.
    Bug,
}

impl Class {
    /// The class as it is written in mappings and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Invalid => "invalid",
            Class::Unsupported => "unsupported",
            Class::Auth => "auth",
            Class::Forbidden => "forbidden",
            Class::NotFound => "not_found",
            Class::Conflict => "conflict",
            Class::Rate => "rate",
            Class::Provider => "provider",
            Class::Unavailable => "unavailable",
            Class::Ambiguous => "ambiguous",
            Class::Bug => "bug",
        }
    }

    /// The HTTP status that a caller sees.
    pub fn status(self) -> u16 {
        match self {
            Class::Invalid | Class::Unsupported => 422,
            Class::Auth => 401,
            Class::Forbidden => 403,
            Class::NotFound => 404,
            Class::Conflict => 409,
            Class::Rate => 429,
            Class::Provider | Class::Ambiguous => 502,
            Class::Unavailable => 503,
            Class::Bug => 500,
        }
    }

    /// The class that a status stands for when no rule says otherwise.
    pub fn of_status(status: u16) -> Option<Class> {
        Some(match status {
            200..=299 => return None,
            401 => Class::Auth,
            402 | 403 => Class::Forbidden,
            404 | 410 => Class::NotFound,
            409 | 412 => Class::Conflict,
            429 => Class::Rate,
            408 | 423 | 425 | 502..=504 | 521..=526 => Class::Unavailable,
            400..=499 => Class::Invalid,
            _ => Class::Provider,
        })
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a request was about: what rules are scoped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// The name of the record, of the action's leaf or of the table.
    pub on: String,
    /// Whether it read or wrote.
    pub during: During,
}

/// An error of a provider, told apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// The class.
    pub class: Class,
    /// The provider's status.
    pub status: u16,
    /// The provider's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The provider's own message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The provider's names of the fields that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The scopes that are missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// When to come back.
    #[serde(skip)]
    pub wait: Option<Wait>,
    /// Whether coming back helps.
    #[serde(skip)]
    pub retry: bool,
}

/// When to come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// After this span.
    For(Duration),
    /// At this moment, as an HTTP date.
    Until(String),
}

/// A reply, judged.
#[derive(Clone, Debug, PartialEq)]
pub enum Judged {
    /// It is good.
    Good,
    /// It is an error.
    Fault(Box<Fault>),
}

impl Errors {
    /// Tells whether a reply is an error, and which.
    pub fn judge(&self, reply: &Reply, purpose: &Purpose, limits: &Limits, bound: &Bound) -> Judged {
        match reply.json() {
            Some(body) => self.judge_body(reply, body, purpose, limits, bound),
            None => self.judge_body(reply, &reply.json_or_text(), purpose, limits, bound),
        }
    }

    /// The same where the body is at hand, as [`Reply::json_or_text`] gives it.
    fn judge_body(&self, reply: &Reply, body: &Value, purpose: &Purpose, limits: &Limits, bound: &Bound) -> Judged {
        let first = |paths: &[Path]| {
            paths.iter().find_map(|path| {
                path.all(body, bound).into_iter().find_map(|v| text_of(Some(v)).map(std::borrow::Cow::into_owned))
            })
        };
        let code = first(&self.code);
        let rule = self.rules.iter().find(|rule| rule.when.holds(reply, body, code.as_deref(), purpose, bound));
        let refused = self.ok.as_ref().is_some_and(|ok| code.as_ref().is_some_and(|code| code != ok));
        // A page for people that says a write succeeded comes from something before the provider.
        let page = purpose.during == During::Write && reply.is_page();
        let class = match (rule, Class::of_status(reply.status)) {
            (Some(rule), _) => rule.class,
            (None, Some(class)) => class,
            (None, None) if refused => Class::Invalid,
            (None, None) if page => Class::Ambiguous,
            (None, None) => return Judged::Good,
        };
        let texts = |paths: &[Path]| -> Vec<String> {
            let mut found: Vec<String> = Vec::new();
            for value in paths.iter().flat_map(|path| path.all(body, bound)) {
                let text = text_of(Some(value)).map(std::borrow::Cow::into_owned);
                found.extend(text.filter(|text| !text.is_empty() && !found.contains(text)));
            }
            found
        };
        let mut fields = texts(&self.fields);
        if fields.is_empty() {
            let named = rule.into_iter().flat_map(|rule| &rule.fields);
            fields = named.map(|name| bound.name(name).into_owned()).collect();
        }
        let wait = rule
            .into_iter()
            .flat_map(|rule| &rule.wait)
            .find_map(|from| from.find(reply, body, limits, bound))
            .or_else(|| WaitFrom::Named("Retry-After".to_owned(), None).find(reply, body, limits, bound));
        Judged::Fault(Box::new(Fault {
            class,
            status: reply.status,
            code,
            message: first(&self.message).map(|message| message.trim().chars().take(LONGEST_MESSAGE).collect()),
            fields,
            scopes: texts(&self.scopes),
            wait,
            retry: rule.is_none_or(|rule| rule.retry),
        }))
    }
}

impl When {
    fn holds(&self, reply: &Reply, body: &Value, code: Option<&str>, purpose: &Purpose, bound: &Bound) -> bool {
        (self.status.is_empty() || self.status.contains(&reply.status))
            && (self.code.is_empty() || code.is_some_and(|code| self.code.iter().any(|want| want == code)))
            && self
                .header
                .iter()
                .all(|(name, want)| reply.header(name).is_some_and(|text| want == "present" || text == want))
            && self.body.iter().all(|(path, want)| {
                let found = path.all(body, bound);
                match want.as_str() {
                    Some("present") => found.iter().any(|value| !value.is_null()),
                    _ => found.contains(&want),
                }
            })
            && self.on.as_ref().is_none_or(|on| *on == purpose.on)
            && self.during.is_none_or(|during| during == purpose.during)
    }
}

impl WaitFrom {
    fn find(&self, reply: &Reply, body: &Value, limits: &Limits, bound: &Bound) -> Option<Wait> {
        match self {
            WaitFrom::Span(span) => Some(Wait::For(*span)),
            WaitFrom::Named(name, path) => {
                let unit = limits.reset.as_ref().filter(|reset| reset.header.eq_ignore_ascii_case(name));
                let unit = unit.map_or(super::Unit::Seconds, |reset| reset.unit);
                if let Some(text) = reply.header(name) {
                    return match text.trim().parse::<f64>() {
                        Ok(number) => unit.of(number).map(Wait::For),
                        Err(_) => Some(Wait::Until(text.trim().to_owned())),
                    };
                }
                let number = text_of(path.as_ref()?.get(body, bound))?.parse::<f64>().ok()?;
                super::Unit::Seconds.of(number).map(Wait::For)
            }
        }
    }

    /// Reads `"2s"`, a header's name or a path in the body.
    pub(super) fn parse(text: &str) -> WaitFrom {
        match duration(text) {
            Some(span) => WaitFrom::Span(span),
            None => WaitFrom::Named(text.to_owned(), Path::parse(text).ok()),
        }
    }
}
