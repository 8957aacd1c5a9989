//! The whole document.

use mapwright_mapping::catalog::Catalog;
use serde_json::{Map, Value, json};

use super::{errors, headers, pages, unified};
use crate::http::problem::problem_schema;

/// The description of the service with the resources of a catalog.
pub fn openapi(catalog: &Catalog) -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for model in catalog.models() {
        unified::describe(catalog, model, &mut paths, &mut schemas);
    }
    pages::describe(&mut paths);
    schemas.insert("Problem".to_owned(), problem_schema());
    schemas.insert("Plan".to_owned(), plan());
    schemas.insert("ProviderAnswer".to_owned(), provider_answer());
    schemas.insert("FieldOutcomes".to_owned(), outcomes());
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "Mapwright",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "One unified update against any provider",
            "description": "A `PATCH` of a unified resource becomes the requests that a provider needs, as its mapping says. \
                            What the patch does not name does not change; what is not written is told in \
                            `Mapwright-Unwritten`. Every error is a `Problem`.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "tags": [
            { "name": "unified", "description": "Unified resources" },
            { "name": "service", "description": "The service itself" },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": errors::components(),
            "headers": headers::components(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a tenant: `mw_…`. It reaches the accounts of its tenant alone.",
                },
            },
        },
    })
}

fn plan() -> Value {
    json!({
        "type": "object",
        "description": "A dry run: the requests that would be sent, and what would become of each leaf.",
        "required": ["schema_version", "provider", "resource", "mapping_version", "id", "result", "requests",
                     "field_outcomes", "error"],
        "additionalProperties": false,
        "properties": {
            "schema_version": { "const": crate::http::plan::SCHEMA_VERSION },
            "provider": { "type": "string" },
            "resource": { "type": "string" },
            "mapping_version": { "type": "string" },
            "id": { "type": "string" },
            "result": { "enum": ["planned", "refused", "failed"] },
            "requests": { "type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["step", "key", "method", "url", "headers", "body", "holes"],
                "properties": {
                    "step": { "type": "string" },
                    "key": { "type": "object" },
                    "method": { "type": "string" },
                    "url": { "type": "string" },
                    "headers": { "type": "array", "items": { "type": "array", "items": { "type": "string" } } },
                    "body": { "type": ["string", "null"] },
                    "holes": { "type": "array", "items": { "type": "string" }, "description": "What a reply is needed for." },
                },
            } },
            "field_outcomes": { "$ref": "#/components/schemas/FieldOutcomes" },
            "error": { "type": ["object", "null"] },
        },
    })
}

/// What a provider answers has no form that could be known.
fn provider_answer() -> Value {
    json!({
        "description": "With `truto_response_format=raw` or `stream`: the provider's answer about the main record, in the \
                        provider's own form.",
    })
}

/// What became of each leaf.
fn outcomes() -> Value {
    json!({ "type": "array", "items": crate::http::problem::outcome_schema() })
}
