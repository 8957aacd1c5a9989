//! Tokens of providers that change by themselves.

use std::time::Duration;

use mapwright_interpreter::{AccessToken, TokenStore as _, Tokens};
use mapwright_server::store::{Change, Store};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::accounts::{added, secrets};
use crate::support::{TestClock, everywhere, shared};

fn tokens(clock: &TestClock, number: u32) -> Tokens {
    let access = AccessToken {
        value: SecretString::from(format!("canary-access-{number}")),
        expires: Some(clock.now() + Duration::from_hours(1)),
    };
    Tokens { access: Some(access), refresh: Some(SecretString::from(format!("canary-refresh-{number}"))) }
}

type Shown = (Option<(String, Option<std::time::SystemTime>)>, Option<String>);

fn exposed(tokens: Option<Tokens>) -> Option<Shown> {
    let tokens = tokens?;
    let access = tokens.access.map(|access| (access.value.expose_secret().to_owned(), access.expires));
    Some((access, tokens.refresh.map(|refresh| refresh.expose_secret().to_owned())))
}

async fn loaded(store: &Store, name: &str) -> Option<Shown> {
    exposed(store.load(name).await.expect("loaded"))
}

#[test]
fn tokens_are_kept_and_replaced() {
    everywhere(async |database| {
        let (clock, store) = (TestClock::new(), database.open().await);
        let name = added(&store).await.to_string();
        assert_eq!(loaded(&store, &name).await, None);
        for number in [1, 2] {
            store.save(&name, &tokens(&clock, number)).await.expect("saved");
            assert_eq!(loaded(&store, &name).await, exposed(Some(tokens(&clock, number))));
        }
        let bare = Tokens { access: None, refresh: Some(SecretString::from("canary-alone")) };
        store.save(&name, &bare).await.expect("saved");
        assert_eq!(loaded(&store, &name).await, exposed(Some(bare)));
    });
}

#[test]
fn new_secrets_drop_the_tokens_of_the_old_ones() {
    everywhere(async |database| {
        let (clock, store) = (TestClock::new(), database.open().await);
        let id = added(&store).await;
        let old = store.account_of_anyone(id).await.expect("read").expect("there").token_name();
        store.save(&old, &tokens(&clock, 1)).await.expect("saved");
        let label = Change { label: Some("new".to_owned()), ..Change::default() };
        let row = store.change_account(id, None, &label).await.expect("changed");
        assert_eq!(loaded(&store, &row.token_name()).await, exposed(Some(tokens(&clock, 1))));
        let change = Change { secrets: Some(secrets("canary-new")), ..Change::default() };
        let new = store.change_account(id, None, &change).await.expect("changed").token_name();
        assert_ne!(new, old);
        assert_eq!(loaded(&store, &new).await, None);
        // Who still renews with the old secrets is too late.
        assert_eq!(store.save(&old, &tokens(&clock, 2)).await.expect_err("refused").to_string(), "the account is gone");
        assert_eq!(loaded(&store, &old).await, None);
        assert_eq!(loaded(&store, &id.to_string()).await, None);
    });
}

#[test]
fn a_removed_account_has_no_tokens_and_gets_none() {
    everywhere(async |database| {
        let (clock, store) = (TestClock::new(), database.open().await);
        let id = added(&store).await;
        store.save(&id.to_string(), &tokens(&clock, 1)).await.expect("saved");
        store.remove_account(id).await.expect("removed");
        assert_eq!(loaded(&store, &id.to_string()).await, None);
        for name in [id.to_string(), Uuid::nil().to_string(), "canary".to_owned(), format!("{id}#canary")] {
            let error = store.save(&name, &tokens(&clock, 2)).await.expect_err("refused");
            assert_eq!(error.to_string(), "the account is gone");
        }
    });
}

/// As a provider has it whose refresh token is good once: each renewal shows the latest one and gets the next.
#[test]
fn no_renewal_is_lost_under_the_lock() {
    shared(async |database| {
        let stores = [database.open().await, database.open().await];
        let clock = TestClock::new();
        let name = added(&stores[0]).await.to_string();
        stores[0].save(&name, &tokens(&clock, 0)).await.expect("saved");
        let renewing: Vec<_> = (0..12)
            .map(|number| {
                let (store, name, clock) = (stores[number % 2].clone(), name.clone(), clock.clone());
                tokio::spawn(async move {
                    let lock = store.lock(&name).await.expect("held");
                    let refresh = store.load(&name).await.expect("loaded").and_then(|tokens| tokens.refresh);
                    let refresh = refresh.expect("a refresh token");
                    let spent: u32 =
                        refresh.expose_secret().rsplit_once('-').expect("a number").1.parse().expect("a number");
                    store.save(&name, &tokens(&clock, spent + 1)).await.expect("saved");
                    drop(lock);
                })
            })
            .collect();
        for renewed in renewing {
            renewed.await.expect("no panic");
        }
        assert_eq!(loaded(&stores[1], &name).await, exposed(Some(tokens(&clock, 12))));
    });
}
