//! What a caller does wrong in a request that is sound HTTP.

use serde_json::{Value, json};

use crate::documented::assert_error;
use crate::server::{MOST_BODY, MOST_HEAD, server};

/// A request for the first record with these lines in its head.
fn with_head(method: &str, lines: &str, body: &str) -> Vec<u8> {
    let target = server().target();
    format!("{method} {target} HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn with_token(token: &str) -> Vec<u8> {
    with_head("GET", &format!("Authorization: Bearer {token}\r\n"), "")
}

#[test]
fn a_request_needs_a_token_that_is_known() {
    let server = server();
    let answer = server.send(with_head("GET", "", ""));
    assert_error(&answer, "token-missing", 401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert_error(&server.send(with_head("GET", "Authorization: Basic bXc6eA==\r\n", "")), "token-missing", 401);
    let wrong = ["mw_x", "x", "mw_sandboxtoken_nosecretitopenssimulatedcrmsonlx", &"m".repeat(5000)];
    for token in wrong {
        let answer = server.send(with_token(token));
        assert_error(&answer, "token-invalid", 401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
        assert!(!String::from_utf8_lossy(&answer.body).contains("nosecret"), "a token is never shown");
    }
    assert_error(&server.send(with_token(&server.admin_token)), "token-wrong-kind", 403);
    server.is_well();
}

#[test]
fn a_refusal_of_the_admin_api_is_like_every_other() {
    let server = server();
    let told = |token: &str, target: &str| {
        let lines = format!("Host: x\r\nAuthorization: Bearer {token}\r\n");
        server.send(format!("GET {target} HTTP/1.1\r\n{lines}\r\n"))
    };
    assert_error(&told(&server.token, "/admin/accounts"), "token-wrong-kind", 403);
    assert_error(&told("mwa_x", "/admin/accounts"), "token-invalid", 401);
    assert_error(&told(&server.admin_token, "/admin/accounts/7"), "unknown-account", 404);
    assert_error(&told(&server.admin_token, "/admin/nothing"), "unknown-route", 404);
    server.is_well();
}

#[test]
fn another_tenants_account_is_the_same_as_none() {
    let server = server();
    let theirs = assert_error(&server.send(with_token(&server.other_token)), "unknown-account", 404);
    let none = "/unified/crm/leads/1?integrated_account_id=00000000-0000-4000-8000-000000000000";
    let none = assert_error(&server.get(none), "unknown-account", 404);
    let told = |body: &Value| (body["message"].clone(), body["errors"].clone());
    assert_eq!(told(&theirs), told(&none));
}

#[test]
fn every_wrong_parameter_is_named_at_once() {
    let server = server();
    let query = "integrated_account_id=7&truto_response_format=pretty&mapwright_strict=maybe&mapwright_lists=merge\
                 &mapwright_lists=merge&truto_exclude_fields[]=first_nam&remote_query[a=1&colour=red&remote_query[b]=%ff";
    let answer = server.patch(&format!("/unified/crm/leads/1?{query}"), "{}");
    let body = assert_error(&answer, "bad-query", 400);
    let reasons: Vec<(&str, &str)> = body["errors"]
        .as_array()
        .expect("reasons")
        .iter()
        .map(|one| (one["parameter"].as_str().unwrap_or_default(), one["code"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        reasons,
        [
            ("remote_query[b]", "not-utf8"),
            ("remote_query[a", "malformed-parameter"),
            ("colour", "unknown-parameter"),
            ("integrated_account_id", "wrong-value"),
            ("truto_response_format", "wrong-value"),
            ("truto_exclude_fields", "unknown-field"),
            ("mapwright_strict", "wrong-value"),
            ("mapwright_lists", "doubled-parameter"),
        ]
    );
    let missing = assert_error(&server.get("/unified/crm/leads/1"), "bad-query", 400);
    assert_eq!(
        missing["truto_error_insight"]["missing_required_query_parameters"]["value"],
        json!(["integrated_account_id"])
    );
    let doubled = format!("{}&integrated_account_id=7", server.target());
    assert_error(&server.get(&doubled), "bad-query", 400);
    server.is_well();
}

#[test]
fn a_body_that_is_no_patch_is_refused() {
    let server = server();
    let deep = format!("{{\"custom_fields\":{{\"a\":{}{}}}}}", "[".repeat(64), "]".repeat(64));
    let large = format!("{{\"first_name\":\"{}\"}}", "x".repeat(MOST_BODY));
    let all: [(&[u8], &str, u16); 10] = [
        (b"x", "body-not-json", 400),
        (b"{\"first_name\": ", "body-not-json", 400),
        (b"null", "body-not-object", 400),
        (b"[1]", "body-not-object", 400),
        (b"{\"first_name\": \"\xff\"}", "body-not-utf8", 400),
        (b"{\"first_name\": \"A\", \"first_name\": \"B\"}", "body-doubled-key", 400),
        (b"{\"custom_fields\": {\"a\": 99999999999999999999}}", "body-number-too-large", 422),
        (b"{\"frst_name\": \"A\", \"created_at\": \"yesterday\"}", "patch-refused", 422),
        (deep.as_bytes(), "body-too-deep", 400),
        (large.as_bytes(), "body-too-large", 413),
    ];
    for (body, code, status) in all {
        assert_error(&server.patch(&server.target(), body), code, status);
        server.is_well();
    }
}

#[test]
fn a_refused_patch_says_every_reason_by_pointer() {
    let answer = server()
        .patch(&server().target(), "{\"frst_name\": \"A\", \"created_at\": \"yesterday\", \"email_addresses\": [{}]}");
    let body = assert_error(&answer, "patch-refused", 422);
    let reasons: Vec<(&str, &str, &Value)> = body["errors"]
        .as_array()
        .expect("reasons")
        .iter()
        .map(|one| {
            (one["pointer"].as_str().unwrap_or_default(), one["code"].as_str().unwrap_or_default(), &one["suggestion"])
        })
        .collect();
    assert_eq!(
        reasons,
        [
            ("/frst_name", "unknown-field", &json!("first_name")),
            ("/created_at", "bad-date-time", &Value::Null),
            ("/email_addresses/0/email", "missing-leaf", &Value::Null),
            ("/email_addresses/0/type", "missing-leaf", &Value::Null),
        ]
    );
}

#[test]
fn a_body_is_json_by_its_own_account() {
    let server = server();
    let typed = |lines: &str| server.send(server.request("PATCH", &server.target(), lines, b"{\"title\":\"A\"}"));
    for lines in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: application/json; charset=utf-16\r\n",
        "Content-Type: application/json\r\nContent-Type: application/json\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
    ] {
        let answer = typed(lines);
        assert_error(&answer, "unsupported-media-type", 415);
        assert_eq!(answer.header("accept-patch"), Some("application/json, application/merge-patch+json"), "{lines}");
    }
    for lines in ["Content-Type: application/json; charset=UTF-8\r\n", "Content-Type: application/merge-patch+json\r\n"]
    {
        assert_eq!(typed(lines).status, 200, "{lines}");
    }
}

#[test]
fn a_head_has_its_bounds() {
    let server = server();
    let long = format!("{}&remote_query[a]={}", server.target(), "x".repeat(MOST_HEAD));
    assert_error(&server.get(&long), "target-too-long", 414);
    let lines = format!("X-Large: {}\r\n", "x".repeat(MOST_HEAD));
    assert_error(&server.send(server.request("GET", &server.target(), &lines, b"")), "headers-too-large", 431);
    for lines in ["Idempotency-Key: \r\n", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"] {
        let lines = format!("{lines}Content-Type: application/json\r\n");
        assert_error(&server.send(server.request("PATCH", &server.target(), &lines, b"{}")), "bad-header", 400);
    }
    server.is_well();
}

#[test]
fn a_request_keeps_the_callers_id_where_it_is_legal() {
    let server = server();
    let with_id = |id: &str| server.send(server.request("GET", "/nowhere", &format!("X-Request-Id: {id}\r\n"), b""));
    let body = assert_error(&with_id("caller-7"), "unknown-route", 404);
    assert_eq!(body["request_id"], "caller-7");
    let body = assert_error(&with_id("a b\tc"), "unknown-route", 404);
    assert_ne!(body["request_id"], "a b\tc");
}
