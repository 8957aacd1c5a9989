//! The versions that a caller names, and the version that an answer has: R25.

use mapwright_mapping::plan::Plan;
use mapwright_mapping::provider::Class;
use mapwright_mapping::version::{EntityTag, Version};
use serde_json::{Value, json};

use crate::desk::{Desk, Ran, findings};

const GUARDED: &str = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", answer = "", guard = { header = "If-Match", from = "etag", when = "asked" } }
[fields]
title = "title"
"#;

const PLAIN: &str = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}", answer = "" }
[fields]
title = "title"
"#;

const NOT_IT: &str = "the record is not of the version that was asked for";

fn guarded() -> Desk {
    Desk::new("title", GUARDED)
}

fn book(title: &str, etag: &str) -> Value {
    json!({"id": 7, "title": title, "etag": etag})
}

fn strong(text: &str) -> EntityTag {
    Version::Strong(text.to_owned()).tag()
}

/// The weak tag of a book.
fn weak(title: &str) -> EntityTag {
    Version::of(&json!({"title": title, "id": "7"})).tag()
}

fn is_outdated(ran: &Ran, message: &str) {
    let failure = ran.failure();
    assert_eq!((failure.class, failure.precondition, failure.message.as_str()), (Class::Conflict, true, message));
}

#[test]
fn r25_the_version_of_an_answer_is_the_provider_s_where_the_write_has_a_guard() {
    let version = |ran: Ran| ran.success().version.clone();
    let read = guarded().get().answer("read back book", book("Emma", "W/\"5\"")).run();
    assert_eq!(version(read), Version::Strong("W/\"5\"".to_owned()));
    let patched = guarded().patch(json!({"title": "Emma"})).answer("write book", book("Emma", "6")).run();
    assert_eq!(version(patched), Version::Strong("6".to_owned()), "that of the last answer");
    let number = guarded().get().answer("read back book", json!({"id": 7, "title": "Emma", "etag": 8})).run();
    assert_eq!(version(number), Version::Strong("8".to_owned()));
}

#[test]
fn r25_without_a_guard_it_is_that_of_what_the_resource_shows() {
    let plain = Desk::new("title", PLAIN);
    let read = |answer: Value| plain.get().answer("read back book", answer).run().success().version.clone();
    assert_eq!(read(book("Emma", "5")).tag(), weak("Emma"));
    assert_eq!(read(book("Emma", "5")), read(json!({"etag": "6", "title": "Emma", "id": 7})));
    assert_ne!(read(book("Emma", "5")), read(book("Lady Susan", "5")));
    let patched = plain.patch(json!({"title": "Emma"})).answer("write book", book("Emma", "5")).run();
    assert_eq!(patched.success().version.tag(), weak("Emma"), "a patch and a read answer alike");
    let unversioned = guarded().get().answer("read back book", json!({"id": 7, "title": "Emma"})).run();
    assert_eq!(unversioned.success().version.tag(), weak("Emma"), "a record without a version has this one");
}

#[test]
fn r25_a_guard_that_is_asked_for_sends_the_version_that_was_compared() {
    let ran = guarded()
        .patch(json!({"title": "Emma"}))
        .if_match([strong("4"), strong("5")])
        .answer("read book", book("Lady Susan", "5"))
        .answer("write book", book("Emma", "6"))
        .run();
    assert_eq!(ran.requests(), ["GET /books/7", r#"PATCH /books/7 {"title":"Emma"}"#]);
    assert_eq!(ran.header("write book", "If-Match"), Some("5"));
    assert_eq!(ran.success().version, Version::Strong("6".to_owned()));
}

#[test]
fn r25_a_guard_that_nobody_asks_for_costs_nothing() {
    let desk = guarded();
    let patch = || desk.patch(json!({"title": "Emma"}));
    for call in [patch(), patch().if_match([EntityTag::Any])] {
        let ran = call.answer("write book", book("Emma", "6")).run();
        assert_eq!(ran.requests(), [r#"PATCH /books/7 {"title":"Emma"}"#]);
        assert_eq!(ran.header("write book", "If-Match"), None);
    }
}

#[test]
fn r25_nothing_is_written_to_another_version() {
    for tags in [vec![strong("4")], vec![strong("4"), weak("Emma")], vec![]] {
        let ran =
            guarded().patch(json!({"title": "Emma"})).if_match(tags).answer("read book", book("Lady Susan", "5")).run();
        is_outdated(&ran, NOT_IT);
        assert_eq!(ran.requests(), ["GET /books/7"]);
        assert_eq!(ran.outcomes(), ["/title not_sent"]);
    }
}

#[test]
fn r25_what_changes_between_the_read_and_the_write_is_refused_by_the_provider() {
    let conflict = r#"
[[errors.rules]]
when = { code = "changed" }
class = "conflict"
"#;
    let desk = Desk::at("title", GUARDED, conflict);
    for (status, body) in [(412, json!(null)), (400, json!({"code": "changed"})), (409, json!(null))] {
        let ran = desk
            .patch(json!({"title": "Emma"}))
            .if_match([strong("5")])
            .answer("read book", book("Lady Susan", "5"))
            .status("write book", status, body)
            .run();
        is_outdated(&ran, &format!("{NOT_IT} any more: the provider answered {status}"));
        assert_eq!(ran.outcomes(), ["/title rejected"]);
    }
    let other = desk
        .patch(json!({"title": "Emma"}))
        .if_match([strong("5")])
        .answer("read book", book("Lady Susan", "5"))
        .status("write book", 422, json!({"message": "too short"}))
        .run();
    assert_eq!((other.failure().class, other.failure().precondition), (Class::Invalid, false));
}

#[test]
fn r25_a_conflict_that_nobody_asked_about_is_a_conflict() {
    let always = GUARDED.replace(", when = \"asked\"", "");
    let ran = Desk::new("title", &always)
        .patch(json!({"title": "Emma"}))
        .answer("read book", book("Lady Susan", "5"))
        .status("write book", 412, json!(null))
        .run();
    assert_eq!((ran.failure().class, ran.failure().precondition), (Class::Conflict, false));
}

#[test]
fn r25_without_a_guard_the_resource_is_read_and_compared_before_the_write() {
    let plain = Desk::new("title", PLAIN);
    let before = |tags: Vec<EntityTag>| {
        plain.patch(json!({"title": "Emma"})).if_match(tags).answer("read book", book("Lady Susan", "5"))
    };
    let ran = before(vec![weak("Sanditon"), weak("Lady Susan")]).answer("write book", book("Emma", "6")).run();
    assert_eq!(ran.requests(), ["GET /books/7", r#"PATCH /books/7 {"title":"Emma"}"#]);
    for tags in [vec![weak("Emma")], vec![strong("5")], vec![]] {
        let ran = before(tags).run();
        is_outdated(&ran, NOT_IT);
        assert_eq!(ran.requests(), ["GET /books/7"]);
    }
}

#[test]
fn r25_a_weak_version_is_good_where_there_is_a_guard_too() {
    let ran = guarded()
        .patch(json!({"title": "Emma"}))
        .if_match([weak("Lady Susan")])
        .answer("read book", book("Lady Susan", "5"))
        .answer("write book", book("Emma", "6"))
        .run();
    assert_eq!(ran.header("write book", "If-Match"), Some("5"), "the provider sees to it that it stays so");
}

#[test]
fn r25_a_record_that_is_not_there_has_no_version() {
    for mapping in [GUARDED, PLAIN] {
        let ran = Desk::new("title", mapping)
            .patch(json!({"title": "Emma"}))
            .if_match([strong("5"), weak("Emma")])
            .status("read book", 404, json!(null))
            .run();
        assert_eq!((ran.failure().class, ran.failure().precondition), (Class::NotFound, false));
        assert_eq!(ran.requests(), ["GET /books/7"]);
    }
}

const WITH_AUTHOR: &str = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}" }
[records.author]
id = "author.id"
clear = "null"
read = { send = "GET /people/{author.id}" }
write = { send = "PATCH /people/{author.id}", body = "{changes}" }
[update]
order = ["author", "book"]
[fields]
"author.id" = "author_id"
"author.given" = "author:given"
"author.family" = "author:family"
"#;

#[test]
fn r25_the_resource_before_the_write_is_read_with_the_records_that_it_has_then() {
    let desk = Desk::new("author", WITH_AUTHOR);
    let now = Version::of(&json!({"id": "7", "author": {"id": "a1", "given": "Jane", "family": "Austen"}})).tag();
    let ran = desk
        .patch(json!({"author": {"id": "a2"}}))
        .if_match([now.clone()])
        .answer("read book", json!({"id": 7, "author_id": "a1"}))
        .answer("read author again", json!({"id": "a1", "given": "Jane", "family": "Austen"}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "author_id": "a2"}))
        .answer("read back author", json!({"id": "a2", "given": "Anne", "family": "Brontë"}))
        .run();
    assert_eq!(
        ran.requests(),
        ["GET /books/7", "GET /people/a1", r#"PATCH /books/7 {"author_id":"a2"}"#, "GET /books/7", "GET /people/a2",]
    );
    assert_eq!(
        ran.resource()["author"],
        json!({"id": "a2", "given": "Anne", "family": "Brontë"}),
        "what is answered was read afterwards"
    );
    let ran = desk
        .patch(json!({"author": {"given": "Ann"}}))
        .if_match([now])
        .answer("read book", json!({"id": 7, "author_id": "a1"}))
        .answer("read author", json!({"id": "a1", "given": "Anne", "family": "Austen"}))
        .run();
    is_outdated(&ran, NOT_IT);
    assert_eq!(ran.requests(), ["GET /books/7", "GET /people/a1"]);
}

#[test]
fn r25_after_silence_the_version_that_was_compared_is_sent_again() {
    let mapping = GUARDED.replace("answer = \"\"", "answer = \"\", repeat = \"unsafe\"");
    let desk = Desk::new("title", &mapping);
    let call = || {
        desk.patch(json!({"title": "Emma"}))
            .if_match([strong("5")])
            .answer("read book", book("Lady Susan", "5"))
            .silence("write book")
    };
    let other = call().answer("verify book", book("Sanditon", "6")).status("write book again", 412, json!(null)).run();
    assert_eq!(other.header("write book again", "If-Match"), Some("5"), "and not the version of somebody else");
    let done = call().answer("verify book", book("Emma", "6")).answer("read back book", book("Emma", "6")).run();
    assert_eq!(done.success().version, Version::Strong("6".to_owned()));
}

#[test]
fn r25_a_plan_shows_that_the_record_is_read_first() {
    let plan = |mapping: &str, tags: Vec<EntityTag>| {
        let Plan { steps, refusal, .. } =
            Desk::new("title", mapping).patch(json!({"title": "Emma"})).if_match(tags).plan();
        assert_eq!(refusal, None);
        let steps = steps.into_iter();
        steps.map(|step| (step.key.in_words(), step.holes)).collect::<Vec<_>>()
    };
    let write = |holes: &[&str]| ("write book".to_owned(), holes.iter().map(|hole| (*hole).to_owned()).collect());
    let read = || ("read book".to_owned(), Vec::<String>::new());
    assert_eq!(plan(GUARDED, vec![strong("5")]), [read(), write(&["etag"])]);
    assert_eq!(plan(PLAIN, vec![weak("Emma")]), [read(), write(&[])]);
    assert_eq!(plan(PLAIN, vec![EntityTag::Any]), [write(&[])]);
}

#[test]
fn r25_only_the_main_record_s_guard_can_be_asked_for() {
    let guard = "guard = { header = \"If-Match\", from = \"etag\", when = \"asked\" } }\n[update]";
    let author = WITH_AUTHOR.replace("body = \"{changes}\" }\n[update]", &format!("body = \"{{changes}}\", {guard}"));
    let found = findings("author", &author);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("a caller names a version of the main record alone"), "{found:?}");
    let word = GUARDED.replace("\"asked\"", "\"sometimes\"");
    let found = findings("title", &word);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("sometimes"), "{found:?}");
}
