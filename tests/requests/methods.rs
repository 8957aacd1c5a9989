//! Methods that a route has, and those that it does not have.

use serde_json::Value;

use crate::documented::{assert_described, assert_error, description};
use crate::server::server;
use crate::socket::Socket;

#[test]
fn a_method_that_a_route_does_not_have_is_answered_with_those_that_it_has() {
    let server = server();
    let routes = [
        (server.target(), "GET, PATCH"),
        ("/unified/crm/leads/hubspot/meta/update".to_owned(), "GET"),
        ("/openapi.json".to_owned(), "GET"),
        ("/livez".to_owned(), "GET"),
        ("/docs/problems".to_owned(), "GET"),
    ];
    for (target, allow) in routes {
        for method in ["DELETE", "POST", "PUT", "OPTIONS", "TRACE", "BREW"] {
            let answer = server.send(server.request(method, &target, "", b""));
            assert_error(&answer, "method-not-allowed", 405);
            assert_eq!(answer.header("allow"), Some(allow), "{method} {target}");
        }
    }
    server.is_well();
}

#[test]
fn a_head_request_has_no_body() {
    let server = server();
    let mut socket = Socket::open(server.address);
    socket.send(&server.request("HEAD", &server.target(), "", b""));
    let answer = socket.answer_to("HEAD");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, PATCH")));
    // Nothing of a body stands between this answer and the next.
    socket.send(&server.request("GET", "/livez", "", b""));
    assert_eq!(socket.answer().status, 200);
}

#[test]
fn every_described_page_is_there() {
    for (path, item) in description()["paths"].as_object().expect("paths") {
        // What is counted belongs to the process, which is that of the tests here.
        if path.starts_with("/unified/") || path == "/metrics" {
            continue;
        }
        let answer = server().send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_eq!(answer.status, 200, "{path}");
        let content = item["get"]["responses"]["200"]["content"].as_object().expect("content");
        let kind = answer.header("content-type").expect("a content type");
        assert!(content.keys().any(|known| kind.starts_with(known.as_str())), "{path}: {kind}");
    }
}

#[test]
fn every_method_of_every_integration_can_be_asked_about() {
    let server = server();
    for demo in &server.demos {
        for (method, name) in [("update", "update"), ("patch", "update"), ("get", "get")] {
            let answer = server.get(&format!("/unified/crm/leads/{}/meta/{method}", demo.provider));
            assert_eq!((answer.status, &answer.json()["method"]), (200, &Value::from(name)), "{}", demo.provider);
            assert_described("LeadMethod", &answer.json());
        }
    }
    let missing = [("nobody", "get", "unknown-integration"), ("hubspot", "upsert", "unknown-method")];
    for (integration, method, code) in missing {
        let target = format!("/unified/crm/leads/{integration}/meta/{method}");
        assert_error(&server.get(&target), code, 404);
    }
    assert_error(&server.get("/unified/crm/leads/hubspot/meta/get?a=1"), "bad-query", 400);
    let bare = server.send("GET /unified/crm/leads/hubspot/meta/get HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_error(&bare, "token-missing", 401);
}
