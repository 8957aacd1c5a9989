//! Ids of leads: what is none is refused or not found, and touches nothing; large ones are exact.

use serde_json::{Value, json};

use crate::PROVIDERS;
use crate::bench::Bench;
use crate::overlay::differences;

/// A patch of a text that every provider has.
fn patch() -> Value {
    json!({"title": "Touched", "name": "Touched", "description": "Touched", "remote_data": {}})
}

#[tokio::test(start_paused = true)]
async fn an_id_that_would_name_another_place_is_refused_without_a_request() {
    for provider in PROVIDERS {
        let bench = Bench::open(provider);
        for id in ["", ".", "..", "7\n", "a\0b", "\u{7f}", "\u{85}"] {
            let ran = bench.patch(id, &patch()).await;
            let want = "invalid: the id is empty, `.`, `..` or has control characters";
            assert_eq!((ran.refusal(), ran.sent()), (vec![want.to_owned()], vec![]), "{provider} {id:?}");
        }
    }
}

/// What could be read as a path, a query or another number: one segment, and no lead of that id.
#[tokio::test(start_paused = true)]
async fn an_id_that_is_none_touches_nothing() {
    let ids = [
        "a/b",
        "../7",
        "7/../8",
        "ü",
        "１２３",
        "7?x=1",
        "7#f",
        "%2e%2e",
        "007",
        "+7",
        "-7",
        "7.0",
        "7e3",
        "9223372036854775808",
        "99999999999999999999999",
        "7)/$ref",
        "{id}",
        "\u{202e}7",
        "7 ",
    ];
    for provider in PROVIDERS {
        let bench = Bench::open(provider);
        let before = bench.records();
        let lead = bench.lead();
        let beside = format!("{lead}/../{lead}");
        for id in ids.iter().copied().chain([beside.as_str()]) {
            let ran = bench.patch(id, &patch()).await;
            assert!(matches!(ran.class(), "invalid" | "not_found"), "{provider} {id:?}: {:?}", ran.refusal());
            assert_eq!(differences(&before, &bench.records()), Vec::<String>::new(), "{provider} {id:?}");
        }
        let long = "7".repeat(10_000);
        let ran = bench.patch(&long, &patch()).await;
        assert!(!matches!(ran.class(), "ok" | "bug"), "{provider}: {:?}", ran.refusal());
    }
}

/// Where ids are integers, what is none never leaves the house.
#[tokio::test(start_paused = true)]
async fn an_id_that_is_no_integer_is_refused_without_a_request() {
    for provider in ["insightly", "monday_crm", "zendesk_sell", "zoho_crm"] {
        let bench = Bench::open(provider);
        for id in ["a/b", "../7", "ü", "１２３", "007", "+7", "7.0", "7e3", "99999999999999999999999", "7 "] {
            let ran = bench.patch(id, &patch()).await;
            let want = format!(
                "invalid: the id is not one of this provider: expected an integer of at most 64 bits, without leading zeros or \
                 plus, found \"{id}\""
            );
            assert_eq!((ran.refusal(), ran.sent()), (vec![want], vec![]), "{provider} {id:?}");
        }
    }
}

/// Ids beyond 53 bits name their own lead and no neighbour.
#[tokio::test(start_paused = true)]
async fn large_ids_are_exact() {
    for (provider, id, field, place) in [
        ("insightly", "9007199254740993", "title", "/collections/leads/9007199254740993/TITLE"),
        ("monday_crm", "90071992547409931", "title", "/collections/leads/90071992547409931/columns/name"),
        ("zendesk_sell", "9007199254740993", "title", "/collections/leads/9007199254740993/title"),
        ("zoho_crm", "9223372036854775807", "title", "/collections/leads/9223372036854775807/Designation"),
    ] {
        let bench = Bench::open(provider);
        let before = bench.records();
        let ran = bench.patch(id, &json!({field: "Exact"})).await;
        assert_eq!((&ran.lead()["id"], &ran.lead()[field]), (&json!(id), &json!("Exact")), "{provider}");
        let after = bench.records();
        assert_eq!(after.pointer(place), Some(&json!("Exact")), "{provider}");
        let own = format!("/collections/leads/{id}/");
        let others: Vec<String> =
            differences(&before, &after).into_iter().filter(|line| !line.starts_with(&own)).collect();
        assert_eq!(others, Vec::<String>::new(), "{provider}");
        for near in [id.parse::<u64>().expect("a number") - 1, id.parse::<u64>().expect("a number") + 1] {
            let ran = bench.patch(&near.to_string(), &json!({field: "Near"})).await;
            assert_eq!(ran.class(), "not_found", "{provider} {near}");
        }
    }
}
