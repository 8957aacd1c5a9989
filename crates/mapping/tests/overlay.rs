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
    catalog_of(MAPPING, PAYLOAD)
}

fn catalog_of(mapping: &str, payload: &str) -> Catalog {
    let models: FileSet = [("books.json".to_owned(), MODEL.into())].into();
    let files: FileSet = [("provider.toml", PROVIDER), ("books.toml", mapping), ("payload.json", payload)]
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

#[test]
fn an_explanation_says_which_layer_each_rule_comes_from() {
    let overlay =
        SourceFile::from_text("overlay.toml", "[fields]\ntitle = \"caption\"\n[tables.genres.rows]\nPoetry = 22\n");
    let mapping = catalog().overlaid("shop", "library/books", &overlay).expect("a good overlay");
    let title = &mapping.explain("title").expect("a field").ways[0];
    assert_eq!(
        (title.read.as_slice(), title.write.as_slice()),
        (["book: caption".to_owned()].as_slice(), ["book: caption".to_owned()].as_slice())
    );
    let origin = title.origin.as_ref().expect("written somewhere");
    assert_eq!((origin.file.as_str(), origin.line, origin.overlay), ("overlay.toml", 2, true));
    let genre = &mapping.explain("genre").expect("a field").ways[0];
    let origin = genre.origin.as_ref().expect("written somewhere");
    assert_eq!((origin.file.as_str(), origin.line, origin.overlay), ("shop/books.toml", 12, false));
    let table = genre.table.as_ref().expect("a table");
    let rows: Vec<_> = table
        .written
        .iter()
        .map(|row| (row.unified.as_str(), row.remote.clone(), row.origin.as_ref().map(|origin| origin.overlay)))
        .collect();
    assert_eq!(rows, [("Crime", json!(1), Some(false)), ("Poetry", json!(22), Some(true))]);
    let changed: Vec<&str> = mapping.origins.overlaid().map(|(entry, _)| entry).collect();
    assert_eq!(changed, ["fields.title", "tables.genres.rows.Poetry"]);
}

#[test]
fn rows_on_a_table_that_is_fetched_are_refused_in_the_overlay() {
    let fetched = MAPPING.replace(
        "rows = { Crime = 1, Poetry = 2 }",
        "fetch = { send = \"GET /genres\" }\nrows = \"[*]\"\nunified = \"name\"\nremote = \"id\"",
    );
    let payload = PAYLOAD.replace(
        "\"error\":",
        "\"table.genres\": { \"type\": \"array\", \"items\": { \"type\": \"object\", \"additionalProperties\": false, \"properties\": { \"name\": { \"type\": \"string\" }, \"id\": { \"type\": \"integer\" } } } }, \"error\":",
    );
    let overlay = SourceFile::from_text("overlay.toml", "[tables.genres.rows]\nDrama = 9\n");
    let found =
        catalog_of(&fetched, &payload).overlaid("shop", "library/books", &overlay).expect_err("a wrong overlay");
    let found: Vec<String> = found.iter().map(|finding| format!("{} {}", finding.place, finding.code)).collect();
    assert_eq!(found, ["overlay.toml:2:1 bad-value"]);
}
