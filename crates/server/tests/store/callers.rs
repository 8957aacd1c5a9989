//! Tokens of callers.

use std::time::Duration;

use mapwright_server::store::{Caller, StoreError, TokenRow};
use secrecy::{ExposeSecret as _, SecretString};

use crate::accounts::tenant;
use crate::support::{TestClock, everywhere};

#[test]
fn a_token_says_whose_it_is() {
    everywhere(async |database| {
        let store = database.open().await;
        let (row, text) = store.add_token(Some(&tenant("acme")), "worker").await.expect("added");
        let caller = Caller { token: row.id.clone(), tenant: Some(tenant("acme")) };
        assert_eq!(store.caller(&text).await.expect("asked"), Some(caller));
        let (admin, text) = store.add_token(None, "operator").await.expect("added");
        assert_eq!(store.caller(&text).await.expect("asked"), Some(Caller { token: admin.id, tenant: None }));
    });
}

#[test]
fn the_secret_is_given_once_and_kept_nowhere() {
    everywhere(async |database| {
        let store = database.open().await;
        let (row, text) = store.add_token(Some(&tenant("acme")), "worker").await.expect("added");
        let secret = text.expose_secret().rsplit_once('_').expect("a secret").1;
        assert!(!format!("{row:?}").contains(secret));
        if let Some(path) = database.url.strip_prefix("sqlite:/") {
            store.close().await;
            let bytes = std::fs::read(format!("/{path}")).expect("the file");
            assert!(!String::from_utf8_lossy(&bytes).contains(secret));
        }
    });
}

#[test]
fn any_other_text_is_nobody() {
    everywhere(async |database| {
        let store = database.open().await;
        let (row, text) = store.add_token(Some(&tenant("acme")), "worker").await.expect("added");
        let (id, text) = (row.id, text.expose_secret());
        let last = if text.ends_with('0') { "1" } else { "0" };
        let wrong = [
            String::new(),
            format!("{}{last}", &text[..text.len() - 1]),
            text.replacen("mw_", "mwa_", 1),
            format!("mw_{id}_"),
            format!("mw_{}_{}", "0".repeat(12), "0".repeat(32)),
            format!("{text} "),
            text.to_uppercase(),
        ];
        for wrong in wrong {
            assert_eq!(store.caller(&SecretString::from(wrong.clone())).await.expect("asked"), None, "{wrong}");
        }
    });
}

#[test]
fn a_revoked_token_is_nobodys() {
    everywhere(async |database| {
        let store = database.open().await;
        let (row, text) = store.add_token(Some(&tenant("acme")), "worker").await.expect("added");
        assert!(store.revoke_token(&row.id).await.expect("revoked"));
        assert!(!store.revoke_token(&row.id).await.expect("not there"));
        assert_eq!(store.caller(&text).await.expect("asked"), None);
    });
}

#[test]
fn tokens_are_listed_with_the_day_of_their_last_use() {
    everywhere(async |database| {
        let clock = TestClock::new();
        let store = database.open().await.with_clock(clock.clock());
        let begun = clock.now();
        let (one, text) = store.add_token(Some(&tenant("acme")), "one").await.expect("added");
        let (two, _) = store.add_token(None, "two").await.expect("added");
        assert_eq!(
            one,
            TokenRow {
                id: one.id.clone(),
                tenant: Some(tenant("acme")),
                name: "one".to_owned(),
                created: begun,
                last_used: None
            }
        );
        // Twelve hours after noon another day begins.
        let morning = begun - Duration::from_hours(12);
        for (passes, last_used) in [(0, morning), (11, morning), (1, morning + Duration::from_hours(24))] {
            clock.pass(Duration::from_hours(passes));
            store.caller(&text).await.expect("asked");
            let listed = store.tokens(Some(&tenant("acme")), None, 10).await.expect("listed");
            assert_eq!(listed, [TokenRow { last_used: Some(last_used), ..one.clone() }]);
        }
        let all = store.tokens(None, None, 10).await.expect("listed");
        let mut ids = vec![one.id, two.id];
        ids.sort();
        assert_eq!(all.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), ids);
        let after = store.tokens(None, Some(&ids[0]), 10).await.expect("listed");
        assert_eq!(after, all[1..]);
    });
}

#[test]
fn a_given_token_is_put_in() {
    everywhere(async |database| {
        let store = database.open().await;
        let text = SecretString::from("mw_sandbox00000_0123456789abcdef0123456789abcdef");
        for _ in 0..2 {
            let row = store.put_token(Some(&tenant("sandbox")), "sandbox", &text).await.expect("put in");
            let caller = Caller { token: "sandbox00000".to_owned(), tenant: Some(tenant("sandbox")) };
            assert_eq!((row.id.as_str(), store.caller(&text).await.expect("asked")), ("sandbox00000", Some(caller)));
        }
        let wrong = store.put_token(None, "sandbox", &text).await.expect_err("not an administrator's");
        assert!(matches!(wrong, StoreError::Token));
        let wrong = store.put_token(None, "sandbox", &SecretString::from("canary")).await.expect_err("not a token");
        assert!(!wrong.to_string().contains("canary"));
    });
}
