//! What becomes of each leaf: R12, R16.

use mapwright_mapping::outcome::Fate;
use mapwright_mapping::provider::Class;
use serde_json::json;

use crate::desk::Desk;
use crate::lines::told;

/// A field for each fate that is decided before anything is sent.
const ALL: &str = r#"
unsupported = ["price"]
[records.stock]
clear = "null"
read = { send = "GET /stock/{id}" }
write = { send = "PUT /stock/{id}", body = "{changes}" }
[update]
order = ["book", "stock"]
[fields]
title = "title"
subtitle = "sub"
language = { path = "lang", as = "lower", loss = "capital letters are not kept" }
pages = { path = "pages", read_only = "the shop counts them" }
stars = "stock:stars"
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "lending" }, { is = "reading", barcode = "reading" }]
"#;
const FIELDS: &str = "title subtitle language pages price stars copies raw_book";

fn patch() -> serde_json::Value {
    json!({
        "title": "Emma",
        "subtitle": "A Novel",
        "language": "EN",
        "pages": 3,
        "price": 1.5,
        "stars": 5,
        "copies": [{"kind": "lending", "barcode": "L"}, {"kind": "lending", "barcode": "M"}],
        "raw_book": {"sub": "raw"},
    })
}

#[test]
fn r12_every_leaf_has_a_verdict_at_plan_time() {
    let plan = Desk::new(FIELDS, ALL).patch(patch()).plan();
    assert_eq!(
        told(&plan.outcomes),
        [
            "/title send",
            "/subtitle overridden: `raw_book` of the same patch writes `sub`",
            r#"/language lossy "EN" -> "en": capital letters are not kept"#,
            "/pages read_only: the shop counts them",
            "/price unsupported: the provider has no place for it",
            "/stars send on stock",
            "/copies/0/barcode send",
            "/copies/0/kind send",
            "/copies/1/kind no_slot: no slot is left for `lending`; the provider has lending, reading",
            "/copies/1/barcode no_slot: no slot is left for `lending`; the provider has lending, reading",
            "/copies emptied: slot `reading` is not in the list",
            "/raw_book/sub send",
        ]
    );
}

#[test]
fn r12_every_leaf_has_an_outcome_after_the_run() {
    let ran = Desk::new(FIELDS, ALL)
        .patch(patch())
        .answer("write book", json!({}))
        .answer("write stock", json!({}))
        .answer(
            "read back book",
            json!({"id": 7, "title": "EMMA", "sub": "raw", "lang": "en", "pages": 2, "lending": "L"}),
        )
        .answer("read back stock", json!({"stars": 5}))
        .run();
    assert_eq!(
        ran.outcomes(),
        [
            r#"/title altered "Emma" -> "EMMA": the provider's record shows another value than was sent"#,
            "/subtitle overridden: `raw_book` of the same patch writes `sub`",
            r#"/language lossy "EN" -> "en": capital letters are not kept"#,
            "/pages read_only: the shop counts them",
            "/price unsupported: the provider has no place for it",
            "/stars written on stock",
            "/copies/0/barcode written",
            "/copies/0/kind written",
            "/copies/1/kind no_slot: no slot is left for `lending`; the provider has lending, reading",
            "/copies/1/barcode no_slot: no slot is left for `lending`; the provider has lending, reading",
            "/copies emptied: slot `reading` is not in the list",
            "/raw_book/sub written",
        ]
    );
    let never = [Fate::Rejected, Fate::NotSent, Fate::Unknown, Fate::Send];
    assert!(ran.success().outcomes.iter().all(|outcome| !never.contains(&outcome.outcome)));
}

#[test]
fn r12_a_refused_first_write_rejects_its_leaves_and_sends_no_others() {
    let ran = Desk::new(FIELDS, ALL)
        .patch(patch())
        .status("write book", 400, json!({"code": "E1", "message": "no such title", "fields": ["title"]}))
        .run();
    assert_eq!(
        ran.outcomes(),
        [
            "/title rejected: no such title",
            "/subtitle overridden: `raw_book` of the same patch writes `sub`",
            r#"/language rejected "EN" -> "en": capital letters are not kept"#,
            "/pages read_only: the shop counts them",
            "/price unsupported: the provider has no place for it",
            "/stars not_sent on stock",
            "/copies/0/barcode rejected",
            "/copies/0/kind rejected",
            "/copies/1/kind no_slot: no slot is left for `lending`; the provider has lending, reading",
            "/copies/1/barcode no_slot: no slot is left for `lending`; the provider has lending, reading",
            "/copies rejected: slot `reading` is not in the list",
            "/raw_book/sub rejected",
        ]
    );
    let failure = ran.failure();
    assert_eq!((failure.class, failure.step.as_deref(), failure.done.len()), (Class::Invalid, Some("write book"), 0));
    assert_eq!(ran.refused(), ["/title refused-by-provider"]);
    assert_eq!(failure.raw.as_deref(), Some(&json!({"code": "E1", "message": "no such title", "fields": ["title"]})));
}

#[test]
fn r12_a_refused_second_write_names_what_was_done_before() {
    let ran = Desk::new(FIELDS, ALL)
        .patch(json!({"title": "Emma", "language": "EN", "stars": 9}))
        .answer("write book", json!({}))
        .status("write stock", 422, json!({"message": "too many", "fields": ["stars"]}))
        .run();
    assert_eq!(
        ran.outcomes(),
        [
            "/title written",
            r#"/language lossy "EN" -> "en": capital letters are not kept"#,
            "/stars rejected on stock: too many",
        ]
    );
    assert_eq!(ran.failure().done, ["write book"]);
    assert_eq!(ran.refused(), ["/stars refused-by-provider"]);
}

#[test]
fn r12_a_failed_read_back_leaves_the_writes_done() {
    let ran = Desk::new(FIELDS, ALL)
        .patch(json!({"title": "Emma", "stars": 9}))
        .answer("write book", json!({}))
        .answer("write stock", json!({}))
        .status("read back book", 500, json!({"message": "down"}))
        .run();
    assert_eq!(ran.outcomes(), ["/title written", "/stars written on stock"]);
    assert_eq!(ran.failure().done, ["write book", "write stock"]);
    assert_eq!(ran.failure().message, "the update was made; reading it back failed: down");
}

#[test]
fn r12_a_server_that_fails_in_a_write_has_refused_nothing() {
    for status in [500, 502, 504] {
        let ran = Desk::new(FIELDS, ALL)
            .patch(json!({"title": "Emma"}))
            .status("write book", status, json!({"message": "oops"}))
            .run();
        assert_eq!(ran.outcomes(), ["/title unknown"], "{status}");
    }
    for status in [400, 401, 403, 404, 409, 429, 501, 503, 301] {
        let ran = Desk::new(FIELDS, ALL)
            .patch(json!({"title": "Emma"}))
            .status("write book", status, json!({"message": "no"}))
            .run();
        assert_eq!(ran.outcomes(), ["/title rejected"], "{status}");
    }
}

#[test]
fn r12_a_failed_first_read_sends_nothing() {
    let guarded = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", guard = { header = "If-Match", from = "etag" } }
[fields]
title = "title"
"#;
    for (status, class) in [(404, Class::NotFound), (401, Class::Auth), (500, Class::Provider), (302, Class::Provider)]
    {
        let ran =
            Desk::new("title", guarded).patch(json!({"title": "Emma"})).status("read book", status, json!(null)).run();
        assert_eq!(ran.failure().class, class);
        assert_eq!(ran.outcomes(), ["/title not_sent"], "{status}");
    }
}

#[test]
fn r12_strict_passes_only_send_and_unchanged() {
    let ran = Desk::new(FIELDS, ALL).patch(patch()).strict().run();
    let mut pointers: Vec<String> = ran.refused();
    pointers.dedup();
    assert_eq!(
        pointers,
        [
            "/subtitle strict",
            "/language strict",
            "/pages strict",
            "/price strict",
            "/copies/1/kind strict",
            "/copies/1/barcode strict",
            "/copies strict",
        ]
    );
    assert_eq!(ran.requests(), Vec::<String>::new());
    let merging = Desk::new(FIELDS, ALL)
        .patch(json!({"copies": []}))
        .strict()
        .merging()
        .answer("read back book", json!({"id": 7}))
        .answer("read back stock", json!({}))
        .run();
    assert_eq!(merging.outcomes(), ["/copies unchanged: merging nothing changes nothing"]);
}

const STATED: &str = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", guard = { header = "If-Match", from = "etag" } }
[update]
order = ["book", "condition"]
[fields]
title = "title"
pages = { path = "pages", read_only = "the shop counts them" }
[fields.condition]
read = "state"
clear = "never"
set = { send = "POST /books/{id}/condition", body = { now = "{new}" } }
"#;

#[test]
fn r16_what_is_read_only_is_told_even_where_the_value_is_equal() {
    let ran = Desk::new("title pages condition", STATED)
        .patch(json!({"title": "Emma", "pages": 3}))
        .answer("read book", json!({"id": 7, "etag": "v", "pages": 3}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "pages": 3}))
        .run();
    assert_eq!(ran.outcomes(), ["/title written", "/pages read_only: the shop counts them"]);
}

#[test]
fn r16_nothing_is_read_to_find_out_that_it_is_unchanged() {
    let ran = Desk::new("title pages condition", STATED)
        .patch(json!({"condition": "worn"}))
        .answer("set condition", json!({}))
        .answer("read back book", json!({"id": 7, "state": "worn"}))
        .run();
    assert_eq!(ran.requests(), [r#"POST /books/7/condition {"now":"worn"}"#, "GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/condition written"]);
}

#[test]
fn r16_an_action_is_unchanged_where_its_plan_had_read_the_value_anyway() {
    let old = STATED.replace(r#"{ now = "{new}" }"#, r#"{ now = "{new}", was = "{old}" }"#);
    let desk = Desk::new("title pages condition", &old);
    let ran = desk.patch(json!({"condition": "worn"})).answer("read book", json!({"id": 7, "state": "worn"})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/condition unchanged: the record held the value already"]);
    let ran = desk
        .patch(json!({"condition": "lost"}))
        .answer("read book", json!({"id": 7, "state": "worn"}))
        .answer("set condition", json!({}))
        .answer("read back book", json!({"id": 7, "state": "lost"}))
        .run();
    assert_eq!(ran.writes(), [r#"POST /books/7/condition {"now":"lost","was":"worn"}"#]);
}

#[test]
fn r12_what_is_gone_after_the_write_is_not_called_written() {
    let ran = Desk::new(FIELDS, ALL)
        .patch(json!({"title": "Emma", "stars": 9}))
        .answer("write book", json!({}))
        .answer("write stock", json!({}))
        .status("read back book", 404, json!({"message": "no such book"}))
        .run();
    assert_eq!(ran.outcomes(), ["/title unknown", "/stars written on stock"]);
    assert_eq!(ran.failure().done, ["write book", "write stock"]);
    assert_eq!(ran.failure().message, "the update was taken; reading it back failed: no such book");
}
