//! Errors as both clients can read them.

use serde_json::json;
use uuid::Uuid;

use super::shared::shared;
use crate::support::Client;

#[test]
fn every_error_is_json_with_a_standard_reason_phrase() {
    let client = shared().client();
    let place = shared().place("zendesk_sell", 9..10);
    let (account, lead) = (place.account, place.leads[0].as_str());
    let stranger = Client { token: "mw_abcdefghijkl_0123456789abcdef0123456789abcdef".to_owned(), ..client.clone() };
    let patch = json!({"first_name": "Ada"});
    let wrong = |text: &str| client.request("PATCH", account, lead).body(text.as_bytes().to_vec());
    let typed = |text: &str, kind: &str| wrong(text).header("content-type", kind);
    for (request, status, code) in [
        (stranger.patch(account, lead, &patch), 401, "token-invalid"),
        (client.patch(Uuid::nil(), lead, &patch), 404, "unknown-account"),
        (client.raw("PATCH", &format!("/unified/crm/leads/{lead}")), 400, "bad-query"),
        (client.raw("PATCH", &format!("/unified/crm/leads/{lead}?integrated_account_id=7")), 400, "bad-query"),
        (client.get(account, lead).query("truto_response_format=xml"), 400, "bad-query"),
        (client.get(account, lead).query("foo=bar"), 400, "bad-query"),
        (client.raw("GET", "/unified/crm/contacts/7"), 404, "unknown-resource"),
        (client.raw("GET", "/nothing"), 404, "unknown-route"),
        (client.request("DELETE", account, lead), 405, "method-not-allowed"),
        (typed("{", "application/json"), 400, "body-not-json"),
        (typed("[]", "application/json"), 400, "body-not-object"),
        (typed("{}", "text/plain"), 415, "unsupported-media-type"),
        (client.patch(account, lead, &json!({"frist_name": "Ada"})), 422, "patch-refused"),
        (client.patch(account, "1", &patch), 404, "provider-not-found"),
    ] {
        request.send().assert_is_problem(status, code);
    }
}

#[test]
fn a_refusal_of_the_provider_is_marked_and_shown() {
    let client = shared().client();
    let place = shared().place("pipedrive", 10..11);
    let title = "x".repeat(300);
    let answer = client.patch(place.account, &place.leads[0], &json!({ "title": title })).send();
    answer.assert_is_problem(400, "provider-invalid");
    let body = answer.json();
    assert_eq!(body["truto_is_remote_error"], true, "{body}");
    assert_eq!(body["raw_response"]["error"], "Bad request: title must not be longer than 255 characters", "{body}");
    assert_eq!(body["field_outcomes"][0]["outcome"], "rejected", "{body}");
    assert!(body["truto_error_insight"]["remote_error"]["description"].is_string(), "{body}");
}

#[test]
fn what_is_not_written_stands_in_a_header() {
    let client = shared().client();
    let place = shared().place("zendesk_sell", 11..12);
    let patch = json!({"first_name": "Ada", "created_at": "2026-01-01T00:00:00Z"});
    let answer = client.patch(place.account, &place.leads[0], &patch).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let unwritten = answer.header("mapwright-unwritten").expect("a header");
    assert!(unwritten.starts_with("\"/created_at\""), "{unwritten}");
    assert!(!unwritten.contains("first_name"), "{unwritten}");
}

#[test]
fn a_request_keeps_its_id() {
    let client = shared().client();
    let answer = client.raw("GET", "/nothing").header("x-request-id", "order-7.A_b").send();
    assert_eq!(answer.header("mapwright-request-id"), Some("order-7.A_b"));
    assert_eq!(answer.json()["request_id"], "order-7.A_b");
}
