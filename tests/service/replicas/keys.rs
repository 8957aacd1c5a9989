//! An idempotency key is run once, over both processes.

use super::pair::Pair;
use crate::support::{Scene, everywhere, mappings_of, together};

/// A provider with a quick pace.
const PROVIDER: &str = "monday_crm";

/// How many come with the same key at once.
const CALLERS: usize = 20;

#[test]
fn of_many_with_one_key_one_is_run_and_the_others_get_its_answer_or_are_told_that_it_runs() {
    let mappings = mappings_of(&[PROVIDER]);
    everywhere(|database| {
        let scene = Scene::with_one(database, PROVIDER, None);
        let (provider, account) = (scene.provider(), scene.account());
        let leads = provider.more_leads(3);
        let pair = Pair::start(&scene, mappings.path());
        provider.provoke("slow=300ms@write*");
        for lead in &leads {
            let (patch, other) = (provider.patch("Only once"), provider.patch("Another one"));
            let answers =
                together(CALLERS, |number| pair.client(number).patch(account, lead, &patch).key("order-1").send());
            let mut first = None;
            for answer in &answers {
                if answer.status == 200 {
                    let body = first.get_or_insert_with(|| answer.body.clone());
                    assert_eq!(*body, answer.body);
                } else {
                    answer.assert_is_problem(409, "key-in-use");
                }
            }
            let first = first.expect("one was run");
            for number in 0..2 {
                let again = pair.client(number).patch(account, lead, &patch).key("order-1").send();
                assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
                assert_eq!(again.body, first);
                let reused = pair.client(number).patch(account, lead, &other).key("order-1").send();
                reused.assert_is_problem(422, "key-reused");
            }
            assert_eq!(provider.value(lead), "Only once");
        }
        let written = provider.effects().iter().filter(|body| body.contains("Only once")).count();
        assert_eq!(written, leads.len());
    });
}

#[test]
fn a_refusal_is_kept_and_a_failure_that_may_pass_is_not() {
    let mappings = mappings_of(&[PROVIDER]);
    everywhere(|database| {
        let scene = Scene::with_one(database, PROVIDER, None);
        let (provider, account, lead) = (scene.provider(), scene.account(), scene.provider().first());
        let pair = Pair::start(&scene, mappings.path());
        let send = |number: usize, key: &str, value: &serde_json::Value| {
            pair.client(number).patch(account, &lead, value).key(key).send()
        };
        let wrong = serde_json::json!({"titel": "Captain"});
        send(0, "refused", &wrong).assert_is_problem(422, "patch-refused");
        let again = send(1, "refused", &wrong);
        again.assert_is_problem(422, "patch-refused");
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        provider.provoke("500@write");
        let failed = send(0, "failed", &provider.patch("Captain"));
        assert!(failed.status >= 500, "{}", failed.text());
        let answer = send(1, "failed", &provider.patch("Captain"));
        assert_eq!((answer.status, answer.header("idempotency-replayed")), (200, None), "{}", answer.text());
        assert_eq!(provider.value(&lead), "Captain");
    });
}
