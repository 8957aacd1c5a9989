//! Renders a request of a mapping: URL, headers and body, every value encoded by its position.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::known::Known;
use super::step::RequestSpec;
use crate::mapping::{Body, Request};
use crate::path::text_of;
use crate::provider::Provider;
use crate::template::{Piece, Template};
use crate::variables::Bound;

/// What is encoded in a path: all but the unreserved characters (RFC 3986 §2.3).
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What is encoded in a query: all but the unreserved characters and those that never delimit there.
const QUERY: &AsciiSet =
    &PATH.remove(b'$').remove(b',').remove(b':').remove(b'/').remove(b'@').remove(b'(').remove(b')');

/// Why a request cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RenderError {
    /// A value that may not stand in a URL's path; the name of its hole.
    Segment(String),
    /// A value that may not stand in a header; the header.
    Header(String),
    /// A hole that has no value.
    Empty(String),
}

/// The values of holes, by their names.
pub(crate) type Fills = BTreeMap<String, Known<Value>>;

/// A rendered request and the holes that are left.
pub(crate) struct Rendered {
    pub(crate) request: RequestSpec,
    pub(crate) holes: Vec<String>,
}

/// The id of a record or another value as a part of a path: refused when it is empty, `.`, `..` or has controls.
pub(crate) fn is_segment(text: &str) -> bool {
    !text.is_empty() && text != "." && text != ".." && !text.chars().any(char::is_control)
}

/// Renders a request. `operations` is the body of a JSON Patch; all else is filled with `fills`.
pub(crate) fn render(
    provider: &Provider,
    bound: &Bound,
    request: &Request,
    further_query: &[(String, Value)],
    further_headers: &[(String, String)],
    operations: Option<Vec<Value>>,
    fills: &Fills,
) -> Result<Rendered, RenderError> {
    let mut holes = Vec::new();
    let mut url = provider.base.render(bound);
    url.push_str(&path(&request.path, &mut holes, fills)?);
    let mut query: Vec<(String, String)> = Vec::new();
    for (name, value) in &request.query {
        let value = value.fill(&mut |hole| shown(hole, fills, &mut holes))?;
        if let Some(text) = query_text(&value).filter(|text| !text.is_empty()) {
            query.push((name.clone(), text));
        }
    }
    for (name, value) in further_query {
        query.retain(|(known, _)| known != name);
        if let Some(text) = query_text(value) {
            query.push((name.clone(), text));
        }
    }
    for (i, (name, value)) in query.iter().enumerate() {
        url.push(if i == 0 { '?' } else { '&' });
        url.extend(utf8_percent_encode(name, QUERY));
        url.push('=');
        let value = utf8_percent_encode(value, QUERY);
        // Holes are for the eye; a request that has one is never sent.
        if holes.is_empty() {
            url.extend(value);
        } else {
            url.push_str(&value.to_string().replace("%7B", "{").replace("%7D", "}"));
        }
    }
    let (body, content_type) = body(&request.body, operations, &mut holes, fills)?;
    let mut headers: Vec<(String, String)> = vec![("Accept".to_owned(), "application/json".to_owned())];
    if let Some(content_type) = content_type {
        headers.push(("Content-Type".to_owned(), content_type.to_owned()));
    }
    for (name, template) in &provider.headers {
        set_header(&mut headers, name, bound.name(template).into_owned())?;
    }
    for (name, template) in &request.headers {
        let mut text = String::new();
        for piece in template.pieces() {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Hole(hole, _) => text.push_str(&scalar_text(&*shown(hole, fills, &mut holes)?)),
            }
        }
        set_header(&mut headers, name, text)?;
    }
    for (name, value) in further_headers {
        set_header(&mut headers, name, value.clone())?;
    }
    Ok(Rendered { request: RequestSpec { method: request.method.clone(), url, headers, body }, holes })
}

fn path(template: &Template, holes: &mut Vec<String>, fills: &Fills) -> Result<String, RenderError> {
    let mut out = String::new();
    for piece in template.pieces() {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Hole(name, _) => match filled(name, fills)? {
                hole @ Known::Hole(_) => out.push_str(&scalar_text(&hole.shown(holes))),
                Known::Value(Value::Null) => return Err(RenderError::Empty(name.clone())),
                Known::Value(value) => {
                    let text = scalar_text(value);
                    if !is_segment(&text) {
                        return Err(RenderError::Segment(name.clone()));
                    }
                    out.extend(utf8_percent_encode(&text, PATH));
                }
            },
        }
    }
    Ok(out)
}

fn body(
    body: &Body,
    operations: Option<Vec<Value>>,
    holes: &mut Vec<String>,
    fills: &Fills,
) -> Result<(Option<Vec<u8>>, Option<&'static str>), RenderError> {
    let json = |value: &Value| Some(value.to_string().into_bytes());
    Ok(match body {
        Body::Empty => (None, None),
        Body::Json(template) => {
            (json(&*template.fill(&mut |hole| shown(hole, fills, holes))?), Some("application/json"))
        }
        Body::GraphQl { query, variables } => {
            let variables = variables.fill(&mut |hole| shown(hole, fills, holes))?;
            (json(&serde_json::json!({ "query": query, "variables": variables })), Some("application/json"))
        }
        Body::JsonPatch { .. } => {
            (json(&Value::Array(operations.unwrap_or_default())), Some("application/json-patch+json"))
        }
        Body::Form(template) => {
            let value = template.fill(&mut |hole| shown(hole, fills, holes))?;
            let pairs: Vec<String> = value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, value)| {
                    format!("{}={}", utf8_percent_encode(name, PATH), utf8_percent_encode(&scalar_text(value), PATH))
                })
                .collect();
            (Some(pairs.join("&").into_bytes()), Some("application/x-www-form-urlencoded"))
        }
    })
}

/// The value of a hole.
fn filled<'v>(name: &str, fills: &'v Fills) -> Result<&'v Known<Value>, RenderError> {
    fills.get(name).ok_or_else(|| RenderError::Empty(name.to_owned()))
}

/// The value of a hole as it is shown; one that is left is noted.
fn shown<'v>(name: &str, fills: &'v Fills, holes: &mut Vec<String>) -> Result<Cow<'v, Value>, RenderError> {
    filled(name, fills).map(|known| known.shown(holes))
}

fn set_header(headers: &mut Vec<(String, String)>, name: &str, value: String) -> Result<(), RenderError> {
    if value.chars().any(char::is_control) {
        return Err(RenderError::Header(name.to_owned()));
    }
    headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    headers.push((name.to_owned(), value));
    Ok(())
}

/// A query value as text: a list joined by commas; null is none.
fn query_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(items) => Some(items.iter().map(scalar_text).collect::<Vec<_>>().join(",")),
        other => Some(scalar_text(other).into_owned()),
    }
}

fn scalar_text(value: &Value) -> Cow<'_, str> {
    text_of(Some(value)).unwrap_or_else(|| value.to_string().into())
}
