//! Providers that misbehave on demand: how a fault is said, which requests it meets, and what then comes.

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use mapwright_sandbox::{Comes, Delivery, Fault, Sandbox};
use serde_json::{Value, json};
use support::{Answer, answer, bytes_over_the_wire, over_the_wire, request, sandbox, send, text};

/// A made-up provider: a search that is a POST and changes nothing, a change, tokens, and two errors of one status.
const FILE: &str = r#"
language = 1
[clock]
start = "2024-01-01T00:00:00Z"
step_ms = 1000
[demo]
scheme = "app"
first = { collection = "books", id = "1" }
[demo.secrets.app]
access_token = "a-0"
refresh_token = "r-0"
client_id = "c"
client_secret = "s"
[auth.app]
prefix = "Bearer "
issued = "access_token"
missing = "nobody"
wrong = "nobody"
[headers]
X-Shelf = "oak"
[refuse]
no_route = "nothing"
bad_method = "nothing"
too_long = "nothing"
media_type = "nothing"
bad_json = "nothing"
bad_shape = "nothing"
missing = "nothing"
bad_grant = "nothing"
bad_client = "nothing"
bad_refresh = "nothing"
[refusals.book]
other = { error = "nothing" }
[errors.nobody]
status = 401
[errors.nothing]
status = 404
json = '{"no":"{called} {id}"}'
[errors.too_fast]
status = 429
headers = { Retry-After = "7" }
json = '{"limit":"second"}'
[errors.daily]
status = 429
json = '{"limit":"day"}'
[collections.books]
called = "book"
refusals = "book"
[collections.books.fields]
colour = { type = "text" }
[collections.books.records]
1 = '{"colour":"red"}'
[replies.book]
status = 200
json = '"{record}"'
[replies.all]
status = 200
json = '"{records}"'
[replies.saved]
status = 204
[replies.token]
status = 200
json = '{"access_token":"{token/access}"}'
[[routes]]
method = "GET"
path = "/books/{id}"
does = "read"
collection = "books"
answers = ["book"]
[[routes]]
method = "POST"
path = "/books/search"
does = "list"
collection = "books"
answers = ["all"]
[[routes]]
method = "POST"
path = "/books/{id}"
does = "update"
body = "json"
collection = "books"
answers = ["saved"]
[[routes]]
method = "POST"
path = "/token"
does = "token"
auth = []
body = "form"
answers = ["token"]
token = { scheme = "app", grants = ["refresh_token"], client = "body", rotates = false, access = "a-{token/number}", refresh = "r-{token/number}" }
"#;

const BEARER: (&str, &str) = ("Authorization", "Bearer a-0");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn shelf() -> Sandbox {
    Sandbox::from_toml("shelf.toml", FILE).unwrap()
}

fn fault(text: &str) -> Fault {
    text.parse().unwrap()
}

/// A provider that has been told to misbehave.
fn told(faults: &[&str]) -> Sandbox {
    let sandbox = shelf();
    for text in faults {
        sandbox.provoke(&fault(text)).unwrap();
    }
    sandbox
}

fn get(sandbox: &Sandbox) -> Answer {
    send(sandbox, "GET", "/books/1", &[BEARER], "")
}

/// What comes of a change.
fn change(sandbox: &Sandbox) -> Delivery {
    sandbox.deliver(&request("POST", "/books/1", &[BEARER, JSON], r#"{"colour":"blue"}"#))
}

fn colour(sandbox: &Sandbox) -> Value {
    sandbox.record("books", "1").unwrap()["colour"].clone()
}

// ---- The text ------------------------------------------------------------------------------------------------------

#[test]
fn a_fault_is_written_as_it_is_read() {
    for text in [
        "429",
        "html",
        "half",
        "truncated",
        "slow=2s",
        "slow=250ms",
        "cut-before",
        "cut-after",
        "daily",
        "429@2",
        "429@2*3",
        "500@write",
        "500@write:2",
        "401@PATCH",
        "401@PATCH:3*",
        "503*",
        "401@token",
        "html@read*2",
    ] {
        assert_eq!(fault(text).to_string(), text);
    }
    assert_eq!(fault("429@1*1"), fault("429"));
    assert_eq!(fault("slow=2000ms"), fault("slow=2s"));
}

#[test]
fn a_wrong_text_is_refused_with_what_there_is() {
    let which =
        "after `@` stands read, write, token or a method such as PATCH, a number such as 2, or both as in write:2";
    let what = "a fault is a status such as 429, one of html, half, truncated, slow=2s, cut-before, cut-after, or the \
                name of an error of the provider";
    let time = |text: &str| format!("`{text}` is no time up to 600 s, as in slow=2s or slow=500ms");
    for (text, problem) in [
        ("", what.to_owned()),
        ("cut after", what.to_owned()),
        ("html=2", what.to_owned()),
        ("200", "a status goes from 300 to 599".to_owned()),
        ("4290", "a status goes from 300 to 599".to_owned()),
        ("slow", "how long it takes is said too, as in slow=2s".to_owned()),
        ("slow=2", time("2")),
        ("slow=-1s", time("-1s")),
        ("slow=601s", time("601s")),
        ("429@", which.to_owned()),
        ("429@patch", which.to_owned()),
        ("429@0", "after `@` stands a number from 1 on".to_owned()),
        ("429@2..", "after `@` stands a number from 1 on".to_owned()),
        ("429@write:", "after `:` stands a number from 1 on".to_owned()),
        ("429*0", "after `*` stands a number from 1 on".to_owned()),
        ("429*2@write", "after `*` stands a number from 1 on".to_owned()),
    ] {
        let error = text.parse::<Fault>().unwrap_err();
        assert_eq!(error.to_string(), format!("the fault `{text}` is refused: {problem}"));
    }
    assert_eq!(
        shelf().provoke(&fault("dayly@write")).unwrap_err().to_string(),
        "the fault `dayly@write` is refused: there are a status from 300 to 599, html, half, truncated, slow=2s, \
         cut-before, cut-after, and this provider's errors daily, nobody, nothing, too_fast"
    );
}

#[test]
fn a_provider_lists_what_it_can_be_told_to_do() {
    assert_eq!(
        shelf().fault_list(),
        "401  nobody\n404  nothing\n429  too_fast, daily\nhtml, half, truncated, slow=2s, cut-before, cut-after\n"
    );
}

// ---- Which requests ------------------------------------------------------------------------------------------------

/// The statuses of: a read, a search by POST, a change, a token, a read, a change.
fn statuses(faults: &[&str]) -> [u16; 6] {
    let sandbox = told(faults);
    let token = "grant_type=refresh_token&refresh_token=r-0&client_id=c&client_secret=s";
    [
        ("GET", "/books/1", JSON, ""),
        ("POST", "/books/search", JSON, ""),
        ("POST", "/books/1", JSON, "{}"),
        ("POST", "/token", FORM, token),
        ("GET", "/books/1", JSON, ""),
        ("POST", "/books/1", JSON, "{}"),
    ]
    .map(|(method, path, kind, body)| send(&sandbox, method, path, &[BEARER, kind], body).status)
}

#[test]
fn a_fault_meets_the_requests_that_it_says() {
    for (faults, expected) in [
        (&[] as &[&str], [200, 200, 204, 200, 200, 204]),
        (&["500"], [500, 200, 204, 200, 200, 204]),
        (&["500@2"], [200, 500, 204, 200, 200, 204]),
        (&["500*3"], [500, 500, 500, 200, 200, 204]),
        (&["500*"], [500, 500, 500, 200, 500, 500]),
        (&["500@4*"], [200, 200, 204, 200, 500, 500]),
        (&["500@2*2"], [200, 500, 500, 200, 200, 204]),
        (&["500@read"], [500, 200, 204, 200, 200, 204]),
        (&["500@read:3"], [200, 200, 204, 200, 500, 204]),
        (&["500@write"], [200, 200, 500, 200, 200, 204]),
        (&["500@write:2"], [200, 200, 204, 200, 200, 500]),
        (&["500@write*"], [200, 200, 500, 200, 200, 500]),
        (&["500@POST"], [200, 500, 204, 200, 200, 204]),
        (&["500@POST:2*"], [200, 200, 500, 200, 200, 500]),
        (&["500@PATCH"], [200, 200, 204, 200, 200, 204]),
        (&["500@token"], [200, 200, 204, 500, 200, 204]),
    ] {
        assert_eq!(statuses(faults), expected, "{faults:?}");
    }
}

#[test]
fn of_several_faults_a_request_meets_the_one_that_was_set_first() {
    assert_eq!(statuses(&["500", "503"]), [500, 503, 204, 200, 200, 204], "the second waits for the next request");
    assert_eq!(statuses(&["500@2", "503"]), [503, 500, 204, 200, 200, 204]);
    assert_eq!(statuses(&["503*", "500"]), [503, 503, 503, 200, 503, 503]);
    assert_eq!(statuses(&["500@write", "503@POST"]), [200, 503, 500, 200, 200, 204]);
}

#[test]
fn an_error_of_the_next_request_meets_requests_for_tokens_too() {
    let sandbox = shelf();
    sandbox.fail_next("daily", 1).unwrap();
    assert_eq!(send(&sandbox, "POST", "/token", &[FORM], "").status, 429);
    assert_eq!(send(&sandbox, "POST", "/token", &[FORM], "").status, 404);
}

#[test]
fn faults_that_no_request_has_met_are_told() {
    let sandbox = told(&["500@write", "429@read*3", "503@9"]);
    get(&sandbox);
    assert_eq!(sandbox.unmet_faults(), [fault("500@write"), fault("503@9")]);
    sandbox.clear_faults();
    assert_eq!(sandbox.unmet_faults(), []);
    assert_eq!(get(&sandbox).status, 200, "what is left of `429@read*3` is forgotten too");
}

#[test]
fn faults_are_no_part_of_the_state() {
    let sandbox = told(&["500@2"]);
    let state = sandbox.state();
    assert_eq!(state, shelf().state());
    sandbox.restore(&state).unwrap();
    assert_eq!([get(&sandbox).status, get(&sandbox).status], [200, 500]);
}

// ---- What comes, in process ----------------------------------------------------------------------------------------

/// An answer that comes whole.
fn whole(delivery: Delivery) -> Answer {
    match delivery.comes {
        Comes::Whole(response) => answer(response),
        other => panic!("{other:?}"),
    }
}

fn of(status: u16, kind: &str, further: &[(&str, &str)], body: &str) -> Answer {
    let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
    headers.extend(further.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    headers.sort();
    Answer { status, headers, body: body.to_owned().into() }
}

#[test]
fn a_status_is_the_first_error_that_the_file_declares_of_it() {
    let oak = ("x-shelf", "oak");
    let first = of(429, "application/json", &[oak, ("retry-after", "7")], r#"{"limit":"second"}"#);
    assert_eq!(get(&told(&["429"])), first);
    assert_eq!(get(&told(&["daily"])), of(429, "application/json", &[oak], r#"{"limit":"day"}"#));
    assert_eq!(get(&told(&["404"])), of(404, "application/json", &[oak], r#"{"no":"book 1"}"#));
}

#[test]
fn a_status_that_the_file_does_not_declare_is_answered_plainly_and_says_so() {
    let says =
        |reason: &str| format!("{reason}: a plain answer, since no error of this status is declared for this provider");
    let plain = "text/plain; charset=utf-8";
    assert_eq!(get(&told(&["503"])), of(503, plain, &[], &says("503 Service Unavailable")));
    assert_eq!(get(&told(&["477"])), of(477, plain, &[], &says("477 no reason")));
}

#[test]
fn a_page_answers_and_nothing_is_done() {
    let sandbox = told(&["html"]);
    let page = whole(change(&sandbox));
    assert_eq!((page.status, page.headers()), (200, vec![("content-type", "text/html; charset=utf-8")]));
    assert!(page.text().starts_with("<!DOCTYPE html>"), "{}", page.text());
    assert_eq!(colour(&sandbox), "red");
}

#[test]
fn half_an_answer_comes_as_if_it_were_all_of_it() {
    let full = get(&shelf());
    assert_eq!(full.text(), r#"{"colour":"red"}"#);
    assert_eq!(get(&told(&["half"])), Answer { body: r#"{"colour"#.into(), ..full });
}

#[test]
fn a_truncated_answer_ends_within_its_body() {
    let sandbox = told(&["truncated*"]);
    let delivery = sandbox.deliver(&request("GET", "/books/1", &[BEARER], ""));
    let Comes::Part { response, length } = delivery.comes else { panic!("{delivery:?}") };
    assert_eq!((answer(response).text(), length), (r#"{"colour"#, 16));
    let empty = change(&sandbox);
    assert!(matches!(empty.comes, Comes::Nothing), "without a body nothing usable comes: {empty:?}");
    assert_eq!(colour(&sandbox), "blue", "it is done all the same");
}

#[test]
fn a_slow_answer_is_done_at_once() {
    let sandbox = told(&["slow=90s"]);
    let delivery = change(&sandbox);
    assert_eq!((delivery.delay, delivery.fault.clone()), (Duration::from_secs(90), Some(fault("slow=90s"))));
    assert_eq!(whole(delivery).status, 204);
    assert_eq!(colour(&sandbox), "blue");
    assert_eq!(change(&sandbox).delay, Duration::ZERO);
}

#[test]
fn a_cut_connection_brings_nothing_whether_it_was_done_or_not() {
    for (text, after) in [("cut-before", "red"), ("cut-after", "blue")] {
        let sandbox = told(&[text]);
        let delivery = change(&sandbox);
        assert!(matches!(delivery.comes, Comes::Nothing), "{delivery:?}");
        assert_eq!(colour(&sandbox), after, "{text}");
        assert_eq!(whole(change(&sandbox)).status, 204, "the next request is answered");
    }
}

#[test]
fn a_fault_of_the_connection_waits_for_a_connection() {
    let sandbox = told(&["cut-before"]);
    assert_eq!(get(&sandbox).status, 200, "an answer alone cannot show it");
    assert!(matches!(change(&sandbox).comes, Comes::Nothing));
}

#[test]
fn the_log_has_the_answer_as_it_was_made_and_the_fault() {
    let sandbox = told(&["429", "cut-before", "cut-after", "half"]);
    for _ in 0..5 {
        sandbox.deliver(&request("GET", "/books/1", &[BEARER], ""));
    }
    let log = sandbox.log();
    let noted: Vec<(u16, &[u8], Option<String>)> =
        log.iter().map(|one| (one.status, &*one.reply_body, one.fault.as_ref().map(ToString::to_string))).collect();
    let book: &[u8] = br#"{"colour":"red"}"#;
    let named = |text: &str| Some(text.to_owned());
    assert_eq!(
        noted,
        [
            (429, br#"{"limit":"second"}"#.as_slice(), named("429")),
            (0, b"", named("cut-before")),
            (200, book, named("cut-after")),
            (200, book, named("half")),
            (200, book, None),
        ]
    );
}

// ---- What comes, over a socket -------------------------------------------------------------------------------------

fn bytes(sandbox: &Sandbox) -> Vec<u8> {
    bytes_over_the_wire(sandbox, "GET", "/books/1", &[BEARER], "")
}

#[test]
fn over_a_socket_a_cut_connection_ends_without_a_byte() {
    for (text, after) in [("cut-before", "red"), ("cut-after", "blue")] {
        let sandbox = told(&[text]);
        let came = bytes_over_the_wire(&sandbox, "POST", "/books/1", &[BEARER, JSON], r#"{"colour":"blue"}"#);
        assert_eq!(String::from_utf8_lossy(&came), "", "{text}");
        assert_eq!(colour(&sandbox), after, "{text}");
    }
}

#[test]
fn over_a_socket_a_truncated_answer_states_its_full_length() {
    let came = String::from_utf8(bytes(&told(&["truncated"]))).unwrap();
    let (head, body) = came.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-length: 16\r\n"), "{head}");
    assert_eq!(body, r#"{"colour"#);
}

#[test]
fn over_a_socket_half_an_answer_is_whole() {
    let came = String::from_utf8(bytes(&told(&["half"]))).unwrap();
    assert!(came.contains("\r\ncontent-length: 8\r\n") && came.ends_with("\r\n\r\n{\"colour"), "{came}");
}

#[test]
fn over_a_socket_a_slow_answer_is_waited_for() {
    let sandbox = told(&["slow=300ms"]);
    let begun = Instant::now();
    let late = over_the_wire(&sandbox, "GET", "/books/1", &[BEARER], "");
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
    assert_eq!(late, over_the_wire(&sandbox, "GET", "/books/1", &[BEARER], ""));
}

#[test]
fn over_a_socket_answers_are_those_of_the_process() {
    for text in ["429", "daily", "404", "503", "html", "half"] {
        let there = over_the_wire(&told(&[text]), "GET", "/books/1", &[BEARER], "");
        assert_eq!(there, get(&told(&[text])), "{text}");
    }
}

// ---- Every provider ------------------------------------------------------------------------------------------------

/// The providers that can be simulated.
fn providers() -> Vec<String> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../mappings");
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let simulated = entries.filter(|path| path.join("sandbox.toml").is_file());
    let mut found: Vec<String> = simulated.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    found.sort();
    assert!(found.len() >= 3, "{found:?}");
    found
}

/// The first declared error of each status, found without the crate that is tested.
fn first_errors(text: &str) -> BTreeMap<u16, String> {
    let mut found = BTreeMap::new();
    for block in text.split("\n[errors.").skip(1) {
        let (name, rest) = block.split_once(']').expect("a name");
        let status = rest.lines().find_map(|line| line.strip_prefix("status = ")).expect("a status");
        let status = status.split_whitespace().next().unwrap().parse().expect("a number");
        found.entry(status).or_insert_with(|| name.to_owned());
    }
    found
}

#[test]
fn every_provider_has_answers_of_its_own_for_what_goes_wrong_most() {
    for provider in providers() {
        let declared = first_errors(&text(&provider));
        // Some refuse values with a 400 and have no 422.
        let has = |status: &u16| declared.contains_key(status) || (*status == 422 && declared.contains_key(&400));
        let missing: Vec<u16> = [401, 403, 404, 422, 429, 500, 502].into_iter().filter(|status| !has(status)).collect();
        assert_eq!(missing, [0; 0], "{provider}: statuses without an error in sandbox.toml");
    }
}

#[test]
fn every_status_is_answered_in_the_providers_own_words() {
    for provider in providers() {
        let file: toml::Table = text(&provider).parse().unwrap();
        for (status, name) in first_errors(&text(&provider)) {
            if !(300..600).contains(&status) {
                continue;
            }
            let place = format!("{provider} {status} {name}");
            let sandbox = sandbox(&provider);
            sandbox.provoke(&fault(&status.to_string())).unwrap();
            let came = send(&sandbox, "GET", "/", &[], "");
            assert_eq!(came.status, status, "{place}");
            let written = &file["errors"][&name];
            for (header, value) in written.get("headers").and_then(toml::Value::as_table).into_iter().flatten() {
                let value = value.as_str().expect("a text");
                let stated = came.headers().iter().find(|(known, _)| known.eq_ignore_ascii_case(header)).map(|it| it.1);
                assert!(value.contains('{') || stated == Some(value), "{place}: {header}: {stated:?}");
            }
            match (written.get("json"), written.get("text")) {
                (Some(json), _) => {
                    let template: Value = serde_json::from_str(json.as_str().unwrap()).unwrap();
                    let keys = |value: &Value| -> Vec<String> {
                        let members = value.as_object().into_iter().flatten();
                        members.map(|(key, _)| key.clone()).filter(|key| !key.starts_with('$')).collect()
                    };
                    assert_eq!(keys(&came.json()), keys(&template), "{place}");
                }
                (None, Some(page)) => {
                    let page = page.as_str().unwrap();
                    assert!(page.contains('{') || came.text() == page, "{place}: {}", came.text());
                }
                (None, None) => assert_eq!(came.text(), "", "{place}"),
            }
        }
    }
}

#[test]
fn every_declared_error_can_be_provoked_by_its_name() {
    for provider in providers() {
        for name in sandbox(&provider).error_names() {
            let (one, other) = (sandbox(&provider), sandbox(&provider));
            one.provoke(&fault(name)).unwrap();
            other.fail_next(name, 1).unwrap();
            let came = send(&one, "GET", "/", &[], "");
            assert_eq!(came, send(&other, "GET", "/", &[], ""), "{provider} {name}");
            assert_eq!(
                one.log()[0].fault,
                Some(fault(name)),
                "{provider} {name}: no error is named like another fault"
            );
        }
    }
}

#[test]
fn every_provider_can_be_late_halved_and_cut() {
    for provider in providers() {
        let full = send(&sandbox(&provider), "GET", "/", &[], "");
        let half = &full.body[..full.body.len() / 2];
        let come = |text: &str| {
            let sandbox = sandbox(&provider);
            sandbox.provoke(&fault(text)).unwrap();
            let delivery = sandbox.deliver(&request("GET", "/", &[], ""));
            assert_eq!(delivery.fault, Some(fault(text)));
            assert_eq!(sandbox.state()["collections"], support::sandbox(&provider).state()["collections"]);
            delivery
        };
        assert_eq!(whole(come("html")).status, 200, "{provider}");
        assert_eq!(whole(come("half")).body, half, "{provider}");
        match come("truncated").comes {
            Comes::Part { response, length } => {
                assert_eq!((&answer(response).body[..], length), (half, full.body.len()), "{provider}");
            }
            other => assert!(full.body.is_empty(), "{provider}: {other:?}"),
        }
        let late = come("slow=2s");
        assert_eq!((late.delay, whole(late)), (Duration::from_secs(2), full), "{provider}");
        for cut in ["cut-before", "cut-after"] {
            assert!(matches!(come(cut).comes, Comes::Nothing), "{provider} {cut}");
        }
    }
}

#[test]
fn limits_come_with_the_headers_that_the_sheets_name() {
    let headers = |provider: &str, text: &str| -> Value {
        let sandbox = sandbox(provider);
        sandbox.provoke(&fault(text)).unwrap();
        let came = send(&sandbox, "GET", "/", &[], "");
        assert_eq!(came.status, 429);
        let told = came.headers().into_iter().filter(|(name, _)| !name.ends_with("request-id"));
        told.map(|(name, value)| (name.to_owned(), json!(value))).collect::<serde_json::Map<_, _>>().into()
    };
    let of_an_app = json!({
        "content-type": "application/json",
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-max": "110",
        "x-hubspot-ratelimit-remaining": "0",
    });
    assert_eq!(headers("hubspot", "429"), of_an_app);
    assert_eq!(headers("hubspot", "daily_limit")["x-hubspot-ratelimit-daily-remaining"], "0");
    let stated = json!({"content-type": "application/json", "retry-after": "30"});
    assert_eq!(headers("dynamics365_sales", "429"), stated);
    assert_eq!(headers("dynamics365_sales", "too_many_at_once"), json!({"content-type": "application/json"}));
    assert_eq!(headers("nutshell", "429"), json!({}));
    let of_an_account = json!({
        "content-type": "application/json",
        "retry-after": "60",
        "ratelimit-policy": "\"default\";q=1000;w=60",
        "ratelimit": "\"default\";r=999;t=60",
    });
    assert_eq!(headers("monday_crm", "429"), of_an_account);
    assert_eq!(headers("monday_crm", "daily_limit")["retry-after"], "57600");
    assert_eq!(headers("pipeliner", "429"), json!({"content-type": "application/json", "retry-after": "10"}));
}
