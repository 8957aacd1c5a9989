//! A provider that is called too often: every one of the nine says so in its own way, and callers are told in one.

use crate::support::{Database, Scene, Start, together};

#[test]
fn a_provider_that_wants_fewer_requests_is_a_429_with_a_wait_in_whole_seconds() {
    let scene = Scene::with_all(Database::sqlite());
    let service = Start::new(&scene.database).with("--deadline").with("1").start();
    let client = scene.client(&service);
    for (provider, _) in &scene.accounts {
        provider.provoke("429*");
    }
    let answers = together(scene.accounts.len(), |number| {
        let (provider, account) = &scene.accounts[number];
        client.patch(*account, &provider.first(), &provider.patch("Too often")).send()
    });
    for ((provider, account), answer) in scene.accounts.iter().zip(answers) {
        println!("{}: {:?}", provider.id, answer.header("retry-after"));
        answer.assert_is_problem(429, "provider-rate");
        assert!(answer.json()["truto_error_insight"]["rate_limit_error"].is_object(), "{}", answer.text());
        assert_eq!(provider.effects(), [""; 0], "{}", provider.id);
        assert_eq!(scene.state(*account).as_str(), "active", "{}", provider.id);
    }
}
