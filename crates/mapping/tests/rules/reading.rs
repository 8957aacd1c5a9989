//! What a read shows, and what it leaves out by name: R17.

use mapwright_mapping::provider::Class;
use serde_json::json;

use crate::desk::Desk;

const BOOK: &str = r#"
[records.book]
clear = "null"
empty = ["", "none"]
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}" }
[fields]
title = "title"
subtitle = { path = "names.sub", empty = ["-"] }
pages = { path = "pages", as = "integer" }
bought_at = { path = "bought", as = "datetime" }
"place.room" = "room"
"place.bay" = "bay"
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "lending" }, { is = "reading", barcode = "reading" }]
"#;
const FIELDS: &str = "title subtitle pages bought_at place copies";

#[test]
fn r17_empty_is_null() {
    for record in [
        json!({"id": 7}),
        json!({"id": 7, "title": null, "names": null, "pages": null, "bought": null, "room": null}),
        json!({"id": 7, "title": "", "names": {"sub": "-"}, "pages": "none", "bought": "", "room": "none", "lending": "", "reading": []}),
        json!({"id": 7, "title": [], "names": {}, "lending": "none"}),
    ] {
        let ran = Desk::new(FIELDS, BOOK).get().answer("read back book", record.clone()).run();
        assert_eq!(
            ran.resource(),
            &json!({"id": "7", "title": null, "subtitle": null, "pages": null, "bought_at": null, "place": {"room": null, "bay": null}, "copies": []}),
            "{record}"
        );
        assert_eq!(ran.unread(), Vec::<String>::new());
    }
}

#[test]
fn r17_falsy_values_are_not_empty() {
    let ran =
        Desk::new("title pages lendable", "[fields]\ntitle = \"title\"\npages = \"pages\"\nlendable = \"lendable\"\n")
            .get()
            .answer("read back book", json!({"id": 0, "title": "", "pages": 0, "lendable": false}))
            .run();
    assert_eq!(ran.resource(), &json!({"id": "0", "title": "", "pages": 0, "lendable": false}));
}

#[test]
fn r17_what_cannot_be_represented_is_left_out_and_named() {
    let ran = Desk::new(FIELDS, BOOK)
        .get()
        .answer("read back book", json!({"id": 7, "title": {"odd": 1}, "pages": 3.5, "bought": "yesterday", "room": [1], "lending": {"odd": 1}, "reading": "R"}))
        .run();
    assert_eq!(
        ran.resource(),
        &json!({"id": "7", "subtitle": null, "place": {"bay": null}, "copies": [{"barcode": "R", "kind": "reading"}]})
    );
    let pointers: Vec<String> =
        ran.unread().iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(pointers, ["/title", "/pages", "/bought_at", "/place/room", "/copies"]);
}

#[test]
fn r17_large_integers_are_exact_and_what_is_too_large_is_named() {
    let ran = Desk::new(FIELDS, BOOK)
        .get()
        .answer("read back book", json!({"id": 1_234_567_890_123_456_789_i64, "pages": i64::MIN}))
        .run();
    assert_eq!(ran.resource()["id"], json!("1234567890123456789"));
    assert_eq!(ran.resource()["pages"], json!(i64::MIN));
}

const AUTHOR: &str = r#"
[records.author]
id = "author.id"
clear = "null"
read = { send = "GET /people/{author.id}" }
write = { send = "PUT /people/{author.id}", body = "{changes}" }
[update]
order = ["book", "author"]
[fields]
title = "title"
"author.id" = "person"
pages = "author:pages"
[groups.names]
path = "author:name"
parts = ["author.given", "author.family"]
join = "lines"
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "lending" }, { is = "reading", barcode = "author:reading" }]
[lists.editions]
key = "format"
array = "author:editions"
item = { isbn = "isbn", format = "format", note = "note" }
[rest.extras]
path = "author:extras.*"
"#;
const BOTH: &str = "title author pages copies editions extras";

#[test]
fn r17_a_record_that_is_not_there_is_empty() {
    let ran =
        Desk::new(BOTH, AUTHOR).get().answer("read back book", json!({"id": 7, "title": "Emma", "lending": "L"})).run();
    assert_eq!(
        ran.resource(),
        &json!({
            "id": "7",
            "title": "Emma",
            "author": {"id": null, "given": null, "family": null},
            "pages": null,
            "copies": [{"barcode": "L", "kind": "lending"}],
            "editions": [],
        })
    );
    assert_eq!(ran.unread(), Vec::<String>::new());
}

#[test]
fn r17_a_further_record_that_cannot_be_read_is_left_out_and_each_leaf_is_named() {
    let ran = Desk::new(BOTH, AUTHOR)
        .get()
        .answer("read back book", json!({"id": 7, "title": "Emma", "person": "5", "lending": "L"}))
        .status("read back author", 500, json!({"message": "down"}))
        .run();
    assert_eq!(ran.resource(), &json!({"id": "7", "title": "Emma", "author": {"id": "5"}}));
    let why = "record `author` could not be read: down";
    assert_eq!(
        ran.unread(),
        [
            format!("/pages: {why}"),
            format!("/author/given: {why}"),
            format!("/author/family: {why}"),
            format!("/copies: {why}"),
            format!("/editions: {why}"),
            format!("/extras: {why}"),
        ]
    );
}

#[test]
fn r17_a_write_to_a_record_that_cannot_be_read_back_is_not_called_altered() {
    let ran = Desk::new(BOTH, AUTHOR)
        .patch(json!({"pages": 3, "author": {"id": "5", "given": "J", "family": "A"}, "editions": [{"isbn": "1", "format": "f"}], "extras": {"a": 1}}))
        .answer("write book", json!({}))
        .answer("write author", json!({}))
        .answer("read back book", json!({"id": 7, "person": "5"}))
        .status("read back author", 500, json!({"message": "down"}))
        .run();
    assert_eq!(
        ran.outcomes(),
        [
            "/pages written on author",
            "/author/id written",
            "/author/given written on author",
            "/author/family written on author",
            "/editions/0/format written on author",
            "/editions/0/isbn written on author",
            "/extras/a written on author",
        ]
    );
}

#[test]
fn r17_a_main_record_that_is_not_there_is_not_found() {
    let desk = Desk::new(
        "title",
        "[records.book]\nat = \"book\"\nclear = \"null\"\nread = { send = \"GET /books/{id}\" }\nwrite = { send = \"PATCH /books/{id}\", body = \"{changes}\" }\n[fields]\ntitle = \"title\"\n",
    );
    for body in [json!({}), json!({"book": null}), json!({"books": []})] {
        let ran = desk.get().status("read back book", 200, body.clone()).run();
        assert_eq!(ran.failure().class, Class::NotFound, "{body}");
        assert_eq!(ran.failure().message, "the provider has no record `7`");
    }
    let ran = desk.get().status("read back book", 204, json!(null)).run();
    assert_eq!(ran.failure().class, Class::NotFound);
    let ran = desk.get().status("read back book", 200, json!(null)).run();
    assert_eq!(ran.failure().class, Class::Provider);
}

#[test]
fn r17_an_array_reads_item_by_item() {
    let mapping = r#"
[lists.editions]
key = "format"
array = "editions"
item = { isbn = { path = "number", as = "integer" }, format = "kind", note = "note" }
"#;
    let ran = Desk::new("editions", mapping)
        .get()
        .answer("read back book", json!({"id": 7, "editions": [{"number": 1, "kind": "folio"}, {"number": "x", "kind": "octavo"}, {}, {"other": 1}, "odd"]}))
        .run();
    assert_eq!(ran.resource()["editions"], json!([{"format": "folio", "isbn": "1"}, {"format": "octavo"}]));
    let pointers: Vec<String> =
        ran.unread().iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(pointers, ["/editions/1/isbn"]);
}
