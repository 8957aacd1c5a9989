//! Overlays (R23): one entry changes one entry, and a wrong one is refused in the overlay's own file.

use std::collections::BTreeMap;
use std::sync::Arc;

use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::plan::{Options, Replies, Run};
use mapwright_mapping::source::SourceFile;
use mapwright_mapping::variables::Bound;
use serde_json::{Value, json};

const MODEL: &str = r#"{ "type": "object", "x-mapwright": { "resource": "library/books" }, "required": ["id"], "properties": {
  "id": { "type": "string", "readOnly": true }, "title": { "type": "string" }, "genre": { "type": "string" },
  "shelf": { "type": "string" } } }"#;
const PROVIDER: &str = r#"language = 1
provider = { label = "Shop", base = "https://shop.test" }
auth.key.headers = { X-Key = "{secret.key}" }
[errors]
code = "code"
[[errors.rules]]
when = { status = 400 }
class = "invalid"
"#;
const MAPPING: &str = r#"language = 1
resource = "library/books"
main = "book"
unsupported = ["shelf"]
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", answer = "" }
[fields]
id = { path = "id", read_only = "it is the address" }
title = "title"
genre = { path = "genre", table = "genres" }
[tables.genres]
rows = { Crime = 1, Poetry = 2 }
"#;
const PAYLOAD: &str = r##"{ "$defs": {
  "book.write": { "type": "object", "additionalProperties": false, "properties": {
    "title": { "type": ["string", "null"] }, "caption": { "type": ["string", "null"] }, "genre": { "type": ["integer", "null"] }, "shelf": { "type": ["string", "null"] } } },
  "book.read": { "type": "object", "additionalProperties": false, "properties": { "id": { "type": "string", "readOnly": true },
    "title": { "type": ["string", "null"] }, "caption": { "type": ["string", "null"] }, "genre": { "type": ["integer", "null"] }, "shelf": { "type": ["string", "null"] } } },
  "book.answer": { "$ref": "#/$defs/book.read" },
  "error": { "type": "object", "additionalProperties": false, "properties": { "code": { "type": "string" } } } } }"##;

fn catalog() -> Catalog {
    let models: FileSet = [("books.json".to_owned(), MODEL.into())].into();
    let files: FileSet = [("provider.toml", PROVIDER), ("books.toml", MAPPING), ("payload.json", PAYLOAD)]
        .into_iter()
        .map(|(name, text)| (format!("shop/{name}"), text.as_bytes().to_vec()))
        .collect();
    let loaded = Catalog::load(&models, &files);
    let found: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(found, Vec::<String>::new());
    loaded.catalog
}

/// The body that a patch is planned with, on the mapping with the overlay.
fn body(overlay: &str, patch: &Value) -> Value {
    let overlay = SourceFile::from_text("overlay.toml", overlay);
    let mapping = catalog().overlaid("shop", "library/books", &overlay).expect("a good overlay");
    let bound = Arc::new(Bound::new(&mapping.provider.variables, &BTreeMap::new()).expect("no variables"));
    let run = Run::patch(mapping, bound, "7", patch, Options::default()).expect("a good patch");
    let plan = run.plan(&Replies::new());
    serde_json::from_slice(plan.steps[0].request.body.as_deref().expect("a body")).expect("JSON")
}

/// The place and the code of each finding about an overlay.
fn findings(overlay: &str) -> Vec<String> {
    let overlay = SourceFile::from_text("overlay.toml", overlay);
    let found = catalog().overlaid("shop", "library/books", &overlay).expect_err("a wrong overlay");
    found.iter().map(|finding| format!("{} {}", finding.place, finding.code)).collect()
}

#[test]
fn one_field_changes_one_field() {
    let patch = json!({ "title": "Emma", "genre": "Poetry" });
    assert_eq!(body("", &patch), json!({ "title": "Emma", "genre": 2 }));
    assert_eq!(body("[fields]\ntitle = \"caption\"\n", &patch), json!({ "caption": "Emma", "genre": 2 }));
}

#[test]
fn a_field_may_be_added_and_is_then_no_longer_unsupported() {
    assert_eq!(body("[fields]\nshelf = \"shelf\"\n", &json!({ "shelf": "A3" })), json!({ "shelf": "A3" }));
}

#[test]
fn a_row_may_be_added_or_replaced() {
    let overlay = "[tables.genres.rows]\nDrama = 9\nPoetry = 22\n";
    assert_eq!(body(overlay, &json!({ "genre": "Drama" })), json!({ "genre": 9 }));
    assert_eq!(body(overlay, &json!({ "genre": "Poetry" })), json!({ "genre": 22 }));
    assert_eq!(body(overlay, &json!({ "genre": "Crime" })), json!({ "genre": 1 }));
}

#[test]
fn a_wrong_overlay_is_refused_where_it_is_wrong() {
    assert_eq!(findings("[fields]\ntitle = \"captoin\"\n"), ["overlay.toml:2:10 unknown-path"]);
    assert_eq!(findings("[feilds]\ntitle = \"caption\"\n"), ["overlay.toml:1:2 unknown-key"]);
    assert_eq!(findings("[fields]\nshelf = \"title\"\n"), ["overlay.toml:2:9 two-owners"]);
    assert_eq!(findings("[fields]\ntitle = { pth = \"title\" }\n"), ["overlay.toml:2:11 unknown-key"]);
}

#[test]
fn an_overlay_changes_the_version() {
    let base = catalog().mapping("shop", "library/books").expect("a mapping").version.clone();
    let overlay = SourceFile::from_text("overlay.toml", "[fields]\ntitle = \"caption\"\n");
    let overlaid = catalog().overlaid("shop", "library/books", &overlay).expect("a good overlay");
    assert_ne!(base, overlaid.version);
}
