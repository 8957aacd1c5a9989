//! Properties of a `payload.json` against a description of our own.

use serde_json::{Value, json};

use crate::descriptions::{Description, Shown};
use crate::document;
use crate::openapi::OpenApi;
use crate::properties::Compared;

fn compared(way: &str, ours: &Value) -> Compared {
    let book = json!({ "type": "object", "properties": {
        "title": { "type": "string" },
        "pages": { "type": "integer", "nullable": true },
        "sold": { "type": "integer", "readOnly": true },
        "tags": { "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": { "name": { "type": "string" } } } },
    } });
    let content = json!({ "content": { "application/json": { "schema": { "properties": { "data": book } } } } });
    let document =
        json!({ "paths": { "/books": { "put": { "requestBody": content, "responses": { "200": content } } } } });
    let description = Description::OpenApi(OpenApi::new(document::join(vec![document])));
    let payload = json!({ "$defs": { format!("book.{way}"): { "properties": ours } } });
    let name = || Some("PUT /books".to_owned());
    let shown = |_: &str| {
        let at = vec!["data".to_owned()];
        Some(match way {
            "write" => Shown { request: name(), at, ..Shown::default() },
            _ => Shown { answer: name(), at, ..Shown::default() },
        })
    };
    Compared::of(&payload, &description, &shown)
}

fn contradicted(compared: &Compared) -> Vec<String> {
    compared.contradicted.iter().map(|why| format!("{}: {}", why.place, why.reason)).collect()
}

#[test]
fn the_same_and_the_silent_are_told_apart() {
    let ours = json!({ "title": { "type": "string" }, "pages": { "type": ["integer", "null"] }, "mood": { "type": "string" } });
    let compared = compared("write", &ours);
    assert_eq!(
        (compared.same, compared.silent.clone(), contradicted(&compared)),
        (2, vec!["book.write/mood".to_owned()], vec![])
    );
}

#[test]
fn what_is_written_has_to_be_taken() {
    let ours = json!({ "title": { "type": ["string", "null"] }, "pages": { "type": "string" }, "sold": { "type": "integer" } });
    assert_eq!(
        contradicted(&compared("write", &ours)),
        [
            "book.write/title: ours is {\"null\", \"string\"}, and the description has {\"string\"}",
            "book.write/pages: ours is {\"string\"}, and the description has {\"integer\", \"null\"}",
            "book.write/sold: it is written, and only an answer has it",
        ]
    );
}

#[test]
fn what_is_read_has_to_be_foreseen() {
    let ours =
        json!({ "title": { "type": ["string", "null"] }, "pages": { "type": "string" }, "sold": { "type": "number" } });
    assert_eq!(
        contradicted(&compared("read", &ours)),
        ["book.read/pages: ours is {\"string\"}, and the description has {\"integer\", \"null\"}",]
    );
}

#[test]
fn null_in_an_answer_needs_no_mention() {
    let ours = json!({ "pages": { "type": "integer" } });
    assert_eq!(contradicted(&compared("read", &ours)), Vec::<String>::new());
}

#[test]
fn items_are_compared_as_well() {
    let ours = json!({ "tags": { "type": "array", "items": { "type": "object", "properties": { "name": { "type": "integer" }, "age": { "type": "integer" } } } } });
    assert_eq!(
        contradicted(&compared("write", &ours)),
        [
            "book.write/tags/*/name: ours is {\"integer\"}, and the description has {\"string\"}",
            "book.write/tags/*/age: the description has no such property",
        ]
    );
}
