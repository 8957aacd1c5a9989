//! What the language of sandbox files can say beyond the files that are shipped, on a made-up provider.

mod support;

use std::sync::Arc;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, over_the_wire, send};

/// One address for all, changes as a text with JSON, errors within a 200, results by record, keys in a header, tokens
/// by JSON with basic client credentials whose errors are a 200 too.
const FILE: &str = r#"
language = 1
longest_body = 2000

[clock]
start = "2024-01-01T00:00:00Z"
step_ms = 500
serial = 7

[demo]
scheme = "key"
first = { collection = "books", id = "1" }
[demo.secrets.key]
key = "k-1"
[demo.secrets.app]
access_token = "a-0"
refresh_token = "r-0"
client_id = "c"
client_secret = "s"

[auth.key]
header = "x-key"
secret = "key"
missing = "nobody"
wrong = "nobody"
[auth.app]
prefix = "Token "
issued = "access_token"
missing = "nobody"
wrong = "nobody"
expired = "late"

[refuse]
no_route = "nowhere"
bad_method = "nowhere"
too_long = "long"
media_type = "nowhere"
bad_json = "syntax"
bad_shape = "syntax"
missing = "nothing"
bad_grant = "grant"
bad_client = "grant"
bad_refresh = "grant"

[refusals.book]
other = { error = "wrong", code = "C", says = "{violation/field}!" }

[errors.nobody]
status = 401
text = "nobody"
[errors.late]
status = 401
text = "late"
[errors.nowhere]
status = 404
[errors.long]
status = 413
[errors.syntax]
status = 200
json = '{"errors":[{"says":"syntax"}]}'
[errors.nothing]
status = 204
[errors.wrong]
status = 200
json = '{"data":null,"errors":{"$each":"violations","$item":{"code":"{item/code}","says":"{item/says}","got":"{item/value}"}}}'
[errors.grant]
status = 200
json = '{"error":"invalid_client"}'

[collections.books]
refusals = "book"
[collections.books.fields]
id = { type = "text", read_only = true }
colour = { type = "text" }
pages = { type = "integer" }
more = { type = "map" }
"more/shelf" = { type = "text" }
saved = { type = "integer", read_only = true }
[[collections.books.computed]]
field = "saved"
stamp = "{now|unix_ms}"
source = "made up"
[collections.books.records]
1 = '{"id":"1","colour":"red","pages":9007199254740993,"more":{"shelf":"A","kept":true}}'

[replies.saved]
status = 200
json = '{"data":{"save":{"...":"{record}","raw":{"$text":[{"colour":"{record/colour}"}]}}},"$$cost":1}'
[replies.seen]
status = 200
json = '{"data":[{"code":"SUCCESS","details":"{record}"}]}'
[replies.token]
status = 200
json = '{"access_token":"{token/access}","refresh_token":"{token/refresh}"}'

[[routes]]
method = "POST"
path = "/all"
when = [{ at = "query", matches = '\bsave\b' }]
does = "update"
body = "json"
collection = "books"
id = "{body/variables/id}"
changes = "variables/changes"
changes_are_text = true
answers = ["saved"]

[[routes]]
method = "POST"
path = "/all"
when = [{ at = "query", matches = '\bsee\b' }]
does = "read"
body = "json"
collection = "books"
id = "{body/variables/id}"
answers = ["seen"]

[[routes]]
method = "POST"
path = "/token"
does = "token"
auth = []
body = "json"
token = { scheme = "app", grants = ["refresh_token"], client = "basic", rotates = true, access = "a-{token/number}", refresh = "r-{token/number}" }
answers = ["token"]
"#;

const KEY: (&str, &str) = ("X-Key", "k-1");
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn sandbox() -> Sandbox {
    match Sandbox::from_toml("made_up.toml", FILE) {
        Ok(sandbox) => sandbox,
        Err(error) => panic!("{error}"),
    }
}

fn ask(sandbox: &Sandbox, headers: &[(&str, &str)], body: &Value) -> Answer {
    send(sandbox, "POST", "/all", headers, &body.to_string())
}

fn save(changes: &str) -> Value {
    json!({"query": "mutation { save }", "variables": {"id": "1", "changes": changes}})
}

#[test]
fn changes_may_be_a_text_with_json_and_numbers_stay_exact() {
    let answer = ask(&sandbox(), &[KEY, JSON], &save(r#"{"colour":"blue","more":{"shelf":null}}"#));
    assert_eq!(
        (answer.status, answer.json()),
        (
            200,
            json!({
                "data": {"save": {"id": "1", "colour": "blue", "pages": 9_007_199_254_740_993_u64,
                    "more": {"shelf": null, "kept": true}, "saved": 1_704_067_200_500_u64, "raw": "{\"colour\":\"blue\"}"}},
                "$cost": 1
            })
        )
    );
}

#[test]
fn routes_of_one_path_are_told_apart_by_the_body() {
    let sandbox = sandbox();
    let see = |id| json!({"query": "{ see }", "variables": {"id": id}});
    assert_eq!(ask(&sandbox, &[KEY, JSON], &see("1")).json()["data"][0]["code"], "SUCCESS");
    let missing = ask(&sandbox, &[KEY, JSON], &see("2"));
    assert_eq!((missing.status, missing.text()), (204, ""));
    assert_eq!(ask(&sandbox, &[KEY, JSON], &json!({"query": "{ other }"})).status, 404);
}

#[test]
fn errors_may_stand_in_a_200() {
    let sandbox = sandbox();
    let answer = ask(&sandbox, &[KEY, JSON], &save(r#"{"colour":1,"paper":null,"more":[]}"#));
    assert_eq!(
        (answer.status, answer.json()),
        (
            200,
            json!({"data": null, "errors": [
                {"code": "C", "says": "colour!", "got": 1},
                {"code": "C", "says": "paper!", "got": null},
                {"code": "C", "says": "more!", "got": []}
            ]})
        )
    );
    let broken = ask(&sandbox, &[KEY, JSON], &save("{"));
    assert_eq!((broken.status, broken.json()), (200, json!({"errors": [{"says": "syntax"}]})));
}

#[test]
fn any_scheme_admits_and_the_nearest_one_refuses() {
    let sandbox = sandbox();
    let see = json!({"query": "{ see }", "variables": {"id": "1"}});
    let app = ("Authorization", "Token a-0");
    assert_eq!(ask(&sandbox, &[app, JSON], &see).status, 200);
    assert_eq!(ask(&sandbox, &[JSON], &see).text(), "nobody");
    sandbox.expire_tokens();
    assert_eq!(ask(&sandbox, &[app, JSON], &see).text(), "late");
    assert_eq!(ask(&sandbox, &[app, JSON, KEY], &see).status, 200);
}

#[test]
fn tokens_may_be_asked_for_by_json_with_a_basic_client() {
    let sandbox = sandbox();
    let refresh = |client, token: &str| {
        let body = json!({"grant_type": "refresh_token", "refresh_token": token}).to_string();
        send(&sandbox, "POST", "/token", &[JSON, ("Authorization", client)], &body)
    };
    let refused = refresh("Basic Yzp4", "r-0");
    assert_eq!((refused.status, refused.json()), (200, json!({"error": "invalid_client"})));
    let good = refresh("Basic Yzpz", "r-0");
    assert_eq!(good.json(), json!({"access_token": "a-1", "refresh_token": "r-1"}));
    assert_eq!(refresh("Basic Yzpz", "r-0").json(), json!({"error": "invalid_client"}));
}

#[test]
fn a_body_that_is_too_long_is_answered_over_a_socket_too() {
    let answer = over_the_wire(&sandbox(), "POST", "/all", &[KEY, JSON], &" ".repeat(2001));
    assert_eq!((answer.status, answer.text()), (404, ""), "no route's condition holds for a body that is not read");
    let answer = over_the_wire(&sandbox(), "POST", "/token", &[JSON], &" ".repeat(2001));
    assert_eq!((answer.status, answer.text()), (413, ""));
}

#[test]
fn only_a_loopback_address_is_served() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
        mapwright_sandbox::serve(listener, Arc::new(sandbox()), std::future::pending::<()>()).await
    });
    let text = error.unwrap_err().to_string();
    assert!(text.ends_with("which is not a loopback address"), "{text}");
}

#[test]
fn a_wrong_file_is_refused_at_its_place() {
    let deep = format!("step_ms = {}1{}", "{a.a.a.a.a.a.a.a=".repeat(70), "}".repeat(70));
    let cases = [
        ("step_ms = 500", deep.as_str(), "7:141: more than 64 tables and arrays lie inside each other"),
        (
            "step_ms = 500",
            "step_ms = 500\nsteps = 1",
            "8:1: unknown field `steps`, expected one of `start`, `step_ms`, `serial`",
        ),
        (
            r#"no_route = "nowhere""#,
            r#"no_route = "elsewhere""#,
            "34:12: no error `elsewhere`; declared are grant, late, long, nobody, nothing, nowhere, syntax, wrong",
        ),
        (r#"secret = "key""#, r#"secret = "keys""#, "23:10: the demo has no secret `keys` for this scheme"),
        (
            "matches = '\\bsave",
            "matches = '(save",
            "99:35: regex parse error:\n    (save\\b\n    ^\nerror: unclosed group",
        ),
        (
            "{now|unix_ms}",
            "{now|unixms}",
            "81:9: unknown filter in the hole `{now|unixms}`; known are json, number, digits, lower, %-forms, and on `now` unix and unix_ms",
        ),
        (r#""{record/colour}"}]"#, r#""{record/colour"}]"#, "88:8: a single brace in `{record/colour`; write it twice"),
        (r#"{"$text":["#, r#"{"$test":["#, "88:8: `$test` stands beside a `$` member"),
        (r#"path = "/token""#, r#"path = "token""#, "120:8: a path begins with `/`"),
        ("1 = '{\"id\"", "2 = '\"{}\"'\n1 = '{\"id\"", "84:5: a record is an object"),
        ("missing = \"nothing\"\n", "", "95:1: `refuse` says no error for `missing`, which this route needs"),
    ];
    let found = cases.map(|(from, to, _)| {
        assert!(FILE.contains(from), "`{from}` is in the file");
        match Sandbox::from_toml("made_up.toml", &FILE.replacen(from, to, 1)) {
            Ok(_) => "taken".to_owned(),
            Err(error) => error.to_string(),
        }
    });
    assert_eq!(found, cases.map(|(_, _, expected)| format!("made_up.toml:{expected}")));
}
