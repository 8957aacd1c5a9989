//! What the language of sandbox files can say of fields, times and versions, on a made-up provider.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, send};

const FILE: &str = r#"
language = 1

[clock]
start = "2024-01-01T22:30:00Z"
step_ms = 1000

[demo]
scheme = "app"
first = { collection = "books", id = "1" }
[demo.secrets.app]
access_token = "a-0"

[auth.app]
prefix = "Token "
issued = "access_token"
missing = "nobody"
wrong = "nobody"
malformed = "garbled"

[refuse]
no_route = "nowhere"
bad_method = "nowhere"
too_long = "nowhere"
media_type = "nowhere"
bad_json = "nowhere"
bad_shape = "nowhere"
missing = "nowhere"
version = "newer"

[refusals.book]
type = { error = "wrong", code = "TYPE" }
option = { error = "wrong", code = "OPTION" }
required = { error = "wrong", code = "REQUIRED" }
reference = { error = "wrong", code = "REFERENCE" }
read_only = { error = "wrong", code = "READ_ONLY" }
other = { error = "wrong", code = "OTHER" }

[errors.nobody]
status = 401
[errors.garbled]
status = 400
[errors.nowhere]
status = 404
[errors.newer]
status = 412
[errors.wrong]
status = 400
json = '{"code":"{violation/code}","field":"{violation/field}","got":"{violation/value}","type":"{violation/type}"}'

[collections.people]
[collections.people.records]
p1 = '{"id":"p1","name":"Åsa","born":1971}'
p2 = '{"id":"p2","name":"Bo","born":1980}'

[collections.books]
refusals = "book"
one_of = [["shelf", "box"]]
[collections.books.fields]
id = { type = "text", read_only = true, repeats = true }
shelf = { type = "integer" }
box = { type = "integer" }
tags = { type = "text", list = true, options = [{ value = "red" }, { value = "blue" }] }
price = { type = "json", members = { amount = "number", currency = "text" } }
note = { type = "text", shown_if_set = true }
author = { type = "reference", to = ["people"], required = true, wrapped = { id = "id", shows = ["name", "id"] } }
due = { type = "datetime", kept = "+03:00 %Y-%m-%dT%H:%M:%S%:z" }
genre = { type = "text", clears_with = ["-None-"], options = [{ value = "-None-" }, { value = "Crime" }] }
place = { type = "text" }
changed = { type = "datetime", read_only = true }
[[collections.books.computed]]
field = "changed"
stamp = "{now|+03:00 %Y-%m-%dT%H:%M:%S%:z}"
source = "made up"
[[collections.books.computed]]
field = "place_code"
pick = { from = "place", pattern = '(?<part>\d{5}) ' }
source = "made up"
[[collections.books.computed]]
field = "place_country"
pick = { from = "place", pattern = '[^, ]+$' }
source = "made up"
[collections.books.records]
1 = '{"id":"1","shelf":7,"box":null,"tags":["red"],"price":null,"note":"torn","author":"p1","due":null,"genre":"Crime","place":null,"changed":"2024-01-01T10:00:00+03:00"}'

[replies.book]
status = 200
json = '"{record}"'

[[routes]]
method = "GET"
path = "/books/{id}"
does = "read"
collection = "books"
answers = ["book"]

[[routes]]
method = "PATCH"
path = "/books/{id}"
does = "update"
body = "json"
collection = "books"
guard = { header = "If-Unmodified-Since", field = "changed", any = "*", times = true }
answers = ["book"]
"#;

const TOKEN: (&str, &str) = ("Authorization", "Token a-0");
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn sandbox() -> Sandbox {
    match Sandbox::from_toml("made_up.toml", FILE) {
        Ok(sandbox) => sandbox,
        Err(error) => panic!("{error}"),
    }
}

fn patch(sandbox: &Sandbox, body: &Value) -> Answer {
    send(sandbox, "PATCH", "/books/1", &[TOKEN, JSON], &body.to_string())
}

/// The book after one write, with these members changed.
fn book(changes: Value) -> Value {
    let mut book = json!({"id":"1","shelf":7,"box":null,"tags":["red"],"price":null,"note":"torn","author":{"name":"Åsa","id":"p1"},
        "due":null,"genre":"Crime","place":null,"changed":"2024-01-02T01:30:01+03:00"});
    let Value::Object(changes) = changes else { panic!("an object") };
    for (name, value) in changes {
        book[name] = value;
    }
    book
}

/// What a refusal says: code, field, value and type.
#[track_caller]
fn assert_refused(body: &Value, told: (&str, &str, Value, &str)) {
    let sandbox = sandbox();
    let before = sandbox.state()["collections"].clone();
    let answer = patch(&sandbox, body);
    let (code, field, got, kind) = told;
    assert_eq!(
        (answer.status, answer.json()),
        (400, json!({"code": code, "field": field, "got": got, "type": kind})),
        "{body}"
    );
    assert_eq!(sandbox.state()["collections"], before, "a refused write changes nothing");
}

#[test]
fn a_list_is_replaced_and_its_elements_are_checked() {
    let changes = json!({"tags": ["blue", "red"]});
    assert_eq!(patch(&sandbox(), &changes).json(), book(changes));
    let changes = json!({"tags": []});
    assert_eq!(patch(&sandbox(), &changes).json(), book(changes));
    assert_refused(&json!({"tags": "red"}), ("TYPE", "tags", json!("red"), "list"));
    assert_refused(&json!({"tags": ["red", 1]}), ("TYPE", "tags", json!(1), "text"));
    assert_refused(&json!({"tags": ["red", "green"]}), ("OPTION", "tags", json!("green"), "text"));
}

#[test]
fn an_object_has_all_its_members_and_no_others() {
    let changes = json!({"price": {"amount": 9.5, "currency": "EUR"}});
    assert_eq!(patch(&sandbox(), &changes).json(), book(changes));
    for wrong in [
        json!(9.5),
        json!({}),
        json!({"amount": 9.5}),
        json!({"amount": "9.5", "currency": "EUR"}),
        json!({"amount": 9.5, "currency": "EUR", "tax": 1}),
    ] {
        assert_refused(&json!({"price": wrong}), ("TYPE", "price", wrong.clone(), "json"));
    }
}

#[test]
fn a_field_may_be_absent_while_it_has_no_value() {
    let sandbox = sandbox();
    let mut expected = book(json!({}));
    expected.as_object_mut().unwrap().remove("note");
    assert_eq!(patch(&sandbox, &json!({"note": null})).json(), expected);
    assert_eq!(patch(&sandbox, &json!({"note": "new"})).json()["note"], "new");
}

#[test]
fn a_reference_may_stand_in_an_object() {
    let answer = patch(&sandbox(), &json!({"author": {"id": "p2", "name": "ignored"}}));
    assert_eq!(answer.json(), book(json!({"author": {"name": "Bo", "id": "p2"}})));
    assert_refused(&json!({"author": "p2"}), ("TYPE", "author", json!("p2"), "reference"));
    assert_refused(&json!({"author": {"id": 2}}), ("TYPE", "author", json!(2), "reference"));
    assert_refused(&json!({"author": {"id": "p3"}}), ("REFERENCE", "author", json!("p3"), "reference"));
    assert_refused(&json!({"author": null}), ("REQUIRED", "author", Value::Null, "reference"));
}

#[test]
fn one_of_several_fields_always_has_a_value() {
    let sandbox = sandbox();
    let refused = patch(&sandbox, &json!({"shelf": null}));
    let told = json!({"code": "REQUIRED", "field": "shelf", "got": null, "type": null});
    assert_eq!((refused.status, refused.json()), (400, told));
    let moved = patch(&sandbox, &json!({"shelf": null, "box": 3}));
    assert_eq!((moved.status, moved.json()), (200, book(json!({"shelf": null, "box": 3}))));
    assert_eq!(patch(&sandbox, &json!({"box": null})).json()["field"], "box");
}

#[test]
fn times_are_stored_and_stamped_with_an_offset() {
    let answer = patch(&sandbox(), &json!({"due": "2024-02-01T22:00:00Z"}));
    assert_eq!(answer.json(), book(json!({"due": "2024-02-02T01:00:00+03:00"})));
    assert_refused(&json!({"due": "soon"}), ("TYPE", "due", json!("soon"), "datetime"));
    for form in ["+03:00", "+3 %Y", "%", "west %Y"] {
        let text = FILE.replacen("+03:00 %Y-%m-%dT%H:%M:%S%:z\"\nsource", &format!("{form}\"\nsource"), 1);
        let text = text.replacen("kept = \"+03:00 %Y-%m-%dT%H:%M:%S%:z\"", &format!("kept = \"{form}\""), 1);
        let taken = Sandbox::from_toml("made_up.toml", &text);
        assert_eq!(taken.is_ok(), form == "%", "{form}");
    }
}

#[test]
fn a_word_may_stand_for_no_value() {
    assert_eq!(patch(&sandbox(), &json!({"genre": "-None-"})).json(), book(json!({"genre": null})));
    assert_refused(&json!({"genre": "Verse"}), ("OPTION", "genre", json!("Verse"), "text"));
}

#[test]
fn a_read_only_field_may_take_the_value_that_it_has() {
    assert_eq!(patch(&sandbox(), &json!({"id": "1", "shelf": 8})).json(), book(json!({"shelf": 8})));
    assert_refused(&json!({"id": "2"}), ("READ_ONLY", "id", json!("2"), "text"));
}

#[test]
fn parts_of_a_text_are_shown_beside_it() {
    let sandbox = sandbox();
    let place = "Kauppatori 3, 00170 Helsinki, Suomi";
    let answer = patch(&sandbox, &json!({"place": place}));
    assert_eq!(answer.json(), book(json!({"place": place, "place_code": "00170", "place_country": "Suomi"})));
    let answer = patch(&sandbox, &json!({"place": "Suomi"})).json();
    assert_eq!((answer.get("place_code"), answer["place_country"].as_str()), (None, Some("Suomi")));
    assert_eq!(patch(&sandbox, &json!({"place": null})).json().get("place_country"), None);
}

#[test]
fn a_version_may_be_a_time() {
    let cases = [
        ("2024-01-01T10:00:00+03:00", 200),
        ("2024-01-01T07:00:00Z", 200),
        ("Mon, 01 Jan 2024 07:00:00 GMT", 200),
        ("2024-01-01T06:59:59Z", 412),
        ("Mon, 01 Jan 2024 06:59:59 GMT", 412),
        ("yesterday", 200),
        ("*", 200),
    ];
    let found = cases.map(|(seen, _)| {
        let headers = [TOKEN, JSON, ("If-Unmodified-Since", seen)];
        (seen, send(&sandbox(), "PATCH", "/books/1", &headers, r#"{"shelf":8}"#).status)
    });
    assert_eq!(found, cases);
}

#[test]
fn a_proof_of_another_form_is_told_apart() {
    let statuses = ["Token a-0", "Token a-1", "Bearer a-0"]
        .map(|proof| send(&sandbox(), "GET", "/books/1", &[("Authorization", proof)], "").status);
    assert_eq!(statuses, [200, 401, 400]);
}
