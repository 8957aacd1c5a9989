//! A patch that is refused: every violation at once, those that need the account's names among them.

use serde_json::json;

use crate::desk::Desk;

const FETCHED: &str = r#"
[fields]
title = "title"
genre = { path = "genre", table = "genres" }
language = { path = "lang", table = "languages" }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = "name"
remote = "id"
[tables.languages]
rows = { English = "en" }
"#;
const FIELDS: &str = "title genre language";

#[test]
fn refusing_tells_unknown_names_together_with_what_the_model_refuses() {
    let desk = Desk::new(FIELDS, FETCHED);
    let ran = desk
        .patch(json!({"titel": "x", "genre": "Crimes", "language": "Elvish", "title": 5}))
        .answer("look up genres", json!({"genres": [{"id": 1, "name": "Crime"}]}))
        .run();
    assert_eq!(
        ran.refused(),
        ["/titel unknown-field", "/genre unknown-value", "/language unknown-value", "/title wrong-type"]
    );
    assert_eq!(ran.requests(), ["GET /genres"]);
}

#[test]
fn refusing_needs_no_request_without_names_to_look_up() {
    let desk = Desk::new(FIELDS, FETCHED);
    let ran = desk.patch(json!({"titel": "x", "language": "Elvish", "title": "Emma"})).run();
    assert_eq!(ran.refused(), ["/titel unknown-field", "/language unknown-value"]);
    assert_eq!(ran.requests(), Vec::<String>::new());
}

#[test]
fn refusing_is_not_undone_by_a_name_that_is_known_or_cannot_be_looked_up() {
    let desk = Desk::new(FIELDS, FETCHED);
    let patch = || desk.patch(json!({"titel": "x", "genre": "Crime", "title": "Emma"}));
    let known = patch().answer("look up genres", json!({"genres": [{"id": 1, "name": "Crime"}]})).run();
    let failed = patch().status("look up genres", 500, json!({})).run();
    for ran in [known, failed] {
        assert_eq!(ran.refused(), ["/titel unknown-field"]);
        assert_eq!(ran.requests(), ["GET /genres"]);
        assert_eq!(ran.outcomes(), ["/genre not_sent", "/title not_sent"]);
    }
}

#[test]
fn refusing_reads_no_record() {
    let read_first =
        FETCHED.replace("title = \"title\"", "title = { path = \"names\", as = \"first\", loss = \"others\" }");
    let ran = Desk::new(FIELDS, &read_first)
        .patch(json!({"titel": "x", "genre": "Crime", "title": "Emma"}))
        .answer("look up genres", json!({"genres": [{"id": 1, "name": "Crime"}]}))
        .run();
    assert_eq!(ran.refused(), ["/titel unknown-field"]);
    assert_eq!(ran.requests(), ["GET /genres"]);
}
