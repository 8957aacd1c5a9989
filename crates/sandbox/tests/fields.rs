//! What the language of sandbox files can say of fields, lists and headers, on a made-up provider.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, send};

/// An id inside the body, names with values, objects that are replaced whole, dates in one form, pages by rows and by
/// pages, a header that is demanded, and a client whose proof may stand in two places.
const FILE: &str = r#"
language = 1

[clock]
start = "2024-01-01T00:00:00Z"
step_ms = 500

[demo]
scheme = "app"
first = { collection = "books", id = "1" }
[demo.secrets.app]
access_token = "a-0"
refresh_token = "r-0"
client_id = "c"
client_secret = "s"

[auth.app]
prefix = "Token "
issued = "access_token"
missing = "nobody"
wrong = "nobody"

[[demands]]
header = "X-Shop"
pattern = '^[0-9]+$'
error = "no_shop"

[asks.with_lost]
query = "lost"
pattern = '^yes$'

[refuse]
no_route = "nowhere"
bad_method = "nowhere"
too_long = "nowhere"
media_type = "nowhere"
bad_json = "nowhere"
bad_shape = "nowhere"
missing = "nowhere"
bad_page = "page"
bad_grant = "nobody"
bad_client = "nobody"
bad_refresh = "nobody"

[refusals.book]
required = { error = "wrong", code = "R" }
read_only = { error = "wrong", code = "O" }
unknown = { error = "wrong", code = "U" }
other = { error = "wrong", code = "T" }

[errors.nobody]
status = 401
[errors.no_shop]
status = 400
text = "no shop"
[errors.nowhere]
status = 404
[errors.page]
status = 400
json = '"{violation/field} {violation/value} {violation/least} {violation/greatest}"'
[errors.wrong]
status = 422
json = '{"$each":"violations","$item":"{item/code} {item/field}"}'

[collections.books]
refusals = "book"
[collections.books.fields]
id = { type = "integer", read_only = true, repeats = true }
title = { type = "text" }
series = { type = "text" }
note = { type = "text", cleared = "" }
lent = { type = "datetime", kept = "%d.%m.%Y %H:%M", zoneless = true }
due = { type = "date", kept = "%Y%m%d", zoneless = true }
words = { type = "text", list = true, cleared = [] }
size = { type = "map", whole = true }
"size/wide" = { type = "integer" }
"size/high" = { type = "integer" }
more = { type = "pairs", pairs = { name = "n", value = "v" } }
"more/a~1b" = { type = "integer" }
"more/shelf" = { type = "text", read_only = true }
[collections.books.records]
1 = '{"id":1,"title":"Red","series":null,"note":"old","size":{"wide":1,"high":2},"more":[{"n":"shelf","v":"A"},{"n":"a/b","v":1}]}'

[collections.shops]
[collections.shops.records]
1 = '{"id":1,"town":"Bern","lost":false}'
2 = '{"id":2,"town":"Bern","lost":true}'
[[collections.shops.series]]
from = 3
to = 7
json = '{"id":"{id}","town":"Town {id}","lost":false}'

[replies.book]
status = 200
json = '"{record}"'
[replies.shops]
status = 200
json = '{"ids":{"$each":"records","$item":"{item/id}"},"total":"{found/total}","shown":"{found/shown}","next":"{found/next}"}'
[replies.token]
status = 200
json = '"{token/access}"'

[[routes]]
method = "PUT"
path = "/books"
does = "update"
body = "json"
collection = "books"
id = "{body/id}"
answers = ["book"]

[[routes]]
method = "GET"
path = "/rows"
does = "list"
collection = "shops"
listing = { equals = { town = "town" }, hides = { at = "lost", value = true, unless = "with_lost" }, pages = { query = "skip", counts = "rows", size = "top", default = 4, most = 5 } }
answers = ["shops"]

[[routes]]
method = "GET"
path = "/pages"
does = "list"
collection = "shops"
listing = { pages = { query = "page", counts = "pages", size = "size", default = 4, most = 5 } }
answers = ["shops"]

[[routes]]
method = "POST"
path = "/token"
does = "token"
auth = []
body = "form"
token = { scheme = "app", grants = ["refresh_token"], client = "any", rotates = false, access = "a-{token/number}", refresh = "r" }
answers = ["token"]
"#;

const TOKEN: (&str, &str) = ("Authorization", "Token a-0");
const SHOP: (&str, &str) = ("X-Shop", "5");
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn sandbox() -> Sandbox {
    match Sandbox::from_toml("made_up.toml", FILE) {
        Ok(sandbox) => sandbox,
        Err(error) => panic!("{error}"),
    }
}

fn put(sandbox: &Sandbox, mut changes: Value) -> Answer {
    changes["id"] = json!(1);
    send(sandbox, "PUT", "/books", &[TOKEN, SHOP, JSON], &changes.to_string())
}

/// The answer's members of these names.
#[track_caller]
fn members<const N: usize>(answer: &Answer, names: [&str; N]) -> [Value; N] {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    names.map(|name| body[name].clone())
}

#[test]
fn a_header_is_demanded_before_the_proof_and_not_where_none_is_asked_for() {
    let sandbox = sandbox();
    for headers in [&[TOKEN][..], &[], &[TOKEN, ("X-Shop", "five")]] {
        let answer = send(&sandbox, "GET", "/rows", headers, "");
        assert_eq!((answer.status, answer.text()), (400, "no shop"));
    }
    assert_eq!(send(&sandbox, "GET", "/rows", &[SHOP], "").status, 401);
    assert_eq!(send(&sandbox, "GET", "/rows", &[TOKEN, SHOP], "").status, 200);
}

#[test]
fn a_client_proves_itself_in_either_place() {
    let sandbox = sandbox();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let grant = "grant_type=refresh_token&refresh_token=r-0";
    let in_body = format!("{grant}&client_id=c&client_secret=s");
    assert_eq!(send(&sandbox, "POST", "/token", &[form], &in_body).json(), "a-1");
    let basic = ("Authorization", "Basic Yzpz");
    assert_eq!(send(&sandbox, "POST", "/token", &[form, basic], grant).json(), "a-2");
    assert_eq!(send(&sandbox, "POST", "/token", &[form], grant).status, 401);
    let wrong = ("Authorization", "Basic Yzp4");
    assert_eq!(send(&sandbox, "POST", "/token", &[form, wrong], grant).status, 401);
}

#[test]
fn a_cleared_field_may_hold_another_value_than_none() {
    let answer = put(&sandbox(), json!({"note":null,"words":null}));
    assert_eq!(members(&answer, ["note", "words"]), [json!(""), json!([])]);
}

#[test]
fn an_object_may_be_replaced_whole() {
    let sandbox = sandbox();
    let size = |changes: Value| put(&sandbox, changes).json()["size"].clone();
    assert_eq!(size(json!({"size":{"high":3}})), json!({"wide":null,"high":3}));
    assert_eq!(size(json!({"size":{}})), json!({"wide":null,"high":null}));
    assert_eq!(size(json!({"size":null})), Value::Null);
    assert_eq!(size(json!({"size":{"wide":4}})), json!({"high":null,"wide":4}));
    let refused = put(&sandbox, json!({"size":{"deep":1,"wide":"x"}}));
    assert_eq!((refused.status, refused.json()), (422, json!(["U size/deep", "T size/wide"])));
}

#[test]
fn names_with_values_change_one_by_one() {
    let sandbox = sandbox();
    let more = |value: Value| put(&sandbox, json!({"more":value}));
    let shelf = json!({"n":"shelf","v":"A"});
    assert_eq!(members(&more(json!([{"n":"a/b","v":2}])), ["more"]), [json!([shelf, {"n":"a/b","v":2}])]);
    assert_eq!(members(&more(json!([{"n":"a/b","v":null}])), ["more"]), [json!([shelf])]);
    assert_eq!(members(&more(json!([{"n":"a/b","v":3,"x":0}])), ["more"]), [json!([shelf, {"n":"a/b","v":3}])]);
    for (wrong, told) in [
        (json!(null), json!(["T more"])),
        (json!({"a/b":1}), json!(["T more"])),
        (json!([{"n":"a/b"}]), json!(["T more"])),
        (json!([{"n":1,"v":1}]), json!(["T more"])),
        (
            json!([{"n":"c","v":1},{"n":"shelf","v":"B"},{"n":"a/b","v":"1"}]),
            json!(["U more/c", "O more/shelf", "T more/a~1b"]),
        ),
    ] {
        let answer = more(wrong);
        assert_eq!((answer.status, answer.json()), (422, told));
    }
    assert_eq!(sandbox.record("books", "1").unwrap()["more"], json!([shelf, {"n":"a/b","v":3}]));
}

#[test]
fn dates_are_kept_in_one_form() {
    let sandbox = sandbox();
    let kept = |lent: &str, due: &str| members(&put(&sandbox, json!({"lent":lent,"due":due})), ["lent", "due"]);
    assert_eq!(kept("2024-05-01T12:30:59+02:00", "2024-05-02"), [json!("01.05.2024 10:30"), json!("20240502")]);
    assert_eq!(kept("2024-05-01 10:31:00", "2024-05-02T23:00:00Z"), [json!("01.05.2024 10:31"), json!("20240502")]);
    assert_eq!(kept("2024-05-01", "2024-05-03"), [json!("01.05.2024 00:00"), json!("20240503")]);
    assert_eq!(members(&put(&sandbox, json!({"lent":null})), ["lent"]), [Value::Null]);
    for wrong in [json!({"lent":"1.5.2024"}), json!({"lent":1_714_521_600}), json!({"lent":"2024-02-30T00:00:00Z"})] {
        assert_eq!(put(&sandbox, wrong).json(), json!(["T lent"]));
    }
}

#[test]
fn lists_have_conditions_hidden_records_and_pages() {
    let sandbox = sandbox();
    let list = |tail: &str| send(&sandbox, "GET", tail, &[TOKEN, SHOP], "");
    let found = |ids: &[u8], total: u8, next: Value| json!({"ids":ids,"total":total,"shown":ids.len(),"next":next});
    let cases = [
        ("/rows", found(&[1, 3, 4, 5], 6, json!(4))),
        ("/rows?skip=4", found(&[6, 7], 6, Value::Null)),
        ("/rows?skip=1&top=5", found(&[3, 4, 5, 6, 7], 6, Value::Null)),
        ("/rows?skip=9", found(&[], 6, Value::Null)),
        ("/rows?skip=18446744073709551615", found(&[], 6, Value::Null)),
        ("/rows?lost=yes&top=3", found(&[1, 2, 3], 7, json!(3))),
        ("/rows?town=Bern", found(&[1], 1, Value::Null)),
        ("/rows?town=Bern&lost=yes", found(&[1, 2], 2, Value::Null)),
        ("/rows?town=bern", found(&[], 0, Value::Null)),
        ("/pages", found(&[1, 2, 3, 4], 7, json!(2))),
        ("/pages?page=2&size=3", found(&[4, 5, 6], 7, json!(3))),
        ("/pages?page=3&size=3", found(&[7], 7, Value::Null)),
        ("/pages?page=18446744073709551615", found(&[], 7, Value::Null)),
    ];
    for (tail, expected) in cases {
        let answer = list(tail);
        assert_eq!((answer.status, answer.json()), (200, expected), "{tail}");
    }
    let wrong = [
        ("/rows?top=6", "top 6 1 5"),
        ("/rows?top=0", "top 0 1 5"),
        ("/rows?skip=-1", "skip -1 0 "),
        ("/pages?page=0", "page 0 1 "),
        ("/pages?page=x", "page x 1 "),
        ("/pages?size=", "size  1 5"),
    ];
    for (tail, told) in wrong {
        let answer = list(tail);
        assert_eq!((answer.status, answer.json()), (400, json!(told)), "{tail}");
    }
}

#[test]
fn a_wrong_file_is_refused_at_its_place() {
    let line = |text: &str| FILE.lines().position(|line| line.contains(text)).expect("a line of the file") + 1;
    let cases = [
        ("error = \"no_shop\"", "error = \"no_shops\"", line("error = \"no_shop\""), "no error `no_shops`"),
        (
            "unless = \"with_lost\"",
            "unless = \"lost\"",
            line("unless ="),
            "no condition `lost`; declared are with_lost",
        ),
        (
            "bad_page = \"page\"\n",
            "\n",
            line("path = \"/rows\"") - 2,
            "`refuse` says no error for `bad_page`, which this route needs",
        ),
        ("to = 7", "to = 2", line("[[collections.shops.series]]"), "a series goes up, and has at most 10000 records"),
        (
            "to = 7",
            "to = 10003",
            line("[[collections.shops.series]]"),
            "a series goes up, and has at most 10000 records",
        ),
        (
            "\"text\", cleared",
            "\"text\", zoneless = true, cleared",
            line("note ="),
            "`zoneless` stands with a date or a datetime that is `kept`",
        ),
        (
            "pairs = { name = \"n\", value = \"v\" } }",
            "max = 1 }",
            line("more = {"),
            "`pairs` stands with the type `pairs`, and only there",
        ),
        (
            "path = \"/books\"\n",
            "path = \"/books\"\nlisting = {}\n",
            line("path = \"/books\"") - 2,
            "`listing` has no meaning in a route that does `update`",
        ),
    ];
    for (from, to, line, problem) in cases {
        assert!(FILE.contains(from), "`{from}` is in the file");
        let Err(error) = Sandbox::from_toml("made_up.toml", &FILE.replacen(from, to, 1)) else {
            panic!("`{to}` was taken");
        };
        let (text, place) = (error.to_string(), format!("made_up.toml:{line}:"));
        assert!(text.starts_with(&place) && text.contains(problem), "{place} {problem}: {text}");
    }
}
