//! Which requests there are, in which order: R1, R2, R4.

use mapwright_mapping::provider::Class;
use serde_json::json;

use crate::desk::Desk;
use crate::lines::{planned, told};

const GENRES: &str = r#"
[fields]
title = "title"
genre = { path = "genre", table = "genres" }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = "name"
remote = "id"
"#;

#[test]
fn r01_a_plan_without_replies_names_what_it_lacks_and_sends_nothing() {
    let desk = Desk::new("title genre", GENRES);
    let plan = desk.patch(json!({"title": "Emma", "genre": "Crime"})).plan();
    assert_eq!(
        planned(&plan),
        [
            "GET /genres",
            r#"PATCH /books/7 {"title":"Emma","genre":"{genres: Crime}"} needs genres: Crime"#,
            "GET /books/7",
        ]
    );
    assert_eq!(told(&plan.outcomes), ["/title send", "/genre send"]);
    assert_eq!(plan.refusal, None);
}

#[test]
fn r01_a_plan_names_the_id_of_a_record_that_a_reply_gives() {
    let desk = Desk::new(
        "title author",
        r#"
unsupported = ["author.family"]
[records.author]
id = "author.id"
clear = "null"
read = { send = "GET /people/{author.id}" }
write = { send = "PUT /people/{author.id}", body = "{changes}" }
[update]
order = ["book", "author"]
[fields]
title = "title"
"author.id" = "author_id"
"author.given" = "author:given"
"#,
    );
    let plan = desk.patch(json!({"author": {"given": "Jane"}})).plan();
    assert_eq!(
        planned(&plan),
        [
            "GET /books/7",
            r#"PUT /people/{author.id} {"given":"Jane"} needs author.id"#,
            "GET /books/7",
            "GET /people/{author.id} needs author.id",
        ]
    );
    let known = desk.patch(json!({"author": {"id": "42", "given": "Jane"}})).plan();
    assert_eq!(planned(&known)[..2], [r#"PATCH /books/7 {"author_id":"42"}"#, r#"PUT /people/42 {"given":"Jane"}"#]);
}

#[test]
fn r01_a_plan_whose_kept_rows_miss_has_a_hole_and_is_not_refused() {
    let desk = Desk::new("title genre", &GENRES.replace("rows = ", "cache = \"1h\"\nrows = "));
    let ran = desk
        .patch(json!({"genre": "Crime"}))
        .kept("look up genres", json!({"genres": []}))
        .answer("look up genres again", json!({"genres": [{"name": "Crime", "id": 3}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "genre": 3}))
        .run();
    assert_eq!(ran.requests(), ["GET /genres", r#"PATCH /books/7 {"genre":3}"#, "GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/genre written"]);
}

#[test]
fn r02_reads_and_look_ups_may_come_before_a_refusal_and_writes_may_not() {
    let desk = Desk::new("title genre", GENRES);
    let ran = desk
        .patch(json!({"title": "Emma", "genre": "Crme"}))
        .answer("look up genres", json!({"genres": [{"name": "Crime", "id": 3}]}))
        .run();
    assert_eq!(ran.requests(), ["GET /genres"]);
    assert_eq!(ran.refused(), ["/genre unknown-value"]);
    assert_eq!(ran.failure().violations[0].suggestion.as_deref(), Some("Crime"));
    assert_eq!(ran.outcomes(), ["/title not_sent", "/genre not_sent"]);
    assert_eq!(ran.failure().done, Vec::<String>::new());
}

#[test]
fn r02_strict_mode_judges_after_the_reads_and_before_the_first_write() {
    let desk = Desk::new(
        "title author",
        r#"
[fields]
title = "title"
"author.id" = { path = "author_id", read_only = "the shop sets it" }
[groups.author]
path = "author"
parts = ["author.given", "author.family"]
join = "words"
loss = "a family name of two words is split"
"#,
    );
    let ran = desk
        .patch(json!({"title": "Emma", "author": {"given": "Mary Jane"}}))
        .strict()
        .answer("read book", json!({"id": 7, "author": "Ann Smith"}))
        .run();
    assert_eq!(
        ran.outcomes(),
        ["/title not_sent", r#"/author/given not_sent "Mary Jane" -> "Mary": a family name of two words is split"#]
    );
    assert_eq!(ran.requests(), ["GET /books/7"]);
}

#[test]
fn r02_strict_mode_passes_a_clean_patch() {
    let desk = Desk::new(
        "title added_at",
        "[fields]\ntitle = \"title\"\nadded_at = { path = \"added\", as = \"datetime\", read_only = \"the shop sets it\" }\n",
    );
    let clean = desk
        .patch(json!({"title": "Emma"}))
        .strict()
        .answer("write book", json!({}))
        .answer("read back book", json!({"title": "Emma"}))
        .run();
    assert_eq!(clean.outcomes(), ["/title written"]);
    let unclean = desk.patch(json!({"title": "Emma", "added_at": "2026-01-01T00:00:00Z"})).strict().run();
    assert_eq!(unclean.requests(), Vec::<String>::new());
    assert_eq!(unclean.refused(), ["/added_at strict"]);
    assert_eq!(unclean.outcomes(), ["/title not_sent", "/added_at read_only: the shop sets it"]);
}

#[test]
fn r02_what_an_action_needs_is_read_before_the_first_write() {
    let desk = Desk::new(
        "title keeper condition",
        r#"
[update]
order = ["book", "condition"]
[fields]
title = "title"
"keeper.id" = "keeper"
[fields.condition]
read = "condition"
set = { send = "POST /books/{id}/condition", body = { condition = "{new}", by = "{keeper.id}" } }
"#,
    );
    let ran = desk
        .patch(json!({"title": "Emma", "condition": "worn"}))
        .answer("read book", json!({"id": 7, "keeper": "k1"}))
        .answer("write book", json!({}))
        .answer("set condition", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "condition": "worn", "keeper": "k1"}))
        .run();
    assert_eq!(
        ran.requests(),
        [
            "GET /books/7",
            r#"PATCH /books/7 {"title":"Emma"}"#,
            r#"POST /books/7/condition {"condition":"worn","by":"k1"}"#,
            "GET /books/7",
        ]
    );
    assert_eq!(ran.outcomes(), ["/title written", "/condition written"]);
}

#[test]
fn r02_an_action_that_lacks_a_value_is_refused_before_the_first_write() {
    let desk = Desk::new(
        "title keeper condition",
        r#"
[update]
order = ["book", "condition"]
[fields]
title = "title"
"keeper.id" = "keeper"
[fields.condition]
read = "condition"
set = { send = "POST /books/{id}/condition", body = { condition = "{new}", by = "{keeper.id}" } }
"#,
    );
    let ran = desk
        .patch(json!({"title": "Emma", "condition": "worn"}))
        .answer("read book", json!({"id": 7, "keeper": null}))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.refused(), ["/condition no-value"]);
    assert_eq!(ran.outcomes(), ["/title not_sent", "/condition not_sent"]);
}

#[test]
fn r04_nothing_to_send_is_one_read() {
    let desk = Desk::new("title author", "unsupported = [\"author\"]\n[fields]\ntitle = \"title\"\n");
    for patch in [json!({}), json!({"author": {}})] {
        let ran = desk.patch(patch).answer("read back book", json!({"id": 7, "title": "Emma"})).run();
        assert_eq!(ran.requests(), ["GET /books/7"]);
        assert_eq!(ran.outcomes(), Vec::<String>::new());
        assert_eq!(ran.resource(), &json!({"id": "7", "title": "Emma"}));
    }
    let ran = desk.patch(json!({"author": {"given": "Jane"}})).answer("read back book", json!({"id": 7})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/author/given unsupported: the provider has no place for it"]);
}

#[test]
fn r04_no_read_runs_first_where_nothing_needs_one() {
    let desk = Desk::new("title pages", "[fields]\ntitle = \"title\"\npages = \"pages\"\n");
    let ran = desk
        .patch(json!({"title": "Emma", "pages": null}))
        .answer("write book", json!({"id": 7}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "pages": null}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"title":"Emma","pages":null}"#, "GET /books/7"]);
}

#[test]
fn r04_a_guard_reads_first_and_makes_the_write_conditional() {
    let desk = Desk::new(
        "title",
        r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", answer = "", guard = { header = "If-Match", from = "etag" } }
[fields]
title = "title"
"#,
    );
    let ran = desk
        .patch(json!({"title": "Emma"}))
        .answer("read book", json!({"id": 7, "etag": "v3"}))
        .answer("write book", json!({"id": 7, "title": "Emma", "etag": "v4"}))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7", r#"PATCH /books/7 {"title":"Emma"}"#]);
    assert_eq!(ran.header("write book", "If-Match"), Some("v3"));
    let plan = desk.patch(json!({"title": "Emma"})).plan();
    assert_eq!(plan.steps[1].request.headers.last(), Some(&("If-Match".to_owned(), "{etag}".to_owned())));
    assert_eq!(plan.steps[1].holes, ["etag"]);
}

#[test]
fn r04_a_write_that_lost_its_guard_is_not_sent_bare() {
    let desk = Desk::new(
        "title",
        r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", answer = "", guard = { header = "If-Match", from = "etag" } }
[fields]
title = "title"
"#,
    );
    let ran = desk.patch(json!({"title": "Emma"})).answer("read book", json!({"id": 7})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.failure().class, Class::Provider);
    assert_eq!(ran.outcomes(), ["/title not_sent"]);
}

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
fn r04_the_last_answer_is_the_read_back() {
    let desk = Desk::new("title price", TWO);
    let ran = desk
        .patch(json!({"title": "Emma"}))
        .answer("write book", json!({"book": {"id": 7, "title": "Emma"}}))
        .answer("read back stock", json!({"price": 3}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"title":"Emma"}"#, "GET /stock/7"]);
    assert_eq!(ran.resource(), &json!({"id": "7", "title": "Emma", "price": 3}));
}

#[test]
fn r04_an_answer_is_old_once_another_record_was_written() {
    let desk = Desk::new("title price", TWO);
    let ran = desk
        .patch(json!({"title": "Emma", "price": 4.5}))
        .answer("write book", json!({"book": {"id": 7, "title": "Emma"}}))
        .answer("write stock", json!({"price": 4.5}))
        .answer("read back book", json!({"id": 7, "title": "Emma!"}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"title":"Emma"}"#, r#"PUT /stock/7 {"price":4.5}"#, "GET /books/7"]);
    assert_eq!(
        ran.outcomes(),
        [
            r#"/title altered "Emma" -> "Emma!": the provider's record shows another value than was sent"#,
            "/price written on stock"
        ]
    );
}

#[test]
fn r04_an_answer_without_the_record_is_read_again() {
    let desk = Desk::new("title price", TWO);
    for body in ["", "{}", r#"{"book":null}"#, "taken"] {
        let ran = desk
            .patch(json!({"title": "Emma"}))
            .text("write book", 200, body)
            .answer("read back book", json!({"id": 7, "title": "Emma"}))
            .answer("read back stock", json!({"price": 3}))
            .run();
        assert_eq!(ran.resource(), &json!({"id": "7", "title": "Emma", "price": 3}), "{body}");
    }
}

#[test]
fn r04_the_selection_is_derived_from_what_is_read() {
    let desk = Desk::new(
        "title subtitle added_at",
        r#"
[records.book]
at = "book"
clear = "null"
read = { send = "GET /books/{id}", query = { fields = "{select}" } }
write = { send = "PATCH /books/{id}", body = "{changes}" }
[fields]
title = { path = "names.main", clear = "never" }
subtitle = { read = ["names.sub", "short"], write = "names.sub", loss = "an empty one reads as the short title" }
added_at = { path = "^meta.added", as = "datetime", read_only = "the shop sets it" }
"#,
    );
    let ran = desk
        .get()
        .answer("read back book", json!({"book": {"id": 7, "short": "E."}, "meta": {"added": "2026-01-02T03:04:05Z"}}))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7?fields=id,names,short"]);
    assert_eq!(
        ran.resource(),
        &json!({"id": "7", "title": null, "subtitle": "E.", "added_at": "2026-01-02T03:04:05Z"})
    );
}
