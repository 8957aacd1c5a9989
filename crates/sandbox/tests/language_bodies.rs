//! What the language of sandbox files says of the bodies of requests, on a made-up provider that takes forms.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, send};

/// A register of boats that is changed by forms: field by field, one field by name, or JSON in one of the pairs.
const FILE: &str = r#"
language = 1

[clock]
start = "2024-01-01T00:00:00Z"
step_ms = 1000

[demo]
scheme = "key"
first = { collection = "boats", id = "1" }
secrets.key = { key = "k" }

[auth.key]
header = "x-key"
secret = "key"
missing = "nobody"
wrong = "nobody"

[refuse]
no_route = "nowhere"
bad_method = "nowhere"
too_long = "nowhere"
media_type = "not_a_form"
bad_json = "nowhere"
bad_shape = "shape"
missing = "nothing"

[refusals.boat]
unknown = { error = "wrong", says = "{violation/field} is unknown" }
read_only = { error = "wrong", says = "{violation/field} is read-only" }
type = { error = "wrong", says = "{violation/field} is no {violation/type}: {violation/value}" }
option = { error = "wrong", says = "{violation/field} is none of {violation/options}" }
required = { error = "wrong", says = "{violation/field} is required" }
other = { error = "wrong", says = "{violation/field} is wrong" }

[errors.nobody]
status = 401
[errors.nowhere]
status = 404
[errors.not_a_form]
status = 415
[errors.shape]
status = 400
[errors.nothing]
status = 200
json = '{"ok":false,"why":"NO_SUCH"}'
[errors.wrong]
status = 200
json = '{"ok":false,"why":{"$each":"violations","$item":"{item/says}"}}'

[collections.boats]
refusals = "boat"
[collections.boats.fields]
number = { type = "integer", read_only = true }
name = { type = "text", required = true }
port = { type = "text" }
crew = { type = "integer", range = [0, 20] }
length = { type = "number" }
sails = { type = "boolean" }
rig = { type = "text", options = [{ value = "sloop" }, { value = "ketch" }] }
flag = { type = "integer", options_from = { collection = "flags", value = "id" } }
note = { type = "text", cleared = "" }
[[collections.boats.computed]]
field = "changed"
stamp = "{now|unix_ms}"
source = "made up"
[collections.boats.records]
1 = '{"number":1,"name":"Ada","port":"Oslo","crew":3,"length":9.5,"sails":true,"rig":"sloop","flag":47,"note":"new"}'

[collections.notes]
refusals = "boat"
values = "text"
[collections.notes.fields]
pages = { type = "integer" }
[collections.notes.records]
1 = '{"pages":"7"}'

[collections.flags.records]
47 = '{"id":47}'
49 = '{"id":49}'

[replies.boat]
status = 200
json = '{"ok":true,"boat":"{record}"}'
[replies.changed]
status = 200
json = '{"ok":true,"changed":{"$each":"body","$item":"{item/key}"}}'

[[routes]]
method = "GET"
path = "/boats/{id}"
does = "read"
collection = "boats"
answers = ["boat"]

[[routes]]
method = "POST"
path = "/boats/{id}/edit"
does = "update"
body = "form"
collection = "boats"
answers = ["changed"]

[[routes]]
method = "POST"
path = "/notes/{id}"
does = "update"
body = "form"
collection = "notes"
answers = ["boat"]

[[routes]]
method = "POST"
path = "/call"
when = [{ at = "call", matches = '^name one$' }]
does = "update"
body = "form"
collection = "boats"
id = "{body/id}"
changes = "value"
names = "field"
answers = ["boat"]

[[routes]]
method = "POST"
path = "/call"
when = [{ at = "call", matches = '^several$' }]
does = "update"
body = "form"
collection = "boats"
id = "{body/id}"
changes = "data"
changes_are_text = true
answers = ["boat"]
"#;

fn sandbox() -> Sandbox {
    match Sandbox::from_toml("made_up.toml", FILE) {
        Ok(sandbox) => sandbox,
        Err(error) => panic!("{error}"),
    }
}

fn post(sandbox: &Sandbox, path: &str, form: &str) -> Answer {
    let headers = [("x-key", "k"), ("content-type", "application/x-www-form-urlencoded")];
    send(sandbox, "POST", path, &headers, form)
}

fn boat(sandbox: &Sandbox) -> Value {
    send(sandbox, "GET", "/boats/1", &[("x-key", "k")], "").json()["boat"].take()
}

#[test]
fn each_pair_of_a_form_is_a_change_and_its_text_is_read_by_the_type_of_the_field() {
    let sandbox = sandbox();
    let form = "name=Ada+%26+Co&crew=12&length=10.25&sails=false&rig=ketch&flag=49";
    assert_eq!(
        post(&sandbox, "/boats/1/edit", form).json(),
        json!({"ok": true, "changed": ["crew", "flag", "length", "name", "rig", "sails"]}),
        "the reply names what the form has"
    );
    assert_eq!(
        boat(&sandbox),
        json!({"number": 1, "name": "Ada & Co", "port": "Oslo", "crew": 12, "length": 10.25, "sails": false,
            "rig": "ketch", "flag": 49, "note": "new", "changed": 1_704_067_201_000_i64}),
        "what the form does not name stays"
    );
}

#[test]
fn an_empty_text_of_a_form_clears_what_can_be_cleared() {
    let sandbox = sandbox();
    post(&sandbox, "/boats/1/edit", "port=&crew=&length&sails=&rig=&flag=&note=");
    assert_eq!(
        boat(&sandbox),
        json!({"number": 1, "name": "Ada", "port": null, "crew": null, "length": null, "sails": null, "rig": null,
            "flag": null, "note": "", "changed": 1_704_067_201_000_i64})
    );
}

#[test]
fn the_values_of_a_form_are_checked_like_those_of_json_and_nothing_is_stored_unless_all_are_right() {
    let sandbox = sandbox();
    let before = boat(&sandbox);
    let refused = [
        ("name=&port=Bergen", "name is required"),
        ("mast=1", "mast is unknown"),
        ("number=2", "number is read-only"),
        ("number=", "number is read-only"),
        ("crew=many", "crew is no integer: many"),
        ("crew=2.5", "crew is no integer: 2.5"),
        ("crew=21", "crew is wrong"),
        ("length=1,5", "length is no number: 1,5"),
        ("sails=yes", "sails is no boolean: yes"),
        ("rig=raft", "rig is none of sloop,ketch"),
        ("flag=48", "flag is none of 47,49"),
    ];
    for (form, says) in refused {
        assert_eq!(post(&sandbox, "/boats/1/edit", form).json(), json!({"ok": false, "why": [says]}), "{form}");
    }
    assert_eq!(
        post(&sandbox, "/boats/2/edit", "name=Eva").json(),
        json!({"ok": false, "why": "NO_SUCH"}),
        "no such record"
    );
    let json = [("x-key", "k"), ("content-type", "application/json")];
    assert_eq!(send(&sandbox, "POST", "/boats/1/edit", &json, r#"{"name":"Eva"}"#).status, 415);
    assert_eq!(boat(&sandbox), before);
}

#[test]
fn where_values_are_texts_those_of_a_form_are_taken_as_they_are() {
    let sandbox = sandbox();
    let came = ["pages=12", "pages=x", "pages="].map(|form| post(&sandbox, "/notes/1", form).json());
    assert_eq!(
        came,
        [
            json!({"ok": true, "boat": {"pages": "12"}}),
            json!({"ok": false, "why": ["pages is no integer: x"]}),
            json!({"ok": true, "boat": {"pages": null}}),
        ]
    );
}

#[test]
fn routes_of_one_path_are_told_apart_by_a_pair_of_the_form() {
    let sandbox = sandbox();
    let one = post(&sandbox, "/call", "call=name+one&id=1&field=crew&value=5").json();
    assert_eq!((&one["boat"]["crew"], &one["boat"]["port"]), (&json!(5), &json!("Oslo")));
    let data = "call=several&id=1&data=%7B%22crew%22%3A6%2C%22port%22%3Anull%7D";
    let several = post(&sandbox, "/call", data).json();
    assert_eq!((&several["boat"]["crew"], &several["boat"]["port"]), (&json!(6), &json!(null)));
    let text = post(&sandbox, "/call", "call=several&id=1&data=%7B%22crew%22%3A%226%22%7D").json();
    assert_eq!(text, json!({"ok": false, "why": ["crew is no integer: 6"]}), "values inside JSON have a type already");
    let others = ["call=several&id=1", "call=several&id=1&data=6", "call=none&id=1"];
    assert_eq!(others.map(|form| post(&sandbox, "/call", form).status), [400, 400, 404]);
}

#[test]
fn a_route_says_which_bodies_it_takes() {
    let update = "does = \"update\"\nbody = \"form\"\ncollection = \"boats\"\nanswers = [\"changed\"]";
    assert!(FILE.contains(update), "the route is in the file");
    let cases = [
        (
            "does = \"update\"\nbody = \"none\"",
            "100:8: a route that does `update` reads a body: `body = \"json\"` or `body = \"form\"`",
        ),
        ("does = \"update\"", "96:1: a route that does `update` reads a body: `body = \"json\"` or `body = \"form\"`"),
        (
            "does = \"json_patch\"\nbody = \"form\"",
            "100:8: a route that does `json_patch` reads a body: `body = \"json\"`",
        ),
        (
            "does = \"update\"\nbody = \"form\"\nchanges = \"boat\"",
            "100:8: each pair of a form is a change: `changes` stands there with `names` or with `changes_are_text`",
        ),
        (
            "does = \"update\"\nbody = \"form\"\nprefix = \"boat\"",
            "96:1: `prefix` has no meaning in a route that does `update`",
        ),
        (
            "does = \"json_patch\"\nbody = \"json\"",
            "96:1: `refuse` says no error for `empty_patch`, which this route needs",
        ),
    ];
    let rest = "\ncollection = \"boats\"\nanswers = [\"changed\"]";
    let found = cases.map(|(written, _)| refusal(&FILE.replacen(update, &format!("{written}{rest}"), 1)));
    assert_eq!(found, cases.map(|(_, expected)| format!("made_up.toml:{expected}")));
}

#[test]
fn an_error_has_a_name_that_a_fault_can_have() {
    let names = ["slow", "html", "half", "truncated", "cut-before", "cut-after", "list", "429", "a b", "shapes"];
    let found = names.map(|name| {
        let more = format!("[errors.\"{name}\"]\nstatus = 400\n[errors.shape]");
        refusal(&FILE.replacen("[errors.shape]", &more, 1))
    });
    let other = |name: &str| {
        format!("made_up.toml:43:10: an error cannot be called `{name}`: `--fault {name}` means another thing already")
    };
    assert_eq!(
        found,
        [
            other("slow"),
            other("html"),
            other("half"),
            other("truncated"),
            other("cut-before"),
            other("cut-after"),
            other("list"),
            other("429"),
            "made_up.toml:43:10: an error called `a b` cannot be named by `--fault`: letters, digits, `_` and `-`"
                .to_owned(),
            "taken".to_owned(),
        ]
    );
}

fn refusal(text: &str) -> String {
    Sandbox::from_toml("made_up.toml", text).map_or_else(|error| error.to_string(), |_| "taken".to_owned())
}
