//! What stands in a request byte by byte, and replies of every kind.

use std::time::Duration;

use mapwright_mapping::outcome::Failure;
use mapwright_mapping::plan::{Next, Options, Replies, Run};
use mapwright_mapping::provider::{Class, During, Fault, Judged, Purpose, Wait};
use mapwright_mapping::reply::{Ending, Reply};
use serde_json::json;

use crate::desk::Desk;

const TITLE: &str = "[fields]\ntitle = \"title\"\n";

#[test]
fn wire_an_id_that_would_name_another_place_is_refused() {
    let desk = Desk::new("title", TITLE);
    for id in ["", ".", "..", "a\0", "a\nb", "\r", "\u{7f}", "\u{85}"] {
        for call in [desk.get(), desk.patch(json!({"title": "x"}))] {
            let ran = call.id(id).run();
            assert_eq!(ran.requests(), Vec::<String>::new());
            assert_eq!(ran.failure().class, Class::Invalid, "{id:?}");
        }
    }
}

#[test]
fn wire_an_id_is_encoded_as_one_segment() {
    let desk = Desk::new("title", TITLE);
    for (id, path) in [
        ("a/b", "a%2Fb"),
        ("ü", "%C3%BC"),
        ("%2F", "%252F"),
        ("a b?c#d&e=f;g", "a%20b%3Fc%23d%26e%3Df%3Bg"),
        ("...", "..."),
        ("../x", "..%2Fx"),
        ("a\\b", "a%5Cb"),
        ("-._~", "-._~"),
        ("{id}", "%7Bid%7D"),
        ("1234567890123456789012", "1234567890123456789012"),
    ] {
        let ran = desk.get().id(id).answer("read back book", json!({"id": 1})).run();
        assert_eq!(ran.requests(), [format!("GET /books/{path}")]);
    }
}

#[test]
fn wire_an_id_goes_through_its_codec_before_it_is_encoded() {
    let desk = Desk::new("title", &format!("id = {{ as = {{ suffix = \"-b/k\", optional = true }} }}\n{TITLE}"));
    for (id, path) in [("7", "7-b%2Fk"), ("7-b/k", "7-b%2Fk")] {
        let ran = desk.get().id(id).answer("read back book", json!({"id": 7})).run();
        assert_eq!(ran.requests(), [format!("GET /books/{path}")]);
    }
    for id in ["", "..", "."] {
        assert_eq!(desk.get().id(id).run().failure().class, Class::Invalid, "{id:?}");
    }
}

const LINKED: &str = r#"
[records.author]
id = "author.id"
clear = "null"
read = { send = "GET /people/{author.id}" }
write = { send = "PUT /people/{author.id}", body = "{changes}" }
[update]
order = ["book", "author"]
[fields]
title = "title"
"author.id" = "person"
"author.given" = "author:given"
"author.family" = "author:family"
"#;

#[test]
fn wire_the_id_of_a_further_record_is_refused_before_anything_is_written() {
    let desk = Desk::new("title author", LINKED);
    for id in ["", ".", "..", "a\nb"] {
        let ran = desk.patch(json!({"title": "x", "author": {"id": id, "given": "J"}})).run();
        assert_eq!(ran.requests(), Vec::<String>::new(), "{id:?}");
        assert_eq!(ran.refused(), ["/author/id bad-id"], "{id:?}");
    }
    let ran = desk.patch(json!({"title": "x", "author": {"given": "J"}})).answer("read book", json!({"person": ".."})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/title not_sent", "/author/given not_sent on author"]);
}

const HEADER: &str = r#"
[update]
order = ["book", "condition"]
[fields]
title = "title"
[fields.condition]
read = "state"
clear = "never"
set = { send = "POST /books/{id}/condition", headers = { X-State = "now {new}" }, body = { now = "{new}" } }
"#;

#[test]
fn wire_no_value_breaks_out_of_a_header() {
    let desk = Desk::new("title condition", HEADER);
    for value in ["a\r\nX-Evil: 1", "a\nb", "a\0b", "\u{7f}"] {
        let ran = desk.patch(json!({"title": "Emma", "condition": value})).run();
        assert_eq!(ran.requests(), Vec::<String>::new(), "{value:?}");
        assert_eq!(ran.refused(), [" bad-header"], "{value:?}");
        assert_eq!(ran.outcomes(), ["/title not_sent", "/condition not_sent"]);
    }
    let ran = desk
        .patch(json!({"condition": "a\tb: c".replace('\t', " ")}))
        .answer("set condition", json!({}))
        .answer("read back book", json!({"state": "a b: c"}))
        .run();
    assert_eq!(ran.header("set condition", "X-State"), Some("now a b: c"));
}

#[test]
fn wire_a_version_that_breaks_out_of_its_guard_is_refused() {
    let guarded = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", guard = { header = "If-Match", from = "etag" } }
[fields]
title = "title"
"#;
    let ran = Desk::new("title", guarded).patch(json!({"title": "x"})).answer("read book", json!({"etag": "v\r\nX: 1"})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/title not_sent"]);
}

#[test]
fn wire_integers_are_exact_at_every_place() {
    let exact = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PUT /books/{id}", query = { person = "{author.id}" }, headers = { X-Person = "{author.id}" }, body = { book = "{changes}", of = "{author.id}" } }
[fields]
"author.id" = { path = "person", as = "integer" }
"author.given" = { path = "given", as = "integer" }
"author.family" = "family"
pages = "pages"
"#;
    let ran = Desk::new("author pages extras raw_book", &format!("{exact}[rest.extras]\npath = \"extras.*\"\n"))
        .patch(json!({
            "author": {"id": "1234567890123456789", "given": "9223372036854775807", "family": "18446744073709551615"},
            "pages": -9_007_199_254_740_993_i64,
            "extras": {"n": u64::MAX},
            "raw_book": {"m": i64::MIN},
        }))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "person": 1_234_567_890_123_456_789_i64, "given": i64::MAX, "family": u64::MAX, "pages": -9_007_199_254_740_993_i64, "extras": {"n": u64::MAX}}))
        .run();
    assert_eq!(
        ran.writes(),
        [concat!(
            r#"PUT /books/7?person=1234567890123456789 {"book":{"person":1234567890123456789,"given":9223372036854775807,"#,
            r#""family":"18446744073709551615","pages":-9007199254740993,"extras":{"n":18446744073709551615},"m":-9223372036854775808},"of":1234567890123456789}"#
        )]
    );
    assert_eq!(ran.header("write book", "X-Person"), Some("1234567890123456789"));
    assert_eq!(ran.resource()["author"], json!({"id": "1234567890123456789", "given": "9223372036854775807", "family": "18446744073709551615"}));
}

#[test]
fn wire_a_patch_is_checked_whole() {
    let desk = Desk::new("title pages bought_at lendable price copies author", r#"
unsupported = ["author"]
[fields]
title = "title"
pages = "pages"
price = "price"
lendable = "lendable"
bought_at = { path = "bought", as = "datetime" }
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "lending" }, { is = "reading", barcode = "reading" }]
"#);
    let ran = desk
        .patch(json!({
            "titel": "x", "title": 1, "pages": 1.5, "price": "1", "lendable": "yes", "bought_at": "2026-13-01T00:00:00Z",
            "copies": [{"kind": "lending"}, "x", {"barcode": "b", "colour": 1}], "author": {"name": "x", "given": {}},
        }))
        .run();
    assert_eq!(
        ran.refused(),
        [
            "/titel unknown-field",
            "/title wrong-type",
            "/pages wrong-type",
            "/price wrong-type",
            "/lendable wrong-type",
            "/bought_at bad-date-time",
            "/copies/0/barcode missing-leaf",
            "/copies/1 wrong-type",
            "/copies/2/colour unknown-field",
            "/author/name unknown-field",
            "/author/given wrong-type",
        ]
    );
    assert_eq!(desk.patch(json!([])).run().refused(), [" wrong-type"]);
}

#[test]
fn reply_html_or_broken_json_is_never_taken_for_a_record() {
    let desk = Desk::new("title", TITLE);
    for (body, raw) in [
        ("<html><body><h1>Bad gateway</h1></body></html>", json!({"text": "Bad gateway"})),
        (r#"{"id": 7, "title": "Em"#, json!({"text": r#"{"id": 7, "title": "Em"#})),
    ] {
        let ran = desk.get().text("read back book", 200, body).run();
        assert_eq!(ran.failure().class, Class::Provider);
        assert_eq!(ran.failure().raw.as_deref(), Some(&raw));
        assert_eq!(ran.failure().step.as_deref(), Some("read back book"));
        let ran = desk.patch(json!({"title": "Emma"})).text("write book", 200, body).text("read back book", 200, body).run();
        assert_eq!(ran.outcomes(), ["/title written"]);
        assert_eq!(ran.failure().done, ["write book"]);
    }
}

#[test]
fn reply_a_redirect_is_never_taken_for_success() {
    let desk = Desk::new("title", TITLE);
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let read = desk.get().status("read back book", status, json!(null)).run();
        assert_eq!(read.failure().class, Class::Provider, "{status}");
        let write = desk.patch(json!({"title": "x"})).status("write book", status, json!({"title": "x"})).run();
        assert_eq!(write.failure().class, Class::Provider, "{status}");
        assert_eq!(write.outcomes(), ["/title rejected"], "{status}");
    }
}

#[test]
fn reply_nothing_is_a_good_answer_to_a_write() {
    let answering = "[records.book]\nclear = \"null\"\nread = { send = \"GET /books/{id}\" }\nwrite = { send = \"PATCH /books/{id}\", body = \"{changes}\", answer = \"\" }\n[fields]\ntitle = \"title\"\n";
    for mapping in [TITLE, answering] {
        for status in [200, 201, 202, 204] {
            let ran = Desk::new("title", mapping)
                .patch(json!({"title": "x"}))
                .status("write book", status, json!(null))
                .answer("read back book", json!({"id": 7, "title": "x"}))
                .run();
            assert_eq!(ran.outcomes(), ["/title written"]);
        }
    }
}

const RULES: &str = r#"
[limits]
reset = { header = "X-Reset", unit = "ms" }
[[errors.rules]]
when = { code = "BUSY" }
class = "rate"
wait = ["Retry-After", "X-Reset", "again.in", "2s"]
[[errors.rules]]
when = { status = 404, on = "book", during = "write" }
class = "invalid"
retry = "no"
[[errors.rules]]
when = { status = 409, on = "book" }
class = "ambiguous"
[[errors.rules]]
when = { status = 200, body = { "problem.kind" = "gone", "problem.id" = "present" } }
class = "not_found"
fields = "title"
"#;

fn judge(reply: &Reply, on: &str, during: During) -> Option<Fault> {
    let desk = Desk::at("title", TITLE, RULES);
    let (mapping, bound) = (desk.mapping(), desk.bound());
    let provider = &mapping.provider;
    match provider.errors.judge(reply, &Purpose { on: on.to_owned(), during }, &provider.limits, &bound) {
        Judged::Good => None,
        Judged::Fault(fault) => Some(*fault),
    }
}

fn reply(status: u16, headers: &[(&str, &str)], body: &serde_json::Value) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply { status, headers, body: body.to_string().into_bytes() }
}

#[test]
fn errors_the_first_wait_that_is_there_counts() {
    let wait = |headers: &[(&str, &str)], body: serde_json::Value| {
        judge(&reply(400, headers, &body), "book", During::Write).and_then(|fault| fault.wait)
    };
    let busy = json!({"code": "BUSY"});
    assert_eq!(wait(&[("retry-after", "3"), ("X-Reset", "5")], busy.clone()), Some(Wait::For(Duration::from_secs(3))));
    assert_eq!(wait(&[("X-Reset", "1500")], busy.clone()), Some(Wait::For(Duration::from_millis(1500))));
    assert_eq!(wait(&[], json!({"code": "BUSY", "again": {"in": 0.5}})), Some(Wait::For(Duration::from_millis(500))));
    assert_eq!(wait(&[], json!({"code": "BUSY", "again": {"in": "7"}})), Some(Wait::For(Duration::from_secs(7))));
    assert_eq!(wait(&[], busy.clone()), Some(Wait::For(Duration::from_secs(2))));
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    assert_eq!(wait(&[("Retry-After", date)], busy.clone()), Some(Wait::Until(date.to_owned())));
    for odd in ["-1", "nan", "inf", "1e300"] {
        assert_eq!(wait(&[("Retry-After", odd)], busy.clone()), Some(Wait::For(Duration::from_secs(2))), "{odd}");
    }
}

#[test]
fn errors_a_wait_is_known_without_a_rule() {
    let fault = judge(&reply(503, &[("Retry-After", "4")], &json!({"message": "soon"})), "book", During::Read).expect("a fault");
    assert_eq!((fault.class, fault.wait, fault.retry), (Class::Unavailable, Some(Wait::For(Duration::from_secs(4))), true));
}

#[test]
fn errors_rules_hold_for_what_they_name_alone() {
    let class = |status, on, during| judge(&reply(status, &[], &json!({})), on, during).map(|fault| (fault.class, fault.retry));
    assert_eq!(class(404, "book", During::Write), Some((Class::Invalid, false)));
    assert_eq!(class(404, "book", During::Read), Some((Class::NotFound, true)));
    assert_eq!(class(409, "book", During::Write), Some((Class::Ambiguous, true)));
    assert_eq!(class(409, "genres", During::Read), Some((Class::Conflict, true)));
    assert_eq!(class(200, "book", During::Read), None);
}

#[test]
fn errors_a_good_status_may_hold_one() {
    let body = json!({"code": 17, "message": " it is gone \n", "problem": {"kind": "gone", "id": 7}});
    let fault = judge(&reply(200, &[], &body), "book", During::Read).expect("a fault");
    assert_eq!(
        fault,
        Fault {
            class: Class::NotFound,
            status: 200,
            code: Some("17".to_owned()),
            message: Some("it is gone".to_owned()),
            fields: vec!["title".to_owned()],
            scopes: Vec::new(),
            wait: None,
            retry: true,
        }
    );
    assert_eq!(judge(&reply(200, &[], &json!({"problem": {"kind": "gone"}})), "book", During::Read), None);
}

#[test]
fn errors_the_status_gives_the_class_where_no_rule_does() {
    for (status, class) in [
        (400, Class::Invalid),
        (401, Class::Auth),
        (402, Class::Forbidden),
        (403, Class::Forbidden),
        (404, Class::NotFound),
        (408, Class::Unavailable),
        (409, Class::Ambiguous),
        (410, Class::NotFound),
        (412, Class::Conflict),
        (418, Class::Invalid),
        (422, Class::Invalid),
        (429, Class::Rate),
        (500, Class::Provider),
        (502, Class::Unavailable),
        (503, Class::Unavailable),
        (504, Class::Unavailable),
        (599, Class::Provider),
        (302, Class::Provider),
        (100, Class::Provider),
    ] {
        let fault = judge(&reply(status, &[], &json!({})), "book", During::Read).map(|fault| fault.class);
        assert_eq!(fault, Some(class), "{status}");
    }
}

#[test]
fn errors_a_rule_that_says_ambiguous_is_silence() {
    let ran = Desk::at("title", TITLE, RULES).patch(json!({"title": "x"})).status("write book", 409, json!({"message": "maybe"})).run();
    assert_eq!(ran.failure().class, Class::Ambiguous);
    assert_eq!(ran.outcomes(), ["/title unknown"]);
}

#[test]
fn errors_credentials_that_cannot_be_made_good_end_before_the_write() {
    let ran = Desk::new("title", TITLE).patch(json!({"title": "x"})).ends("write book", Ending::Unauthorized("expired".to_owned())).run();
    let expected = Failure { step: Some("write book".to_owned()), outcomes: ran.failure().outcomes.clone(), ..Failure::new(Class::Auth, "expired") };
    assert_eq!(ran.failure(), &expected);
    assert_eq!(ran.outcomes(), ["/title not_sent"]);
}

#[test]
fn wire_what_comes_next_depends_on_the_replies_alone() {
    let desk = Desk::new("title author", LINKED);
    let patch = json!({"title": "x", "author": {"given": "J"}});
    let run = || Run::patch(desk.mapping(), desk.bound(), "7", &patch, Options::default()).expect("a patch");
    let mut replies = Replies::new();
    for _ in 0..3 {
        let (first, second) = (run().next(&replies), run().next(&replies));
        assert_eq!(first, second);
        let Next::Send(step) = first else { panic!("it ended early") };
        let body = br#"{"id":7,"person":"5","given":"J"}"#.to_vec();
        replies.insert(step.key, Ending::Answered(Reply { status: 200, headers: Vec::new(), body }));
    }
    assert_eq!(replies.len(), 3);
}
