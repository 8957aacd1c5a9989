//! A map that the provider replaces whole: read first, and all of its keys are sent.

use serde_json::json;

use crate::desk::{Desk, findings};

const MEMBERS: &str = r#"
[fields]
title = "title"
[rest.extras]
path = "cells.*"
whole = true
"#;
const FIELDS: &str = "title extras raw_book";

/// What is told of a key that goes with others.
const BESIDE: &str =
    "it is sent together with what was read beside it: what somebody else changes there in between is overwritten";

#[test]
fn all_keys_are_sent_with_those_of_the_patch_on_top() {
    let ran = Desk::new(FIELDS, MEMBERS)
        .patch(json!({"extras": {"colour": "red", "weight": null}}))
        .answer("read book", json!({"id": 7, "cells": {"colour": "blue", "weight": 3, "size": {"w": 1}}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "cells": {"colour": "red", "size": {"w": 1}}}))
        .run();
    assert_eq!(
        ran.requests(),
        ["GET /books/7", r#"PATCH /books/7 {"cells":{"colour":"red","weight":null,"size":{"w":1}}}"#, "GET /books/7"]
    );
    assert_eq!(
        ran.outcomes(),
        [format!("/extras/colour written: {BESIDE}"), format!("/extras/weight written: {BESIDE}")]
    );
}

#[test]
fn without_a_key_in_the_patch_nothing_of_the_map_is_sent_or_read_first() {
    let ran = Desk::new(FIELDS, MEMBERS)
        .patch(json!({"title": "Emma", "extras": {}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma"}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"title":"Emma"}"#]);
}

#[test]
fn a_map_that_is_not_there_yet_begins_with_the_patch() {
    let ran = Desk::new(FIELDS, MEMBERS)
        .patch(json!({"extras": {"colour": "red"}}))
        .answer("read book", json!({"id": 7}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "cells": {"colour": "red"}}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"cells":{"colour":"red"}}"#]);
}

#[test]
fn raw_values_inside_the_map_leave_the_other_keys_alone() {
    let ran = Desk::new(FIELDS, MEMBERS)
        .patch(json!({"extras": {"colour": "red"}, "raw_book": {"cells": {"colour": "green", "tint": 2}}}))
        .answer("read book", json!({"id": 7, "cells": {"size": 1}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "cells": {"size": 1, "colour": "green", "tint": 2}}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"cells":{"size":1,"colour":"green","tint":2}}"#]);
    assert_eq!(
        ran.outcomes(),
        [
            "/extras/colour overridden: `raw_book` of the same patch writes `cells.colour`".to_owned(),
            format!("/raw_book/cells written: {BESIDE}"),
        ]
    );
}

#[test]
fn pairs_of_name_and_value_are_sent_whole_too() {
    let pairs = r#"
[rest.extras]
entries = { at = "labels", name = "label", value = "text" }
whole = true
"#;
    let ran = Desk::new("extras", pairs)
        .patch(json!({"extras": {"b": "new", "c": 3}}))
        .answer("read book", json!({"id": 7, "labels": [{"label": "a", "text": 1, "by": "x"}, {"label": "b", "text": 2}]}))
        .answer("write book", json!({}))
        .answer(
            "read back book",
            json!({"id": 7, "labels": [{"label": "a", "text": 1}, {"label": "b", "text": "new"}, {"label": "c", "text": 3}]}),
        )
        .run();
    assert_eq!(
        ran.writes(),
        [concat!(
            r#"PATCH /books/7 {"labels":[{"label":"a","text":1,"by":"x"},"#,
            r#"{"label":"b","text":"new"},{"label":"c","text":3}]}"#
        )]
    );
    assert_eq!(ran.outcomes(), [format!("/extras/b written: {BESIDE}"), format!("/extras/c written: {BESIDE}")]);
}

#[test]
fn the_keys_of_the_record_itself_are_never_sent_whole() {
    let found = findings("extras", "[rest.extras]\npath = \"*\"\nkeys = { pattern = \".+\" }\nwhole = true\n");
    assert!(found.len() == 1 && found[0].contains("only a map with a place of its own"), "{found:?}");
}

#[test]
fn a_part_of_a_text_is_told_to_go_with_the_others_unless_the_patch_has_them_all() {
    let mapping = r#"
unsupported = ["author.id"]
[groups.author]
path = "author"
parts = ["author.given", "author.family"]
join = { sep = ", " }
"#;
    let shown = json!({"id": 7, "author": "Jane, Austen"});
    let one = Desk::new("author", mapping)
        .patch(json!({"author": {"family": "Austen"}}))
        .answer("read book", json!({"id": 7, "author": "Jane, Bennet"}))
        .answer("write book", json!({}))
        .answer("read back book", shown.clone())
        .run();
    assert_eq!(one.outcomes(), [format!("/author/family written: {BESIDE}")]);
    let both = Desk::new("author", mapping)
        .patch(json!({"author": {"given": "Jane", "family": "Austen"}}))
        .answer("write book", json!({}))
        .answer("read back book", shown)
        .run();
    assert_eq!(both.outcomes(), ["/author/given written", "/author/family written"]);
}

#[test]
fn where_a_guard_keeps_others_away_nothing_is_said() {
    let guarded = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", guard = { header = "If-Match", from = "etag" } }
[rest.extras]
path = "cells.*"
whole = true
"#;
    let ran = Desk::new("extras", guarded)
        .patch(json!({"extras": {"colour": "red"}}))
        .answer("read book", json!({"id": 7, "etag": "5", "cells": {"size": 1}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "etag": "6", "cells": {"size": 1, "colour": "red"}}))
        .run();
    assert_eq!(ran.outcomes(), ["/extras/colour written"]);
}
