//! What a caller gets when a run succeeded.

use axum::response::Response;
use http_body_util::BodyExt as _;
use mapwright_interpreter::RateLeft;
use mapwright_mapping::outcome::{Fate, LeafOutcome, Success, Unread};
use mapwright_mapping::plan::ListMode;
use mapwright_mapping::version::Version;
use serde_json::{Value, json};

use super::{UNREAD, UNWRITTEN, about_leaves, provider_answer, rate_limit, success_body};
use crate::http::fixture::{mapping, refused};
use crate::http::query::{DryRun, Format, Query};
use crate::http::schema::{self, Form};

fn query() -> Query {
    Query {
        account: uuid::Uuid::nil(),
        format: Format::Unified,
        ignore_remote: false,
        exclude: vec![],
        remote_query: vec![],
        strict: false,
        dry_run: DryRun::No,
        outcome: false,
        lists: ListMode::Replace,
    }
}

fn success() -> Success {
    Success {
        resource: json!({
            "id": "7",
            "title": "Emma",
            "price": null,
            "bought_at": "2026-03-01T10:00:00.250+02:00",
            "author": { "id": "3" },
            "copies": [{ "barcode": "b1", "kind": "first" }],
            "extras": { "x": 18_014_398_509_481_985_u64 },
        }),
        remote: vec![
            ("book".to_owned(), json!({ "book": { "id": 7 }, "author": 1 }).into()),
            ("author".to_owned(), json!({ "id": 3 }).into()),
            ("card".to_owned(), json!([1]).into()),
        ],
        outcomes: vec![
            LeafOutcome::new("/title", Fate::Written),
            LeafOutcome::new("/loans", Fate::Unsupported).because("no place"),
        ],
        unread: vec![Unread { pointer: "/genre".to_owned(), reason: "the look-up failed".to_owned() }],
        version: Version::Strong("7".to_owned()),
    }
}

fn body(query: &Query) -> Value {
    success_body(success(), query, &mapping())
}

#[test]
fn the_bare_resource_has_the_main_records_answer_and_further_ones_in_it() {
    let mut want = success().resource;
    want["raw_book"] = json!({ "book": { "id": 7 }, "author": 1, "author_record": { "id": 3 }, "card": [1] });
    assert_eq!(body(&query()), want);
    assert_eq!(refused(&schema::of_model(&mapping().model, Form::Answer), &want), Vec::<String>::new());
}

#[test]
fn an_answer_that_is_no_object_stands_under_its_records_name() {
    let listed = Success { remote: vec![("book".to_owned(), json!([1]).into())], ..success() };
    assert_eq!(success_body(listed, &query(), &mapping())["raw_book"], json!({ "book": [1] }));
    let unread = Success { remote: vec![("author".to_owned(), json!({ "id": 3 }).into())], ..success() };
    assert_eq!(success_body(unread, &query(), &mapping())["raw_book"], json!({ "author": { "id": 3 } }));
}

#[test]
fn what_is_not_wanted_is_left_out() {
    assert_eq!(body(&Query { ignore_remote: true, ..query() }), success().resource);
    let exclude = ["id", "raw_book", "copies", "extras", "price", "bought_at"].map(str::to_owned).to_vec();
    let want = json!({ "title": "Emma", "author": { "id": "3" } });
    assert_eq!(body(&Query { exclude, ..query() }), want);
}

#[test]
fn outcomes_are_told_when_they_are_asked_for() {
    let body = body(&Query { outcome: true, ..query() });
    assert_eq!(
        body["field_outcomes"],
        json!([
            { "pointer": "/title", "outcome": "written" },
            { "pointer": "/loans", "outcome": "unsupported", "reason": "no place" },
        ])
    );
}

#[test]
fn normalized_has_every_property_and_dates_in_utc() {
    let want = json!({
        "id": "7", "title": "Emma", "subtitle": null, "summary": null, "blurb": null, "room": null, "bay": null,
        "code": null, "language": null, "series": null, "genre": null, "binding": null, "condition": null,
        "pages": null, "stars": null, "price": null, "lendable": null,
        "bought_at": "2026-03-01T08:00:00.25Z", "added_at": null,
        "author": { "id": "3", "given": null, "family": null }, "keeper": { "id": null },
        "copies": [{ "barcode": "b1", "shelf": null, "row": null, "kind": "first" }],
        "editions": null, "links": null, "extras": { "x": 18_014_398_509_481_985_u64 }, "labels": null, "marks": null,
        "mark": null, "motto": null, "initials": null, "published_on": null, "lent_at": null, "returned_at": null,
        "reader": { "id": null }, "loans": null,
    });
    let body = body(&Query { format: Format::Normalized, ..query() });
    assert_eq!(body, want);
    assert_eq!(refused(&schema::of_model(&mapping().model, Form::Answer), &body), Vec::<String>::new());
}

#[test]
fn normalized_leaves_out_what_is_not_wanted_too() {
    let query = Query { format: Format::Normalized, exclude: vec!["author".to_owned()], ..query() };
    assert_eq!(body(&query).get("author"), None);
}

#[tokio::test]
async fn the_providers_answer_goes_on_byte_for_byte() {
    let parts = |response: Response| async {
        let (head, body) = response.into_parts();
        let text = |name: &str| head.headers.get(name).map(|value| value.to_str().expect("text").to_owned());
        let said = (head.status.as_u16(), text("content-type"), text("x-content-type-options"));
        (said, body.collect().await.expect("a body").to_bytes())
    };
    let nosniff = Some("nosniff".to_owned());
    let (said, bytes) = parts(provider_answer(&b"{\"id\" : 7}\xff"[..], false, Some("application/hal+json"))).await;
    assert_eq!(said, (200, Some("application/hal+json".to_owned()), nosniff.clone()));
    assert_eq!(&bytes[..], b"{\"id\" : 7}\xff");
    for wrong in [None, Some(""), Some("text/\nhtml")] {
        let (said, _) = parts(provider_answer("x", false, wrong)).await;
        assert_eq!(said, (200, Some("application/octet-stream".to_owned()), nosniff.clone()), "{wrong:?}");
    }
    let (said, bytes) = parts(provider_answer("", true, Some("application/json"))).await;
    assert_eq!((said, bytes.len()), ((204, None, None), 0));
}

#[test]
fn leaves_that_were_not_written_are_named_with_a_reason() {
    let headers = about_leaves(&success().outcomes, &success().unread);
    assert_eq!(headers[UNWRITTEN], "\"/loans\";reason=unsupported");
    assert_eq!(headers[UNREAD], "\"/genre\"");
    assert!(about_leaves(&[LeafOutcome::new("/title", Fate::Written)], &[]).is_empty());
}

#[test]
fn a_pointer_is_a_string_or_a_display_string() {
    let pointers = ["/a\"b\\c", "/größe", "/a\nb", "/50%", "/ü%\""];
    let outcomes = pointers.map(|pointer| LeafOutcome::new(pointer, Fate::NoSlot));
    let want = "\"/a\\\"b\\\\c\";reason=no_slot, %\"/gr%c3%b6%c3%9fe\";reason=no_slot, \
                %\"/a%0ab\";reason=no_slot, \"/50%\";reason=no_slot, %\"/%c3%bc%25%22\";reason=no_slot";
    assert_eq!(about_leaves(&outcomes, &[])[UNWRITTEN], want);
}

#[test]
fn a_long_list_is_cut_with_a_mark() {
    let outcomes: Vec<_> = (0..1000).map(|n| LeafOutcome::new(format!("/field_{n:04}"), Fate::ReadOnly)).collect();
    let headers = about_leaves(&outcomes, &[]);
    let text = headers[UNWRITTEN].to_str().expect("text");
    assert!(text.len() <= 4096, "{}", text.len());
    let members: Vec<&str> = text.split(", ").collect();
    let shown = members.len() - 1;
    assert_eq!(members[shown - 1], format!("\"/field_{:04}\";reason=read_only", shown - 1));
    assert_eq!(members[shown], format!("more;count={}", 1000 - shown));
    let huge = [LeafOutcome::new("x".repeat(5000), Fate::ReadOnly)];
    assert_eq!(about_leaves(&huge, &[])[UNWRITTEN], "more;count=1");
}

#[test]
fn a_limit_is_passed_on_in_one_form() {
    let text = |rate: RateLeft| {
        let headers = rate_limit(&rate);
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text"))).collect::<Vec<_>>()
    };
    let whole = RateLeft { limit: Some(110), window: Some(10), remaining: Some(3), reset: Some(7) };
    assert_eq!(text(whole), ["ratelimit-limit: 110;w=10", "ratelimit-remaining: 3", "ratelimit-reset: 7"]);
    assert_eq!(text(RateLeft { limit: Some(5), ..RateLeft::default() }), ["ratelimit-limit: 5"]);
    assert_eq!(text(RateLeft::default()), Vec::<String>::new());
}
