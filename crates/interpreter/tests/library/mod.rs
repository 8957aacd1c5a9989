//! A library with books and shelves: a model, a mapping and an account.

// Each test binary uses its part of it.
#![allow(dead_code, unreachable_pub)]

use std::sync::Arc;

use mapwright_interpreter::Account;
use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::mapping::Mapping;

pub const MODEL: &str = r#"{
  "x-mapwright": { "resource": "library/books" },
  "type": "object", "additionalProperties": false, "required": ["id"],
  "properties": {
    "id": { "type": "string", "readOnly": true },
    "colour": { "type": "string" },
    "shelf": { "type": "string" }
  }
}"#;

pub const PROVIDER: &str = r#"
language = 1
[provider]
label = "Library"
base = "https://api.example.com/v1"
[auth.oauth]
headers = { Authorization = "Bearer {token}" }
refresh = { send = "POST https://login.example.com/token", expires = "expires_in", rotates = true, failed = "error" }
[limits]
remaining = "X-Left"
[errors]
message = ["message", "text"]
"#;

pub const MAPPING: &str = r#"
language = 1
resource = "library/books"
main = "book"
[records.book]
at = "data"
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = { data = "{changes}" }, answer = "data" }
[update]
order = ["book"]
[fields]
id = { path = "id", read_only = "the provider sets it" }
colour = "colour"
shelf = { path = "shelf_id", table = "shelves" }
[tables.shelves]
fetch = { send = "GET /shelves" }
rows = "shelves[*]"
unified = "name"
remote = "id"
cache = "1h"
"#;

pub const PAYLOAD: &str = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$defs": {
    "book.write": {
      "type": "object", "additionalProperties": false,
      "properties": { "colour": { "type": ["string", "null"] }, "shelf_id": { "type": ["integer", "null"] } }
    },
    "book.read": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "id": { "type": "string", "readOnly": true },
        "colour": { "type": ["string", "null"] },
        "shelf_id": { "type": ["integer", "null"] }
      }
    },
    "book.answer": {
      "type": "object", "additionalProperties": false,
      "properties": { "data": { "$ref": "#/$defs/book.read" } }
    },
    "table.shelves": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "shelves": {
          "type": "array",
          "items": {
            "type": "object", "additionalProperties": false,
            "properties": { "name": { "type": "string" }, "id": { "type": "integer" } }
          }
        }
      }
    },
    "error": {
      "type": "object", "additionalProperties": false,
      "properties": { "message": { "type": "string" }, "text": { "type": "string" } }
    }
  }
}"##;

pub fn files(all: &[(&str, &str)]) -> FileSet {
    all.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

pub fn mapping() -> Arc<Mapping> {
    mapping_of(MAPPING)
}

pub fn mapping_of(text: &str) -> Arc<Mapping> {
    let mappings =
        files(&[("library/provider.toml", PROVIDER), ("library/books.toml", text), ("library/payload.json", PAYLOAD)]);
    let loaded = Catalog::load(&files(&[("books.json", MODEL)]), &mappings);
    let found: Vec<String> = loaded.diagnostics.iter().map(|found| found.message.clone()).collect();
    match loaded.catalog.mapping("library", "library/books") {
        Ok(mapping) => Arc::clone(mapping),
        Err(e) => panic!("{e}: {found:?}"),
    }
}

pub fn account(mapping: &Arc<Mapping>) -> Account {
    let text = "provider = \"library\"\n[secrets]\nclient_id = \"canary-client\"\n\
        client_secret = \"canary-secret\"\nrefresh_token = \"canary-refresh\"\n";
    Account::from_toml("one", text, &mapping.provider, &|_| None).expect("an account")
}
