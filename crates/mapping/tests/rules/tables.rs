//! Tables, written down and fetched: R15, R18.

use serde_json::{Value, json};

use crate::desk::{Call, Desk, Ran, findings};

const STATIC: &str = r#"
[fields]
genre = { path = "genre", table = "genres" }
[tables.genres]
rows = { Crime = 1, Poetry = 2 }
"#;

fn run(call: Call<'_>, back: Value) -> Ran {
    call.answer("write book", json!({})).answer("read back book", back).run()
}

#[test]
fn r15_rows_are_one_to_one() {
    let doubled = STATIC.replace("Poetry = 2", "Poetry = 1");
    let found = findings("genre", &doubled);
    assert!(found.len() == 1 && found[0].contains("error[table-"), "{found:?}");
}

#[test]
fn r15_an_unknown_value_is_refused_with_those_that_are_known() {
    let ran = Desk::new("genre", STATIC).patch(json!({"genre": "Crimes"})).run();
    assert_eq!(ran.refused(), ["/genre unknown-value"]);
    assert_eq!(
        ran.failure().violations[0].message,
        "the provider has no value for `Crimes`; did you mean `Crime`? known are Crime, Poetry"
    );
    assert_eq!(ran.failure().violations[0].suggestion.as_deref(), Some("Crime"));
}

#[test]
fn r15_a_further_spelling_is_written_only_and_lossy() {
    let also = STATIC.replace("{ path = \"genre\", table", "{ path = \"genre\", loss = \"murder is crime\", table")
        + "also = { Murder = \"Crime\" }\nfold = [\"case\"]\n";
    let ran = run(Desk::new("genre", &also).patch(json!({"genre": "murder"})), json!({"genre": 1}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"genre":1}"#]);
    assert_eq!(ran.outcomes(), [r#"/genre lossy "murder" -> "Crime": murder is crime"#]);
    assert_eq!(ran.resource()["genre"], json!("Crime"));
}

#[test]
fn r15_pass_lets_an_unknown_value_through_but_not_another_rows_remote_value() {
    let pass = STATIC.to_owned() + "unknown = \"pass\"\n";
    let desk = Desk::new("genre", &pass);
    let ran = run(desk.patch(json!({"genre": "Drama"})), json!({"genre": "Drama"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"genre":"Drama"}"#]);
    assert_eq!(ran.outcomes(), ["/genre written"]);
    let ran = desk.patch(json!({"genre": "2"})).run();
    assert_eq!(ran.refused(), ["/genre unknown-value"]);
    assert_eq!(ran.failure().violations[0].suggestion.as_deref(), Some("Poetry"));
}

#[test]
fn r15_omit_leaves_the_value_out_and_says_so() {
    let omit = STATIC.replace("[fields]", "[fields]\ntitle = \"title\"") + "unknown = \"omit\"\n";
    let ran = run(
        Desk::new("title genre", &omit).patch(json!({"title": "Emma", "genre": "Drama"})),
        json!({"title": "Emma"}),
    );
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"title":"Emma"}"#]);
    assert_eq!(
        ran.outcomes(),
        ["/title written", "/genre unsupported: no row of the table knows the value, and the mapping leaves it out"]
    );
}

#[test]
fn r15_reading_passes_the_raw_value_and_says_so() {
    let ran = Desk::new("genre", STATIC).get().answer("read back book", json!({"id": 7, "genre": 9})).run();
    assert_eq!(ran.resource(), &json!({"id": "7", "genre": "9"}));
    assert_eq!(ran.unread(), ["/genre: no name stands for the provider's value `9`; it is shown as it is"]);
    let omit = STATIC.to_owned() + "unknown = { write = \"refuse\", read = \"omit\" }\n";
    let ran = Desk::new("genre", &omit).get().answer("read back book", json!({"id": 7, "genre": 9})).run();
    assert_eq!(ran.resource(), &json!({"id": "7"}));
    assert_eq!(ran.unread(), ["/genre: no name stands for the provider's value `9`"]);
}

#[test]
fn r15_reading_passes_the_raw_value_in_a_list_too() {
    let lists = r#"
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = { path = "lending", table = "codes" } }, { is = "reading", barcode = "reading" }]
[lists.editions]
key = "format"
array = "editions"
item = { isbn = "isbn", format = { path = "kind", table = "codes" }, note = "note" }
[tables.codes]
rows = { folio = "F" }
"#;
    let ran = Desk::new("copies editions", lists)
        .get()
        .answer("read back book", json!({"id": 7, "lending": "X", "editions": [{"kind": "F"}, {"kind": "Y"}]}))
        .run();
    assert_eq!(ran.resource()["copies"], json!([{"barcode": "X", "kind": "lending"}]));
    assert_eq!(ran.resource()["editions"], json!([{"format": "folio"}, {"format": "Y"}]));
    let why = |value: &str| format!("no name stands for the provider's value `{value}`; it is shown as it is");
    assert_eq!(ran.unread(), [format!("/copies: {}", why("X")), format!("/editions/1/format: {}", why("Y"))]);
}

const FETCHED: &str = r#"
[fields]
title = "title"
genre = { path = "genre", table = "genres" }
language = { path = "lang", table = "genres" }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = "name"
remote = "id"
cache = "1h"
"#;
const FIELDS: &str = "title genre language";

fn rows(pairs: &[(&str, i64)]) -> Value {
    json!({"genres": pairs.iter().map(|(name, id)| json!({"name": name, "id": id})).collect::<Vec<_>>()})
}

#[test]
fn r18_a_table_is_fetched_on_demand_and_once() {
    let desk = Desk::new(FIELDS, FETCHED);
    let ran = desk
        .patch(json!({"title": "Emma"}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"title": "Emma"}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"title":"Emma"}"#, "GET /books/7"]);
    let ran = desk
        .patch(json!({"genre": "Crime", "language": "Poetry"}))
        .answer("look up genres", rows(&[("Crime", 1), ("Poetry", 2)]))
        .answer("write book", json!({}))
        .answer("read back book", json!({"genre": 1, "lang": 2}))
        .run();
    assert_eq!(ran.requests(), ["GET /genres", r#"PATCH /books/7 {"genre":1,"lang":2}"#, "GET /books/7"]);
    assert_eq!(ran.resource()["language"], json!("Poetry"));
}

#[test]
fn r18_a_miss_in_kept_rows_fetches_once_more_and_one_in_fresh_rows_does_not() {
    let desk = Desk::new(FIELDS, FETCHED);
    let ran = desk
        .patch(json!({"genre": "Drama"}))
        .kept("look up genres", rows(&[("Crime", 1)]))
        .answer("look up genres again", rows(&[("Crime", 1), ("Drama", 3)]))
        .answer("write book", json!({}))
        .answer("read back book", json!({"genre": 3}))
        .run();
    assert_eq!(ran.requests(), ["GET /genres", r#"PATCH /books/7 {"genre":3}"#, "GET /books/7"]);
    let ran = desk
        .patch(json!({"genre": "Drama"}))
        .kept("look up genres", rows(&[("Crime", 1)]))
        .answer("look up genres again", rows(&[("Crime", 1)]))
        .run();
    assert_eq!(ran.refused(), ["/genre unknown-value"]);
    let ran = desk.patch(json!({"genre": "Drama"})).answer("look up genres", rows(&[("Crime", 1)])).run();
    assert_eq!(ran.requests(), ["GET /genres"]);
    let ran = desk
        .get()
        .answer("read back book", json!({"id": 7, "genre": 3}))
        .kept("look up genres", rows(&[("Crime", 1)]))
        .answer("look up genres again", rows(&[("Drama", 3)]))
        .run();
    assert_eq!(ran.resource()["genre"], json!("Drama"));
}

#[test]
fn r18_a_name_that_kept_rows_have_otherwise_is_that_of_the_fresh_ones() {
    let ran = Desk::new(FIELDS, FETCHED)
        .patch(json!({"genre": "Drama"}))
        .kept("look up genres", rows(&[("Plays", 3)]))
        .answer("look up genres again", rows(&[("Drama", 3)]))
        .answer("write book", json!({}))
        .answer("read back book", json!({"genre": 3}))
        .run();
    assert_eq!(ran.outcomes(), ["/genre written"]);
    assert_eq!(ran.resource()["genre"], json!("Drama"));
}

#[test]
fn r14_a_name_whose_value_is_another_rows_too_reads_back_as_the_first_and_is_refused() {
    let both = rows(&[("Crime", 1), ("Murder", 1)]);
    let desk = Desk::new(FIELDS, FETCHED);
    let ran = desk.patch(json!({"genre": "Murder"})).answer("look up genres", both.clone()).run();
    assert_eq!(ran.refused(), ["/genre undeclared-loss"]);
    assert_eq!(ran.requests(), ["GET /genres"]);
    let ran = desk
        .patch(json!({"genre": "Crime"}))
        .answer("look up genres", both)
        .answer("write book", json!({}))
        .answer("read back book", json!({"genre": 1}))
        .run();
    assert_eq!(ran.outcomes(), ["/genre written"]);
}

#[test]
fn r18_a_refusal_that_names_the_slot_fetches_once_more() {
    let desk = Desk::new(FIELDS, FETCHED);
    let refused = json!({"message": "no such genre", "fields": ["genre"]});
    let ran = desk
        .patch(json!({"genre": "Crime"}))
        .kept("look up genres", rows(&[("Crime", 1)]))
        .status("write book", 400, refused.clone())
        .answer("look up genres again", rows(&[("Crime", 5)]))
        .answer("write book again", json!({}))
        .answer("read back book", json!({"id": 7, "genre": 5}))
        .run();
    assert_eq!(
        ran.requests(),
        [r#"PATCH /books/7 {"genre":1}"#, "GET /genres", r#"PATCH /books/7 {"genre":5}"#, "GET /books/7"]
    );
    assert_eq!(ran.outcomes(), ["/genre written"]);
    let same = desk
        .patch(json!({"genre": "Crime"}))
        .kept("look up genres", rows(&[("Crime", 1)]))
        .status("write book", 400, refused.clone())
        .answer("look up genres again", rows(&[("Crime", 1)]))
        .run();
    assert_eq!(same.writes().len(), 1);
    assert_eq!(same.outcomes(), ["/genre rejected: no such genre"]);
    let fresh = desk
        .patch(json!({"genre": "Crime"}))
        .answer("look up genres", rows(&[("Crime", 1)]))
        .status("write book", 400, refused)
        .run();
    assert_eq!(fresh.requests(), ["GET /genres", r#"PATCH /books/7 {"genre":1}"#]);
}

#[test]
fn r18_a_refusal_that_names_no_slot_fetches_nothing() {
    let ran = Desk::new(FIELDS, FETCHED)
        .patch(json!({"genre": "Crime"}))
        .kept("look up genres", rows(&[("Crime", 1)]))
        .status("write book", 400, json!({"message": "no"}))
        .run();
    assert_eq!(ran.requests(), [r#"PATCH /books/7 {"genre":1}"#]);
}

#[test]
fn r18_a_refused_action_fetches_its_table_once_more_too() {
    let acted = r#"
[fields.condition]
read = "state"
clear = "never"
table = "states"
set = { send = "POST /books/{id}/condition", body = { now = "{new}" } }
[update]
order = ["book", "condition"]
[fields]
title = "title"
[tables.states]
fetch = { send = "GET /states" }
rows = "states[*]"
unified = "name"
remote = "id"
cache = "1h"
"#;
    let ran = Desk::new("title condition", acted)
        .patch(json!({"title": "Emma", "condition": "worn"}))
        .kept("look up states", json!({"states": [{"name": "worn", "id": 1}]}))
        .answer("write book", json!({}))
        .status("set condition", 400, json!({"message": "no such state", "fields": ["now"]}))
        .answer("look up states again", json!({"states": [{"name": "worn", "id": 4}]}))
        .answer("set condition again", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "state": 4}))
        .run();
    assert_eq!(ran.writes()[1..], [r#"POST /books/7/condition {"now":1}"#, r#"POST /books/7/condition {"now":4}"#]);
    assert_eq!(ran.outcomes(), ["/title written", "/condition written"]);
}

const TIED: &str = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", guard = { header = "If-Match", from = "etag" } }
[fields]
genre = { path = "genre", table = "genres", with = { group = "{row.group}" } }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "groups[*].genres[*]"
unified = "name"
remote = "id"
columns = { group = "^id" }
"#;

fn groups() -> Value {
    json!({"groups": [
        {"id": "g1", "genres": [{"name": "Crime", "id": 1}]},
        {"id": "g2", "genres": [{"name": "Crime", "id": 2}]},
        {"id": "g3", "genres": [{"name": "Crime", "id": 3}, {"name": "Poetry", "id": 4}]},
    ]})
}

fn tied(mapping: &str, now: Value) -> Ran {
    let back = json!({"id": 7, "genre": 0});
    let desk = Desk::new("genre", mapping);
    let call = desk.patch(json!({"genre": "Crime"})).answer("read book", now).answer("look up genres", groups());
    if mapping.contains("ambiguous") || mapping.contains("prefer") { run(call, back) } else { call.run() }
}

#[test]
fn r18_a_tie_goes_to_the_current_value_then_to_the_preference_then_to_ambiguous() {
    let prefer = TIED.to_owned() + "prefer = { group = \"group\" }\n";
    let both = prefer.clone() + "ambiguous = \"first\"\n";
    let cases = [
        (&both, json!({"etag": "v", "genre": 3, "group": "g2"}), r#"{"genre":3,"group":"g3"}"#),
        (&both, json!({"etag": "v", "genre": 9, "group": "g2"}), r#"{"genre":2,"group":"g2"}"#),
        (&both, json!({"etag": "v", "genre": 9, "group": "g9"}), r#"{"genre":1,"group":"g1"}"#),
        (&both, json!({"etag": "v"}), r#"{"genre":1,"group":"g1"}"#),
        (&prefer, json!({"etag": "v", "group": "g3"}), r#"{"genre":3,"group":"g3"}"#),
    ];
    for (mapping, now, body) in cases {
        assert_eq!(tied(mapping, now.clone()).writes(), [format!("PATCH /books/7 {body}")], "{now}");
    }
}

#[test]
fn r18_a_tie_that_nothing_breaks_is_refused_and_names_the_candidates() {
    let desk = Desk::new("genre", &TIED.replace(r#", guard = { header = "If-Match", from = "etag" }"#, ""));
    let ran = desk
        .patch(json!({"genre": "Crime"}))
        .answer("look up genres", groups())
        .answer("read book", json!({"id": 7, "genre": 4}))
        .run();
    assert_eq!(ran.refused(), ["/genre ambiguous-name"]);
    assert_eq!(ran.failure().violations[0].message, "`Crime` stands for several of the provider's values: 1, 2, 3");
}

#[test]
fn r18_the_record_is_read_to_break_a_tie_and_what_it_has_stays() {
    let desk = Desk::new("genre", &TIED.replace(r#", guard = { header = "If-Match", from = "etag" }"#, ""));
    let ran = desk
        .patch(json!({"genre": "Crime"}))
        .answer("look up genres", groups())
        .answer("read book", json!({"id": 7, "genre": 3}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "genre": 3}))
        .run();
    assert_eq!(
        ran.requests(),
        ["GET /genres", "GET /books/7", r#"PATCH /books/7 {"genre":3,"group":"g3"}"#, "GET /books/7"]
    );
}

#[test]
fn r18_the_current_value_breaks_a_tie_through_a_form_too() {
    let formed = (TIED.replace("{ path = \"genre\", table", "{ path = \"genre\", form = \"boxed\", table")
        + "prefer = { group = \"group\" }\n")
        .replace("with = { group = \"{row.group}\" }", "")
        .replace("table = \"genres\", ", "table = \"genres\" ")
        + "[forms.boxed]\nwrite = { box = \"{}\" }\nread = \"box\"\n";
    let ran = tied(&formed, json!({"etag": "v", "genre": {"box": 3}, "group": "g2"}));
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"genre":{"box":3}}"#]);
}

#[test]
fn r18_a_table_that_fails_before_a_write_ends_the_patch() {
    let ran = Desk::new(FIELDS, FETCHED)
        .patch(json!({"title": "Emma", "genre": "Crime"}))
        .status("look up genres", 500, json!({"message": "down"}))
        .run();
    assert_eq!(ran.requests(), ["GET /genres"]);
    assert_eq!(ran.failure().step.as_deref(), Some("look up genres"));
    assert_eq!(ran.outcomes(), ["/title not_sent", "/genre not_sent"]);
}

#[test]
fn r18_a_table_that_fails_after_a_write_costs_its_field_and_not_the_answer() {
    let ran = Desk::new(FIELDS, FETCHED)
        .patch(json!({"title": "Emma"}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "title": "Emma", "genre": 1}))
        .status("look up genres", 500, json!({"message": "down"}))
        .run();
    assert_eq!(ran.resource(), &json!({"id": "7", "title": "Emma", "language": null}));
    assert_eq!(ran.unread(), ["/genre: the look-up of `genres` failed: down"]);
    assert_eq!(ran.outcomes(), ["/title written"]);
}
