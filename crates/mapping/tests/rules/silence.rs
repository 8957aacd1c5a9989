//! What happens after silence: R24.

use mapwright_mapping::provider::Class;
use mapwright_mapping::reply::Ending;
use serde_json::{Value, json};

use crate::desk::Desk;

const DIFF: &str = r#"
[records.book]
clear = "remove"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = { json_patch = "", arrays = "diff" } }
[fields]
title = "title"
subtitle = "sub"
[lists.editions]
key = "format"
array = "editions"
clear = []
item = { isbn = "isbn", format = "format", note = "note" }
[fields.pages]
path = "tags"
as = ["first", "integer"]
loss = "the others are dropped"
clear = []
"#;
const FIELDS: &str = "title subtitle editions pages";

fn operations(list: &Value) -> String {
    format!("PATCH /books/7 {list}")
}

#[test]
fn r24_a_list_is_written_as_its_difference_to_what_was_read() {
    let ran = Desk::new(FIELDS, DIFF)
        .patch(json!({"pages": 3, "title": "Emma", "subtitle": null}))
        .answer("read book", json!({"id": 7, "tags": [1, 2]}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "tags": [3]}))
        .run();
    assert_eq!(
        ran.writes(),
        [operations(&json!([
            {"op": "remove", "path": "/tags/1"},
            {"op": "remove", "path": "/tags/2"},
            {"op": "add", "path": "/tags/-", "value": 3},
            {"op": "replace", "path": "/title", "value": "Emma"},
            {"op": "remove", "path": "/sub"},
        ]))]
    );
}

#[test]
fn r24_after_silence_a_difference_is_read_again_and_only_what_still_differs_is_sent() {
    let ran = Desk::new(FIELDS, DIFF)
        .patch(json!({"pages": 3, "title": "Emma", "subtitle": null}))
        .answer("read book", json!({"id": 7, "tags": [1], "title": "X", "sub": "Y"}))
        .silence("write book")
        .answer("verify book", json!({"id": 7, "tags": [1, 3], "title": "Emma", "sub": "Y"}))
        .answer("write book again", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "tags": [3]}))
        .run();
    assert_eq!(
        ran.requests()[2..4],
        [
            "GET /books/7".to_owned(),
            operations(&json!([{"op": "remove", "path": "/tags/1"}, {"op": "remove", "path": "/sub"}])),
        ]
    );
    assert_eq!(ran.outcomes(), ["/pages written", "/title written", "/subtitle written"]);
}

#[test]
fn r24_after_silence_nothing_is_sent_where_all_was_done() {
    let ran = Desk::new(FIELDS, DIFF)
        .patch(json!({"pages": 3, "title": "Emma"}))
        .answer("read book", json!({"id": 7, "tags": [1]}))
        .silence("write book")
        .answer("verify book", json!({"id": 7, "tags": [3], "title": "Emma"}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "tags": [3]}))
        .run();
    assert_eq!(ran.writes().len(), 1);
    assert_eq!(ran.outcomes(), ["/pages written", "/title written"]);
}

#[test]
fn r24_a_second_silence_leaves_it_open() {
    let ran = Desk::new(FIELDS, DIFF)
        .patch(json!({"pages": 3}))
        .answer("read book", json!({"id": 7, "tags": [1]}))
        .silence("write book")
        .answer("verify book", json!({"id": 7, "tags": [1]}))
        .silence("write book again")
        .run();
    assert_eq!(ran.failure().class, Class::Ambiguous);
    assert_eq!(ran.outcomes(), ["/pages unknown"]);
}

#[test]
fn r24_silence_that_cannot_be_cleared_up_leaves_it_open() {
    for (status, body) in [(500, json!({"message": "down"})), (404, json!({})), (401, json!({}))] {
        let ran = Desk::new(FIELDS, DIFF)
            .patch(json!({"pages": 3}))
            .answer("read book", json!({"id": 7, "tags": [1]}))
            .silence("write book")
            .status("verify book", status, body)
            .run();
        assert_eq!(ran.outcomes(), ["/pages unknown"], "{status}");
        assert_eq!(ran.failure().class, Class::Ambiguous, "{status}");
        assert_eq!(ran.failure().step.as_deref(), Some("write book"), "{status}");
    }
}

#[test]
fn r24_a_difference_of_nothing_is_not_sent() {
    let ran =
        Desk::new(FIELDS, DIFF).patch(json!({"pages": 3})).answer("read book", json!({"id": 7, "tags": [3]})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/pages unchanged: the record held the value already"]);
    assert_eq!(ran.resource()["pages"], json!(3));
}

const ACTION: &str = r#"
[update]
order = ["book", "keeper.id", "condition"]
[fields]
title = "title"
[fields.condition]
read = "state"
table = "states"
set = { send = "POST /books/{id}/states", body = { add = "{new}" } }
unset = { send = "DELETE /books/{id}/states" }
[fields."keeper.id"]
read = "keeper"
clear = "never"
set = { send = "PUT /books/{id}/keeper/{new}" }
[tables.states]
rows = { worn = 2, lost = 3 }
"#;
const ACTED: &str = "title keeper condition";

#[test]
fn r24_an_action_that_was_done_is_not_sent_again() {
    let ran = Desk::new(ACTED, ACTION)
        .patch(json!({"condition": "worn"}))
        .silence("set condition")
        .answer("verify book", json!({"id": 7, "state": 2}))
        .answer("read back book", json!({"id": 7, "state": 2}))
        .run();
    assert_eq!(ran.requests(), [r#"POST /books/7/states {"add":2}"#, "GET /books/7", "GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/condition written"]);
}

#[test]
fn r24_an_action_that_was_not_done_is_sent_once_more() {
    for state in [json!(null), json!(3), json!({"odd": true})] {
        let ran = Desk::new(ACTED, ACTION)
            .patch(json!({"condition": "worn"}))
            .silence("set condition")
            .answer("verify book", json!({"id": 7, "state": state}))
            .answer("set condition again", json!({}))
            .answer("read back book", json!({"id": 7, "state": 2}))
            .run();
        assert_eq!(ran.writes(), [r#"POST /books/7/states {"add":2}"#, r#"POST /books/7/states {"add":2}"#]);
        assert_eq!(ran.outcomes(), ["/condition written"]);
    }
}

#[test]
fn r24_a_value_that_cannot_be_read_is_not_taken_for_none() {
    let ran = Desk::new(ACTED, ACTION)
        .patch(json!({"condition": null}))
        .silence("set condition")
        .answer("verify book", json!({"id": 7, "state": {"odd": true}}))
        .answer("set condition again", json!({}))
        .answer("read back book", json!({"id": 7}))
        .run();
    assert_eq!(ran.writes(), ["DELETE /books/7/states", "DELETE /books/7/states"]);
}

#[test]
fn r24_an_ambiguous_end_names_what_was_done_before_and_what_was_not_sent() {
    let ran = Desk::new(ACTED, ACTION)
        .patch(json!({"condition": "worn", "keeper": {"id": "k"}, "title": "Emma"}))
        .answer("write book", json!({}))
        .silence("set keeper.id")
        .answer("verify book", json!({"id": 7, "keeper": "other"}))
        .silence("set keeper.id again")
        .run();
    assert_eq!(ran.failure().class, Class::Ambiguous);
    assert_eq!(ran.failure().done, ["write book"]);
    assert_eq!(ran.outcomes(), ["/condition not_sent", "/keeper/id unknown", "/title written"]);
}

#[test]
fn r24_an_action_whose_silence_cannot_be_cleared_up_is_open() {
    let ran = Desk::new(ACTED, ACTION)
        .patch(json!({"condition": "worn"}))
        .silence("set condition")
        .status("verify book", 503, json!(null))
        .run();
    assert_eq!(ran.failure().class, Class::Ambiguous);
    assert_eq!(ran.outcomes(), ["/condition unknown"]);
}

#[test]
fn r24_a_create_is_never_repeated() {
    let created = r#"
[records.author]
id = "author.id"
absent = "create"
clear = "null"
read = { send = "GET /people/{author.id}" }
write = { send = "PUT /people/{author.id}", body = "{changes}" }
create = { send = "POST /people", body = "{changes}" }
[update]
order = ["book", "author"]
[fields]
title = "title"
"author.id" = "person"
"author.given" = "author:given"
"author.family" = "author:family"
"#;
    let ran = Desk::new("title author", created)
        .patch(json!({"title": "Emma", "author": {"family": "Austen"}}))
        .answer("read book", json!({"id": 7}))
        .answer("write book", json!({}))
        .silence("create author")
        .run();
    assert_eq!(ran.failure().class, Class::Ambiguous);
    assert_eq!(ran.failure().done, ["write book"]);
    assert_eq!(ran.outcomes(), ["/title written", "/author/family unknown on author"]);
}

#[test]
fn r24_silence_about_a_record_that_is_set_leaves_it_open() {
    let desk = Desk::new("title", "[fields]\ntitle = \"title\"\n");
    for ending in [Ending::Ambiguous("silence".to_owned()), Ending::Unusable("cut off".to_owned())] {
        let ran = desk.patch(json!({"title": "Emma"})).ends("write book", ending).run();
        assert_eq!(ran.failure().class, Class::Ambiguous);
        assert_eq!(ran.outcomes(), ["/title unknown"]);
    }
    let ran = desk.patch(json!({"title": "Emma"})).ends("write book", Ending::NeverSent("refused".to_owned())).run();
    assert_eq!(ran.failure().class, Class::Unavailable);
    assert_eq!(ran.outcomes(), ["/title not_sent"]);
}

#[test]
fn r24_which_steps_may_be_repeated_is_told_with_them() {
    use mapwright_mapping::plan::{Next, Options, Replies, Run};
    for (fields, mapping, patch, repeatable) in [
        ("title", "[fields]\ntitle = \"title\"\n", json!({"title": "x"}), true),
        (ACTED, ACTION, json!({"condition": "worn"}), false),
        (FIELDS, DIFF, json!({"title": "x"}), false),
    ] {
        let desk = Desk::new(fields, mapping);
        let run = Run::patch(desk.mapping(), desk.bound(), "7", &patch, Options::default()).expect("a patch");
        let Next::Send(step) = run.next(&Replies::new()) else { panic!("nothing to send") };
        assert!(step.key.kind.writes());
        assert_eq!(step.repeatable, repeatable, "{patch}");
    }
}

#[test]
fn r24_an_action_has_to_be_seen_so_that_silence_can_be_cleared_up() {
    let unseen = ACTION.replace("read = \"keeper\"\n", "");
    let found = crate::desk::findings(ACTED, &unseen);
    assert!(found.len() == 1 && found[0].contains("error[read-missing]"), "{found:?}");
}

#[test]
fn r24_a_repeat_that_is_refused_for_its_values_was_not_done_before_either() {
    let ran = Desk::new(FIELDS, DIFF)
        .patch(json!({"pages": 3}))
        .answer("read book", json!({"id": 7, "tags": [1]}))
        .silence("write book")
        .answer("verify book", json!({"id": 7, "tags": [1]}))
        .status("write book again", 422, json!({"message": "no such tag"}))
        .run();
    assert_eq!(ran.failure().class, Class::Invalid);
    assert_eq!(ran.outcomes(), ["/pages rejected"]);
}

#[test]
fn r24_what_was_left_open_stays_open_where_the_repeat_breaks_down() {
    for status in [429, 500, 503] {
        let ran = Desk::new(FIELDS, DIFF)
            .patch(json!({"pages": 3}))
            .answer("read book", json!({"id": 7, "tags": [1]}))
            .silence("write book")
            .answer("verify book", json!({"id": 7, "tags": [1]}))
            .status("write book again", status, json!({"message": "later"}))
            .run();
        assert_eq!(ran.failure().class, Class::Ambiguous, "{status}");
        assert_eq!(ran.outcomes(), ["/pages unknown"], "{status}");
    }
}
