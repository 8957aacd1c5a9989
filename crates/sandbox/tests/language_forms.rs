//! What the language of sandbox files says of calls, forms, children and lists, on a made-up provider.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, send};

/// A library that is asked by calls in a text, whose books have a form for their shelf and their day, and copies of
/// their own that are written with them.
const FILE: &str = r#"
language = 1

[clock]
start = "2024-01-01T00:00:00Z"
step_ms = 1000

[demo]
scheme = "key"
first = { collection = "books", id = "1" }
[demo.secrets.key]
key = "k"

[auth.key]
prefix = "Token "
bare = true
secret = "key"
missing = "nobody"
wrong = "nobody"

[asks.loose]
query = "loose"
pattern = '^1$'

[refuse]
no_route = "nowhere"
bad_method = "nowhere"
too_long = "nowhere"
media_type = "nowhere"
bad_json = "syntax"
bad_shape = "shape"
bad_call = "syntax"
missing = "nothing"
missing_other = "no_house"

[refusals.book]
other = { error = "wrong", says = "{violation/field}" }
type = { error = "wrong", says = "{violation/field}: type, {violation/about/hint}" }
option = { error = "wrong", says = "{violation/field}: none of {violation/options}" }
reference = { error = "wrong", says = "{violation/field}: no {violation/name}" }
length = { error = "wrong", says = "{violation/field}: over {violation/max}" }
required = { error = "wrong", says = "{violation/field}: required" }

[errors.nobody]
status = 401
[errors.nowhere]
status = 404
[errors.syntax]
status = 400
text = "syntax"
[errors.shape]
status = 400
text = "shape"
[errors.nothing]
status = 404
text = "no {id}"
[errors.no_house]
status = 404
text = "no house {found}"
[errors.wrong]
status = 422
json = '{"wrong":{"$each":"violations","$join":"; ","$item":"{item/says}"}}'

[forms.shelf]
empty = '{"shelf":null,"of":"{field/key} {id} {record/title}"}'
[[forms.shelf.takes]]
shape = '{"names":["text"]}'
finds = { each = "names", options = "label" }
shows = '{"shelf":{"$each":"found","$item":"{item/value}"},"lamp":{"$each":"found","$as":"first","$item":"{item/about/lamp}"}}'
[[forms.shelf.takes]]
shape = '{"from":"integer","to":"integer"}'
agrees = { text = "{value/from}-{value/to}", pattern = '^(1-2|2-3)$' }
shows = '{"shelf":"{value|json}"}'
[[forms.shelf.takes]]
shape = '{"owner":"integer","kind":"text"}'
finds = { each = "", in = "people", id = "{item/kind}-{item/owner}" }
shows = '{"shelf":"{found/0/name|lower}"}'
[forms.day]
empty = '"{null}"'
[[forms.day.takes]]
shape = '"text"'
shows = '"{value|%d.%m.%Y %H:%M}"'

[collections.books]
refusals = "book"
whole = { unless = "loose" }
[collections.books.fields]
id = { type = "text", read_only = true }
title = { type = "text", required = true }
isbn = { type = "text", required = true }
shelf = { type = "json", form = "shelf", about = { hint = "see the plan" }, options = [{ value = 1, label = "A", about = { lamp = "on" } }, { value = 2, label = "B" }] }
day = { type = "json", form = "day", max = 25 }
copies = { type = "children", children = { collection = "copies", by = "book", same = "number", single = "best" } }
[collections.books.records]
1 = '{"id":"1","title":"One","isbn":"x","shelf":{"names":["B","A"]}}'
2 = '{"id":"2","title":"Two"}'

[collections.copies]
refusals = "book"
whole = {}
blank = '{"id":"{id}","book":null,"number":null,"best":false,"made":"{now}"}'
[collections.copies.fields]
book = { type = "reference", to = ["books"] }
id = { type = "text", read_only = true }
number = { type = "integer", required = true }
best = { type = "boolean" }
made = { type = "text", read_only = true }
[collections.copies.records]
c1 = '{"id":"c1","book":"1","number":1,"best":true,"made":null}'
c2 = '{"id":"c2","book":"2","number":1,"best":true,"made":null}'

[collections.people]
[collections.people.records]
staff-7 = '{"name":"ÅSA"}'

[collections.houses]
[collections.houses.records]
5 = '{"id":"5"}'

[replies.books]
status = 200
json = '{"books":{"$each":"records","$only":{"id":"{body/books/ids}","isbn":"{body/books/isbn}"},"$item":{"id":"{item/id}","shelf":"{item/shelf}","members":{"$each":"item/shelf","$join":"+","$item":"{item/key}"},"label":{"$each":"fields","$only":{"key":"shelf"},"$as":"first","$item":"{item/about/hint}"}}}}'
[replies.saved]
status = 200
json = '{"book":"{record}","copies":{"$all":"copies","$only":{"book":"{record/id}"},"$item":{"id":"{item/id}","number":"{item/number}","best":"{item/best}"}},"best":{"$all":"copies","$only":{"book":"{record/id}","best":true},"$as":"first","$item":"{item/number}"}}'

[[routes]]
method = "POST"
path = "/ask"
when = [{ at = "text", matches = '\bsave\s*\(' }]
does = "update"
body = "json"
calls = { at = "text", names = ["save"], variables = "with" }
collection = "books"
finds = { collection = "houses", id = "{body/save/house}" }
id = "{body/save/id}"
changes = "save/values"
answers = ["saved"]

[[routes]]
method = "POST"
path = "/ask"
when = [{ at = "text", matches = '\bset\s*\(' }]
does = "update"
body = "json"
calls = { at = "text", names = ["set"], variables = "with" }
collection = "books"
id = "{body/set/id}"
names = "set/field"
changes = "set/value"
answers = ["saved"]

[[routes]]
method = "POST"
path = "/ask"
does = "list"
body = "json"
calls = { at = "text", names = ["books"], variables = "with" }
collection = "books"
answers = ["books"]
"#;

fn sandbox() -> Sandbox {
    match Sandbox::from_toml("made_up.toml", FILE) {
        Ok(sandbox) => sandbox,
        Err(error) => panic!("{error}"),
    }
}

fn ask(sandbox: &Sandbox, path: &str, text: &str, with: &Value) -> Answer {
    let headers = [("Authorization", "k"), ("Content-Type", "application/json")];
    send(sandbox, "POST", path, &headers, &json!({"text": text, "with": with}).to_string())
}

fn save(sandbox: &Sandbox, values: &Value) -> Answer {
    ask(sandbox, "/ask", "save(house: 5, id: $i, values: $v)", &json!({"i": 1, "v": values}))
}

#[test]
fn a_list_is_filtered_joined_and_looked_into() {
    let sandbox = sandbox();
    let books = |text: &str, with: Value| ask(&sandbox, "/ask", text, &with).json()["books"].clone();
    let one =
        json!({"id": "1", "shelf": {"shelf": [2, 1], "lamp": null}, "members": "shelf+lamp", "label": "see the plan"});
    let two = json!({"id": "2", "shelf": {"shelf": null, "of": "shelf 2 Two"}, "members": "shelf+of", "label": "see the plan"});
    assert_eq!(books("books", json!({})), json!([one, two]), "a value that is not given allows all");
    assert_eq!(books("books(ids: [2, 9])", json!({})), json!([two]));
    assert_eq!(books("query($a: [ID] = 1) { books(ids: $a) }", json!({})), json!([one]));
    assert_eq!(books("books(ids: $a, isbn: \"x\")", json!({"a": ["1", "2"]})), json!([one]));
}

#[test]
fn a_field_with_a_form_is_written_in_one_way_and_shown_in_another() {
    let sandbox = sandbox();
    let shelf = |value: Value| save(&sandbox, &json!({"shelf": value})).json()["book"]["shelf"].clone();
    assert_eq!(shelf(json!({"names": ["A"]})), json!({"shelf": [1], "lamp": "on"}));
    assert_eq!(shelf(json!({"from": 2, "to": 3})), json!({"shelf": "{\"from\":2,\"to\":3}"}));
    assert_eq!(shelf(json!({"owner": 7, "kind": "staff"})), json!({"shelf": "åsa"}));
    assert_eq!(shelf(Value::Null), json!({"shelf": null, "of": "shelf 1 One"}));
    let day = |text: &str| save(&sandbox, &json!({"day": text})).json()["book"]["day"].clone();
    assert_eq!(
        ["2024-05-06T07:08:09", "2024-05-06 07:08+02:00", "soon"].map(day),
        ["06.05.2024 07:08", "06.05.2024 05:08", "soon"]
    );
}

#[test]
fn a_form_refuses_what_has_no_shape_of_its_ways_or_names_nothing() {
    let sandbox = sandbox();
    let refused = |values: Value| {
        let answer = save(&sandbox, &values);
        assert_eq!(answer.status, 422);
        answer.json()["wrong"].clone()
    };
    assert_eq!(refused(json!({"shelf": {"names": ["A", "C"]}})), "shelf: none of 1,2");
    assert_eq!(refused(json!({"shelf": {"from": 1, "to": 3}})), "shelf: type, see the plan");
    assert_eq!(refused(json!({"shelf": {"names": ["A"], "more": 1}})), "shelf: type, see the plan");
    assert_eq!(refused(json!({"shelf": {"owner": 8, "kind": "staff"}})), "shelf: no {\"owner\":8,\"kind\":\"staff\"}");
    assert_eq!(refused(json!({"day": "x".repeat(26), "shelf": 1})), "day: over 25; shelf: type, see the plan");
}

#[test]
fn children_are_written_with_their_record() {
    let sandbox = sandbox();
    let answer =
        save(&sandbox, &json!({"copies": [{"number": 3, "best": true}, {"number": 1, "best": true}, {"number": 4}]}));
    let made = |child: u32| format!("00000000-0000-4001-8000-00000001{child:04x}");
    assert_eq!(
        answer.json(),
        json!({"book": {"id": "1", "title": "One", "isbn": "x", "shelf": {"shelf": [2, 1], "lamp": null}, "day": null},
            "copies": [{"id": made(0), "number": 3, "best": false}, {"id": made(2), "number": 4, "best": false}, {"id": "c1", "number": 1, "best": true}], "best": 1})
    );
    let changed = save(&sandbox, &json!({"copies": [{"id": "c1", "number": 9}]})).json();
    assert_eq!((&changed["copies"], &changed["best"]), (&json!([{"id": "c1", "number": 9, "best": true}]), &json!(9)));
    assert_eq!(save(&sandbox, &json!({"copies": null})).json()["copies"], json!([]));
    assert_eq!(sandbox.state()["collections"]["copies"]["c2"]["best"], true, "another record's children stay");
}

#[test]
fn wrong_children_refuse_the_whole_write() {
    let sandbox = sandbox();
    let before = sandbox.state()["collections"].clone();
    let refused = |copies: Value| save(&sandbox, &json!({"title": "T", "copies": copies})).json()["wrong"].clone();
    assert_eq!(refused(json!([{"number": "x"}, {"best": true}])), "number: type, ; number: required");
    assert_eq!(refused(json!([{"number": 5}, {"colour": 1}])), "colour; number: required");
    assert_eq!(refused(json!([{"id": "c2"}])), "copies: no ", "a child of another record");
    assert_eq!(refused(json!({"number": 1})), "copies: type, ");
    assert_eq!(sandbox.state()["collections"], before);
}

#[test]
fn a_record_is_checked_whole_unless_the_request_says_otherwise() {
    let sandbox = sandbox();
    let text = "save(house: 5, id: 2, values: {title: \"T\"})";
    let strict = ask(&sandbox, "/ask", text, &json!({}));
    assert_eq!((strict.status, strict.json()), (422, json!({"wrong": "isbn: required"})));
    assert_eq!(ask(&sandbox, "/ask?loose=1", text, &json!({})).json()["book"]["title"], "T");
}

#[test]
fn one_field_may_be_named_by_the_request() {
    let sandbox = sandbox();
    let set = |text: &str| ask(&sandbox, "/ask", text, &json!({}));
    assert_eq!(set("set(id: 1, field: \"title\", value: \"T\")").json()["book"]["title"], "T");
    assert_eq!(set("set(id: 1, field: colour, value: 1)").json(), json!({"wrong": "colour"}));
    let nameless = set("set(id: 1, value: \"T\")");
    assert_eq!((nameless.status, nameless.text()), (400, "shape"));
}

#[test]
fn what_a_request_names_must_be_there() {
    let sandbox = sandbox();
    let answers = [
        "save(house: 6, id: 1, values: {})",
        "save(house: 5, id: 3, values: {})",
        "save(house: 5, id: 1",
        "save(house: 5, id: 1)",
    ]
    .map(|text| {
        let answer = ask(&sandbox, "/ask", text, &json!({}));
        (answer.status, answer.text().to_owned())
    });
    let expected = [(404, "no house 6"), (404, "no 3"), (400, "syntax"), (400, "shape")];
    assert_eq!(answers, expected.map(|(status, text)| (status, text.to_owned())));
}

#[test]
fn a_prefix_may_be_left_out() {
    let sandbox = sandbox();
    let with = |token| {
        let headers = [("Authorization", token), ("Content-Type", "application/json")];
        send(&sandbox, "POST", "/ask", &headers, r#"{"text":"books"}"#).status
    };
    assert_eq!(["Token k", "k", "Other k", "Token x", "x"].map(with), [200, 200, 401, 401, 401]);
}

#[test]
fn a_wrong_file_is_refused_with_its_reason() {
    let cases = [
        (r#"form = "day""#, r#"form = "days""#, "no form `days`; declared are day, shelf"),
        (
            r#"each = "names", options"#,
            r#"each = "names", in = "people", options"#,
            "a form finds `options`, or records `in` a collection",
        ),
        (r#"shape = '"text"'"#, r#"shape = '["text","text"]'"#, "a list has one shape for all its elements"),
        (
            r#""$all":"copies""#,
            r#""$all":"copy""#,
            "a template looks into the collection `copy`, which is not declared",
        ),
        (r#""$as":"first""#, r#""$as":"first","$join":"""#, "a list has `\"$as\": \"first\"` or `$join`"),
        (r#""$only":{"key":"shelf"}"#, r#""$only":["shelf"]"#, "`$only` is an object"),
        (
            r#""$each":"records""#,
            r#""$each":"records","$all":"copies""#,
            "a list goes over `$each` or over `$all`, and `$in` belongs to `$each`",
        ),
        (
            r#"type = "children", children"#,
            r#"type = "json", children"#,
            "a field of type `children` says which, and no other field does",
        ),
        (r#"unless = "loose""#, r#"unless = "lose""#, "no condition `lose`; declared are loose"),
        (
            r#"collection = "houses""#,
            r#"collection = "house""#,
            "no collection `house`; declared are books, copies, houses, people",
        ),
        ("bad_call = \"syntax\"\n", "", "`refuse` says no error for `bad_call`, which this route needs"),
        (
            "{record/title}",
            "{record/title|upper}",
            "unknown filter in the hole `{record/title|upper}`; known are json, number, digits, lower, %-forms, and on `now` unix and unix_ms",
        ),
    ];
    for (from, to, reason) in cases {
        assert!(FILE.contains(from), "`{from}` is in the file");
        match Sandbox::from_toml("made_up.toml", &FILE.replacen(from, to, 1)) {
            Ok(_) => panic!("`{to}` was taken"),
            Err(error) => assert!(error.to_string().ends_with(reason), "{error}"),
        }
    }
}
