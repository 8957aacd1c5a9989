//! The paths of pages and probes.

use serde_json::{Map, Value, json};

use super::{errors, headers};
use crate::http::problem::Code;

/// One page.
struct Page<'a> {
    path: &'a str,
    summary: &'a str,
    content_type: &'a str,
    schema: Value,
    own: &'a [Code],
}

/// Describes them.
pub(super) fn describe(paths: &mut Map<String, Value>) {
    let json_type = "application/json";
    let status = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["status"],
        "properties": { "status": { "type": "string" } },
    });
    let probe = |path, summary, own| Page { path, summary, content_type: json_type, schema: status.clone(), own };
    let page = |path, summary| Page {
        path,
        summary,
        content_type: "text/html",
        schema: json!({ "type": "string" }),
        own: &[],
    };
    let pages = [
        probe("/livez", "Whether the process is alive", &[]),
        probe("/readyz", "Whether the service takes requests", &[Code::NotReady]),
        Page {
            content_type: "text/plain",
            own: &[Code::UnknownRoute],
            ..page("/metrics", "What was counted, for Prometheus; where nothing is counted, there is no such route")
        },
        Page { schema: json!({ "type": "object" }), ..probe("/openapi.json", "This document", &[]) },
        page("/docs", "Which field works where"),
        page("/docs/problems", "What each error means"),
    ];
    for Page { path, summary, content_type, schema, own } in pages {
        let mut responses = Map::new();
        let headers = json!({ "Mapwright-Request-Id": headers::reference("RequestId") });
        let mut content = Map::new();
        content.insert(content_type.to_owned(), json!({ "schema": schema }));
        responses.insert("200".to_owned(), json!({ "description": summary, "headers": headers, "content": content }));
        responses.extend(errors::responses(&[own], false));
        let id = path.trim_start_matches('/').replace(['/', '.'], "_");
        let get = json!({
            "operationId": id,
            "summary": summary,
            "tags": ["service"],
            "security": [],
            "responses": responses,
        });
        paths.insert(path.to_owned(), json!({ "get": get }));
    }
}
