//! Open maps: R10, R22.

use serde_json::{Value, json};

use crate::desk::{Call, Desk, Ran, findings};
use crate::lines::told;

const ROOT: &str = r#"
[fields]
title = "title"
bought_at = { path = "dates.bought", as = "datetime" }
added_at = { path = "dates.added", as = "datetime", read_only = "the shop sets it" }
[lists.editions]
key = "format"
array = "editions"
item = { isbn = "isbn", format = "format", note = "note" }
[rest.extras]
path = "*"
keys = { pattern = ".+" }
"#;
const FIELDS: &str = "title bought_at added_at editions extras";

fn run(call: Call<'_>, back: Value) -> Ran {
    call.answer("write book", json!({})).answer("read back book", back).run()
}

#[test]
fn r10_an_open_map_merges_at_its_first_level_and_replaces_deeper_values() {
    let patch = json!({"extras": {"colour": "red", "size": {"w": 1, "h": null}, "tags": [], "weight": null, "a.b": 0}});
    let back = json!({"id": 7, "colour": "red", "size": {"w": 1, "h": null}, "tags": [], "a.b": 0, "other": true});
    let ran = run(Desk::new(FIELDS, ROOT).patch(patch), back);
    assert_eq!(
        ran.writes(),
        [r#"PATCH /books/7 {"colour":"red","size":{"w":1,"h":null},"tags":[],"weight":null,"a.b":0}"#]
    );
    assert_eq!(
        ran.outcomes(),
        [
            "/extras/colour written",
            "/extras/size written",
            "/extras/tags written",
            "/extras/weight written",
            "/extras/a.b written"
        ]
    );
    assert_eq!(
        ran.resource()["extras"],
        json!({"colour": "red", "size": {"w": 1, "h": null}, "tags": [], "a.b": 0, "other": true})
    );
}

#[test]
fn r10_an_empty_map_says_nothing_and_null_is_refused() {
    let desk = Desk::new(FIELDS, ROOT);
    let ran = desk.patch(json!({"extras": {}})).answer("read back book", json!({"id": 7})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.outcomes(), Vec::<String>::new());
    let ran = desk.patch(json!({"extras": null})).run();
    assert_eq!(ran.refused(), ["/extras not-clearable"]);
    assert_eq!(ran.failure().class.status(), 422);
}

#[test]
fn r10_a_key_that_an_entry_owns_is_refused_and_names_the_unified_field() {
    let ran = Desk::new(FIELDS, ROOT)
        .patch(json!({"extras": {"title": "x", "dates": {}, "id": 8, "editions": [], "mine": 1}}))
        .run();
    assert_eq!(
        ran.refused(),
        ["/extras/title owned-key", "/extras/dates owned-key", "/extras/id owned-key", "/extras/editions owned-key"]
    );
    let named: Vec<_> = ran.failure().violations.iter().map(|v| v.suggestion.clone().unwrap_or_default()).collect();
    assert_eq!(named, ["title", "bought_at", "id", "editions"]);
}

#[test]
fn r10_the_keys_inside_an_item_of_a_list_are_not_keys_of_the_record() {
    let ran = run(Desk::new(FIELDS, ROOT).patch(json!({"extras": {"isbn": "1"}})), json!({"isbn": "1", "note": "n"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"isbn":"1"}"#]);
    assert_eq!(ran.resource()["extras"], json!({"isbn": "1", "note": "n"}));
}

#[test]
fn r10_null_where_keys_cannot_be_cleared_is_refused() {
    let never = ROOT.replace("path = \"*\"", "path = \"*\"\nclear = \"never\"");
    let ran = Desk::new(FIELDS, &never).patch(json!({"extras": {"colour": null}})).run();
    assert_eq!(ran.refused(), ["/extras/colour not-clearable"]);
}

#[test]
fn r10_keys_that_are_no_custom_fields_are_refused() {
    let desk = Desk::new("extras", "[rest.extras]\npath = \"*\"\nkeys = { pattern = \"x_[a-z]+\" }\n");
    let ran = desk.patch(json!({"extras": {"x_a": 1, "x_": 1, "y_a": 1, "x_a\n": 1, "": 1}})).run();
    assert_eq!(
        ran.refused(),
        ["/extras/x_ unknown-key", "/extras/y_a unknown-key", "/extras/x_a\n unknown-key", "/extras/ unknown-key"]
    );
}

const NAMED: &str = r#"
[rest.extras]
path = "cells.*"
keys = { table = "members" }
[tables.members]
fetch = { send = "GET /members" }
rows = "members[*]"
unified = "label"
remote = "key"
fold = ["case"]
"#;

#[test]
fn r10_keys_are_seen_under_the_names_that_the_account_gives_them() {
    let desk = Desk::new("extras", NAMED);
    let rows = json!({"members": [{"label": "Colour", "key": "k1"}, {"label": "Weight", "key": "k2"}]});
    let ran = desk
        .patch(json!({"extras": {"COLOUR": "red"}}))
        .answer("look up members", rows.clone())
        .answer("write book", json!({}))
        .answer("read back book", json!({"cells": {"k1": "red", "k9": "hidden"}}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"cells":{"k1":"red"}}"#]);
    assert_eq!(ran.outcomes(), ["/extras/COLOUR written"]);
    assert_eq!(ran.resource()["extras"], json!({"Colour": "red"}));
    let ran = desk.patch(json!({"extras": {"Clour": "red"}})).answer("look up members", rows).run();
    assert_eq!(ran.refused(), ["/extras/Clour unknown-key"]);
    assert_eq!(ran.failure().violations[0].suggestion.as_deref(), Some("Colour"));
}

#[test]
fn r10_every_unknown_key_is_told_and_names_are_proposed_for_the_first_hundred() {
    let desk = Desk::new("extras", NAMED);
    let rows = json!({"members": [{"label": "Colour", "key": "k1"}]});
    let keys: serde_json::Map<String, Value> = (0..150).map(|n| (format!("Colour{n}"), json!("red"))).collect();
    let ran = desk.patch(json!({"extras": keys})).answer("look up members", rows).run();
    let told: Vec<String> = (0..150).map(|n| format!("/extras/Colour{n} unknown-key")).collect();
    assert_eq!(ran.refused(), told);
    let proposed: Vec<bool> =
        ran.failure().violations.iter().map(|violation| violation.message.contains("Colour`?")).collect();
    let hundred: Vec<bool> = (0..150).map(|n| n < 100).collect();
    assert_eq!(proposed, hundred, "{}", ran.failure().violations[0].message);
}

#[test]
fn r10_a_name_that_stands_for_an_owned_key_is_refused_too() {
    let named = format!("[fields]\ntitle = \"cells.k1\"\n{NAMED}");
    let desk = Desk::new("title extras", &named);
    let rows = json!({"members": [{"label": "Main title", "key": "k1"}, {"label": "k1", "key": "k2"}]});
    let ran = desk.patch(json!({"extras": {"Main title": "x"}})).answer("look up members", rows.clone()).run();
    assert_eq!(ran.refused(), ["/extras/Main title owned-key"]);
    let ran = desk
        .patch(json!({"extras": {"k1": "x"}}))
        .answer("look up members", rows)
        .answer("write book", json!({}))
        .answer("read back book", json!({"cells": {"k1": "Emma", "k2": "x"}}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"cells":{"k2":"x"}}"#]);
    assert_eq!(ran.resource(), &json!({"id": null, "title": "Emma", "extras": {"k1": "x"}}));
}

#[test]
fn r10_a_plan_without_the_rows_does_not_take_the_callers_key_for_the_providers() {
    let plan = Desk::new("extras", NAMED).patch(json!({"extras": {"Colour": "red"}})).plan();
    assert_eq!(told(&plan.outcomes), ["/extras/Colour send"]);
    assert_eq!(plan.steps[1].holes.len(), 1, "{:?}", crate::lines::planned(&plan));
}

#[test]
fn r22_the_rest_is_what_no_entry_owns() {
    let ran = Desk::new(FIELDS, ROOT)
        .get()
        .answer("read back book", json!({"id": 7, "title": "Emma", "dates": {"bought": null, "extra": 1}, "editions": [{"isbn": "1"}], "colour": "red", "nothing": null}))
        .run();
    assert_eq!(ran.resource()["extras"], json!({"colour": "red", "nothing": null}));
}

#[test]
fn r22_what_a_companion_or_an_action_reads_is_owned_too() {
    let desk = Desk::new(
        "genre condition extras",
        r#"
[update]
order = ["book", "condition"]
[fields]
genre = { path = "genre", table = "genres", with = { group = "{row.group}" } }
[fields.condition]
read = "state"
clear = "never"
set = { send = "POST /books/{id}/condition", body = { now = "{new}" } }
[rest.extras]
path = "*"
keys = { pattern = ".+" }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = "name"
remote = "id"
columns = { group = "group" }
"#,
    );
    let ran = desk.patch(json!({"extras": {"group": 1, "state": "worn"}})).run();
    assert_eq!(ran.refused(), ["/extras/group owned-key", "/extras/state owned-key"]);
    let ran = desk.get().answer("read back book", json!({"id": 7, "group": 1, "state": "worn", "colour": "red"})).run();
    assert_eq!(ran.resource(), &json!({"id": "7", "genre": null, "condition": "worn", "extras": {"colour": "red"}}));
}

#[test]
fn r22_pairs_of_name_and_value_are_a_map_too() {
    let desk =
        Desk::new("extras", "[rest.extras]\nentries = { at = \"labels\", name = \"label\", value = \"text\" }\n");
    let ran = run(
        desk.patch(json!({"extras": {"colour": "red", "weight": null}})),
        json!({"labels": [{"label": "colour", "text": "red"}, {"label": "size", "text": 9_007_199_254_740_993_i64}]}),
    );
    assert_eq!(
        ran.writes(),
        [r#"PATCH /books/7 {"labels":[{"label":"colour","text":"red"},{"label":"weight","text":null}]}"#]
    );
    assert_eq!(ran.resource()["extras"], json!({"colour": "red", "size": 9_007_199_254_740_993_i64}));
    assert_eq!(ran.outcomes(), ["/extras/colour written", "/extras/weight written"]);
}

const TYPED: &str = r#"
[rest.extras]
read = "cells.*"
write = "book:*"
keys = { table = "members" }
form = { by = "type", table = "members", read_only = ["formula"] }
loss = "values of types without a form are shown as text"
[forms.option]
write = { label = "{}" }
read = "text"
clear = ""
[tables.members]
fetch = { send = "GET /members" }
rows = "members[*]"
remote = "key"
columns = { type = "type" }
"#;

#[test]
fn r10_the_type_of_a_key_gives_the_form_of_its_value() {
    let members = json!({"members": [{"key": "colour", "type": "option"}, {"key": "sum", "type": "formula"}, {"key": "note", "type": "text"}, {"key": "rank", "type": "option"}]});
    let ran = Desk::new("extras", TYPED)
        .patch(json!({"extras": {"colour": "red", "sum": 3, "note": "n", "rank": null}}))
        .answer("look up members", members)
        .answer("write book", json!({}))
        .answer("read back book", json!({"cells": {"colour": {"text": "red"}, "sum": 4, "note": "n", "other": 1}}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"colour":{"label":"red"},"note":"n","rank":""}"#]);
    assert_eq!(
        ran.outcomes(),
        [
            "/extras/colour written",
            "/extras/sum read_only: the provider computes values of type `formula`",
            "/extras/note written",
            "/extras/rank written",
        ]
    );
    assert_eq!(ran.resource()["extras"], json!({"colour": "red", "sum": 4, "note": "n"}));
}

#[test]
fn r22_a_map_whose_rows_cannot_be_fetched_is_left_out_and_named() {
    let ran = Desk::new("extras", TYPED)
        .get()
        .answer("read back book", json!({"id": 7, "cells": {"colour": {"text": "red"}}}))
        .status("look up members", 500, json!({"message": "down"}))
        .run();
    assert_eq!(ran.resource(), &json!({"id": "7"}));
    assert_eq!(ran.unread(), ["/extras: the look-up of `members` failed: down"]);
}

#[test]
fn keys_that_are_only_shown_are_read_and_reported_and_never_sent() {
    let parts = ROOT.replace(
        r#"keys = { pattern = ".+" }"#,
        r#"keys = { pattern = ".+" }
read_only = { keys = ".+_part", reason = "the shop takes it from the whole" }"#,
    );
    let back = json!({"id": 7, "shelf": "A 7", "shelf_part": "A"});
    let ran = run(Desk::new(FIELDS, &parts).patch(json!({"extras": {"shelf": "A 7", "shelf_part": "B"}})), back);
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"shelf":"A 7"}"#]);
    assert_eq!(
        ran.outcomes(),
        ["/extras/shelf written", "/extras/shelf_part read_only: the shop takes it from the whole"]
    );
    assert_eq!(ran.resource()["extras"], json!({"shelf": "A 7", "shelf_part": "A"}));
}

#[test]
fn keys_that_are_only_shown_have_a_pattern_and_a_reason_and_no_map_that_is_sent_whole() {
    let with = |more: &str| {
        let map = format!("[fields]\ntitle = \"title\"\n[rest.extras]\npath = \"cells.*\"\n{more}\n");
        findings("title extras", &map)
    };
    assert_eq!(
        with(r#"read_only = { keys = "(", reason = "the shop takes it from the whole" }"#),
        ["shop/books.toml:18:22: error[bad-value]: the pattern is not a regular expression"]
    );
    assert_eq!(
        with(r#"read_only = { keys = ".+_part", reason = " " }"#),
        ["shop/books.toml:18:42: error[bad-value]: `reason` is a reason in words, this one is empty"]
    );
    assert_eq!(
        with("whole = true\nread_only = { keys = \".+_part\", reason = \"the shop takes it from the whole\" }"),
        ["shop/books.toml:19:1: error[bad-value]: a map that is sent whole has no keys that are only shown"]
    );
}

const TIMED: &str = r#"
[rest.extras]
path = "*"
keys = { table = "members" }
form = { by = "type", table = "members" }
[forms.moment]
as = "datetime"
[tables.members]
fetch = { send = "GET /members" }
rows = "members[*]"
remote = "key"
columns = { type = "type" }
"#;

#[test]
fn a_value_with_a_form_is_compared_as_what_its_conversion_gives() {
    let ran = Desk::new("extras", TIMED)
        .patch(json!({"extras": {"due": "2024-02-29T12:00:00+05:30"}}))
        .answer("look up members", json!({"members": [{"key": "due", "type": "moment"}]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "due": "2024-02-29T09:30:00+03:00"}))
        .run();
    assert_eq!(ran.outcomes(), ["/extras/due written"]);
    assert_eq!(ran.resource()["extras"], json!({"due": "2024-02-29T06:30:00Z"}));
}
