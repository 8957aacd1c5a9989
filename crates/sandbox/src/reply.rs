//! Replies as bytes.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::file::Reply;
use crate::hole::{Scope, TextTemplate};
use crate::spec::Spec;

/// A reply as it goes over the wire.
pub(crate) fn render(spec: &Spec, reply: &Reply, scope: &Scope<'_>) -> Response<Bytes> {
    let body = match (&reply.json, &reply.text) {
        (Some(json), _) => Bytes::from(json.0.render(scope).to_string()),
        (None, Some(text)) => Bytes::from(text.render(scope, None)),
        (None, None) => Bytes::new(),
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status.get_ref().0;
    if reply.json.is_some() {
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    set(&mut response, &spec.headers, scope);
    set(&mut response, &reply.headers, scope);
    response
}

/// Sets headers. A value that cannot stand in a header is left out: it comes from the request.
fn set(response: &mut Response<Bytes>, headers: &BTreeMap<String, TextTemplate>, scope: &Scope<'_>) {
    for (name, template) in headers {
        let name = HeaderName::try_from(name.as_str());
        let value = HeaderValue::try_from(template.render(scope, None));
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
}

/// What answers where the file declares no error: a file that passed its checks never comes here.
pub(crate) fn undeclared() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
