//! Patches that are refused: every violation at once, each with its place, and nothing is written.

use std::fs;

use serde_json::{Value, json};

use super::session::{run, run_with, scratch, text};

/// Pointer and code of each violation of a patch; nothing may have been written.
fn violations(data: &str) -> Vec<[String; 2]> {
    let state = scratch("patches").join("state.json");
    let arguments =
        ["patch", "hubspot", "563417219", "--sandbox", "--state", text(&state), "--format", "json", "--data"];
    let before = run(&[&arguments[..], &["{}"]].concat());
    assert_eq!(before.code, 0);
    let records = || {
        let text = fs::read_to_string(&state).expect("the state is saved");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        value.pointer("/collections").cloned().expect("records")
    };
    let before = records();
    let ran = run(&[&arguments[..], &[data]].concat());
    assert_eq!((ran.code, ran.class().as_str()), (5, "invalid"), "{data}: {ran:?}");
    let value = ran.json();
    assert_eq!(value.pointer("/lead"), Some(&Value::Null), "{data}");
    let exchanges = value.pointer("/exchanges").and_then(Value::as_array).expect("a list");
    assert!(exchanges.iter().all(|call| call.pointer("/request/method") == Some(&"GET".into())), "{data}");
    assert!(records() == before, "{data}");
    let pretty = run(&["patch", "hubspot", "563417219", "--sandbox", "--data", data]);
    assert_eq!(pretty.code, 5, "{data}");
    let all = value.pointer("/error/violations").and_then(Value::as_array).expect("violations");
    let member =
        |violation: &Value, name: &str| violation.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    for violation in all {
        let place = member(violation, "pointer");
        let shown = place.replace('\u{1b}', "\u{fffd}");
        assert!(pretty.stdout.contains(&format!("  {shown}")), "{place} is not shown: {}", pretty.stdout);
        assert!(!member(violation, "message").is_empty(), "{place} has no words");
    }
    all.iter().map(|violation| ["pointer", "code"].map(|name| member(violation, name))).collect()
}

#[test]
fn what_is_no_object_is_refused() {
    for data in ["[]", "null", "5", "\"text\"", "true"] {
        assert_eq!(violations(data), [["", "wrong-type"]], "{data}");
    }
}

#[test]
fn every_violation_comes_at_once() {
    let patch = json!({
        "frist_name": "Ada",
        "a/b~c": 1,
        "": null,
        "first_name": 5,
        "title": {},
        "custom_fields": 7,
        "owner": { "id": [], "nmae": "x" },
        "addresses": "here",
        "email_addresses": [{ "type": "work" }, 5, { "email": 7, "typo": 1 }],
        "phone_numbers": { "number": "1" },
        "created_at": "yesterday",
        "\u{1b}[31m": 1,
    });
    let want = [
        ["/frist_name", "unknown-field"],
        ["/a~1b~0c", "unknown-field"],
        ["/", "unknown-field"],
        ["/first_name", "wrong-type"],
        ["/title", "wrong-type"],
        ["/custom_fields", "wrong-type"],
        ["/owner/id", "wrong-type"],
        ["/owner/nmae", "unknown-field"],
        ["/addresses", "wrong-type"],
        ["/email_addresses/0/email", "missing-leaf"],
        ["/email_addresses/1", "wrong-type"],
        ["/email_addresses/2/email", "wrong-type"],
        ["/email_addresses/2/typo", "unknown-field"],
        ["/email_addresses/2/type", "missing-leaf"],
        ["/phone_numbers", "wrong-type"],
        ["/created_at", "bad-date-time"],
        ["/\u{1b}[31m", "unknown-field"],
    ];
    assert_eq!(violations(&patch.to_string()), want);
}

#[test]
fn what_the_mapping_does_not_know_is_refused() {
    assert_eq!(
        violations(r#"{"status": "Levitating", "lead_type": "?"}"#),
        [["/status", "unknown-value"], ["/lead_type", "unknown-value"]]
    );
}

#[test]
fn what_is_not_json_is_told_by_its_place() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    for (data, want) in [
        ("", "--data:1:0: this is not JSON: EOF while parsing a value"),
        ("{\"first_name\": }", "--data:1:16: this is not JSON: expected value"),
        ("{\n\"first_name\": 1e999}", "--data:2:19: this is not JSON: number out of range"),
        ("{\"first_name\": \"\\ud800\"}", "--data:1:23: this is not JSON: unexpected end of hex escape"),
        (&deep, "--data:1:128: this is not JSON: recursion limit exceeded"),
        ("@missing.json", "error[file-unreadable]: there is no such file or directory\n --> missing.json:1:1"),
        ("@.", "error[file-unreadable]: it is a directory\n --> .:1:1"),
        ("@/dev/zero", "error[file-unreadable]: the file is larger than 8388608 bytes\n --> /dev/zero:1:1"),
    ] {
        let ran = run(&["patch", "hubspot", "563417219", "--sandbox", "--data", data]);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{want}");
        assert!(ran.stderr.trim_start_matches("error: ").starts_with(want), "{want}: {}", ran.stderr);
    }
}

#[test]
fn standard_input_is_read_up_to_a_limit() {
    let patch = ["patch", "hubspot", "563417219", "--sandbox", "--format", "json", "--data", "-"];
    for (input, want) in [
        (&b"{\"first_name\": \"\xff\"}"[..], "error: standard input: it is not UTF-8\n"),
        (&vec![b' '; (8 << 20) + 1], "error: standard input: it is larger than 8388608 bytes\n"),
        (b"[[", "error: standard input:1:2: this is not JSON: EOF while parsing a list\n"),
    ] {
        let ran = run_with(&patch, input, &[]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (3, "", want));
    }
    let marked = run_with(&patch, b"\xef\xbb\xbf{\"first_name\":\r\n \"Ada\"}\r\n", &[]);
    assert_eq!(marked.json().pointer("/lead/first_name"), Some(&"Ada".into()), "a byte-order mark is no part of JSON");
    // The simulated provider takes so much less that it refuses, and that is what is told.
    let large = json!({ "first_name": "x".repeat(5_000_000) }).to_string();
    let ran = run_with(&patch, large.as_bytes(), &[]);
    assert_eq!((ran.code, ran.class().as_str()), (4, "invalid"));
}
