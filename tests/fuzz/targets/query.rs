//! The query of a unified request, and the head and the body of a PATCH: what a caller sends.

use http::{HeaderMap, HeaderName, HeaderValue};
use mapwright_mapping::plan::{Replies, Run};
use mapwright_mapping::version::EntityTag;
use mapwright_server::http::body::patch_body;
use mapwright_server::http::query::{Operation, Query, refuse_all};
use mapwright_server::limits::Limits;
use serde_json::Value;

use super::desk::{desk, model};
use super::{chosen, message, rest};

/// A query, of a read and of a patch; what it asks for is planned.
pub(super) fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = refuse_all(&text);
    for operation in [Operation::Get, Operation::Patch] {
        let Ok(query) = Query::parse(&text, operation, model()) else { continue };
        assert!(query.exclude.iter().all(|name| model().field(name).is_some()), "{:?}", query.exclude);
        let _ = query.options(None);
        if query.remote_query.is_empty() {
            continue;
        }
        let desk = desk(1);
        let bound = mapwright_mapping::variables::Bound::default();
        let run = Run::get(desk.mapping().clone(), bound.into(), "7", query.remote_query).expect("a legal id");
        let _ = run.plan(&Replies::new());
    }
}

/// A body with its content type and conditions: a value that nests no deeper than is allowed, or a refusal.
pub(super) fn body(bytes: &[u8]) {
    let depth = [Limits::default().depth, 1, 8, 100_000][chosen(bytes, 0, 4)];
    let (head, body) = message(rest(bytes, 1));
    let mut headers = HeaderMap::new();
    for (name, value) in head {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
            if name == "if-match" {
                let _ = EntityTag::list(&String::from_utf8_lossy(value.as_bytes()));
            }
            headers.append(name, value);
        }
    }
    if headers.is_empty() {
        headers.insert("content-type", HeaderValue::from_static("application/json"));
    }
    if let Ok(value) = patch_body(&headers, body, depth) {
        assert!(value.is_object(), "{value}");
        assert!(nesting(&value) <= depth, "it nests {} deep", nesting(&value));
        let _ = mapwright_mapping::patch::Patch::parse_all(&value, model());
    }
}

fn nesting(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(nesting).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(nesting).max().unwrap_or(0),
        _ => 0,
    }
}
