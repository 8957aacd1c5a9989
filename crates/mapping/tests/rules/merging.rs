//! Lists that are merged, and lists against one array: R9.

use serde_json::{Value, json};

use crate::desk::{Call, Desk, Ran};
use crate::lines::planned;

const COPIES: &str = r#"
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "lending" }, { is = "reading", barcode = "reading" }]
"#;
const EDITIONS: &str = r#"
[lists.editions]
key = "format"
array = "editions"
item = { isbn = "number.isbn", format = { path = "kind", table = "formats" }, note = "note" }
[tables.formats]
rows = { folio = "F", octavo = "O", quarto = "Q" }
"#;

fn copy(kind: &str, barcode: &str) -> Value {
    json!({ "kind": kind, "barcode": barcode })
}

fn run(call: Call<'_>, back: Value) -> Ran {
    call.answer("write book", json!({})).answer("read back book", back).run()
}

#[test]
fn r09_merging_slots_leaves_those_alone_that_the_list_does_not_name() {
    let ran = run(
        Desk::new("copies", COPIES).patch(json!({"copies": [copy("reading", "R")]})).merging(),
        json!({"reading": "R", "lending": "L"}),
    );
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"reading":"R"}"#, "GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/copies/0/barcode written", "/copies/0/kind written"]);
}

#[test]
fn r09_merging_nothing_changes_nothing_and_null_still_clears() {
    let desk = Desk::new("copies editions", &format!("{COPIES}{EDITIONS}"));
    let ran = desk
        .patch(json!({"copies": [], "editions": []}))
        .merging()
        .answer("read back book", json!({"lending": "L"}))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(
        ran.outcomes(),
        ["/copies unchanged: merging nothing changes nothing", "/editions unchanged: merging nothing changes nothing"]
    );
    let ran = run(desk.patch(json!({"copies": null, "editions": null})).merging(), json!({}));
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"lending":null,"reading":null,"editions":null}"#, "GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/copies written", "/editions written"]);
}

#[test]
fn r09_replacing_an_array_needs_no_read_and_writes_it_whole() {
    let patch =
        json!({"editions": [{"isbn": "1", "format": "folio"}, {"isbn": null, "format": "octavo", "note": "n"}]});
    let back = json!({"editions": [{"number": {"isbn": "1"}, "kind": "F"}, {"kind": "O", "note": "n"}]});
    let ran = run(Desk::new("editions", EDITIONS).patch(patch), back);
    assert_eq!(
        ran.requests(),
        [r#"PATCH /books/7 {"editions":[{"kind":"F","number":{"isbn":"1"}},{"kind":"O","note":"n"}]}"#, "GET /books/7"]
    );
    assert_eq!(
        ran.outcomes(),
        [
            "/editions/0/format written",
            "/editions/0/isbn written",
            "/editions/1/format written",
            "/editions/1/note written",
        ]
    );
    assert_eq!(
        ran.resource()["editions"],
        json!([{"format": "folio", "isbn": "1"}, {"format": "octavo", "note": "n"}])
    );
}

#[test]
fn r09_merging_an_array_replaces_the_item_of_the_key_and_keeps_the_others() {
    let now = json!({"editions": [{"number": {"isbn": "1"}, "kind": "F"}, {"number": {"isbn": "2"}, "kind": "O", "note": "old", "rank": 9}]});
    let ran = Desk::new("editions", EDITIONS)
        .patch(json!({"editions": [{"format": "octavo", "isbn": "3"}, {"format": "quarto", "isbn": "4"}]}))
        .merging()
        .answer("read book", now)
        .answer("write book", json!({}))
        .answer("read back book", json!({"editions": [{"number": {"isbn": "1"}, "kind": "F"}, {"number": {"isbn": "3"}, "kind": "O", "rank": 9}, {"number": {"isbn": "4"}, "kind": "Q"}]}))
        .run();
    assert_eq!(
        ran.requests(),
        [
            "GET /books/7",
            r#"PATCH /books/7 {"editions":[{"number":{"isbn":"1"},"kind":"F"},{"number":{"isbn":"3"},"kind":"O","rank":9},{"kind":"Q","number":{"isbn":"4"}}]}"#,
            "GET /books/7",
        ]
    );
    let fates: Vec<String> = ran.outcomes();
    assert_eq!(
        fates,
        [
            "/editions/0/format written",
            "/editions/0/isbn written",
            "/editions/1/format written",
            "/editions/1/isbn written"
        ]
    );
}

#[test]
fn r09_merging_an_array_needs_keys_that_stand_once_on_both_sides() {
    let desk = Desk::new("editions", EDITIONS);
    let ran = desk
        .patch(json!({"editions": [{"format": "folio", "isbn": "1"}, {"format": "folio", "isbn": "2"}]}))
        .merging()
        .answer("read book", json!({"editions": []}))
        .run();
    assert_eq!(ran.refused(), ["/editions/1/format doubled-key"]);
    let ran = desk
        .patch(json!({"editions": [{"format": "folio", "isbn": "1"}]}))
        .merging()
        .answer(
            "read book",
            json!({"editions": [{"kind": "F", "number": {"isbn": "8"}}, {"kind": "F", "number": {"isbn": "9"}}]}),
        )
        .run();
    assert_eq!(ran.refused(), ["/editions/0/format doubled-key"]);
    assert_eq!(ran.requests(), ["GET /books/7"]);
    let ran =
        desk.patch(json!({"editions": [{"isbn": "1"}]})).merging().answer("read book", json!({"editions": []})).run();
    assert_eq!(ran.refused(), ["/editions/0/format missing-key"]);
}

#[test]
fn r09_a_plan_shows_that_merging_needs_the_record() {
    let plan =
        Desk::new("editions", EDITIONS).patch(json!({"editions": [{"format": "folio", "isbn": "1"}]})).merging().plan();
    assert_eq!(
        planned(&plan),
        ["GET /books/7", r#"PATCH /books/7 {"editions":"{editions}"} needs editions"#, "GET /books/7"]
    );
}

#[test]
fn r09_what_an_item_does_not_name_survives_where_the_kept_leaf_is_equal() {
    let keep = r#"
[lists.editions]
key = "format"
array = "editions"
item = { isbn = { path = "isbn", as = "lower", loss = "capital letters are not kept" }, format = "kind", note = "note" }
keep = "isbn"
"#;
    let ran = Desk::new("editions", keep)
        .patch(json!({"editions": [{"isbn": "B", "format": "quarto"}, {"isbn": "c", "format": "folio"}]}))
        .answer("read book", json!({"editions": [{"isbn": "a", "kind": "x"}, {"isbn": "b", "kind": "y", "note": "gone", "verified": true}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"editions": [{"isbn": "b", "kind": "quarto"}, {"isbn": "c", "kind": "folio"}]}))
        .run();
    assert_eq!(
        ran.writes(),
        [r#"PATCH /books/7 {"editions":[{"isbn":"b","kind":"quarto","verified":true},{"kind":"folio","isbn":"c"}]}"#]
    );
}

#[test]
fn r09_a_leaf_of_an_item_that_is_only_read_is_told() {
    let item = r#"
[lists.editions]
key = "format"
array = "editions"
item = { isbn = "isbn", format = "kind", note = { path = "note", read_only = "the shop notes it" } }
"#;
    let ran = run(
        Desk::new("editions", item).patch(json!({"editions": [{"isbn": "1", "format": "folio", "note": "n"}]})),
        json!({"editions": [{"isbn": "1", "kind": "folio", "note": "other"}]}),
    );
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"editions":[{"kind":"folio","isbn":"1"}]}"#]);
    assert_eq!(
        ran.outcomes(),
        ["/editions/0/format written", "/editions/0/isbn written", "/editions/0/note read_only: the shop notes it"]
    );
}

#[test]
fn r09_two_items_of_one_key_are_each_held_against_an_item_of_their_own() {
    let ran = run(
        Desk::new("editions", EDITIONS)
            .patch(json!({"editions": [{"isbn": "1", "format": "folio"}, {"isbn": "2", "format": "folio"}]})),
        json!({"editions": [{"number": {"isbn": "1"}, "kind": "F"}, {"number": {"isbn": "2"}, "kind": "F"}]}),
    );
    assert_eq!(
        ran.outcomes(),
        [
            "/editions/0/format written",
            "/editions/0/isbn written",
            "/editions/1/format written",
            "/editions/1/isbn written"
        ]
    );
}

#[test]
fn r09_a_plan_names_the_rows_that_an_item_waits_for() {
    let fetched = EDITIONS.replace(
        r#"rows = { folio = "F", octavo = "O", quarto = "Q" }"#,
        "fetch = { send = \"GET /formats\" }\nrows = \"formats[*]\"\nunified = \"name\"\nremote = \"id\"",
    );
    let desk = Desk::new("editions", &fetched);
    let plan = desk.patch(json!({"editions": [{"format": "folio", "isbn": "1"}]})).plan();
    assert_eq!(plan.steps.iter().map(|step| step.holes.len()).collect::<Vec<_>>(), [0, 1, 0]);
    let ran = desk
        .patch(json!({"editions": [{"format": "folio", "isbn": "1"}]}))
        .answer("look up formats", json!({"formats": [{"name": "folio", "id": "F"}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"editions": [{"kind": "F", "number": {"isbn": "1"}}]}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"editions":[{"kind":"F","number":{"isbn":"1"}}]}"#]);
    assert_eq!(ran.outcomes(), ["/editions/0/format written", "/editions/0/isbn written"]);
}
