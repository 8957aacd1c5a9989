//! Raw values beside the mapped ones: R19.

use serde_json::{Value, json};

use crate::desk::{Call, Desk, Ran};

const BOOK: &str = r#"
[records.book]
at = "book"
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = { book = "{changes}", notify = false }, guard = { header = "If-Match", from = "etag" } }
[fields]
title = "title"
"place.room" = "place.room"
"place.bay" = "place.bay"
"#;
const FIELDS: &str = "title place raw_book";

#[allow(clippy::needless_pass_by_value, reason = "a test writes the answer down where it is given")]
fn run(call: Call<'_>, back: Value) -> Ran {
    call.answer("read book", json!({"book": {"etag": "v"}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"book": back}))
        .run()
}

#[test]
fn r19_raw_values_go_inside_the_envelope_as_they_are() {
    let raw = json!({"colour": null, "tags": ["a"], "n": 9_223_372_036_854_775_808_u64, "size": {"w": 1}});
    let ran = run(Desk::new(FIELDS, BOOK).patch(json!({"title": "Emma", "raw_book": raw})), json!({"title": "Emma"}));
    assert_eq!(
        ran.writes(),
        [
            r#"PATCH /books/7 {"book":{"title":"Emma","colour":null,"tags":["a"],"n":9223372036854775808,"size":{"w":1}},"notify":false}"#
        ]
    );
    assert_eq!(
        ran.outcomes(),
        [
            "/title written",
            "/raw_book/colour written",
            "/raw_book/tags written",
            "/raw_book/n written",
            "/raw_book/size written"
        ]
    );
}

#[test]
fn r19_objects_merge_and_the_leaves_that_they_hit_are_overridden() {
    let patch =
        json!({"title": "Emma", "place": {"room": "A", "bay": "3"}, "raw_book": {"place": {"bay": 4}, "title": null}});
    let ran = run(Desk::new(FIELDS, BOOK).patch(patch), json!({"title": null, "place": {"room": "A", "bay": 4}}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"book":{"place":{"room":"A","bay":4},"title":null},"notify":false}"#]);
    assert_eq!(
        ran.outcomes(),
        [
            "/title overridden: `raw_book` of the same patch writes `title`",
            "/place/room written",
            "/place/bay overridden: `raw_book` of the same patch writes `place.bay`",
            "/raw_book/place written",
            "/raw_book/title written",
        ]
    );
}

#[test]
fn r19_an_empty_object_merges_into_what_is_there() {
    let patch = json!({"place": {"room": "A"}, "raw_book": {"place": {}}});
    let ran = run(Desk::new(FIELDS, BOOK).patch(patch), json!({"place": {"room": "A"}}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"book":{"place":{"room":"A"}},"notify":false}"#]);
    assert_eq!(ran.outcomes(), ["/place/room written", "/raw_book/place written"]);
}

#[test]
fn r19_a_raw_value_that_is_no_object_hits_all_below_it() {
    let patch = json!({"place": {"room": "A"}, "raw_book": {"place": null}});
    let ran = run(Desk::new(FIELDS, BOOK).patch(patch), json!({"place": null}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"book":{"place":null},"notify":false}"#]);
    assert_eq!(
        ran.outcomes(),
        ["/place/room overridden: `raw_book` of the same patch writes `place.room`", "/raw_book/place written"]
    );
}

#[test]
fn r19_raw_values_alone_write_and_none_do_not() {
    let desk = Desk::new(FIELDS, BOOK);
    let ran = run(desk.patch(json!({"raw_book": {"colour": "red"}})), json!({}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"book":{"colour":"red"},"notify":false}"#]);
    let ran = desk.patch(json!({"raw_book": {}})).answer("read back book", json!({"book": {}})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(desk.patch(json!({"raw_book": null})).run().refused(), ["/raw_book wrong-type"]);
}

#[test]
fn r19_strict_mode_refuses_what_is_overridden() {
    let ran = Desk::new(FIELDS, BOOK).patch(json!({"title": "Emma", "raw_book": {"title": "X"}})).strict().run();
    assert_eq!(ran.refused(), ["/title strict"]);
    assert_eq!(ran.requests(), Vec::<String>::new());
}

#[test]
fn r19_raw_values_may_not_touch_the_id_or_the_guard() {
    let desk = Desk::new(FIELDS, BOOK);
    let ran = desk.patch(json!({"raw_book": {"id": 8, "etag": "w", "colour": "red"}})).run();
    assert_eq!(ran.refused(), ["/raw_book/id guarded", "/raw_book/etag guarded"]);
    let rooted = r#"
[records.book]
at = "book"
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", guard = { header = "If-Match", from = "^book.etag" } }
[fields]
title = "title"
[fields.id]
path = "^book.number"
read_only = "it is the address"
"#;
    let ran = Desk::new("title raw_book", rooted).patch(json!({"raw_book": {"number": 8, "etag": "w"}})).run();
    assert_eq!(ran.refused(), ["/raw_book/number guarded", "/raw_book/etag guarded"]);
}

#[test]
fn r19_raw_values_may_not_touch_what_stands_beside_the_changes() {
    let spread = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PUT /books", body = { NUMBER = "{id}", "*" = "{changes}" } }
[fields]
title = "title"
"#;
    let desk = Desk::new("title raw_book", spread);
    let ran = desk.patch(json!({"raw_book": {"NUMBER": 8}})).run();
    assert_eq!(ran.refused(), ["/raw_book/NUMBER guarded"]);
    let ran = desk
        .patch(json!({"raw_book": {"note": 8}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7}))
        .run();
    assert_eq!(ran.writes(), [r#"PUT /books {"NUMBER":"7","note":8}"#]);
}

#[test]
fn r19_raw_values_are_rendered_by_the_same_body_form() {
    let operations = r#"
[records.book]
clear = "remove"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = { json_patch = "/book" } }
[fields]
title = "title"
"#;
    let ran = Desk::new("title raw_book", operations)
        .patch(json!({"title": null, "raw_book": {"a/b": {"c~": null}, "tags": [1]}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7}))
        .run();
    let body = json!([
        {"op": "remove", "path": "/book/title"},
        {"op": "replace", "path": "/book/a~1b/c~0", "value": null},
        {"op": "replace", "path": "/book/tags", "value": [1]},
    ]);
    assert_eq!(ran.writes(), [format!("PATCH /books/7 {body}")]);
    assert_eq!(ran.header("write book", "Content-Type"), Some("application/json-patch+json"));
    let form = r#"
[records.book]
clear = ""
read = { send = "GET /books/{id}" }
write = { send = "POST /books/{id}", body = { form = { book = "{changes}" } } }
[fields]
title = "title"
"#;
    let ran = Desk::new("title raw_book", form)
        .patch(json!({"raw_book": {"a": "b c"}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7}))
        .run();
    assert_eq!(ran.writes(), ["POST /books/7 book=%7B%22a%22%3A%22b%20c%22%7D"]);
}

#[test]
fn r19_a_raw_list_goes_as_its_difference_where_the_body_does() {
    let operations = r#"
[records.book]
clear = "remove"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = { json_patch = "", arrays = "diff" } }
[fields]
title = "title"
"#;
    let ran = Desk::new("title raw_book", operations)
        .patch(json!({"raw_book": {"tags": ["b", "c/d"]}}))
        .answer("read book", json!({"id": 7, "tags": ["a~", "b"]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7}))
        .run();
    let body = json!([{"op": "remove", "path": "/tags/a~0"}, {"op": "add", "path": "/tags/-", "value": "c/d"}]);
    assert_eq!(ran.writes(), [format!("PATCH /books/7 {body}")]);
}

#[test]
fn r19_a_companion_that_raw_values_hit_is_theirs() {
    let companion = r#"
[fields]
genre = { path = "genre", table = "genres", with = { group = "{row.group}" } }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = "name"
remote = "id"
columns = { group = "group" }
"#;
    let ran = Desk::new("genre raw_book", companion)
        .patch(json!({"genre": "Crime", "raw_book": {"group": 9}}))
        .answer("look up genres", json!({"genres": [{"name": "Crime", "id": 3, "group": 1}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"genre": 3, "group": 9}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"genre":3,"group":9}"#]);
    assert_eq!(ran.outcomes(), ["/genre written", "/raw_book/group written"]);
}
