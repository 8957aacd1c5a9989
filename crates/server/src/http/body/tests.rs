//! What a body may be.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::patch_body;
use crate::http::problem::Problem;

const DEPTH: usize = 64;

fn typed(content_type: &str) -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(content_type).expect("a value"))])
}

fn parse(body: impl AsRef<[u8]>) -> Result<Value, Problem> {
    patch_body(&typed("application/json"), body.as_ref(), DEPTH)
}

/// The code and the status that a body is refused with.
fn refused(body: impl AsRef<[u8]>) -> (&'static str, u16) {
    let problem = parse(body).expect_err("refused");
    (problem.code().as_str(), problem.status().as_u16())
}

#[test]
fn a_body_is_a_patch_in_its_order_with_exact_integers() {
    let text = "\u{feff}{\"b\": 18446744073709551615, \"a\": [-9223372036854775808, 0.1, 1e3, null, true, \"ü\\n\"]}";
    let value = parse(text).expect("a patch");
    assert_eq!(value, json!({ "b": u64::MAX, "a": [i64::MIN, 0.1, 1000.0, null, true, "ü\n"] }));
    assert_eq!(value.as_object().map(|object| object.keys().map(String::as_str).collect()), Some(vec!["b", "a"]));
}

#[test]
fn no_body_says_nothing_whatever_its_type() {
    assert_eq!(patch_body(&HeaderMap::new(), b"", DEPTH), Ok(json!({})));
    assert_eq!(patch_body(&typed("text/plain"), b"", DEPTH), Ok(json!({})));
    assert_eq!(parse("{}"), Ok(json!({})));
}

#[test]
fn two_content_types_are_taken() {
    for good in [
        "application/json",
        "Application/JSON",
        "application/merge-patch+json",
        "application/json;charset=utf-8",
        "application/json; charset=\"UTF-8\"; q=1",
    ] {
        assert_eq!(patch_body(&typed(good), b"{}", DEPTH), Ok(json!({})), "{good}");
    }
    for wrong in ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "json"] {
        let problem = patch_body(&typed(wrong), b"{}", DEPTH).expect_err("refused");
        assert_eq!((problem.code().as_str(), problem.status().as_u16()), ("unsupported-media-type", 415), "{wrong}");
    }
}

#[test]
fn a_body_without_a_type_or_with_two_is_refused() {
    assert_eq!(patch_body(&HeaderMap::new(), b"{}", DEPTH).map_err(|e| e.status().as_u16()), Err(415));
    let mut headers = typed("application/json");
    headers.append(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    assert_eq!(patch_body(&headers, b"{}", DEPTH).map_err(|e| e.status().as_u16()), Err(415));
}

#[test]
fn a_compressed_body_is_refused() {
    let mut headers = typed("application/json");
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    assert_eq!(patch_body(&headers, b"{}", DEPTH), Ok(json!({})));
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity, gzip"));
    assert_eq!(patch_body(&headers, b"{}", DEPTH).map_err(|e| e.status().as_u16()), Err(415));
}

#[test]
fn what_is_not_json_is_refused_with_the_place() {
    for text in ["x", "{", "{\"a\": 1", "{'a': 1}", "{} {}", "{\"a\": NaN}", "{\"a\": 01}", "{\"a\": \"\\ud800\"}", " "]
    {
        assert_eq!(refused(text), ("body-not-json", 400), "{text}");
    }
    let problem = parse("{\n  \"a\": x }").expect_err("refused");
    assert_eq!(problem.detail(), "the body is not JSON: line 2, column 8: expected value");
}

#[test]
fn what_is_not_an_object_is_refused() {
    for (text, kind) in [("null", "null"), ("[]", "a list"), ("7", "a number"), ("\"{}\"", "a string")] {
        assert_eq!(refused(text), ("body-not-object", 400), "{text}");
        let detail = format!("a patch is an object, and the body is {kind}");
        assert_eq!(parse(text).expect_err("refused").detail(), detail);
    }
}

#[test]
fn other_bytes_than_utf_8_are_refused() {
    assert_eq!(refused(b"{\"a\": \"\xff\"}"), ("body-not-utf8", 400));
    let utf_16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).chain([0xd8]).collect();
    assert_eq!(refused(utf_16), ("body-not-utf8", 400));
}

#[test]
fn depth_is_capped_and_brackets_in_texts_do_not_count() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(parse(nested(64)).is_ok());
    assert_eq!(refused(nested(65)), ("body-too-deep", 400));
    assert_eq!(refused(nested(100_000)), ("body-too-deep", 400));
    assert_eq!(refused("[".repeat(1_000_000)), ("body-too-deep", 400));
    let text = format!("{{\"a\": \"\\\"{}\"}}", "[".repeat(100));
    assert!(parse(text).is_ok());
}

#[test]
fn an_integer_that_does_not_fit_is_refused() {
    for number in ["18446744073709551616", "-9223372036854775809", "123456789012345678901234567890"] {
        assert_eq!(refused(format!("{{\"a\": [{number}]}}")), ("body-number-too-large", 422), "{number}");
        assert_eq!(parse(format!("{{\"a\": \"{number}\"}}")), Ok(json!({ "a": number })));
    }
    assert_eq!(parse("{\"a\": 1.5e300}"), Ok(json!({ "a": 1.5e300 })));
    assert_eq!(refused("{\"a\": 1e999}"), ("body-not-json", 400));
}

#[test]
fn every_key_that_is_named_twice_is_told() {
    let problem = parse("{\"a\": 1, \"b\": [{\"c/d\": 1, \"c/d\": 1, \"c/d\": 2}], \"a\": 1}").expect_err("refused");
    assert_eq!((problem.code().as_str(), problem.status().as_u16()), ("body-doubled-key", 400));
    let places: Vec<_> = problem.reasons().iter().filter_map(|reason| reason.pointer.as_deref()).collect();
    assert_eq!(places, ["/b/0/c~1d", "/a"]);
}
