//! Paths as clients write them.

use std::fmt::Write as _;

use crate::documented::{assert_described, assert_error};
use crate::server::server;

#[test]
fn a_base_url_that_ends_in_a_slash_works() {
    let server = server();
    let answer = server.patch(&format!("/{}", server.target()), "{}");
    assert_eq!(answer.status, 200);
    assert_described("Lead", &answer.json());
    assert_eq!(server.get(&format!("///{}", server.target())).status, 200);
}

#[test]
fn the_broken_snippet_of_a_client_gets_a_plain_404() {
    let server = server();
    let target = "/unified/undefined/undefined/crm?0=R&1=I";
    let answer = server.send(server.request("PATCH", target, "Content-Type: text/plain\r\n", b"[object Object]"));
    let body = assert_error(&answer, "unknown-resource", 404);
    assert_eq!(body["message"], "there is no unified resource `undefined/undefined`; known here: crm/leads");
}

#[test]
fn what_is_not_there_is_a_404_with_the_nearest_name() {
    let server = server();
    let account = server.demo("hubspot").account;
    for (target, code) in [
        ("/".to_owned(), "unknown-route"),
        ("/unified".to_owned(), "unknown-route"),
        ("/unified/crm/leads".to_owned(), "unknown-route"),
        ("/unified/crm/leads/1/2".to_owned(), "unknown-route"),
        (format!("/unified/crm/lead/1?integrated_account_id={account}"), "unknown-resource"),
        (format!("/unified/crn/leads/1?integrated_account_id={account}"), "unknown-resource"),
    ] {
        assert_error(&server.get(&target), code, 404);
    }
    let answer = server.get(&format!("/unified/crm/lead/1?integrated_account_id={account}"));
    assert_eq!(answer.json()["message"], "there is no unified resource `crm/lead`; did you mean `crm/leads`?");
}

#[test]
fn an_id_is_decoded_after_the_path_is_split() {
    let server = server();
    let demo = server.demo("nutshell");
    let of = |id: &str| server.get(&format!("/unified/crm/leads/{id}?integrated_account_id={}", demo.account));
    let encoded = demo.first.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    });
    let plain = of(&demo.first);
    assert_eq!(plain.status, 200);
    assert_eq!(of(&encoded).json(), plain.json());
    // One segment, which is no record's id, and not two segments.
    assert_ne!(of("a%2Fb").json()["code"], "unknown-route");
    assert_error(&of("a/b"), "unknown-route", 404);
}

#[test]
fn an_id_that_cannot_be_sent_is_refused() {
    let server = server();
    let account = server.demo("hubspot").account;
    for id in ["", "%2E", "..", "%2e%2e", "a%00b", "a%0d%0ab"] {
        let answer = server.get(&format!("/unified/crm/leads/{id}?integrated_account_id={account}"));
        assert_error(&answer, "malformed-id", 400);
    }
    for id in ["%ff", "%c3%28"] {
        let answer = server.get(&format!("/unified/crm/leads/{id}?integrated_account_id={account}"));
        assert_error(&answer, "malformed-path", 400);
    }
    server.is_well();
}

#[test]
fn an_id_that_a_client_did_not_encode_is_taken_as_it_is() {
    let server = server();
    let demo = server.demo("hubspot");
    // Characters that a client for Python leaves as they are: none of them ends the segment.
    for id in ["a:b@c", "a+b", "a;b=c,d", "a'b(c)*!$&d", "a~b"] {
        let answer = server.get(&format!("/unified/crm/leads/{id}?integrated_account_id={}", demo.account));
        let body = answer.json();
        assert!([400, 404].contains(&answer.status) && body["code"] != "unknown-route", "{id}: {body:#}");
        assert_described("Problem", &body);
    }
}
