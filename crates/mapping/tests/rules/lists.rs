//! Lists against typed slots, replaced: R6, R7, R8.

use serde_json::{Value, json};

use crate::desk::{Call, Desk, Ran};

const COPIES: &str = r#"
[lists.copies]
key = "kind"
loss = "spare copies read back as lending ones, any other kind as archive"
slots = [
  { is = "lending", also = ["spare"], barcode = "lending" },
  { is = "reading", barcode = "reading" },
  { is = "archive", takes = "any", barcode = "archive" },
  { is = "old", barcode = { path = "old", read_only = "they are history" } },
]
"#;
const SHELVED: &str = r#"
[lists.shelved]
key = "kind"
slots = [
  { is = "lending", place = { path = "lending", parts = ["shelf", "row"], join = { sep = ":" } } },
  { is = "reading", shelf = "reading_shelf", row = "reading_row" },
]
"#;

fn copy(kind: &str, barcode: &str) -> Value {
    json!({ "kind": kind, "barcode": barcode })
}

fn run(call: Call<'_>, back: Value) -> Ran {
    call.answer("write book", json!({})).answer("read back book", back).run()
}

#[test]
fn r06_an_item_empties_the_leaves_that_it_lacks_or_nulls() {
    let desk = Desk::new("shelved", SHELVED);
    for item in [json!({"kind": "reading", "shelf": "A"}), json!({"kind": "reading", "shelf": "A", "row": null})] {
        let ran = run(desk.patch(json!({"shelved": [item]})), json!({"id": 7, "reading_shelf": "A"}));
        assert_eq!(ran.writes(), [r#"PATCH /books/7 {"reading_row":null,"reading_shelf":"A","lending":null}"#]);
        assert_eq!(
            ran.outcomes(),
            [
                "/shelved/0/shelf written",
                "/shelved/0/kind written",
                "/shelved emptied: slot `lending` is not in the list",
            ]
        );
    }
}

#[test]
fn r06_a_joined_slot_is_composed_from_the_item_alone() {
    let desk = Desk::new("shelved", SHELVED);
    for (item, text) in [
        (json!({"kind": "lending", "shelf": "A", "row": "3"}), json!("A:3")),
        (json!({"kind": "lending", "row": "3"}), json!(":3")),
        (json!({"kind": "lending", "shelf": "A", "row": null}), json!("A")),
        (json!({"kind": "lending"}), json!(null)),
    ] {
        let ran = run(
            desk.patch(json!({"shelved": [item, {"kind": "reading", "shelf": "B", "row": "1"}]})),
            json!({"id": 7}),
        );
        assert_eq!(
            ran.writes(),
            [format!(r#"PATCH /books/7 {{"lending":{text},"reading_row":"1","reading_shelf":"B"}}"#)]
        );
    }
}

#[test]
fn r06_null_is_the_empty_list_and_clears_every_slot() {
    let desk = Desk::new("copies", COPIES);
    for none in [json!(null), json!([])] {
        let ran = run(desk.patch(json!({"copies": none})), json!({"id": 7}));
        assert_eq!(ran.writes(), [r#"PATCH /books/7 {"lending":null,"reading":null,"archive":null}"#]);
        assert_eq!(ran.outcomes(), ["/copies written"]);
        assert_eq!(ran.resource(), &json!({"id": "7", "copies": []}));
    }
}

#[test]
fn r06_a_slot_that_cannot_be_emptied_refuses_the_list() {
    let never = COPIES.replace(r#"barcode = "reading""#, r#"barcode = { path = "reading", clear = "never" }"#);
    let desk = Desk::new("copies", &never);
    assert_eq!(desk.patch(json!({"copies": [copy("lending", "L")]})).run().refused(), ["/copies not-clearable"]);
    assert_eq!(desk.patch(json!({"copies": null})).run().refused(), ["/copies not-clearable"]);
    let ran = run(desk.patch(json!({"copies": [copy("reading", "R")]})), json!({"reading": "R"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"reading":"R","lending":null,"archive":null}"#]);
}

#[test]
fn r07_slots_that_a_shorter_list_empties_and_those_it_cannot_are_named() {
    let ran = run(
        Desk::new("copies", COPIES).patch(json!({"copies": [copy("reading", "R")]})),
        json!({"id": 7, "reading": "R", "old": "O"}),
    );
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"reading":"R","lending":null,"archive":null}"#]);
    assert_eq!(
        ran.outcomes(),
        [
            "/copies/0/barcode written",
            "/copies/0/kind written",
            "/copies emptied: slot `lending` is not in the list",
            "/copies emptied: slot `archive` is not in the list",
            "/copies kept: slot `old` keeps what it has: they are history",
        ]
    );
    assert_eq!(ran.resource()["copies"], json!([copy("reading", "R"), copy("old", "O")]));
}

#[test]
fn r07_strict_mode_refuses_a_list_that_empties_slots() {
    let ran = Desk::new("copies", COPIES).patch(json!({"copies": [copy("reading", "R")]})).strict().run();
    assert_eq!(ran.refused(), ["/copies strict", "/copies strict"]);
    assert_eq!(ran.requests(), Vec::<String>::new());
}

#[test]
fn r07_a_slot_that_a_read_shows_as_empty_is_not_emptied() {
    let guarded = format!(
        r#"
[records.book]
clear = "null"
read = {{ send = "GET /books/{{id}}" }}
write = {{ send = "PATCH /books/{{id}}", body = "{{changes}}", guard = {{ header = "If-Match", from = "etag" }} }}
[fields]
title = {{ path = "title", table = "titles" }}
[tables.titles]
fetch = {{ send = "GET /titles" }}
rows = "titles[*]"
unified = "name"
remote = "id"
columns = {{ kind = "kind" }}
prefer = {{ kind = "kind" }}
{COPIES}"#
    );
    let ran = Desk::new("title copies", &guarded)
        .patch(json!({"title": "Emma", "copies": [copy("reading", "R"), copy("lending", "L")]}))
        .answer("read book", json!({"id": 7, "etag": "v", "archive": ""}))
        .answer("look up titles", json!({"titles": [{"name": "Emma", "id": 1}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"title": 1, "reading": "R", "lending": "L"}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"title":1,"reading":"R","lending":"L","archive":null}"#]);
    let ran = Desk::new("title copies", &guarded)
        .patch(json!({"title": "Emma", "copies": [copy("reading", "R"), copy("lending", "L")]}))
        .answer("read book", json!({"id": 7, "etag": "v", "archive": null}))
        .answer("look up titles", json!({"titles": [{"name": "Emma", "id": 1}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"title": 1, "reading": "R", "lending": "L"}))
        .run();
    assert_eq!(
        ran.outcomes(),
        [
            "/title written",
            "/copies/0/barcode written",
            "/copies/0/kind written",
            "/copies/1/barcode written",
            "/copies/1/kind written"
        ]
    );
}

#[test]
fn r07_a_list_of_read_only_slots_is_read_only_whole() {
    let read_only = r#"
[lists.copies]
key = "kind"
slots = [{ is = "old", barcode = { path = "old", read_only = "they are history" } }]
"#;
    let desk = Desk::new("copies", read_only);
    let ran = desk.patch(json!({"copies": [copy("old", "O")]})).answer("read back book", json!({"old": "P"})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(
        ran.outcomes(),
        ["/copies/0/kind read_only: they are history", "/copies/0/barcode read_only: they are history"]
    );
    let ran = desk.patch(json!({"copies": null})).answer("read back book", json!({"old": "P"})).run();
    assert_eq!(ran.outcomes(), ["/copies read_only: they are history"]);
}

#[test]
fn r08_items_go_to_the_slot_of_their_key_in_whatever_order() {
    let patch = json!({"copies": [copy("archive", "A"), copy("reading", "R"), copy("lending", "L")]});
    let ran = run(Desk::new("copies", COPIES).patch(patch), json!({"lending": "L", "reading": "R", "archive": "A"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"archive":"A","reading":"R","lending":"L"}"#]);
    assert_eq!(ran.resource()["copies"], json!([copy("lending", "L"), copy("reading", "R"), copy("archive", "A")]));
}

#[test]
fn r08_another_spelling_of_a_key_is_lossy_and_shows_both() {
    let patch = json!({"copies": [copy("spare", "S"), copy("map", "M"), copy("reading", "R")]});
    let ran = run(Desk::new("copies", COPIES).patch(patch), json!({"lending": "S", "reading": "R", "archive": "M"}));
    assert_eq!(
        ran.outcomes(),
        [
            "/copies/0/barcode written",
            r#"/copies/0/kind lossy "spare" -> "lending": spare copies read back as lending ones, any other kind as archive"#,
            "/copies/1/barcode written",
            r#"/copies/1/kind lossy "map" -> "archive": spare copies read back as lending ones, any other kind as archive"#,
            "/copies/2/barcode written",
            "/copies/2/kind written",
        ]
    );
}

#[test]
fn r08_a_second_item_of_a_key_has_no_slot_even_where_another_takes_any() {
    let patch =
        json!({"copies": [copy("lending", "L"), copy("spare", "S"), copy("lending", "M"), copy("reading", "R")]});
    let ran = run(Desk::new("copies", COPIES).patch(patch), json!({"lending": "L", "reading": "R"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"lending":"L","reading":"R","archive":null}"#]);
    let no_slot = |pointer: &str, kind: &str| {
        format!("{pointer} no_slot: no slot is left for `{kind}`; the provider has lending, reading, archive, old")
    };
    assert_eq!(
        ran.outcomes()[2..6],
        [
            no_slot("/copies/1/kind", "spare"),
            no_slot("/copies/1/barcode", "spare"),
            no_slot("/copies/2/kind", "lending"),
            no_slot("/copies/2/barcode", "lending"),
        ]
    );
}

#[test]
fn r08_the_slot_for_any_key_takes_one_item_and_its_own_first() {
    let patch = json!({"copies": [copy("map", "M"), copy("archive", "A"), copy("plan", "P")]});
    let ran = run(Desk::new("copies", COPIES).patch(patch), json!({"archive": "A"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"archive":"A","lending":null,"reading":null}"#]);
    let fates: Vec<String> =
        ran.outcomes().iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        fates[..6],
        [
            "/copies/0/kind no_slot",
            "/copies/0/barcode no_slot",
            "/copies/1/barcode written",
            "/copies/1/kind written",
            "/copies/2/kind no_slot",
            "/copies/2/barcode no_slot",
        ]
    );
}

#[test]
fn r08_an_item_without_a_key_takes_the_first_free_slot() {
    let patch =
        json!({"copies": [{"barcode": "X"}, copy("lending", "L"), {"barcode": "Y", "kind": null}, {"barcode": "Z"}]});
    let ran = run(Desk::new("copies", COPIES).patch(patch), json!({"lending": "L", "reading": "X", "archive": "Y"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"reading":"X","lending":"L","archive":"Y"}"#]);
    assert_eq!(
        ran.outcomes(),
        [
            "/copies/0/barcode written",
            "/copies/1/barcode written",
            "/copies/1/kind written",
            "/copies/2/barcode written",
            "/copies/3/barcode no_slot: no slot is left for it",
        ]
    );
}

#[test]
fn r08_an_item_for_a_slot_that_is_only_read_is_read_only() {
    let patch = json!({"copies": [copy("old", "O"), copy("lending", "L"), copy("reading", "R"), copy("archive", "A")]});
    let ran = run(Desk::new("copies", COPIES).patch(patch), json!({"lending": "L", "reading": "R", "archive": "A"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"lending":"L","reading":"R","archive":"A"}"#]);
    assert_eq!(
        ran.outcomes()[..2],
        ["/copies/0/kind read_only: they are history", "/copies/0/barcode read_only: they are history"]
    );
}

#[test]
fn r08_one_slot_per_key() {
    let doubled = r#"
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "a" }, { is = "lending", barcode = "b" }]
"#;
    let found = crate::desk::findings("copies", doubled);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("error[slot-double]: `lending` has a slot already; one slot a key"), "{found:?}");
}

#[test]
fn r08_the_key_goes_with_a_leaf_that_is_written_wherever_that_stands() {
    let desk = Desk::new(
        "shelved",
        r#"
[lists.shelved]
key = "kind"
slots = [{ is = "lending", row = "row", shelf = { path = "shelf", read_only = "the shop moves it" } }]
"#,
    );
    let ran = desk
        .patch(json!({"shelved": [{"kind": "lending", "row": "3"}]}))
        .status("write book", 400, json!({"message": "no"}))
        .run();
    assert_eq!(ran.outcomes(), ["/shelved/0/row rejected", "/shelved/0/kind rejected"]);
}

#[test]
fn r08_a_leaf_that_the_slot_has_no_place_for_is_told() {
    let desk = Desk::new(
        "shelved",
        "[lists.shelved]\nkey = \"kind\"\nslots = [{ is = \"lending\", row = \"row\" }, { is = \"reading\", shelf = \"shelf\" }]\n",
    );
    let ran = run(
        desk.patch(
            json!({"shelved": [{"kind": "lending", "shelf": "A", "row": "3"}, {"kind": "reading", "shelf": "B"}]}),
        ),
        json!({"row": "3", "shelf": "B"}),
    );
    assert_eq!(
        ran.outcomes(),
        [
            "/shelved/0/row written",
            "/shelved/0/kind written",
            "/shelved/0/shelf unsupported: slot `lending` has no place for `shelf`",
            "/shelved/1/shelf written",
            "/shelved/1/kind written",
        ]
    );
}
