//! The paths of unified resources.

use mapwright_mapping::catalog::Catalog;
use mapwright_mapping::model::{FieldKind, Model};
use serde_json::{Map, Value, json};

use super::errors::{self, OF_A_PATCH, OF_A_RECORD, OF_META, WITH_TOKEN};
use super::headers;
use crate::http::answer::OUTCOMES;
use crate::http::query::{Kind, Operation, Parameter};
use crate::http::schema::{self, Form};

/// An account's id, as examples show it.
const SOME_ACCOUNT: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";

/// Describes the paths and schemas of a resource.
pub(super) fn describe(
    catalog: &Catalog,
    model: &Model,
    paths: &mut Map<String, Value>,
    schemas: &mut Map<String, Value>,
) {
    let name = model.schema.get("title").and_then(Value::as_str).unwrap_or(&model.resource).replace(' ', "");
    let mut answer = schema::of_model(model, Form::Answer);
    // A caller may leave out every field, and ask for outcomes.
    if let Some(members) = answer.as_object_mut() {
        members.shift_remove("required");
    }
    answer["properties"][OUTCOMES] = json!({ "$ref": "#/components/schemas/FieldOutcomes" });
    schemas.insert(name.clone(), answer);
    schemas.insert(format!("{name}Patch"), schema::of_model(model, Form::Patch));
    schemas.insert(format!("{name}Method"), meta_schema());
    paths.insert(format!("/unified/{}/{{id}}", model.resource), record(model, &name));
    paths.insert(
        format!("/unified/{}/{{integration}}/meta/{{method}}", model.resource),
        json!({ "get": meta(catalog, model, &name) }),
    );
}

fn record(model: &Model, name: &str) -> Value {
    let id = json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": "The provider's id of the record, percent-encoded.",
        "schema": { "type": "string", "pattern": "^[A-Za-z0-9_-]+$" },
        "example": "23423523",
    });
    json!({
        "parameters": [id],
        "get": operation(model, name, Operation::Get),
        "patch": operation(model, name, Operation::Patch),
    })
}

fn operation(model: &Model, name: &str, operation: Operation) -> Value {
    let patches = operation == Operation::Patch;
    let mut parameters: Vec<Value> = Parameter::of(operation).map(|one| parameter(one, model)).collect();
    parameters.extend(headers::of_a_request());
    let mut shown = vec![reference(name), reference("ProviderAnswer")];
    let mut errors: Vec<&[_]> = vec![&WITH_TOKEN, &OF_A_RECORD];
    if patches {
        parameters.extend(headers::of_a_patch());
        shown.insert(1, reference("Plan"));
        errors.push(&OF_A_PATCH);
    }
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({
            "description": "The record as it is now",
            "headers": headers::of_a_record(),
            "content": {
                "application/json": { "schema": { "anyOf": shown } },
                "*/*": { "schema": reference("ProviderAnswer") },
            },
        }),
    );
    responses.insert(
        "204".to_owned(),
        json!({
            "description": "With `truto_response_format=raw` or `stream`: the provider's answer has no content",
            "headers": headers::of_a_record(),
        }),
    );
    responses.extend(errors::responses(&errors, true));
    let (verb, words) = if patches { ("update", "Updates") } else { ("get", "Reads") };
    let mut described = json!({
        "operationId": format!("{verb}_{}", model.resource.replace('/', "_")),
        "summary": format!("{words} one of `{}`", model.resource),
        "tags": ["unified"],
        "security": [{ "token": [] }],
        "parameters": parameters,
        "responses": responses,
    });
    if patches {
        let patch = json!({ "schema": reference(&format!("{name}Patch")), "example": example(model) });
        described["requestBody"] = json!({
            "description": "A JSON Merge Patch (RFC 7396). No body at all says nothing, like `{}`.",
            "required": false,
            "content": { "application/json": patch, "application/merge-patch+json": patch },
        });
    }
    described
}

/// A patch as an example: the first writable texts of the model.
fn example(model: &Model) -> Value {
    let texts = model.fields.iter().filter(|field| !field.read_only && field.names.is_empty());
    let texts = texts.filter(|field| field.kind == FieldKind::Scalar(mapwright_mapping::model::Scalar::Text));
    texts.take(2).map(|field| (field.name.clone(), json!(format!("a {}", field.name)))).collect::<Map<_, _>>().into()
}

fn parameter(parameter: &Parameter, model: &Model) -> Value {
    let fields: Vec<&str> = model.fields.iter().map(|field| field.name.as_str()).collect();
    let mut described = json!({
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema(&fields),
    });
    match parameter.kind {
        Kind::Uuid => described["example"] = json!(SOME_ACCOUNT),
        Kind::Fields => {
            described["style"] = json!("form");
            described["explode"] = json!(true);
        }
        Kind::Open => {
            described["style"] = json!("deepObject");
            described["explode"] = json!(true);
            // A document of this kind describes no deeper nesting than this.
            described["schema"] = json!({
                "type": "object",
                "propertyNames": { "pattern": "^[A-Za-z0-9_$.-]{1,64}$" },
                "additionalProperties": { "type": "string" },
                "maxProperties": 100,
            });
        }
        Kind::Boolean | Kind::Choice(_) => {}
    }
    described
}

fn meta(catalog: &Catalog, model: &Model, name: &str) -> Value {
    let integrations = catalog.mappings().filter(|mapping| mapping.model.resource == model.resource);
    let integrations: Vec<&str> = integrations.map(|mapping| mapping.provider.id.as_str()).collect();
    let path = |name: &str, description: &str, legal: Value| {
        json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": description,
            "schema": { "type": "string", "enum": legal },
        })
    };
    let mut parameters = vec![
        path("integration", "The provider.", json!(integrations)),
        path("method", "The method; `patch` is another name of `update`.", json!(["update", "patch", "get"])),
    ];
    parameters.extend(headers::of_a_request());
    let mut responses = Map::new();
    let content = json!({ "application/json": { "schema": reference(&format!("{name}Method")) } });
    let headers = json!({ "Mapwright-Request-Id": headers::reference("RequestId") });
    let good = json!({ "description": "What the method takes and gives", "headers": headers, "content": content });
    responses.insert("200".to_owned(), good);
    responses.extend(errors::responses(&[&WITH_TOKEN, &OF_META], false));
    json!({
        "operationId": format!("meta_{}", model.resource.replace('/', "_")),
        "summary": format!("What a method of `{}` takes and gives with one integration", model.resource),
        "tags": ["unified"],
        "security": [{ "token": [] }],
        "parameters": parameters,
        "responses": responses,
    })
}

fn meta_schema() -> Value {
    let object = json!({ "type": "object" });
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["method", "schema", "response_schema", "query_schema", "request_body_schema", "default_query",
                     "default_body", "documentation_link"],
        "properties": {
            "method": { "enum": ["update", "get"] },
            "schema": object,
            "response_schema": { "type": "object", "description": "Holds only the fields that the mapping fills." },
            "query_schema": object,
            "request_body_schema": { "type": ["object", "null"], "description": "Holds only the fields that the mapping writes." },
            "default_query": object,
            "default_body": object,
            "documentation_link": { "type": "string" },
        },
    })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}
