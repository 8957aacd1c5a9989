//! What is sent and what never is: R3, R5, and a table over every construct.

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::lines::planned;

const NAMES: &str = r#"
unsupported = ["author.id"]
[fields]
title = "title"
[groups.author]
path = "author"
parts = ["author.given", "author.family"]
join = { sep = ", " }
"#;

#[test]
fn r03_a_group_with_every_leaf_needs_no_read() {
    let ran = Desk::new("title author", NAMES)
        .patch(json!({"author": {"given": "Jane", "family": "Austen"}}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "author": "Jane, Austen"}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"author":"Jane, Austen"}"#, "GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/author/given written", "/author/family written"]);
}

#[test]
fn r03_a_missing_leaf_of_a_group_comes_from_the_record_just_read() {
    let desk = Desk::new("title author", NAMES);
    let cases = [
        (json!("Ann, Smith"), json!({"family": "Austen"}), json!("Ann, Austen")),
        (json!("Ann, Smith"), json!({"given": null}), json!(", Smith")),
        (json!("Ann, Smith"), json!({"family": null}), json!("Ann")),
        (json!(null), json!({"given": "Jane"}), json!("Jane")),
        (json!("Ann"), json!({"given": null}), json!(null)),
    ];
    for (now, author, then) in cases {
        let ran = desk
            .patch(json!({"author": author}))
            .answer("read book", json!({"id": 7, "title": "Emma", "author": now}))
            .answer("write book", json!({}))
            .answer("read back book", json!({"id": 7, "title": "Emma", "author": then}))
            .run();
        let write = format!("PATCH /books/7 {}", json!({"author": then}));
        assert_eq!(ran.requests(), ["GET /books/7", &write, "GET /books/7"], "{now} {author}");
    }
}

#[test]
fn r03_a_plan_shows_the_text_that_a_read_will_complete() {
    let plan = Desk::new("title author", NAMES).patch(json!({"author": {"given": "Jane"}})).plan();
    assert_eq!(
        planned(&plan),
        ["GET /books/7", r#"PATCH /books/7 {"author":"{author}"} needs author"#, "GET /books/7"]
    );
}

#[test]
fn r03_constants_stand_in_envelopes_and_forms_and_travel_with_the_value_alone() {
    let desk = Desk::new(
        "title genre",
        r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "POST /books/{id}", body = { kind = "book", "*" = "{changes}" } }
[fields]
title = "title"
genre = { path = "genre", form = "pick" }
[forms.pick]
write = { option = { id = "{}", by = "us" } }
read = "option.id"
"#,
    );
    for (patch, body) in [
        (json!({"title": "Emma"}), r#"{"kind":"book","title":"Emma"}"#),
        (json!({"genre": "g1"}), r#"{"kind":"book","genre":{"option":{"id":"g1","by":"us"}}}"#),
        (json!({"genre": null}), r#"{"kind":"book","genre":null}"#),
    ] {
        let plan = desk.patch(patch).plan();
        assert_eq!(planned(&plan)[0], format!("POST /books/7 {body}"));
    }
}

#[test]
fn r03_a_companion_goes_with_its_field_and_stays_with_it() {
    let desk = Desk::new(
        "title genre",
        r#"
[fields]
title = "title"
genre = { path = "genre", table = "genres", with = { group = "{row.group}" } }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = "name"
remote = "id"
columns = { group = "group" }
"#,
    );
    let ran = desk
        .patch(json!({"genre": "Crime"}))
        .answer("look up genres", json!({"genres": [{"name": "Crime", "id": 3, "group": 1}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"genre": 3, "group": 1}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"genre":3,"group":1}"#]);
    let ran = desk
        .patch(json!({"title": "Emma"}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"title": "Emma"}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"title":"Emma"}"#]);
}

/// One of every construct, each with an atom of its own.
const ALL: &str = r#"
unsupported = ["author.id"]
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}" }
[records.stock]
clear = "null"
read = { send = "GET /stock/{id}" }
write = { send = "PUT /stock/{id}", body = "{changes}" }
[update]
order = ["book", "stock", "condition"]
[fields]
title = { path = "names.main", clear = "" }
subtitle = "names.sub"
language = { path = "lang", as = "lower", loss = "capital letters are not kept" }
genre = { path = "genre", table = "genres" }
pages = { path = "pages", form = "number" }
price = "stock:price"
code = { path = "code", expr = { read = "code", write = "$exists(code) ? code : null", reads = ["code"] }, tested = "cases/it.toml" }
[fields.condition]
read = "condition"
set = { send = "POST /books/{id}/condition", body = { now = "{new}" } }
unset = { send = "DELETE /books/{id}/condition" }
[groups.author]
path = "author"
parts = ["author.given", "author.family"]
join = "lines"
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "lending" }, { is = "reading", barcode = "reading" }]
[lists.editions]
key = "format"
array = "editions"
item = { isbn = "isbn", format = "format", note = "note" }
[rest.extras]
path = "extras.*"
[forms.number]
write = { n = "{}" }
read = "n"
[tables.genres]
rows = { Crime = 1, Poetry = 2 }
"#;
const FIELDS: &str = "title subtitle language genre pages price code condition author copies editions extras";

#[test]
fn r03_frame_law_every_construct_sends_its_own_atom_and_nothing_else() {
    let desk = Desk::new(FIELDS, ALL);
    let table: [(Value, &[&str]); 15] = [
        (json!({"title": "Emma"}), &[r#"PATCH /books/7 {"names":{"main":"Emma"}}"#]),
        (json!({"title": null}), &[r#"PATCH /books/7 {"names":{"main":""}}"#]),
        (json!({"subtitle": null}), &[r#"PATCH /books/7 {"names":{"sub":null}}"#]),
        (json!({"language": "EN"}), &[r#"PATCH /books/7 {"lang":"en"}"#]),
        (json!({"genre": "Poetry"}), &[r#"PATCH /books/7 {"genre":2}"#]),
        (json!({"pages": 0}), &[r#"PATCH /books/7 {"pages":{"n":0}}"#]),
        (json!({"price": 0.5}), &[r#"PUT /stock/7 {"price":0.5}"#]),
        (json!({"code": "x"}), &[r#"PATCH /books/7 {"code":"x"}"#]),
        (json!({"condition": "worn"}), &[r#"POST /books/7/condition {"now":"worn"}"#]),
        (json!({"condition": null}), &["DELETE /books/7/condition"]),
        (json!({"author": {"given": "J", "family": "A"}}), &[r#"PATCH /books/7 {"author":"J\nA"}"#]),
        (
            json!({"copies": [{"kind": "reading", "barcode": "b"}]}),
            &[r#"PATCH /books/7 {"reading":"b","lending":null}"#],
        ),
        (json!({"editions": [{"isbn": "i"}]}), &[r#"PATCH /books/7 {"editions":[{"isbn":"i"}]}"#]),
        (json!({"extras": {"a": {"b": [1]}}}), &[r#"PATCH /books/7 {"extras":{"a":{"b":[1]}}}"#]),
        (
            json!({"price": 1, "condition": "new", "pages": 2}),
            &[
                r#"PATCH /books/7 {"pages":{"n":2}}"#,
                r#"PUT /stock/7 {"price":1}"#,
                r#"POST /books/7/condition {"now":"new"}"#,
            ],
        ),
    ];
    for (patch, writes) in table {
        let plan = desk.patch(patch.clone()).plan();
        assert_eq!(plan.refusal, None, "{patch}");
        let sent: Vec<String> = planned(&plan).into_iter().filter(|line| !line.starts_with("GET")).collect();
        assert_eq!(sent, writes, "{patch}");
        let again: Vec<String> = plan
            .outcomes
            .iter()
            .filter(|o| !["send", "lossy", "emptied"].contains(&o.outcome.as_str()))
            .map(|o| o.pointer.clone())
            .collect();
        assert_eq!(again, Vec::<String>::new(), "{patch}");
    }
}

#[test]
fn r03_the_falsy_values_are_values() {
    let desk = Desk::new(
        "title pages lendable price",
        "[fields]\ntitle = \"title\"\npages = \"pages\"\nlendable = \"lendable\"\nprice = \"price\"\n",
    );
    let plan = desk.patch(json!({"title": "", "pages": 0, "lendable": false, "price": 0})).plan();
    assert_eq!(planned(&plan)[0], r#"PATCH /books/7 {"title":"","pages":0,"lendable":false,"price":0}"#);
}

const CLEARING: &str = r#"
unsupported = ["author.id"]
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}" }
[fields]
title = { path = "title", clear = "never" }
subtitle = { path = "sub", clear = "" }
"author.given" = { path = "given", clear = [] }
"author.family" = "family"
"place.room" = "room"
"place.bay" = { path = "bay", clear = "never" }
"#;

#[test]
fn r05_null_is_spelled_as_the_slot_says_and_absent_says_nothing() {
    let desk = Desk::new("title subtitle author place", CLEARING);
    let plan = desk.patch(json!({"subtitle": null, "author": {"family": null}})).plan();
    assert_eq!(planned(&plan)[0], r#"PATCH /books/7 {"sub":"","family":null}"#);
    for patch in [json!({}), json!({"author": {}}), json!({"author": {}, "place": {}})] {
        assert_eq!(planned(&desk.patch(patch).plan()), ["GET /books/7"]);
    }
}

#[test]
fn r05_null_on_an_object_clears_each_of_its_writable_leaves() {
    let ran = Desk::new("title subtitle author place", CLEARING)
        .patch(json!({"author": null}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "given": [], "family": null}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"given":[],"family":null}"#]);
    assert_eq!(
        ran.outcomes(),
        [
            "/author/id unsupported: the provider has no place for it, so there is nothing to clear",
            "/author/given written",
            "/author/family written",
        ]
    );
}

#[test]
fn r05_null_where_nothing_can_be_cleared_is_refused_and_never_skipped() {
    let desk = Desk::new("title subtitle author place", CLEARING);
    let ran = desk.patch(json!({"title": null, "subtitle": null, "place": null})).run();
    assert_eq!(ran.refused(), ["/title not-clearable", "/place/bay not-clearable"]);
    assert_eq!(ran.failure().class.status(), 422);
}

#[test]
fn r05_a_group_that_cannot_be_cleared_refuses_its_last_leaf() {
    let never = NAMES.replace("join =", "clear = \"never\"\njoin =");
    let desk = Desk::new("title author", &never);
    let ran = desk.patch(json!({"author": {"given": null, "family": null}})).run();
    assert_eq!(ran.refused(), ["/author/family not-clearable"]);
    let ran = desk
        .patch(json!({"author": {"family": null}}))
        .answer("read book", json!({"id": 7, "author": ", Smith"}))
        .run();
    assert_eq!(ran.refused(), ["/author/family not-clearable"]);
    assert_eq!(ran.requests(), ["GET /books/7"]);
}

#[test]
fn r05_an_action_without_unset_refuses_null() {
    let desk = Desk::new(
        "condition",
        "[update]\norder = [\"book\", \"condition\"]\n[fields.condition]\nread = \"condition\"\nclear = \"never\"\nset = { send = \"POST /books/{id}/condition\", body = { now = \"{new}\" } }\n",
    );
    assert_eq!(desk.patch(json!({"condition": null})).run().refused(), ["/condition not-clearable"]);
}

#[test]
fn r05_a_form_may_spell_null_its_own_way() {
    let formed = r#"
[fields]
genre = { path = "genre", form = "pick" }
title = { path = "title", form = "pick", clear = "" }
[forms.pick]
write = { option = "{}" }
read = "option"
clear = []
"#;
    let plan = Desk::new("genre title", formed).patch(json!({"genre": null, "title": null})).plan();
    assert_eq!(planned(&plan)[0], r#"PATCH /books/7 {"genre":[],"title":""}"#);
}

#[test]
fn r03_a_body_that_is_a_text_holds_the_changes_whole() {
    let inside = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "POST /graph", body = { id = "{id}", cells = { json = "{changes}" } } }
[fields]
title = "title"
pages = "nested.pages"
"#;
    let plan = Desk::new("title pages", inside).patch(json!({"title": "E\"\n", "pages": null})).plan();
    assert_eq!(
        planned(&plan)[0],
        r#"POST /graph {"id":"7","cells":"{\"title\":\"E\\\"\\n\",\"nested\":{\"pages\":null}}"}"#
    );
}
