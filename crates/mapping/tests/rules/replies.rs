//! Replies of every kind, and how errors are told apart.

use std::time::Duration;

use mapwright_mapping::outcome::Failure;
use mapwright_mapping::provider::{Class, During, Fault, Judged, Purpose, Wait};
use mapwright_mapping::reply::{Ending, Reply};
use serde_json::json;

use crate::desk::Desk;

const TITLE: &str = "[fields]\ntitle = \"title\"\n";

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
        let ran = desk
            .patch(json!({"title": "Emma"}))
            .status("write book", 204, json!(null))
            .text("read back book", 200, body)
            .run();
        assert_eq!(ran.outcomes(), ["/title written"]);
        assert_eq!(ran.failure().done, ["write book"]);
    }
}

#[test]
fn reply_a_page_says_nothing_of_a_write() {
    let desk = Desk::new("title", TITLE);
    let page = "<html><body><h1>Please wait</h1></body></html>";
    let ran = desk.patch(json!({"title": "Emma"})).text("write book", 200, page).run();
    assert_eq!(ran.failure().class, Class::Ambiguous);
    assert_eq!(ran.failure().raw.as_deref(), Some(&json!({"text": "Please wait"})));
    assert_eq!(ran.outcomes(), ["/title unknown"]);
    assert!(ran.failure().done.is_empty());
}

#[test]
fn reply_json_that_holds_nothing_of_the_record_is_no_record() {
    let desk = Desk::new("title", TITLE);
    for body in [json!({}), json!({"title": null}), json!({"other": "Emma"})] {
        let ran = desk.get().text("read back book", 200, &body.to_string()).run();
        assert_eq!(ran.failure().class, Class::Provider, "{body}");
        assert_eq!(ran.failure().message, "the provider's answer is JSON, and holds nothing of the record");
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
    Reply { status, headers, body: body.to_string().into_bytes().into() }
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
    let fault = judge(&reply(503, &[("Retry-After", "4")], &json!({"message": "soon"})), "book", During::Read)
        .expect("a fault");
    assert_eq!(
        (fault.class, fault.wait, fault.retry),
        (Class::Unavailable, Some(Wait::For(Duration::from_secs(4))), true)
    );
}

#[test]
fn errors_rules_hold_for_what_they_name_alone() {
    let class =
        |status, on, during| judge(&reply(status, &[], &json!({})), on, during).map(|fault| (fault.class, fault.retry));
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
    let ran = Desk::at("title", TITLE, RULES)
        .patch(json!({"title": "x"}))
        .status("write book", 409, json!({"message": "maybe"}))
        .run();
    assert_eq!(ran.failure().class, Class::Ambiguous);
    assert_eq!(ran.outcomes(), ["/title unknown"]);
}

#[test]
fn errors_credentials_that_cannot_be_made_good_end_before_the_write() {
    let ran = Desk::new("title", TITLE)
        .patch(json!({"title": "x"}))
        .ends("write book", Ending::Unauthorized("expired".to_owned()))
        .run();
    let expected = Failure {
        step: Some("write book".to_owned()),
        outcomes: ran.failure().outcomes.clone(),
        ..Failure::new(Class::Auth, "expired")
    };
    assert_eq!(ran.failure(), &expected);
    assert_eq!(ran.outcomes(), ["/title not_sent"]);
}
