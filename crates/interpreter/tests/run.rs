//! Whole runs: a mapping, an account, a server on a loopback socket.

mod library;
mod server;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use library::{MAPPING, account, mapping, mapping_of};
use mapwright_interpreter::{
    Account, Exchange, Expected, ExpectedBody, Finished, Http, Interpreter, Replay, TransportError,
};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::Options;
use mapwright_mapping::provider::Class;
use serde_json::{Value, json};
use server::{Does, Server, head};

/// A provider that works, and says in everything what it was told.
fn works() -> Does {
    Does::Answer(Box::new(|request| {
        let line = request.lines().next().unwrap_or_default();
        let body = match line {
            "POST /token HTTP/1.1" => json!({"access_token": "canary-token", "expires_in": 3600}),
            "GET /v1/shelves HTTP/1.1" => json!({"shelves": [{"name": "North", "id": 7}], "echo": request}),
            _ => json!({"data": {"id": "1", "colour": "red", "shelf_id": 7}, "echo": request}),
        };
        format!("{}{body}", head(200, "Content-Type: application/json\r\nSet-Cookie: canary-session\r\n"))
    }))
}

async fn patch(interpreter: &Interpreter, account: &Account, mapping: &Arc<Mapping>, patch: Value) -> Finished {
    let finished = interpreter.patch(account, mapping, "1", &patch, Options::default()).await;
    let shown = format!("{finished:?} {}", serde_json::to_string(&finished.trace).expect("JSON"));
    assert!(!shown.contains("canary"), "{shown}");
    finished
}

fn steps(finished: &Finished) -> Vec<&str> {
    finished.trace.calls.iter().map(|call| call.step.as_str()).collect()
}

#[tokio::test]
async fn a_patch_goes_over_the_wire_and_tokens_and_look_ups_are_kept() {
    let server = Server::start(works()).await;
    let mapping = mapping();
    let account = account(&mapping).at(&server.url("")).expect("a local account");
    let interpreter = Interpreter::new(Http::new().expect("a client"));
    let first = patch(&interpreter, &account, &mapping, json!({"colour": "red", "shelf": "North"})).await;
    let resource = first.result.as_ref().expect("a success").resource.clone();
    assert_eq!(resource, json!({"id": "1", "colour": "red", "shelf": "North"}));
    assert_eq!(steps(&first), ["renew the access token", "look up shelves", "write book"]);
    let body = server.requests().pop().expect("a request");
    assert!(body.ends_with("\r\n\r\n{\"data\":{\"colour\":\"red\",\"shelf_id\":7}}"), "{body}");
    assert!(body.contains("authorization: Bearer canary-token\r\n"), "{body}");

    let second = patch(&interpreter, &account, &mapping, json!({"shelf": "North"})).await;
    assert!(second.result.is_ok());
    assert_eq!(steps(&second), ["look up shelves", "write book"]);
    assert!(second.trace.calls[0].cached);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_patches_at_once_renew_once_and_look_up_once() {
    let server = Server::start(works()).await;
    let mapping = mapping();
    let account = account(&mapping).at(&server.url("")).expect("a local account");
    let interpreter = Interpreter::new(Http::new().expect("a client"));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (interpreter, account, mapping) = (interpreter.clone(), account.clone(), Arc::clone(&mapping));
        all.spawn(
            async move { patch(&interpreter, &account, &mapping, json!({"shelf": "North"})).await.result.is_ok() },
        );
    }
    assert_eq!(all.join_all().await, [true; 20]);
    let requests = server.requests();
    let count = |line: &str| requests.iter().filter(|request| request.starts_with(line)).count();
    assert_eq!((count("POST /token"), count("GET /v1/shelves"), count("PATCH")), (1, 1, 20));
}

#[tokio::test]
async fn the_provider_s_refusal_is_kept_without_what_it_repeats() {
    let server = Server::start(Does::Answer(Box::new(|request| {
        if request.starts_with("POST /token") {
            return format!("{}{}", head(200, ""), json!({"access_token": "canary-token"}));
        }
        format!("{}{}", head(422, ""), json!({"message": format!("not so: {request}")}))
    })))
    .await;
    let mapping = mapping();
    let account = account(&mapping).at(&server.url("")).expect("a local account");
    let interpreter = Interpreter::new(Http::new().expect("a client"));
    let finished = patch(&interpreter, &account, &mapping, json!({"colour": "red"})).await;
    let failure = finished.result.expect_err("a failure");
    assert_eq!(failure.class, Class::Invalid);
    let message = failure.fault.expect("a fault").message.expect("a message");
    assert!(message.starts_with("not so: PATCH /v1/books/1"), "{message}");
    assert!(message.contains("authorization: Bearer ***"), "{message}");
}

#[tokio::test]
async fn a_silent_provider_is_left_at_the_deadline() {
    let server = Server::start(Does::Nothing).await;
    let mapping = mapping();
    let account = account(&mapping).at(&server.url("")).expect("a local account");
    let interpreter = Interpreter::new(Http::new().expect("a client")).within(Duration::from_millis(300));
    let begun = Instant::now();
    let finished = patch(&interpreter, &account, &mapping, json!({"colour": "red"})).await;
    let failure = finished.result.expect_err("a failure");
    // The token endpoint is silent, so nothing was sent to the provider.
    assert_eq!(failure.class, Class::Unavailable);
    assert!((300..1500).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_page_and_half_an_answer_are_failures_of_the_provider() {
    for body in ["<html><h1>Hello</h1></html>", "{\"data\":{\"id\":"] {
        let server = Server::start(Does::Answer(Box::new(move |request| {
            let token = json!({"access_token": "canary-token"}).to_string();
            let body = if request.starts_with("POST /token") { &token } else { body };
            format!("{}{body}", head(200, ""))
        })))
        .await;
        let mapping = mapping();
        let account = account(&mapping).at(&server.url("")).expect("a local account");
        let interpreter = Interpreter::new(Http::new().expect("a client"));
        let failure = interpreter.get(&account, &mapping, "1", Vec::new()).await.result.expect_err("a failure");
        assert_eq!(failure.class, Class::Provider, "{body}: {failure:?}");
    }
}

fn exchange(method: &str, path: &str, body: ExpectedBody, reply: &Value) -> Exchange {
    Exchange {
        request: Expected {
            method: method.to_owned(),
            url: format!("https://api.example.com/v1{path}"),
            headers: Vec::new(),
            body,
        },
        reply: Ok(Response::new(Bytes::from(reply.to_string()))),
    }
}

#[tokio::test]
async fn a_run_is_replayed_without_credentials() {
    let mapping = mapping();
    let account = Account::without_credentials("one", &mapping.provider, &BTreeMap::new()).expect("an account");
    let record = json!({"data": {"id": "1", "colour": "red", "shelf_id": 7}});
    let shelves = json!({"shelves": [{"name": "North", "id": 7}]});
    let expected = |colour: &str| ExpectedBody::Json(json!({"data": {"colour": colour}}));
    let exchanges = |colour| {
        [
            exchange("PATCH", "/books/1", expected(colour), &record),
            exchange("GET", "/shelves", ExpectedBody::Empty, &shelves),
        ]
    };
    let replay = Replay::new(exchanges("red"));
    let finished = patch(&Interpreter::new(replay.clone()), &account, &mapping, json!({"colour": "red"})).await;
    assert_eq!(replay.finish(), Ok(()));
    let resource = finished.result.expect("a success").resource;
    assert_eq!(resource, json!({"id": "1", "colour": "red", "shelf": "North"}));

    let account = Account::without_credentials("two", &mapping.provider, &BTreeMap::new()).expect("an account");
    let replay = Replay::new(exchanges("blue"));
    let finished = patch(&Interpreter::new(replay.clone()), &account, &mapping, json!({"colour": "red"})).await;
    assert_eq!(
        replay.finish().map_err(|difference| difference.to_string()),
        Err("request 1 (write book): the body differs\n  expected: {\"data\":{\"colour\":\"blue\"}}\n  sent:     {\"data\":{\"colour\":\"red\"}}".to_owned())
    );
    assert_eq!(finished.result.expect_err("a failure").class, Class::Unavailable);
}

#[tokio::test]
async fn an_account_of_another_provider_is_refused() {
    let mapping = mapping();
    let mut other = (*mapping.provider).clone();
    other.id = "archive".to_owned();
    let account = Account::without_credentials("one", &Arc::new(other), &BTreeMap::new()).expect("an account");
    let finished = patch(&Interpreter::new(Replay::new([])), &account, &mapping, json!({"colour": "red"})).await;
    let failure = finished.result.expect_err("a failure");
    assert_eq!(failure.message, "the account is for the provider `archive`, and the mapping is for `library`");
    assert_eq!(finished.trace.calls, []);
}

/// A write that ends in silence this often.
fn silent(times: usize) -> Replay {
    let write = || {
        let body = ExpectedBody::Json(json!({"data": {"colour": "red"}}));
        let silence = Err(TransportError::Ambiguous("cut".to_owned()));
        Exchange { reply: silence, ..exchange("PATCH", "/books/1", body, &json!({})) }
    };
    Replay::new(std::iter::repeat_with(write).take(times))
}

#[tokio::test(start_paused = true)]
async fn a_write_that_sets_is_repeated_after_silence_and_then_reported_as_ambiguous() {
    let mapping = mapping();
    let account = Account::without_credentials("one", &mapping.provider, &BTreeMap::new()).expect("an account");
    let replay = silent(4);
    let finished = patch(&Interpreter::new(replay.clone()), &account, &mapping, json!({"colour": "red"})).await;
    assert_eq!(replay.finish(), Ok(()));
    assert_eq!(finished.result.expect_err("a failure").class, Class::Ambiguous);
    let call = &finished.trace.calls[0];
    assert_eq!((call.attempts.len(), call.repeated_after_silence), (4, true));
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_add_is_sent_once() {
    let unsafe_write = "answer = \"data\", repeat = \"unsafe\"";
    let mapping = mapping_of(&MAPPING.replace("answer = \"data\"", unsafe_write));
    let account = Account::without_credentials("one", &mapping.provider, &BTreeMap::new()).expect("an account");
    let finished = patch(&Interpreter::new(silent(1)), &account, &mapping, json!({"colour": "red"})).await;
    let call = &finished.trace.calls[0];
    assert_eq!((call.attempts.len(), call.ending.as_str()), (1, "sent without an answer: cut"));
}
