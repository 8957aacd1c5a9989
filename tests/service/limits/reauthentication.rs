//! When an account has to be connected again, and when not.

use mapwright_server::store::State;

use crate::support::{Database, Scene, Start, mappings_of};

/// A provider with tokens that are renewed.
const RENEWED: &str = "dynamics365_sales";

/// A provider with a key that stays the same.
const FIXED: &str = "insightly";

#[test]
fn a_refresh_token_that_is_no_good_any_more_is_told_once_and_the_provider_is_left_alone() {
    let mappings = mappings_of(&[RENEWED]);
    let scene = Scene::with_one(Database::sqlite(), RENEWED, Some("oauth"));
    let (provider, account, lead) = (scene.provider(), scene.account(), scene.provider().first());
    let service = Start::with_mappings(&scene.database, mappings.path()).start();
    let client = scene.client(&service);
    assert_eq!(client.get(account, &lead).send().status, 200);
    let mut state = provider.sandbox.state();
    state["refresh_tokens"] = serde_json::json!({});
    provider.sandbox.restore(&state).expect("a legal state");
    provider.sandbox.expire_tokens();
    client.get(account, &lead).send().assert_is_problem(401, "provider-auth");
    assert_eq!(scene.state(account), State::NeedsReauth);
    let asked = provider.sandbox.log().len();
    for request in [client.get(account, &lead), client.patch(account, &lead, &provider.patch("Ada")).key("order-1")] {
        request.send().assert_is_problem(401, "needs-reauth");
    }
    assert_eq!(provider.sandbox.log().len(), asked);
}

#[test]
fn a_token_endpoint_that_fails_leaves_the_account_as_it_is() {
    let mappings = mappings_of(&[RENEWED]);
    let scene = Scene::with_one(Database::sqlite(), RENEWED, Some("oauth"));
    let (provider, account, lead) = (scene.provider(), scene.account(), scene.provider().first());
    let service = Start::with_mappings(&scene.database, mappings.path()).with("--deadline").with("5").start();
    let client = scene.client(&service);
    for fault in ["500@token*", "503@token*", "429@token*", "html@token*", "cut-before@token*"] {
        provider.provoke(fault);
        let answer = client.get(account, &lead).send();
        println!("{fault}: {} {}", answer.status, answer.text());
        answer.assert_is_problem(503, "provider-unavailable");
        assert_eq!(scene.state(account), State::Active, "{fault}");
        provider.sandbox.clear_faults();
    }
    let answer = client.get(account, &lead).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_401_that_nothing_cures_needs_a_person_and_a_403_does_not() {
    let mappings = mappings_of(&[FIXED]);
    let scene = Scene::with_one(Database::sqlite(), FIXED, None);
    let (provider, account, lead) = (scene.provider(), scene.account(), scene.provider().first());
    let service = Start::with_mappings(&scene.database, mappings.path()).start();
    let client = scene.client(&service);
    provider.provoke("403");
    client.get(account, &lead).send().assert_is_problem(403, "provider-forbidden");
    assert_eq!(scene.state(account), State::Active);
    provider.provoke("401");
    client.get(account, &lead).send().assert_is_problem(401, "provider-auth");
    assert_eq!(scene.state(account), State::NeedsReauth);
    client.get(account, &lead).send().assert_is_problem(401, "needs-reauth");
}
