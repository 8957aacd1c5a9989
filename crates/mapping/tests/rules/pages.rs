//! Fetched rows: over several pages, in a stated order, under converted names.

use serde_json::{Value, json};

use crate::desk::{Desk, findings};

const PAGED: &str = r#"
[fields]
genre = { path = "genre", table = "genres" }
[tables.genres]
fetch = { send = "GET /genres", query = { limit = "2" } }
pages = { query = "page", counts = "pages", size = 2 }
rows = "genres[*]"
unified = "name"
remote = "id"
"#;

fn rows(pairs: &[(&str, i64)]) -> Value {
    json!({"genres": pairs.iter().map(|(name, id)| json!({"name": name, "id": id})).collect::<Vec<_>>()})
}

#[test]
fn rows_are_read_until_a_page_is_not_full() {
    let ran = Desk::new("genre", PAGED)
        .patch(json!({"genre": "Travel"}))
        .answer("look up genres", rows(&[("Crime", 1), ("Poetry", 2)]))
        .answer("look up genres (page 2)", rows(&[("Drama", 3), ("Travel", 4)]))
        .answer("look up genres (page 3)", rows(&[]))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "genre": 4}))
        .run();
    assert_eq!(
        ran.requests(),
        [
            "GET /genres?limit=2&page=1",
            "GET /genres?limit=2&page=2",
            "GET /genres?limit=2&page=3",
            r#"PATCH /books/7 {"genre":4}"#,
            "GET /books/7"
        ]
    );
    assert_eq!(ran.outcomes(), ["/genre written"]);
}

#[test]
fn the_parameter_may_count_the_rows_before_the_page() {
    let skipping = PAGED.replace(
        r#"{ query = "page", counts = "pages", size = 2 }"#,
        r#"{ query = "skip", counts = "rows", size = 2 }"#,
    );
    let ran = Desk::new("genre", &skipping)
        .patch(json!({"genre": "Drama"}))
        .answer("look up genres", rows(&[("Crime", 1), ("Poetry", 2)]))
        .answer("look up genres (page 2)", rows(&[("Drama", 3)]))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "genre": 3}))
        .run();
    assert_eq!(
        ran.requests()[..2],
        ["GET /genres?limit=2&skip=0", "GET /genres?limit=2&skip=2"],
        "the first page is asked for by number too"
    );
}

#[test]
fn a_name_that_no_page_has_is_refused_with_the_names_of_all_pages() {
    let ran = Desk::new("genre", PAGED)
        .patch(json!({"genre": "Opera"}))
        .answer("look up genres", rows(&[("Crime", 1), ("Poetry", 2)]))
        .answer("look up genres (page 2)", rows(&[("Drama", 3)]))
        .run();
    assert_eq!(
        ran.failure().violations[0].message,
        "the provider has no value for `Opera`; known are Crime, Poetry, Drama"
    );
}

#[test]
fn rows_that_never_end_are_the_providers_fault() {
    let desk = Desk::new("genre", PAGED);
    let mut patch = desk.patch(json!({"genre": "Opera"})).answer("look up genres", rows(&[("A", 1), ("B", 2)]));
    for page in 2..=100 {
        patch = patch.answer(&format!("look up genres (page {page})"), rows(&[("A", 1), ("B", 2)]));
    }
    let ran = patch.run();
    assert_eq!(ran.failure().message, "the rows of `genres` do not end after 100 pages");
    assert_eq!(ran.failure().class.as_str(), "provider");
}

#[test]
fn rows_are_sorted_before_the_first_of_one_name_counts() {
    let sorted = r#"
[fields]
genre = { path = "genre", table = "genres" }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = "name"
remote = "id"
sort = "place"
ambiguous = "first"
"#;
    let row = |id: i64, place: Value| json!({"name": "Crime", "id": id, "place": place});
    let genres = json!({"genres": [row(1, json!(null)), row(2, json!(10)), row(3, json!("b")), row(4, json!(9))]});
    let ran = Desk::new("genre", sorted)
        .patch(json!({"genre": "Crime"}))
        .answer("look up genres", genres)
        .answer("read book", json!({"id": 7, "genre": 9}))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "genre": 4}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"genre":4}"#]);
}

#[test]
fn names_may_be_read_in_another_case() {
    let lower = r#"
[fields]
genre = { path = "genre", table = "genres" }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = { path = "name", as = "lower" }
remote = "id"
fold = ["case"]
"#;
    let ran = Desk::new("genre", lower)
        .patch(json!({"genre": "Crime"}))
        .answer("look up genres", rows(&[("CRIME", 1)]))
        .answer("write book", json!({}))
        .answer("read back book", json!({"id": 7, "genre": 1}))
        .run();
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"genre":1}"#]);
    assert_eq!(ran.resource()["genre"], json!("crime"));
}

#[test]
fn pages_that_cannot_be_counted_are_refused() {
    let doubled = PAGED.replace("limit = \"2\"", "page = \"2\"");
    let found = findings("genre", &doubled);
    assert!(found.len() == 1 && found[0].contains("has a parameter `page` already"), "{found:?}");
    let empty = PAGED.replace("size = 2", "size = 0");
    let found = findings("genre", &empty);
    assert!(found.len() == 1 && found[0].contains("the number must be 1 or more"), "{found:?}");
}

const FALLING_BACK: &str = r#"
[fields]
genre = { read = ["genre", "shelf_mark"], write = "genre", table = "genres", loss = "a mark is only shown", tested = "cases/it.toml" }
[tables.genres]
fetch = { send = "GET /genres" }
rows = "genres[*]"
unified = "name"
remote = "id"
"#;

#[test]
fn what_stands_in_for_an_empty_place_can_be_sent_back() {
    let desk = Desk::new("genre", FALLING_BACK);
    let ran = desk
        .patch(json!({"genre": "found in the cellar"}))
        .answer("look up genres", rows(&[("Crime", 1)]))
        .answer("read book", json!({"id": 7, "genre": null, "shelf_mark": "found in the cellar"}))
        .run();
    assert_eq!(ran.writes(), Vec::<String>::new());
    assert_eq!(ran.outcomes(), ["/genre unchanged: the record shows it already, and no look-up knows it"]);
    let ran = desk
        .patch(json!({"genre": "found in the attic"}))
        .answer("look up genres", rows(&[("Crime", 1)]))
        .answer("read book", json!({"id": 7, "genre": null, "shelf_mark": "found in the cellar"}))
        .run();
    assert_eq!(ran.refused(), ["/genre unknown-value"]);
}
