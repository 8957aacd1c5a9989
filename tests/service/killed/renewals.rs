//! A refresh token that the provider has replaced is in the store before its access token is used.

use std::thread;
use std::time::Duration;

use mapwright_interpreter::TokenStore as _;
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use crate::support::{Client, Provider, Random, Scene, Start, everywhere, mappings_of, run, until};

/// Whose refresh token is good once.
const ROTATING: &str = "dynamics365_sales";

/// How often the service is killed.
const ROUNDS: u64 = 5;

/// Reads until the service is gone.
fn read_to_the_end(client: &Client, account: Uuid, lead: &str) {
    while let Ok(answer) = client.get(account, lead).try_send() {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

/// Whether the access token that was given last has been used: a request with it was taken.
fn last_is_used(provider: &Provider) -> bool {
    let log = provider.sandbox.log();
    let since = log.iter().rev().take_while(|exchange| exchange.body.as_ref() != b"[redacted]");
    let mut since = since.into_iter();
    since.any(|exchange| exchange.status == 200)
}

#[test]
fn a_replaced_refresh_token_is_kept_before_its_access_token_is_used() {
    let seed = Random::seed();
    println!("SERVICE_SEED={seed}");
    let mappings = mappings_of(&[ROTATING]);
    everywhere(|database| {
        let mut random = Random::new(seed);
        let mut scene = Scene::new(database);
        let (mut used, mut renewals) = (0, 0);
        for _ in 0..ROUNDS {
            let account = scene.add(Provider::start(ROTATING), Some("oauth"));
            let provider = &scene.accounts.last().expect("one").0;
            let mut service = Start::with_mappings(&scene.database, mappings.path()).start();
            let (client, lead) = (scene.client(&service), provider.first());
            assert_eq!(client.get(account, &lead).send().status, 200);
            let (expiries, last) = (random.below(6), Duration::from_millis(random.below(60)));
            thread::scope(|scope| {
                // One reader: of several, one might meet two expiries in one run.
                scope.spawn(|| read_to_the_end(&client, account, &lead));
                for _ in 0..=expiries {
                    until("the last token is used", || last_is_used(provider));
                    provider.sandbox.expire_tokens();
                }
                thread::sleep(last);
                service.kill();
            });
            let state = provider.sandbox.state();
            let good: Vec<&String> = state["refresh_tokens"].as_object().expect("an object").keys().collect();
            let [good] = good[..] else { panic!("one refresh token is good: {good:?}") };
            let kept = run(scene.store.load(&scene.row(account).token_name())).expect("the store answers");
            let kept = kept.and_then(|tokens| tokens.refresh).expect("tokens are kept");
            renewals += provider.renewals().1;
            if last_is_used(provider) {
                used += 1;
                assert_eq!(kept.expose_secret(), good, "the access token was used before it was kept");
            }
        }
        let name = scene.database.name();
        println!("{name}: {renewals} renewals; the last one was used in {used} of {ROUNDS} rounds");
        assert!(used > 0, "in no round was the last token used");
    });
}
