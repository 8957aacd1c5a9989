//! What callers see when something goes wrong.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use mapwright_mapping::outcome::{Failure, Fate, LeafOutcome};
use mapwright_mapping::patch::Violation;
use mapwright_mapping::provider::{Class, Fault, Wait};
use serde_json::{Value, json};

use super::{Code, PAGE, Problem, Reason, page_as_html, with_request_id};

fn now() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().expect("a date")
}

fn fault(class: Class, status: u16) -> Fault {
    Fault { class, status, code: None, message: None, fields: vec![], scopes: vec![], wait: None, retry: true }
}

fn refused(class: Class, fault: Fault) -> Failure {
    Failure { fault: Some(Box::new(fault)), ..Failure::new(class, "no") }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().expect("text"))
}

async fn body(response: Response) -> Value {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn an_error_is_a_problem_document_and_the_contracts_error() {
    let want = json!({
        "type": "/docs/problems#unknown-account",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no such integrated account",
        "statusCode": 404,
        "error": "Not Found",
        "message": "there is no such integrated account",
        "code": "unknown-account",
    });
    assert_eq!(Problem::unknown_account().to_json(), want);
}

#[test]
fn every_code_has_a_section_with_its_status_in_the_order_of_the_codes() {
    let sections: Vec<&str> = PAGE.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: Vec<String> =
        Code::ALL.iter().map(|code| format!("{} ({})", code.as_str(), code.status().as_u16())).collect();
    assert_eq!(sections, codes);
    let html = page_as_html();
    for code in Code::ALL {
        assert!(html.contains(&format!("<h2 id=\"{}\">", code.as_str())), "{}", code.as_str());
    }
    assert!(!html.contains("<token>"), "the page escapes what looks like a tag");
}

#[test]
fn every_status_has_a_standard_name() {
    for code in Code::ALL {
        assert!(code.status().canonical_reason().is_some(), "{}", code.as_str());
    }
}

#[test]
fn all_reasons_of_a_patch_are_told_by_pointer() {
    let failure = Failure {
        outcomes: vec![LeafOutcome::new("/a", Fate::NotSent)],
        ..Failure::refused(vec![
            Violation { suggestion: Some("size".to_owned()), ..Violation::new("/sise", "unknown-field", "no `sise`") },
            Violation::new("/prices/0/kind", "missing-leaf", "an item has to have `kind`"),
        ])
    };
    let problem = Problem::of_failure(&failure, now());
    assert_eq!(
        problem.to_json(),
        json!({
            "type": "/docs/problems#patch-refused",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "the patch is refused for 2 reasons",
            "statusCode": 422,
            "error": "Unprocessable Entity",
            "message": "the patch is refused for 2 reasons",
            "code": "patch-refused",
            "errors": [
                { "pointer": "/sise", "code": "unknown-field", "message": "no `sise`", "suggestion": "size" },
                { "pointer": "/prices/0/kind", "code": "missing-leaf", "message": "an item has to have `kind`" },
            ],
            "field_outcomes": [{ "pointer": "/a", "outcome": "not_sent" }],
            "truto_error_insight": {
                "missing_required_body_fields": {
                    "description": "The body lacks fields that it has to have.",
                    "value": ["/prices/0/kind"],
                },
            },
        })
    );
}

#[test]
fn a_providers_refusal_keeps_its_status_and_says_what_was_done_before() {
    let failure = Failure {
        raw: Some(Box::new(json!({ "why": "locked" }))),
        step: Some("write book".to_owned()),
        done: vec!["write shelf".to_owned()],
        ..refused(
            Class::Invalid,
            Fault {
                code: Some("LOCKED".to_owned()),
                message: Some("is locked".to_owned()),
                ..fault(Class::Invalid, 400)
            },
        )
    };
    assert_eq!(
        Problem::of_failure(&failure, now()).to_json(),
        json!({
            "type": "/docs/problems#provider-invalid",
            "title": "Bad Request",
            "status": 400,
            "detail": "no",
            "statusCode": 400,
            "error": "Bad Request",
            "message": "no",
            "code": "provider-invalid",
            "truto_is_remote_error": true,
            "raw_response": { "why": "locked" },
            "remote_status": 400,
            "remote_code": "LOCKED",
            "step": "write book",
            "done": ["write shelf"],
            "truto_error_insight": { "remote_error": { "description": "is locked", "value": "LOCKED" } },
        })
    );
}

#[test]
fn a_status_that_cannot_be_kept_gives_way_to_that_of_the_class() {
    let status = |class, status| Problem::of_failure(&refused(class, fault(class, status)), now()).status().as_u16();
    assert_eq!(status(Class::Invalid, 200), 422);
    assert_eq!(status(Class::Invalid, 207), 422);
    assert_eq!(status(Class::Invalid, 405), 422);
    assert_eq!(status(Class::Unavailable, 520), 503);
    assert_eq!(status(Class::Provider, 302), 502);
    assert_eq!(status(Class::Provider, 500), 500);
    assert_eq!(status(Class::NotFound, 410), 410);
}

#[test]
fn missing_scopes_are_an_insight() {
    let fault = Fault { scopes: vec!["books.write".to_owned()], ..fault(Class::Forbidden, 403) };
    let insight = &Problem::of_failure(&refused(Class::Forbidden, fault), now()).to_json()["truto_error_insight"];
    assert_eq!(
        insight,
        &json!({
            "forbidden_error": {
                "description": "The account may not do this.",
                "value": { "missing_scopes": ["books.write"] },
            },
            "remote_error": { "description": "The provider refused the request.", "value": 403 },
        })
    );
}

#[test]
fn an_id_of_another_form_is_a_bad_request() {
    let failure = Failure::new(Class::Invalid, "the id is not one of this provider");
    let problem = Problem::of_failure(&failure, now());
    assert_eq!((problem.code(), problem.status().as_u16()), (Code::MalformedId, 400));
}

#[test]
fn waits_are_whole_seconds_and_at_least_one() {
    let after = |wait: Option<Wait>| {
        let fault = Fault { wait, ..fault(Class::Rate, 429) };
        let response = Problem::of_failure(&refused(Class::Rate, fault), now()).into_response();
        header(&response, "retry-after").map(str::to_owned)
    };
    assert_eq!(after(None).as_deref(), Some("1"));
    assert_eq!(after(Some(Wait::For(Duration::from_millis(20)))).as_deref(), Some("1"));
    assert_eq!(after(Some(Wait::For(Duration::from_millis(2001)))).as_deref(), Some("3"));
    assert_eq!(after(Some(Wait::Until("Sun, 01 Mar 2026 10:00:30 GMT".to_owned()))).as_deref(), Some("30"));
    assert_eq!(after(Some(Wait::Until("Sun, 01 Mar 2026 09:00:00 GMT".to_owned()))).as_deref(), Some("1"));
    assert_eq!(after(Some(Wait::Until("soon".to_owned()))).as_deref(), Some("1"));
    let response = Problem::new(Code::NotReady, "no").into_response();
    assert_eq!(header(&response, "retry-after"), Some("1"));
}

#[test]
fn headers_say_what_the_standard_wants() {
    let response = Problem::method_not_allowed("DELETE", "GET, PATCH").into_response();
    assert_eq!(response.status().as_u16(), 405);
    assert_eq!(header(&response, "allow"), Some("GET, PATCH"));
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    assert_eq!(header(&Problem::token_missing().into_response(), "www-authenticate"), Some("Bearer"));
    let response = Problem::token_invalid().into_response();
    assert_eq!(header(&response, "www-authenticate"), Some("Bearer error=\"invalid_token\""));
    let response = Problem::unsupported_media_type("text").into_response();
    assert_eq!(header(&response, "accept-patch"), Some("application/json, application/merge-patch+json"));
}

#[test]
fn leaves_that_were_not_written_are_named_in_the_header_too() {
    let failure =
        Failure { outcomes: vec![LeafOutcome::new("/a", Fate::Unknown)], ..Failure::new(Class::Ambiguous, "") };
    let response = Problem::of_failure(&failure, now()).into_response();
    assert_eq!(header(&response, "mapwright-unwritten"), Some("\"/a\";reason=unknown"));
}

#[test]
fn missing_parameters_are_an_insight() {
    let reasons = vec![
        Reason::in_query("account", "missing-parameter", "`account` is missing"),
        Reason::in_query("sise", "unknown-parameter", "no `sise`").suggest(Some("size")),
    ];
    let body = Problem::bad_query(reasons).to_json();
    assert_eq!(body["message"], "the query is refused for 2 reasons");
    assert_eq!(
        body["errors"],
        json!([
            { "parameter": "account", "code": "missing-parameter", "message": "`account` is missing" },
            { "parameter": "sise", "code": "unknown-parameter", "message": "no `sise`", "suggestion": "size" },
        ])
    );
    assert_eq!(
        body["truto_error_insight"],
        json!({
            "missing_required_query_parameters": {
                "description": "The request lacks query parameters that it has to have.",
                "value": ["account"],
            },
        })
    );
}

#[tokio::test]
async fn the_id_of_the_request_is_put_in_later() {
    let mut response = Problem::unknown_account().into_response();
    response.headers_mut().insert("x-later", "1".parse().expect("a value"));
    // A layer on the way has told the length of the body as it was.
    response.headers_mut().insert(CONTENT_LENGTH, 5.into());
    let response = with_request_id(response, "r-1");
    assert_eq!(response.headers().get(CONTENT_LENGTH), None);
    assert_eq!(header(&response, "x-later"), Some("1"));
    let mut want = Problem::unknown_account().to_json();
    want["request_id"] = json!("r-1");
    assert_eq!(body(response).await, want);
}

#[tokio::test]
async fn an_answer_that_is_no_problem_stays_as_it_is() {
    let response = with_request_id("{}".into_response(), "r-1");
    assert_eq!(body(response).await, json!({}));
}

#[test]
fn the_schema_describes_every_member_and_no_other() {
    let raw = Failure {
        violations: vec![Violation::new("/a/b", "missing-leaf", "is missing")],
        raw: Some(Box::new(json!(null))),
        step: Some("write book".to_owned()),
        done: vec!["write shelf".to_owned()],
        outcomes: vec![LeafOutcome {
            sent: Some(json!(1)),
            reads: Some(json!(2)),
            record: Some("shelf".to_owned()),
            ..LeafOutcome::new("/a", Fate::Altered).because("why")
        }],
        ..refused(Class::Forbidden, Fault { code: Some("X".to_owned()), ..fault(Class::Forbidden, 429) })
    };
    let full = Problem::of_failure(&raw, now()).with_request_id("r-1").to_json();
    let schema = super::problem_schema();
    assert_eq!(crate::http::fixture::refused(&schema, &full), Vec::<String>::new());
    let described: Vec<&String> = schema["properties"].as_object().expect("members").keys().collect();
    let shown: Vec<&String> = full.as_object().expect("members").keys().collect();
    assert_eq!(shown, described);
    let query = Problem::bad_query(vec![Reason::in_query("a", "missing-parameter", "no `a`").suggest(Some("b"))]);
    for problem in [query, Problem::bad_header("A", "no"), Problem::overloaded(Duration::ZERO)] {
        assert_eq!(crate::http::fixture::refused(&schema, &problem.to_json()), Vec::<String>::new());
    }
}
