//! What is contradicted is refused at its place, what is not described is silent: on a description of our own.

use serde_json::{Value, json};

use crate::document;
use crate::openapi::OpenApi;
use crate::sent::Sent;
use crate::verdict::Verdict;
use crate::yaml;

const SHOP: &str = r##"
openapi: 3.0.0
servers: [{ url: "https://{shop}.example.com/v1" }]
security: [{ key: [] }]
paths:
  /books/{id}:
    parameters: [{ $ref: "#/components/parameters/id" }]
    get:
      parameters: [{ name: limit, in: query, schema: { type: integer, maximum: 10 } }]
    patch:
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: "#/components/schemas/Book" }
  /books/new:
    get: {}
components:
  parameters:
    id: { name: id, in: path, required: true, schema: { type: string, format: uuid } }
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
  schemas:
    Book:
      type: object
      properties:
        title: { type: string, maxLength: 5 }
        pages: { type: integer, nullable: true }
        sold: { type: integer, readOnly: true }
        author: { $ref: "other.yaml#/components/schemas/Author" }
        shelf: { $ref: "other.yaml#/components/schemas/Shelf" }
"##;

const OTHER: &str = "
components:
  schemas:
    Author: { type: object, additionalProperties: false, properties: { name: { type: string } } }
";

const BOOK: &str = "https://acme.example.com/v1/books/4a1f7c3e-8d1b-4f0e-9b62-7c0f2f1f3a10";

fn shop() -> OpenApi {
    let documents = [SHOP, OTHER].map(|text| yaml::read(text).expect("YAML"));
    OpenApi::new(document::join(documents.to_vec()))
}

fn sent(method: &str, url: &str, body: Option<&Value>) -> Sent {
    let mut headers = vec![("x-key".to_owned(), "secret".to_owned())];
    headers.extend(body.map(|_| ("content-type".to_owned(), "application/json".to_owned())));
    Sent {
        origin: "a test".to_owned(),
        method: method.to_owned(),
        url: url.to_owned(),
        headers,
        body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        credentials: true,
        status: None,
    }
}

fn judged(method: &str, url: &str, body: &Value) -> Verdict {
    shop().judge(&sent(method, url, (!body.is_null()).then_some(body)))
}

/// The reasons of a refusal.
fn reasons(verdict: &Verdict) -> Vec<&str> {
    verdict.refused.iter().map(|refused| refused.reason.as_str()).collect()
}

#[test]
fn a_described_request_is_validated() {
    let body = json!({ "title": "Short", "pages": null, "author": { "name": "Ada" } });
    assert_eq!(judged("PATCH", BOOK, &body), Verdict::of("PATCH /books/{id}"));
}

#[test]
fn a_path_of_its_own_goes_before_one_with_parameters() {
    let verdict = judged("GET", "https://acme.example.com/v1/books/new", &Value::Null);
    assert_eq!(verdict, Verdict::of("GET /books/new"));
}

#[test]
fn another_host_or_path_is_silent() {
    for url in ["https://acme.example.org/v1/books/new", "https://acme.example.com/v1/shelves"] {
        assert_eq!(judged("GET", url, &Value::Null), Verdict::nothing(), "{url}");
    }
}

#[test]
fn another_method_is_refused() {
    assert_eq!(reasons(&judged("DELETE", BOOK, &Value::Null)), ["it has no DELETE"]);
}

#[test]
fn parameters_are_held_against_their_schemas() {
    let verdict = judged("GET", "https://acme.example.com/v1/books/7?limit=11&color=red", &Value::Null);
    assert_eq!(
        reasons(&verdict),
        ["path id: \"7\" is not a \"uuid\"", "query limit: 11 is greater than the maximum of 10"]
    );
    assert_eq!(verdict.silent.into_iter().collect::<Vec<_>>(), ["query color"]);
}

#[test]
fn credentials_have_to_be_those_that_are_described() {
    let mut request = sent("GET", BOOK, None);
    request.headers = vec![("authorization".to_owned(), "Bearer secret".to_owned())];
    assert_eq!(reasons(&shop().judge(&request)), ["the credentials are none of those that it takes"]);
    request.credentials = false;
    assert_eq!(shop().judge(&request), Verdict::of("GET /books/{id}"));
}

#[test]
fn bodies_are_held_against_their_schemas() {
    let body =
        json!({ "title": null, "pages": 1.5, "sold": 3, "author": { "age": 5 }, "shelf": { "row": 1 }, "mood": "" });
    let verdict = judged("PATCH", BOOK, &body);
    let mut reasons = reasons(&verdict);
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        [
            "`sold` is sent, and only an answer has it",
            "body/author: Additional properties are not allowed ('age' was unexpected)",
            "body/pages: 1.5 is not of types \"null\", \"integer\"",
            "body/title: null is not of type \"string\"",
        ]
    );
    assert_eq!(verdict.silent.into_iter().collect::<Vec<_>>(), ["body/mood", "body/shelf/row"]);
}

#[test]
fn a_missing_body_and_another_media_type_are_refused() {
    assert_eq!(reasons(&judged("PATCH", BOOK, &Value::Null)), ["the body is missing"]);
    let mut request = sent("PATCH", BOOK, Some(&json!({})));
    request.headers[1].1 = "text/plain".to_owned();
    assert_eq!(reasons(&shop().judge(&request)), ["the body is `text/plain`, and it takes [\"application/json\"]"]);
}
