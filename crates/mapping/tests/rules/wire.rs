//! What stands in a request byte by byte, and what never may.

use mapwright_mapping::plan::{Next, Options, Replies, Run};
use mapwright_mapping::provider::Class;
use mapwright_mapping::reply::{Ending, Reply};
use serde_json::json;

use crate::desk::Desk;

const TITLE: &str = "[fields]\ntitle = \"title\"\n";

#[test]
fn wire_an_id_that_would_name_another_place_is_refused() {
    let desk = Desk::new("title", TITLE);
    for id in ["", ".", "..", "a\0", "a\nb", "\r", "\u{7f}", "\u{85}"] {
        for call in [desk.get(), desk.patch(json!({"title": "x"}))] {
            let ran = call.id(id).run();
            assert_eq!(ran.requests(), Vec::<String>::new());
            assert_eq!(ran.failure().class, Class::Invalid, "{id:?}");
        }
    }
}

#[test]
fn wire_an_id_is_encoded_as_one_segment() {
    let desk = Desk::new("title", TITLE);
    for (id, path) in [
        ("a/b", "a%2Fb"),
        ("ü", "%C3%BC"),
        ("%2F", "%252F"),
        ("a b?c#d&e=f;g", "a%20b%3Fc%23d%26e%3Df%3Bg"),
        ("...", "..."),
        ("../x", "..%2Fx"),
        ("a\\b", "a%5Cb"),
        ("-._~", "-._~"),
        ("{id}", "%7Bid%7D"),
        ("1234567890123456789012", "1234567890123456789012"),
    ] {
        let ran = desk.get().id(id).answer("read back book", json!({"id": 1})).run();
        assert_eq!(ran.requests(), [format!("GET /books/{path}")]);
    }
}

#[test]
fn wire_an_id_goes_through_its_codec_before_it_is_encoded() {
    let desk = Desk::new("title", &format!("id = {{ as = {{ suffix = \"-b/k\", optional = true }} }}\n{TITLE}"));
    for (id, path) in [("7", "7-b%2Fk"), ("7-b/k", "7-b%2Fk")] {
        let ran = desk.get().id(id).answer("read back book", json!({"id": 7})).run();
        assert_eq!(ran.requests(), [format!("GET /books/{path}")]);
    }
    for id in ["", "..", "."] {
        assert_eq!(desk.get().id(id).run().failure().class, Class::Invalid, "{id:?}");
    }
}

const LINKED: &str = r#"
[records.author]
id = "author.id"
clear = "null"
read = { send = "GET /people/{author.id}" }
write = { send = "PUT /people/{author.id}", body = "{changes}" }
[update]
order = ["book", "author"]
[fields]
title = "title"
"author.id" = "person"
"author.given" = "author:given"
"author.family" = "author:family"
"#;

#[test]
fn wire_the_id_of_a_further_record_is_refused_before_anything_is_written() {
    let desk = Desk::new("title author", LINKED);
    for id in ["", ".", "..", "a\nb"] {
        let ran = desk.patch(json!({"title": "x", "author": {"id": id, "given": "J"}})).run();
        assert_eq!(ran.requests(), Vec::<String>::new(), "{id:?}");
        assert_eq!(ran.refused(), ["/author/id bad-id"], "{id:?}");
    }
    let ran =
        desk.patch(json!({"title": "x", "author": {"given": "J"}})).answer("read book", json!({"person": ".."})).run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/title not_sent", "/author/given not_sent on author"]);
}

const HEADER: &str = r#"
[update]
order = ["book", "condition"]
[fields]
title = "title"
[fields.condition]
read = "state"
clear = "never"
set = { send = "POST /books/{id}/condition", headers = { X-State = "now {new}" }, body = { now = "{new}" } }
"#;

#[test]
fn wire_no_value_breaks_out_of_a_header() {
    let desk = Desk::new("title condition", HEADER);
    for value in ["a\r\nX-Evil: 1", "a\nb", "a\0b", "\u{7f}"] {
        let ran = desk.patch(json!({"title": "Emma", "condition": value})).run();
        assert_eq!(ran.requests(), Vec::<String>::new(), "{value:?}");
        assert_eq!(ran.refused(), [" bad-header"], "{value:?}");
        assert_eq!(ran.outcomes(), ["/title not_sent", "/condition not_sent"]);
    }
    let ran = desk
        .patch(json!({"condition": "a\tb: c".replace('\t', " ")}))
        .answer("set condition", json!({}))
        .answer("read back book", json!({"state": "a b: c"}))
        .run();
    assert_eq!(ran.header("set condition", "X-State"), Some("now a b: c"));
}

#[test]
fn wire_a_version_that_breaks_out_of_its_guard_is_refused() {
    let guarded = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", guard = { header = "If-Match", from = "etag" } }
[fields]
title = "title"
"#;
    let ran = Desk::new("title", guarded)
        .patch(json!({"title": "x"}))
        .answer("read book", json!({"etag": "v\r\nX: 1"}))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7"]);
    assert_eq!(ran.outcomes(), ["/title not_sent"]);
}

#[test]
fn wire_integers_are_exact_at_every_place() {
    let exact = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PUT /books/{id}", query = { person = "{author.id}" }, headers = { X-Person = "{author.id}" }, body = { book = "{changes}", of = "{author.id}" } }
[fields]
"author.id" = { path = "person", as = "integer" }
"author.given" = { path = "given", as = "integer" }
"author.family" = "family"
pages = "pages"
"#;
    let ran = Desk::new("author pages extras raw_book", &format!("{exact}[rest.extras]\npath = \"extras.*\"\n"))
        .patch(json!({
            "author": {"id": "1234567890123456789", "given": "9223372036854775807", "family": "18446744073709551615"},
            "pages": -9_007_199_254_740_993_i64,
            "extras": {"n": u64::MAX},
            "raw_book": {"m": i64::MIN},
        }))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "person": 1_234_567_890_123_456_789_i64, "given": i64::MAX, "family": u64::MAX, "pages": -9_007_199_254_740_993_i64, "extras": {"n": u64::MAX}}))
        .run();
    assert_eq!(
        ran.writes(),
        [concat!(
            r#"PUT /books/7?person=1234567890123456789 {"book":{"person":1234567890123456789,"given":9223372036854775807,"#,
            r#""family":"18446744073709551615","pages":-9007199254740993,"extras":{"n":18446744073709551615},"m":-9223372036854775808},"of":1234567890123456789}"#
        )]
    );
    assert_eq!(ran.header("write book", "X-Person"), Some("1234567890123456789"));
    assert_eq!(
        ran.resource()["author"],
        json!({"id": "1234567890123456789", "given": "9223372036854775807", "family": "18446744073709551615"})
    );
}

#[test]
fn wire_a_patch_is_checked_whole() {
    let desk = Desk::new(
        "title pages bought_at lendable price copies author",
        r#"
unsupported = ["author"]
[fields]
title = "title"
pages = "pages"
price = "price"
lendable = "lendable"
bought_at = { path = "bought", as = "datetime" }
[lists.copies]
key = "kind"
slots = [{ is = "lending", barcode = "lending" }, { is = "reading", barcode = "reading" }]
"#,
    );
    let ran = desk
        .patch(json!({
            "titel": "x", "title": 1, "pages": 1.5, "price": "1", "lendable": "yes", "bought_at": "2026-13-01T00:00:00Z",
            "copies": [{"kind": "lending"}, "x", {"barcode": "b", "colour": 1}], "author": {"name": "x", "given": {}},
        }))
        .run();
    assert_eq!(
        ran.refused(),
        [
            "/titel unknown-field",
            "/title wrong-type",
            "/pages wrong-type",
            "/price wrong-type",
            "/lendable wrong-type",
            "/bought_at bad-date-time",
            "/copies/0/barcode missing-leaf",
            "/copies/1 wrong-type",
            "/copies/2/colour unknown-field",
            "/author/name unknown-field",
            "/author/given wrong-type",
        ]
    );
    assert_eq!(desk.patch(json!([])).run().refused(), [" wrong-type"]);
}

#[test]
fn wire_what_comes_next_depends_on_the_replies_alone() {
    let desk = Desk::new("title author", LINKED);
    let patch = json!({"title": "x", "author": {"given": "J"}});
    let run = || Run::patch(desk.mapping(), desk.bound(), "7", &patch, Options::default()).expect("a patch");
    let mut replies = Replies::new();
    for _ in 0..3 {
        let (first, second) = (run().next(&replies), run().next(&replies));
        assert_eq!(first, second);
        let Next::Send(step) = first else { panic!("it ended early") };
        let body = br#"{"id":7,"person":"5","given":"J"}"#.to_vec();
        replies.insert(step.key, Ending::Answered(Reply { status: 200, headers: Vec::new(), body: body.into() }));
    }
    assert_eq!(replies.len(), 3);
}

#[test]
fn wire_a_run_goes_on_with_more_replies_and_begins_anew_with_other_ones() {
    let desk = Desk::new("title author", LINKED);
    let patch = json!({"title": "x", "author": {"given": "J"}});
    let run = Run::patch(desk.mapping(), desk.bound(), "7", &patch, Options::default()).expect("a patch");
    let person = |person: &str| {
        let body = json!({"id": 7, "person": person, "given": "J"}).to_string().into_bytes();
        Ending::Answered(Reply { status: 200, headers: Vec::new(), body: body.into() })
    };
    let next = |replies: &Replies| match run.next(replies) {
        Next::Send(step) => (step.key, step.request.url),
        Next::Done(done) => panic!("it ended early: {done:?}"),
    };
    let mut replies = Replies::new();
    let (read, url) = next(&replies);
    assert_eq!(url, "https://shop.test/books/7");
    replies.insert(read.clone(), person("5"));
    let (write, url) = next(&replies);
    assert_eq!(url, "https://shop.test/books/7");
    let mut others = replies.clone();
    for (replies, id) in [(&mut replies, "5"), (&mut others, "6")] {
        replies.insert(read.clone(), person(id));
        replies.insert(write.clone(), person(id));
        assert_eq!(next(replies).1, format!("https://shop.test/people/{id}"));
    }
    // Back to the first ones, in which the same reply is another one now.
    replies.insert(read, person("8"));
    assert_eq!(next(&replies).1, "https://shop.test/people/8");
}
