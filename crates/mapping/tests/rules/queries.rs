//! Query parameters that the caller adds: R20.

use serde_json::json;

use crate::desk::Desk;

const TWO: &str = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", answer = "book" }
[records.stock]
clear = "null"
read = { send = "GET /stock/{id}" }
write = { send = "PUT /stock/{id}", body = "{changes}", answer = "" }
[update]
order = ["book", "stock"]
[fields]
title = "title"
price = "stock:price"
"#;

#[test]
fn r20_remote_query_goes_to_the_main_write_alone_and_wins() {
    let desk = Desk::new("title price", TWO);
    let ran = desk
        .patch(json!({"title": "Emma", "price": 4.5}))
        .remote_query("notify", json!(false))
        .remote_query("tags", json!(["a b", "c"]))
        .answer("write book", json!({}))
        .answer("write stock", json!({"price": 4.5}))
        .answer("read back book", json!({"id": 7, "title": "Emma"}))
        .run();
    assert_eq!(
        ran.requests(),
        [
            r#"PATCH /books/7?notify=false&tags=a%20b,c {"title":"Emma"}"#,
            r#"PUT /stock/7 {"price":4.5}"#,
            "GET /books/7"
        ]
    );
}

const SELECTED: &str = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}", query = { fields = "{select}" } }
write = { send = "PATCH /books/{id}", query = { fields = "{select}", view = "full" }, body = "{changes}", answer = "" }
[fields]
title = "title"
"#;

#[test]
fn r20_a_query_that_changes_the_answer_makes_it_read_again() {
    let desk = Desk::new("title", SELECTED);
    let ran = desk
        .patch(json!({"title": "Emma"}))
        .remote_query("fields", json!("id"))
        .answer("write book", json!({"id": 7}))
        .answer("read back book", json!({"id": 7, "title": "Emma"}))
        .run();
    assert_eq!(
        ran.requests(),
        [r#"PATCH /books/7?view=full&fields=id {"title":"Emma"}"#, "GET /books/7?fields=id,title"]
    );
    assert_eq!(ran.outcomes(), ["/title written"]);
}

#[test]
fn r20_a_query_that_only_the_read_knows_changes_the_answer_too() {
    let bare = SELECTED.replace(r#" query = { fields = "{select}", view = "full" },"#, "");
    let ran = Desk::new("title", &bare)
        .patch(json!({"title": "Emma"}))
        .remote_query("fields", json!("id"))
        .answer("write book", json!({"id": 7}))
        .answer("read back book", json!({"id": 7, "title": "Emma"}))
        .run();
    assert_eq!(ran.outcomes(), ["/title written"]);
    assert_eq!(ran.resource(), &json!({"id": "7", "title": "Emma"}));
}

#[test]
fn r20_another_query_leaves_the_answer_as_it_is() {
    let ran = Desk::new("title", SELECTED)
        .patch(json!({"title": "Emma"}))
        .remote_query("notify", json!("no"))
        .answer("write book", json!({"id": 7, "title": "Emma"}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7?fields=id,title&view=full&notify=no {"title":"Emma"}"#]);
}

#[test]
fn r20_in_a_read_remote_query_goes_to_the_main_record_s_read_alone_and_wins() {
    let desk = Desk::new("title price", TWO);
    let ran = desk
        .get()
        .remote_query("view", json!("full"))
        .answer("read back book", json!({"id": 7, "title": "Emma"}))
        .answer("read back stock", json!({"price": 4.5}))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7?view=full", "GET /stock/7"]);
    assert_eq!(ran.success().resource["title"], "Emma");
    assert_eq!(ran.success().resource["price"], 4.5);
}

#[test]
fn r20_a_read_that_selects_otherwise_does_not_take_what_is_missing_for_empty() {
    let desk = Desk::new("title", SELECTED);
    let read = |fields: &str, answer: serde_json::Value| {
        desk.get().remote_query("fields", json!(fields)).answer("read back book", answer).run()
    };
    let ran = read("id", json!({"id": 7}));
    assert_eq!(ran.requests(), ["GET /books/7?fields=id"]);
    assert_eq!(ran.success().resource.get("title"), None);
    let reason = "a parameter of the caller stands in place of the one that asks for it";
    let unread: Vec<(&str, &str)> =
        ran.success().unread.iter().map(|unread| (unread.pointer.as_str(), unread.reason.as_str())).collect();
    assert!(unread.contains(&("/title", reason)), "{unread:?}");
    let ran = read("id,title", json!({"id": 7, "title": null}));
    assert_eq!(ran.success().resource["title"], json!(null), "an empty value that was asked for is empty");
}
