//! The requests of the contract's client for Node, byte by byte.

use serde_json::{Value, json};

use super::shared::shared;
use crate::support::exchange;

#[test]
fn a_patch_is_written_and_the_bare_lead_is_answered_at_every_provider() {
    let client = shared().client();
    for place in shared().places(0..1) {
        let (provider, lead) = (place.provider, &place.leads[0]);
        let value = format!("Ada of {}", provider.id);
        let patched = client.patch(place.account, lead, &provider.patch(&value)).send();
        assert_eq!((patched.status, patched.reason.as_str()), (200, "OK"), "{}: {}", provider.id, patched.text());
        assert_eq!(patched.header("content-type"), Some("application/json"));
        assert_eq!(patched.header("mapwright-unwritten"), None);
        let body = patched.json();
        assert_eq!(body["id"], lead.as_str(), "{}", provider.id);
        assert_eq!(body[provider.leaf], value.as_str(), "{}", provider.id);
        assert!(body["remote_data"].is_object(), "{}: {body}", provider.id);
        assert_eq!(provider.value(lead), value.as_str());
        let read = client.get(place.account, lead).send();
        assert_eq!((read.status, read.reason.as_str()), (200, "OK"), "{}: {}", provider.id, read.text());
        assert_eq!(without(read.json(), "remote_data"), without(body, "remote_data"), "{}", provider.id);
    }
}

fn without(mut body: Value, name: &str) -> Value {
    body.as_object_mut().expect("an object").remove(name).unwrap_or_else(|| panic!("no `{name}`"));
    body
}

#[test]
fn a_base_url_may_end_in_a_slash() {
    let client = shared().client();
    for place in shared().places(1..2) {
        let (provider, lead) = (place.provider, &place.leads[0]);
        let patch = client.patch(place.account, lead, &provider.patch("With two slashes")).with_a_doubled_slash();
        assert!(patch.bytes().starts_with(b"PATCH //unified/crm/leads/"));
        assert_eq!(patch.send().json()[provider.leaf], "With two slashes", "{}", provider.id);
        assert_eq!(provider.value(lead), "With two slashes");
    }
}

#[test]
fn an_empty_patch_is_no_body_without_content_type_or_an_object_and_writes_nothing() {
    let client = shared().client();
    for place in shared().places(2..3) {
        let (provider, lead) = (place.provider, &place.leads[0]);
        let before = provider.value(lead);
        let none = client.request("PATCH", place.account, lead);
        let object = client.patch(place.account, lead, &json!({}));
        let typed = none.clone().header("content-type", "application/json");
        for request in [none, object, typed] {
            let answer = request.send();
            assert_eq!(answer.status, 200, "{}: {}", provider.id, answer.text());
            assert_eq!(answer.json()["id"], lead.as_str());
        }
        assert_eq!(provider.value(lead), before);
    }
}

#[test]
fn an_id_is_decoded_after_the_path_is_split_and_encoded_again_for_the_provider() {
    let client = shared().client();
    for place in shared().places(3..4) {
        let provider = place.provider;
        let request = client.get(place.account, "one/two of them");
        assert!(request.bytes().starts_with(b"GET /unified/crm/leads/one%2Ftwo%20of%20them?"));
        let answer = request.send();
        assert!([400, 404, 422].contains(&answer.status), "{}: {} {}", provider.id, answer.status, answer.text());
        let code = answer.code();
        answer.assert_is_problem(answer.status, &code);
        for asked in provider.sandbox.log() {
            assert!(!asked.path_and_query.contains("one/two"), "{}: {}", provider.id, asked.path_and_query);
        }
    }
    let asked = shared().place("hubspot", 3..4).provider.sandbox.log();
    assert!(asked.iter().any(|asked| asked.path_and_query.starts_with("/crm/v3/objects/leads/one%2Ftwo%20of%20them?")));
}

#[test]
fn one_connection_carries_one_request_after_another() {
    use std::io::{BufReader, Write as _};
    let client = shared().client();
    let place = shared().place("monday_crm", 4..5);
    let mut stream = std::net::TcpStream::connect(client.address).expect("a connection");
    let mut answers = BufReader::new(stream.try_clone().expect("the same"));
    for number in 0..3 {
        let value = format!("Number {number}");
        let request = client.patch(place.account, &place.leads[0], &place.provider.patch(&value));
        stream.write_all(&request.bytes()).expect("it is sent");
        let answer = crate::support::Answer::read(&mut answers).expect("an answer");
        assert_eq!(answer.json()["title"], value.as_str());
    }
}

#[test]
fn the_broken_snippet_is_told_that_there_is_nothing() {
    let client = shared().client();
    let head = format!(
        "PATCH /unified/undefined/undefined/crm?0=R&1=I HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
         accept: application/json\r\ncontent-type: text/plain;charset=UTF-8\r\ncontent-length: 5\r\n\r\nleads",
        client.address, client.token
    );
    let answer = exchange(client.address, head.as_bytes()).expect("an answer");
    answer.assert_is_problem(404, "unknown-resource");
}
