//! The paths of pages and probes.

use serde_json::{Map, Value, json};

use super::{errors, headers};
use crate::http::problem::Code;

/// Describes them.
pub(super) fn describe(paths: &mut Map<String, Value>) {
    let object = json!({ "type": "object" });
    let text = json!({ "type": "string" });
    let status = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["status"],
        "properties": { "status": { "type": "string" } },
    });
    let json_type = "application/json";
    let pages: [(&str, &str, &str, &str, &Value, &[Code]); 6] = [
        ("/livez", "live", "Whether the process is alive", json_type, &status, &[]),
        ("/readyz", "ready", "Whether the service takes requests", json_type, &status, &[Code::NotReady]),
        ("/metrics", "metrics", "What was counted, for Prometheus", "text/plain", &text, &[Code::UnknownRoute]),
        ("/openapi.json", "openapi", "This document", json_type, &object, &[]),
        ("/docs", "docs", "Which field works where", "text/html", &text, &[]),
        ("/docs/problems", "problems", "What each error means", "text/html", &text, &[]),
    ];
    for (path, id, summary, content_type, schema, own) in pages {
        let mut responses = Map::new();
        let headers = json!({ "Mapwright-Request-Id": headers::reference("RequestId") });
        let mut content = Map::new();
        content.insert(content_type.to_owned(), json!({ "schema": schema }));
        responses.insert("200".to_owned(), json!({ "description": summary, "headers": headers, "content": content }));
        responses.extend(errors::responses(&[own], false));
        paths.insert(
            path.to_owned(),
            json!({
                "get": {
                    "operationId": id,
                    "summary": summary,
                    "tags": ["service"],
                    "security": [],
                    "responses": responses,
                },
            }),
        );
    }
}
