//! Several records behind one resource: R11.

use serde_json::json;

use crate::desk::Desk;

/// The author's link is set by a request of its own; the other leaves lie on the author.
const LINKED: &str = r#"
[records.author]
id = "author.id"
clear = "null"
read = { send = "GET /people/{author.id}" }
write = { send = "PUT /people/{author.id}", body = "{changes}" }
[update]
order = ["book", "author.id", "author"]
[fields]
title = "title"
"author.given" = "author:given"
"author.family" = "author:family"
[fields."author.id"]
read = "person"
set = { send = "PUT /books/{id}/author", body = { person = "{new}" } }
unset = { send = "DELETE /books/{id}/author" }
"#;

#[test]
fn r11_leaves_go_to_the_record_that_its_leaf_then_names() {
    let ran = Desk::new("title author", LINKED)
        .patch(json!({"author": {"given": "Jane", "id": "42"}}))
        .answer("set author.id", json!({}))
        .answer("write author", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "person": 42}))
        .answer("read back author", json!({"given": "Jane", "family": "Austen"}))
        .run();
    assert_eq!(
        ran.requests(),
        [
            r#"PUT /books/7/author {"person":"42"}"#,
            r#"PUT /people/42 {"given":"Jane"}"#,
            "GET /books/7",
            "GET /people/42",
        ]
    );
    assert_eq!(ran.outcomes(), ["/author/given written on author", "/author/id written"]);
    assert_eq!(
        ran.resource(),
        &json!({"id": "7", "title": "Emma", "author": {"id": "42", "given": "Jane", "family": "Austen"}})
    );
}

#[test]
fn r11_without_its_leaf_in_the_patch_the_record_is_found_by_a_read() {
    let ran = Desk::new("title author", LINKED)
        .patch(json!({"title": "Emma", "author": {"family": null}}))
        .answer("read book", json!({"id": 7, "person": 9_007_199_254_740_993_i64}))
        .answer("write book", json!({}))
        .answer("write author", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "person": 9_007_199_254_740_993_i64}))
        .answer("read back author", json!({"given": "Jane"}))
        .run();
    assert_eq!(
        ran.requests(),
        [
            "GET /books/7",
            r#"PATCH /books/7 {"title":"Emma"}"#,
            r#"PUT /people/9007199254740993 {"family":null}"#,
            "GET /books/7",
            "GET /people/9007199254740993",
        ]
    );
    assert_eq!(ran.outcomes(), ["/title written", "/author/family written on author"]);
}

#[test]
fn r11_no_record_to_write_to_is_refused() {
    let ran = Desk::new("title author", LINKED)
        .patch(json!({"title": "Emma", "author": {"family": "Austen"}}))
        .answer("read book", json!({"id": 7, "person": null}))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.refused(), ["/author/family no-record"]);
    assert_eq!(ran.outcomes(), ["/title not_sent", "/author/family not_sent on author"]);
}

#[test]
fn r11_null_together_with_leaves_of_that_record_is_refused() {
    let desk = Desk::new("title author", LINKED);
    let ran = desk.patch(json!({"author": {"id": null, "family": "Austen"}})).run();
    assert_eq!(ran.requests(), Vec::<String>::new());
    assert_eq!(ran.refused(), ["/author/family no-record"]);
    let ran = desk.patch(json!({"author": null})).run();
    assert_eq!(ran.refused(), ["/author/given no-record", "/author/family no-record"]);
    let alone = desk
        .patch(json!({"author": {"id": null}}))
        .answer("set author.id", json!({}))
        .answer("read back book", json!({"id": 7}))
        .run();
    assert_eq!(alone.requests(), ["DELETE /books/7/author", "GET /books/7"]);
    assert_eq!(alone.outcomes(), ["/author/id written"]);
}

const CREATED: &str = r#"
[records.author]
id = "author.id"
absent = "create"
clear = "null"
read = { send = "GET /people/{author.id}" }
write = { send = "PUT /people/{author.id}", body = "{changes}" }
create = { send = "POST /people", body = { book = "{id}", person = "{changes}" } }
[update]
order = ["book", "author.id", "author"]
[fields]
title = "title"
"author.given" = "author:given"
"author.family" = "author:family"
[fields."author.id"]
read = "person"
set = { send = "PUT /books/{id}/author", body = { person = "{new}" } }
unset = { send = "DELETE /books/{id}/author" }
"#;

#[test]
fn r11_an_absent_record_is_created_where_the_mapping_says_so() {
    let ran = Desk::new("title author", CREATED)
        .patch(json!({"author": {"family": "Austen"}}))
        .answer("read book", json!({"id": 7}))
        .answer("create author", json!({}))
        .answer("read back book", json!({"id": 7, "person": "5"}))
        .answer("read back author", json!({"family": "Austen"}))
        .run();
    assert_eq!(
        ran.requests(),
        ["GET /books/7", r#"POST /people {"book":"7","person":{"family":"Austen"}}"#, "GET /books/7", "GET /people/5"]
    );
    assert_eq!(ran.outcomes(), ["/author/family written on author"]);
}

#[test]
fn r11_null_together_with_leaves_creates_nothing() {
    let ran = Desk::new("title author", CREATED).patch(json!({"author": {"id": null, "family": "Austen"}})).run();
    assert_eq!(ran.requests(), Vec::<String>::new());
    assert_eq!(ran.refused(), ["/author/family no-record"]);
}

const INSIDE: &str = r#"
[records.stock]
inside = "book:stock[0]"
id = "number"
clear = ""
write = { send = "PUT /stock/{stock}", body = "{changes}" }
[update]
order = ["book", "stock"]
[fields]
title = "title"
price = "stock:price"
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "stock:lending" }, { is = "reading", barcode = "reading" }]
[lists.editions]
key = "format"
array = "stock:editions"
item = { isbn = "isbn", format = "format", note = "note" }
"#;

#[test]
fn r11_a_record_inside_another_is_found_by_its_own_id_and_named_in_the_outcome() {
    let now = json!({"id": 7, "stock": [{"number": 9, "price": 1}]});
    let then = json!({"id": 7, "reading": "R", "stock": [{"number": 9, "price": 2.5, "editions": [{"isbn": "1", "format": "folio"}]}]});
    let ran = Desk::new("title price copies editions", INSIDE)
        .patch(json!({"price": 2.5, "copies": [{"kind": "reading", "barcode": "R"}], "editions": [{"isbn": "1", "format": "folio"}]}))
        .answer("read book", now)
        .answer("write book", json!({}))
        .answer("write stock", json!({}))
        .answer("read back book", then)
        .run();
    assert_eq!(
        ran.requests(),
        [
            "GET /books/7",
            r#"PATCH /books/7 {"reading":"R"}"#,
            r#"PUT /stock/9 {"price":2.5,"lending":"","editions":[{"format":"folio","isbn":"1"}]}"#,
            "GET /books/7",
        ]
    );
    assert_eq!(
        ran.outcomes(),
        [
            "/price written on stock",
            "/copies/0/barcode written",
            "/copies/0/kind written",
            "/copies emptied on stock: slot `lending` is not in the list",
            "/editions/0/format written on stock",
            "/editions/0/isbn written on stock",
        ]
    );
}

#[test]
fn r11_a_list_that_clears_or_empties_another_record_says_which() {
    let now = json!({"id": 7, "stock": [{"number": 9, "lending": "L"}]});
    let ran = Desk::new("title price copies editions", INSIDE)
        .patch(json!({"copies": [{"kind": "reading", "barcode": "R"}], "editions": []}))
        .answer("read book", now)
        .answer("write book", json!({}))
        .answer("write stock", json!({}))
        .answer("read back book", json!({"id": 7, "reading": "R", "stock": [{"number": 9, "lending": ""}]}))
        .run();
    assert_eq!(
        ran.outcomes(),
        [
            "/copies/0/barcode written",
            "/copies/0/kind written",
            "/copies emptied on stock: slot `lending` is not in the list",
            "/editions written on stock",
        ]
    );
}

#[test]
fn r11_a_record_inside_another_that_is_not_there_refuses_its_leaves() {
    let ran = Desk::new("title price copies editions", INSIDE)
        .patch(json!({"title": "Emma", "price": 2.5}))
        .answer("read book", json!({"id": 7, "stock": []}))
        .run();
    assert_eq!(ran.refused(), ["/price no-record"]);
    assert_eq!(ran.requests(), ["GET /books/7"]);
}
