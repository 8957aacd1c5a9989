//! What the description of the service promises.

use std::collections::BTreeSet;

use axum::response::IntoResponse as _;
use http::StatusCode;
use serde_json::{Value, json};

use super::openapi;
use crate::http::fixture::{catalog, refused};
use crate::http::problem::{Code, Problem};

fn document() -> Value {
    openapi(&catalog())
}

/// Every `$ref` in a value.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("$ref", Value::String(target)) => drop(found.insert(target.clone())),
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn all_routes_are_there_with_their_methods() {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let routes: Vec<String> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("an item").keys().filter(|name| *name != "parameters");
            methods.map(move |method| format!("{method} {path}"))
        })
        .collect();
    assert_eq!(
        routes,
        [
            "get /unified/library/books/{id}",
            "patch /unified/library/books/{id}",
            "get /unified/library/books/{integration}/meta/{method}",
            "get /livez",
            "get /readyz",
            "get /metrics",
            "get /openapi.json",
            "get /docs",
            "get /docs/problems",
        ]
    );
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.contains("#/components/schemas/Problem"));
    for target in found {
        let pointer = target.strip_prefix('#').expect("a reference inside the document");
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
}

#[test]
fn every_code_is_the_error_of_some_route() {
    let text = document()["paths"].to_string();
    // Not of a path that is described: there is no such route, or it is one of the management.
    let outside = [Code::UnknownRoute, Code::UnknownToken, Code::AccountTaken, Code::AdminRefused];
    for code in Code::ALL.iter().filter(|code| !outside.contains(code)) {
        assert!(text.contains(&format!("`{}`", code.as_str())), "{}", code.as_str());
    }
}

#[test]
fn a_status_is_described_with_the_headers_that_it_has() {
    let document = document();
    let responses = &document["paths"]["/unified/library/books/{id}"]["patch"]["responses"];
    for code in Code::ALL {
        let Some(described) = responses.get(code.status().as_str()) else { continue };
        let described: BTreeSet<String> =
            described["headers"].as_object().expect("headers").keys().map(|name| name.to_lowercase()).collect();
        let problem = match *code {
            Code::UnsupportedMediaType => Problem::unsupported_media_type(""),
            Code::MethodNotAllowed => Problem::method_not_allowed("PUT", "GET"),
            other => Problem::new(other, ""),
        };
        let response = problem.into_response();
        for name in response
            .headers()
            .keys()
            .filter(|name| !matches!(name.as_str(), "content-type" | "cache-control" | "accept-encoding"))
        {
            assert!(described.contains(name.as_str()), "{}: {name}", code.as_str());
        }
    }
    let names = |status: StatusCode| responses.get(status.as_str()).is_some();
    assert!(
        [400, 401, 403, 404, 405, 408, 409, 412, 413, 414, 415, 422, 429, 431, 500, 502, 503]
            .iter()
            .all(|status| StatusCode::from_u16(*status).is_ok_and(names))
    );
}

#[test]
fn the_query_is_described_from_the_table_that_reads_it() {
    let document = document();
    let item = &document["paths"]["/unified/library/books/{id}"];
    let queries = |method: &str| -> Vec<&str> {
        let parameters = item[method]["parameters"].as_array().expect("parameters").iter();
        parameters.filter(|one| one["in"] == "query").filter_map(|one| one["name"].as_str()).collect()
    };
    assert_eq!(queries("patch").len(), 9);
    assert_eq!(
        queries("get"),
        [
            "integrated_account_id",
            "truto_response_format",
            "truto_ignore_remote_data",
            "truto_exclude_fields",
            "remote_query"
        ]
    );
}

#[test]
fn a_patch_and_an_answer_are_what_the_model_says() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let patch = |value: Value| refused(&schemas["BookPatch"], &value).len();
    assert_eq!(patch(json!({ "title": null, "copies": null, "author": { "id": null }, "extras": { "x": 1 } })), 0);
    assert_eq!(patch(json!({ "titel": "Emma" })), 1);
    assert_eq!(patch(json!({ "extras": null })), 1);
    assert_eq!(patch(json!({ "copies": [{ "kind": "first" }] })), 1);
    let mut answer = schemas["Book"].clone();
    answer["properties"]["field_outcomes"] = schemas["FieldOutcomes"].clone();
    assert_eq!(refused(&answer, &json!({ "id": "7", "title": null, "copies": [] })), Vec::<String>::new());
    assert_eq!(refused(&answer, &json!({ "id": null })).len(), 1);
}

#[test]
fn routes_of_records_need_a_token_and_pages_do_not() {
    let document = document();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item").iter().filter(|(name, _)| *name != "parameters") {
            let want = if path.starts_with("/unified/") { json!([{ "token": [] }]) } else { json!([]) };
            assert_eq!(operation["security"], want, "{method} {path}");
        }
    }
}
