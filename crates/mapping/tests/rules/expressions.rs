//! Fields that expressions compute: R21.

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::lines::planned;

const CODE: &str = r#"
[fields]
pages = "pages"
code = { path = "code", expr = { read = "code", write = '$string(pages) & "/" & language', reads = ["pages", "language"] }, tested = "cases/it.toml" }
language = { path = "lang", table = "languages" }
[tables.languages]
rows = { English = "en", French = "fr" }
"#;

#[test]
fn r21_absent_is_the_current_value() {
    let ran = Desk::new("pages code language", CODE)
        .patch(json!({"pages": 3}))
        .answer("read book", json!({"id": 7, "pages": 2, "lang": "fr", "code": "2/French"}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "pages": 3, "lang": "fr", "code": "3/French"}))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7", r#"PATCH /books/7 {"pages":3,"code":"3/French"}"#, "GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/pages written", "/code written"]);
}

#[test]
fn r21_with_all_that_it_reads_in_the_patch_no_read_is_needed() {
    let desk = Desk::new("pages code language", CODE);
    let plan = desk.patch(json!({"pages": 3, "language": "English"})).plan();
    assert_eq!(planned(&plan), [r#"PATCH /books/7 {"pages":3,"lang":"en","code":"3/English"}"#, "GET /books/7"]);
    let plan = desk.patch(json!({"pages": 3})).plan();
    assert_eq!(planned(&plan)[1], r#"PATCH /books/7 {"pages":3,"code":"{language}"} needs language"#);
}

const NULLS: &str = r#"
[fields]
title = "title"
code = { path = "code", clear = "", expr = { read = "code", write = 'title = null ? null : title = "none" ? title[7] : "T-" & title', reads = ["title"] }, tested = "cases/it.toml" }
"#;

#[test]
fn r21_null_is_null_and_a_null_result_clears() {
    let ran = Desk::new("title code", NULLS)
        .patch(json!({"title": null}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"title":null,"code":""}"#, "GET /books/7"]);
}

#[test]
fn r21_no_result_is_an_error() {
    let ran = Desk::new("title code", NULLS).patch(json!({"title": "none"})).run();
    assert_eq!(ran.requests(), Vec::<String>::new());
    assert_eq!(ran.refused(), ["/code computed-nothing"]);
}

#[test]
fn r21_an_expression_that_fails_refuses_the_patch_before_anything_is_written() {
    let fails = NULLS.replace(r#""T-" & title"#, "1 + title");
    let ran = Desk::new("title code", &fails).patch(json!({"title": "Emma"})).run();
    assert_eq!(ran.refused(), ["/code computed-failed"]);
    assert_eq!(ran.outcomes(), ["/title not_sent"]);
}

#[test]
fn r21_a_current_value_that_is_empty_is_null() {
    let both = r#"
[fields]
title = "title"
subtitle = "sub"
code = { path = "code", expr = { read = "code", write = 'subtitle = null ? title : title & ": " & subtitle', reads = ["title", "subtitle"] }, tested = "cases/it.toml" }
"#;
    for (now, code) in [
        (json!({"id": 7}), "Emma"),
        (json!({"id": 7, "sub": null}), "Emma"),
        (json!({"id": 7, "sub": "A Novel"}), "Emma: A Novel"),
    ] {
        let ran = Desk::new("title subtitle code", both)
            .patch(json!({"title": "Emma"}))
            .answer("read book", now)
            .answer("write book", json!({}))
            .answer("read back book", json!({"id": 7}))
            .run();
        assert_eq!(ran.writes(), [format!(r#"PATCH /books/7 {{"title":"Emma","code":"{code}"}}"#)]);
    }
}

#[test]
fn r21_the_leaves_of_a_group_and_an_action_are_read_as_they_are() {
    let desk = Desk::new(
        "place condition code",
        r#"
[update]
order = ["book", "condition"]
[fields]
code = { path = "code", expr = { read = "code", write = 'place.room & "-" & place.bay & "-" & condition', reads = ["place.room", "place.bay", "condition"] }, tested = "cases/it.toml" }
[fields.condition]
read = "state"
clear = "never"
set = { send = "POST /books/{id}/condition", body = { now = "{new}" } }
[groups.place]
path = "place"
parts = ["place.room", "place.bay"]
join = { sep = " / " }
"#,
    );
    let ran = desk
        .patch(json!({"place": {"bay": "4"}}))
        .answer("read book", json!({"id": 7, "place": "A / 3", "state": "worn"}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "place": "A / 4", "state": "worn", "code": "A-4-worn"}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"place":"A / 4","code":"A-4-worn"}"#]);
}

#[test]
fn r21_a_current_value_that_cannot_be_read_is_an_error() {
    let desk = Desk::new(
        "bought_at pages code",
        r#"
[fields]
pages = "pages"
bought_at = { path = "bought", as = "datetime" }
code = { path = "code", expr = { read = "code", write = '$string(pages) & bought_at', reads = ["pages", "bought_at"] }, tested = "cases/it.toml" }
"#,
    );
    let ran = desk.patch(json!({"pages": 3})).answer("read book", json!({"id": 7, "bought": "yesterday"})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.refused(), ["/code computed-failed"]);
}

#[test]
fn r21_the_value_of_the_field_itself_is_what_the_patch_says() {
    let own = r#"
[fields]
code = { path = "note", expr = { read = "$uppercase(note)", write = "$lowercase(code)", reads = ["code"] }, tested = "cases/it.toml" }
"#;
    let ran = Desk::new("code", own)
        .patch(json!({"code": "AB"}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "note": "ab"}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"note":"ab"}"#, "GET /books/7"]);
    assert_eq!(ran.resource(), &json!({"id": "7", "code": "AB"}));
    let read: Value = Desk::new("code", own).get().answer("read back book", json!({"id": 7})).run().resource().clone();
    assert_eq!(read, json!({"id": "7", "code": null}));
}
