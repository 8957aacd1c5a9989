//! Hostile replies of a provider, to a read and to a write.

use std::fmt::Write as _;

use serde_json::Value;

use super::secrets::{KNOWN, Known, TOKEN, asks_for_token};
use super::server::{Act, Arrived, Server};
use super::session::{Ran, base64, percent, run, text};

/// A whole reply with its true length.
fn reply(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Act {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    Act::Send([head.as_bytes(), body].concat())
}

fn ok(body: impl AsRef<[u8]>) -> Act {
    reply("200 OK", "Content-Type: application/json\r\n", body)
}

fn raw(bytes: impl AsRef<[u8]>) -> Act {
    Act::Send(bytes.as_ref().to_vec())
}

/// A text with each character of ASCII as a JSON escape.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let _ = write!(out, "\\u{byte:04x}");
    }
    out
}

/// Each with a name, the class that a read ends with, and what becomes of the one leaf of a write.
fn replies() -> Vec<(&'static str, Act, &'static str, &'static str)> {
    let page = format!("<html><script>{TOKEN}</script><body>Welcome {TOKEN}\u{1b}[31m</body></html>");
    let location = |where_to: &str| format!("Location: {where_to}\r\n");
    let echo = |words: String| {
        reply(
            "400 Bad Request",
            "",
            format!(
                "{{\"message\": \"{words}\", \"error\": {{\"message\": \"{words}\"}}, \"errors\": [{{\"title\": \"{words}\"}}]}}"
            ),
        )
    };
    vec![
        ("a page", reply("200 OK", "Content-Type: text/html\r\n", page), "provider", "unknown"),
        ("nothing", ok(""), "provider", "altered"),
        ("half of it", ok(format!(r#"{{"token": "{TOKEN}", "id"#)), "provider", "altered"),
        ("50 MB", Act::Stream, "provider", "unknown"),
        (
            "a redirect",
            reply("302 Found", &location(&format!("https://other.example/?t={}", percent(TOKEN))), ""),
            "provider",
            "rejected",
        ),
        (
            "a redirect with another token",
            reply("307 X", &location("https://u:CANARY@other.example/a?t=CANARY#CANARY"), ""),
            "provider",
            "rejected",
        ),
        ("silence", Act::Silence, "unavailable", "unknown"),
        ("the end of the connection", Act::Close, "unavailable", "unknown"),
        ("less than was said", raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":"), "provider", "unknown"),
        (
            "more than was said",
            raw("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{\"id\":1}"),
            "provider",
            "altered",
        ),
        ("a length below nothing", raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}"), "unavailable", "unknown"),
        (
            "two lengths",
            raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
            "unavailable",
            "unknown",
        ),
        ("no UTF-8", ok(b"{\"id\": \"\xff\xfe\"}"), "provider", "altered"),
        ("100,000 brackets", ok("[".repeat(100_000)), "provider", "altered"),
        ("two of a name", ok(r#"{"id": "1", "id": "2"}"#), "provider", "altered"),
        ("NUL and escapes", ok(b"\0\0\x1b]0;title\x07\x1b[31m\xc2\x9b31m"), "provider", "altered"),
        (
            "a long header",
            reply("200 OK", &format!("X-Long: {}\r\n", "y".repeat(1 << 20)), "{}"),
            "unavailable",
            "unknown",
        ),
        ("many headers", reply("200 OK", &"X-Many: y\r\n".repeat(500), "{}"), "unavailable", "unknown"),
        ("100 and an end", raw("HTTP/1.1 100 Continue\r\n\r\n"), "unavailable", "unknown"),
        ("101", raw("HTTP/1.1 101 Switching Protocols\r\n\r\nxx"), "provider", "rejected"),
        ("204", raw("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"), "not_found", "altered"),
        ("304", raw("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"), "provider", "rejected"),
        ("no HTTP", raw(format!("hello {TOKEN}")), "unavailable", "unknown"),
        ("a status that is none", reply("999 X", "", "{}"), "provider", "unknown"),
        ("a list", ok("[]"), "not_found", "altered"),
        ("null", ok("null"), "not_found", "altered"),
        ("the secret", echo(TOKEN.to_owned()), "invalid", "rejected"),
        ("the secret, percent-encoded", echo(percent(TOKEN)), "invalid", "rejected"),
        ("the secret, percent-encoded twice", echo(percent(&percent(TOKEN))), "invalid", "rejected"),
        ("the secret in base64", echo(base64(format!("user:{TOKEN}").as_bytes())), "invalid", "rejected"),
        ("the secret in escapes", echo(escaped(TOKEN)), "invalid", "rejected"),
        (
            "the secret at the cut of a text",
            reply("400 X", "", format!("{}{TOKEN}", "z".repeat(488))),
            "invalid",
            "rejected",
        ),
        ("the secret at the cut of a message", echo(format!("{}{TOKEN}", "z".repeat(1988))), "invalid", "rejected"),
    ]
}

/// Runs a command against a server, for programs and for people, and gives the first.
fn both(known: Known, verb: &[&str], server: &Server, test: &str) -> Ran {
    let (account, url) = (known.account(test), server.url());
    let mut arguments = vec![verb[0], known.provider, known.id];
    arguments.extend(&verb[1..]);
    arguments.extend(["--account", text(&account), "--base-url", &url, "--deadline", "1"]);
    let (pretty, json) = std::thread::scope(|scope| {
        let pretty = scope.spawn(|| run(&[&arguments[..], &["--full"]].concat()));
        let json = run(&[&arguments[..], &["--format", "json"]].concat());
        (pretty.join().expect("what is true of every run holds"), json)
    });
    assert_eq!(pretty.code, json.code, "{arguments:?}: {pretty:?} {json:?}");
    json
}

#[test]
fn a_read_ends_with_an_error_of_the_right_class() {
    let mut wrong = Vec::new();
    for (index, (name, act, class, _)) in replies().into_iter().enumerate() {
        let known = KNOWN[index % KNOWN.len()];
        let simulated = known.simulated();
        let server = Server::new(
            move |arrived: &Arrived| {
                if asks_for_token(arrived) { simulated.answer(arrived) } else { act.clone() }
            },
        );
        let ran = both(known, &["get"], &server, "read");
        let came = (ran.code, ran.class());
        if came != (4, class.to_owned()) {
            let message = ran.json().pointer("/error/message").cloned();
            wrong.push(format!("{name}, {}: {came:?}, not {class}: {message:?}", known.provider));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_write_ends_with_the_truth_about_its_leaf() {
    let mut wrong = Vec::new();
    for (index, (name, act, _, fate)) in replies().into_iter().enumerate() {
        let known = KNOWN[(index + 1) % KNOWN.len()];
        let simulated = known.simulated();
        let server = Server::new(move |arrived: &Arrived| {
            let reads = arrived.method == "GET" || asks_for_token(arrived);
            if reads { simulated.answer(arrived) } else { act.clone() }
        });
        let ran = both(known, &["patch", "--data", known.patch], &server, "write");
        let outcomes = ran.json().pointer("/field_outcomes").cloned().unwrap_or_default();
        let came = (ran.code, outcomes.pointer("/0/outcome").and_then(Value::as_str), outcomes.pointer("/1"));
        // An answer that says nothing is no answer: the record is read, and what it shows is told.
        let code = if fate == "altered" { 0 } else { 4 };
        if came != (code, Some(fate), None) {
            wrong.push(format!("{name}, {}: {came:?}, not {fate}: {}", known.provider, ran.class()));
        }
        let unclear = fate == "unknown" && ran.class() != "ambiguous" && name != "a status that is none";
        assert!(!unclear, "{name}: {}", ran.class());
        let methods: Vec<String> = server.arrived().into_iter().map(|arrived| arrived.method).collect();
        assert!(methods.iter().any(|method| method == "PATCH"), "{name}: no write arrived: {methods:?} {ran:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fifty_megabytes_are_not_kept() {
    for known in KNOWN {
        let simulated = known.simulated();
        let server = Server::new(
            move |arrived: &Arrived| {
                if asks_for_token(arrived) { simulated.answer(arrived) } else { Act::Stream }
            },
        );
        let ran = both(known, &["get"], &server, "stream");
        assert_eq!((ran.code, ran.class().as_str()), (4, "provider"), "{}", known.provider);
        // Every run is held to a most; here it counts that it was seen.
        assert!(ran.peak > 8 << 10, "{}: its memory was not seen: {} KiB", known.provider, ran.peak);
    }
}

#[test]
fn a_connection_that_ends_before_the_request_is_read() {
    // One of them writes without a read before, and a write whose connection ends may have been done.
    for (known, class) in KNOWN.into_iter().zip(["unavailable", "ambiguous", "unavailable"]) {
        let server = Server::deaf();
        let ran = both(known, &["patch", "--data", known.patch], &server, "deaf");
        assert_eq!((ran.code, ran.class().as_str()), (4, class), "{}", known.provider);
    }
}

#[test]
fn a_token_endpoint_that_is_hostile() {
    let known = KNOWN[2];
    let answers = [
        ("a form", ok(format!("access_token={TOKEN}&expires_in=3600")), "unavailable"),
        ("half of it", ok(format!(r#"{{"access_token": "{TOKEN}", "expi"#)), "unavailable"),
        ("no token", ok(r#"{"token_type": "Bearer"}"#), "auth"),
        ("a token with a line break", ok(format!(r#"{{"access_token": "{TOKEN}\n"}}"#)), "auth"),
        (
            "the secrets",
            reply(
                "400 Bad Request",
                "",
                r#"{"error": "invalid_grant", "error_description": "refresh-CANARY/+0 client-CANARY/+"}"#,
            ),
            "auth",
        ),
        (
            "the secrets at the cut",
            reply("400 Bad Request", "", format!("{}refresh-CANARY/+0", "z".repeat(475))),
            "auth",
        ),
        ("a redirect", reply("302 Found", "Location: https://other.example/?code=CANARY\r\n", ""), "unavailable"),
        ("50 MB", Act::Stream, "unavailable"),
        ("silence", Act::Silence, "unavailable"),
    ];
    let mut wrong = Vec::new();
    for (name, act, class) in answers {
        let server = Server::new(move |_: &Arrived| act.clone());
        let ran = both(known, &["get"], &server, "token");
        let came = (ran.code, ran.class());
        if came != (4, class.to_owned()) {
            wrong.push(format!("{name}: {came:?}, not {class}"));
        }
        assert!(server.arrived().iter().all(asks_for_token), "{name}: nothing is sent without a token");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
