//! What is lost, measured on every value: R13, R14.

use serde_json::{Value, json};

use crate::desk::{Desk, findings};
use crate::lines::told;

fn verdicts(fields: &str, mapping: &str, patch: Value) -> Vec<String> {
    told(&Desk::new(fields, mapping).patch(patch).plan().outcomes)
}

#[test]
fn r13_a_codec_that_loses_has_to_say_so_and_one_that_does_not_must_not() {
    let silent = "[fields]\nlanguage = { path = \"lang\", as = \"lower\" }\n";
    let found = findings("language", silent);
    assert!(found.len() == 1 && found[0].contains("error[loss-undeclared]"), "{found:?}");
    let needless = "[fields]\npages = { path = \"pages\", as = \"integer\", loss = \"nothing\" }\n";
    let found = findings("pages", needless);
    assert!(found.len() == 1 && found[0].contains("error[loss-needless]"), "{found:?}");
}

#[test]
fn r13_a_lossy_slot_is_stable_after_one_trip() {
    let mapping = r#"
[fields]
language = { path = "lang", as = "lower", loss = "capital letters are not kept" }
[groups.author]
path = "author"
parts = ["author.given", "author.family"]
join = "words"
loss = "names are split at the first blank"
[fields."author.id"]
path = "person"
read_only = "the shop links it"
"#;
    let desk = Desk::new("language author", mapping);
    let first = desk.patch(json!({"language": "EN-gb", "author": {"given": "Mary Ann", "family": "Evans"}})).plan();
    assert_eq!(
        told(&first.outcomes),
        [
            r#"/language lossy "EN-gb" -> "en-gb": capital letters are not kept"#,
            r#"/author/given lossy "Mary Ann" -> "Mary": names are split at the first blank"#,
            r#"/author/family lossy "Evans" -> "Ann Evans": names are split at the first blank"#,
        ]
    );
    let second = desk.patch(json!({"language": "en-gb", "author": {"given": "Mary", "family": "Ann Evans"}})).plan();
    assert_eq!(told(&second.outcomes), ["/language send", "/author/given send", "/author/family send"]);
    let bodies: Vec<_> = [&first, &second].iter().map(|plan| plan.steps[0].request.body.clone()).collect();
    assert_eq!(bodies[0], bodies[1]);
}

#[test]
fn r13_exact_slots_read_back_what_was_written() {
    let mapping = r#"
[fields]
pages = { path = "pages", as = "integer" }
bought_at = { path = "bought", as = "unix_ms" }
code = { path = "code", as = { affix = "/codes({})" } }
[groups.place]
path = "place"
parts = ["place.room", "place.bay"]
join = "lines"
"#;
    let patch = json!({"pages": 9_007_199_254_740_993_i64, "bought_at": "2026-01-02T03:04:05.678Z", "code": "a(b)", "place": {"room": "A", "bay": "3\n4"}});
    let plan = Desk::new("pages bought_at code place", mapping).patch(patch).plan();
    assert_eq!(
        told(&plan.outcomes),
        ["/pages send", "/bought_at send", "/code send", "/place/room send", "/place/bay send"]
    );
    assert_eq!(
        crate::lines::planned(&plan)[0],
        r#"PATCH /books/7 {"pages":9007199254740993,"bought":1767323045678,"code":"/codes(a(b))","place":"A\n3\n4"}"#
    );
}

#[test]
fn r14_a_loss_is_measured_and_not_only_declared() {
    let mapping = r#"
[fields]
language = { path = "lang", as = "lower", loss = "capital letters are not kept" }
genre = { path = "genre", table = "genres", loss = "the old word reads back as the new one" }
[tables.genres]
rows = { Crime = 1, Poetry = 2 }
also = { Murder = "Crime" }
"#;
    assert_eq!(
        verdicts("language genre", mapping, json!({"language": "en", "genre": "Crime"})),
        ["/language send", "/genre send"]
    );
    assert_eq!(
        verdicts("language genre", mapping, json!({"language": "En", "genre": "Murder"})),
        [
            r#"/language lossy "En" -> "en": capital letters are not kept"#,
            r#"/genre lossy "Murder" -> "Crime": the old word reads back as the new one"#,
        ]
    );
}

#[test]
fn r14_a_difference_that_nobody_declared_is_refused() {
    let mapping = r#"
unsupported = ["author.id"]
[groups.author]
path = "author"
parts = ["author.given", "author.family"]
join = { sep = ", " }
"#;
    let ran = Desk::new("author", mapping).patch(json!({"author": {"given": "Jane, Ann", "family": "Austen"}})).run();
    assert_eq!(ran.refused(), ["/author/given undeclared-loss", "/author/family undeclared-loss"]);
    assert_eq!(ran.requests(), Vec::<String>::new());
}

#[test]
fn r14_a_leaf_that_the_patch_lacks_and_that_would_change_is_not_changed_in_silence() {
    let mapping = r#"
unsupported = ["author.id"]
[groups.author]
path = "author"
parts = ["author.given", "author.family"]
join = "words"
loss = "names are split at the first blank"
"#;
    let ran = Desk::new("author", mapping)
        .patch(json!({"author": {"family": "Austen"}}))
        .strict()
        .answer("read book", json!({"id": 7, "author": null}))
        .run();
    assert_eq!(ran.refused(), ["/author/family strict"]);
    assert_eq!(ran.outcomes(), [r#"/author/family not_sent "Austen" -> null: names are split at the first blank"#]);
}

#[test]
fn r14_what_the_record_takes_for_no_value_is_lossy() {
    let mapping = r#"
[records.book]
clear = "null"
empty = ["", "-"]
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}" }
[fields]
title = "title"
subtitle = "sub"
"#;
    let reason = "the provider takes it for no value, so it reads back as null";
    assert_eq!(
        verdicts("title subtitle", mapping, json!({"title": "", "subtitle": "-"})),
        [format!(r#"/title lossy "" -> null: {reason}"#), format!(r#"/subtitle lossy "-" -> null: {reason}"#)]
    );
}

#[test]
fn r14_a_form_is_part_of_the_way_there_and_back() {
    let mapping = r#"
[fields]
title = { path = "title", form = "boxed" }
[forms.boxed]
write = { box = "{}" }
read = "box"
as = "upper"
loss = "small letters are not kept"
"#;
    assert_eq!(verdicts("title", mapping, json!({"title": "EMMA"})), ["/title send"]);
    assert_eq!(
        verdicts("title", mapping, json!({"title": "Emma"})),
        [r#"/title lossy "Emma" -> "EMMA": small letters are not kept"#]
    );
}

#[test]
fn r14_a_read_back_that_differs_from_what_was_expected_is_altered() {
    let mapping = r#"
[fields]
title = "title"
language = { path = "lang", as = "lower", loss = "capital letters are not kept" }
subtitle = "sub"
pages = "pages"
"#;
    let ran = Desk::new("title language subtitle pages", mapping)
        .patch(json!({"title": "Emma", "language": "EN", "subtitle": null, "pages": 3}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emm", "lang": "fr", "sub": "kept", "pages": null}))
        .run();
    let why = "the provider's record shows another value than was sent";
    assert_eq!(
        ran.outcomes(),
        [
            format!(r#"/title altered "Emma" -> "Emm": {why}"#),
            format!(r#"/language altered "EN" -> "fr": {why}"#),
            format!(r#"/subtitle altered null -> "kept": {why}"#),
            format!(r"/pages altered 3 -> null: {why}"),
        ]
    );
}

#[test]
fn r14_equality_is_by_type() {
    let mapping = r#"
[fields]
bought_at = { path = "bought", as = "datetime" }
price = "price"
pages = { path = "pages", as = "integer" }
genre = { path = "genre", table = "genres" }
[tables.genres]
rows = { "Crime novel" = 1, Poetry = 2 }
fold = ["case", "space", "separators"]
"#;
    let ran = Desk::new("bought_at price pages genre", mapping)
        .patch(json!({"bought_at": "2026-01-02T03:04:05+01:00", "price": 10, "pages": 3, "genre": " crime_NOVEL "}))
        .answer("write book", json!({}))
        .answer(
            "read back book",
            json!({"id": 7, "bought": "2026-01-02T02:04:05.000Z", "price": 10.0, "pages": "3", "genre": "1"}),
        )
        .run();
    assert_eq!(ran.outcomes(), ["/bought_at written", "/price written", "/pages written", "/genre written"]);
    assert_eq!(ran.resource()["genre"], json!("Crime novel"));
}

#[test]
fn r14_an_instant_that_the_provider_cannot_hold_is_refused_and_not_cut() {
    let mapping = "[fields]\nbought_at = { path = \"bought\", as = \"unix\" }\n";
    let desk = Desk::new("bought_at", mapping);
    let ran = desk.patch(json!({"bought_at": "2026-01-02T03:04:05.678Z"})).run();
    assert_eq!(ran.refused(), ["/bought_at not-representable"]);
    let plan = desk.patch(json!({"bought_at": "2026-01-02T03:04:05.000Z"})).plan();
    assert_eq!(told(&plan.outcomes), ["/bought_at send"]);
}

#[test]
fn r14_an_item_is_held_against_the_item_of_its_own_key() {
    let mapping = "[fields]\ntitle = \"title\"\n[lists.copies]\nkey = \"kind\"\nslots = [{ is = \"lending\", barcode = \"a\" }, { is = \"reading\", barcode = \"b\" }]\n";
    let ran = Desk::new("title copies", mapping)
        .patch(json!({"copies": [{"kind": "reading", "barcode": "R"}, {"kind": "lending", "barcode": "L"}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "a": "X", "b": "R"}))
        .run();
    assert_eq!(
        ran.outcomes(),
        [
            "/copies/0/barcode written",
            "/copies/0/kind written",
            r#"/copies/1/barcode altered "L" -> "X": the provider's record shows another value than was sent"#,
            "/copies/1/kind written",
        ]
    );
}
