//! A run has so much time, and calls of the provider inherit what is left of it.

use serde_json::json;

use crate::support::{Database, Scene, Start, mappings_of};

/// A provider with a quick pace.
const PROVIDER: &str = "monday_crm";

#[test]
fn a_provider_that_does_not_answer_is_given_up_at_the_deadline() {
    let mappings = mappings_of(&[PROVIDER]);
    let scene = Scene::with_one(Database::sqlite(), PROVIDER, None);
    let (provider, account, lead) = (scene.provider(), scene.account(), scene.provider().first());
    let service = Start::with_mappings(&scene.database, mappings.path()).with("--deadline").with("2").start();
    let client = scene.client(&service);
    assert_eq!(client.patch(account, &lead, &provider.patch("Before")).send().status, 200);
    // Nobody waits for ten minutes: the answer comes at the deadline, or not at all.
    provider.provoke("slow=600s*");
    let read = client.get(account, &lead).send();
    read.assert_is_problem(503, "provider-unavailable");
    let written = client.patch(account, &lead, &provider.patch("Meanwhile")).key("order-1").send();
    written.assert_is_problem(502, "provider-ambiguous");
    let outcomes = written.json()["field_outcomes"].clone();
    assert_eq!(outcomes, json!([{"pointer": "/title", "outcome": "unknown"}]));
    assert_eq!(provider.value(&lead), "Meanwhile");
    provider.sandbox.clear_faults();
    let again = client.patch(account, &lead, &provider.patch("Meanwhile")).key("order-1").send();
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, None), "the key is free: {}", again.text());
}
