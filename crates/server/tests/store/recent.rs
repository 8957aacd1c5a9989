//! What was read of accounts and tokens a moment ago is good enough for a stated time.

use std::time::Duration;

use mapwright_server::store::{AccountRow, Change, NewAccount, State, Store};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::accounts::tenant;
use crate::support::{everywhere, shared};

/// So long that no test sees its end.
const LONG: Duration = Duration::from_mins(1);

/// So short that a test can wait for its end, and long enough for the few calls before.
const SHORT: Duration = Duration::from_millis(500);

async fn state(store: &Store, within: Duration, id: Uuid) -> Option<State> {
    let row = store.recent_account(within, &tenant("acme"), id).await.expect("read");
    row.map(|row| row.state)
}

async fn is_known(store: &Store, within: Duration, text: &SecretString) -> bool {
    store.recent_caller(within, text).await.expect("asked").is_some()
}

async fn added(store: &Store) -> AccountRow {
    store.add_account(NewAccount::new(tenant("acme"), "shelf")).await.expect("an account")
}

#[test]
fn a_change_through_the_same_process_holds_at_once() {
    everywhere(async |database| {
        let store = database.open().await;
        let copy = store.clone();
        let id = added(&store).await.id;
        assert_eq!(state(&store, LONG, id).await, Some(State::Active));
        assert!(copy.set_state(id, 1, State::NeedsReauth, None).await.expect("set"));
        assert_eq!(state(&store, LONG, id).await, Some(State::NeedsReauth));
        let change = Change { state: Some((State::Active, None)), ..Change::default() };
        copy.change_account(id, None, &change).await.expect("changed");
        assert_eq!(state(&store, LONG, id).await, Some(State::Active));
        copy.remove_account(id).await.expect("removed");
        assert_eq!(state(&store, LONG, id).await, None);
        let (row, text) = store.add_token(Some(&tenant("acme")), "worker").await.expect("added");
        assert!(is_known(&store, LONG, &text).await);
        copy.revoke_token(&row.id).await.expect("revoked");
        assert!(!is_known(&store, LONG, &text).await);
    });
}

#[test]
fn a_change_behind_its_back_holds_when_the_time_is_over() {
    shared(async |database| {
        let (store, other) = (database.open().await, database.open().await);
        let id = added(&store).await.id;
        let (row, text) = store.add_token(Some(&tenant("acme")), "worker").await.expect("added");
        assert_eq!(state(&store, SHORT, id).await, Some(State::Active));
        assert!(is_known(&store, SHORT, &text).await);
        assert!(other.remove_account(id).await.expect("removed"));
        assert!(other.revoke_token(&row.id).await.expect("revoked"));
        assert_eq!(state(&store, LONG, id).await, Some(State::Active), "it was read a moment ago");
        assert!(is_known(&store, LONG, &text).await, "it was read a moment ago");
        tokio::time::sleep(SHORT).await;
        assert_eq!(state(&store, SHORT, id).await, None);
        assert!(!is_known(&store, SHORT, &text).await);
    });
}

#[test]
fn without_such_a_time_each_reader_asks() {
    shared(async |database| {
        let (store, other) = (database.open().await, database.open().await);
        let id = added(&store).await.id;
        let (row, text) = store.add_token(Some(&tenant("acme")), "worker").await.expect("added");
        assert_eq!(state(&store, Duration::ZERO, id).await, Some(State::Active));
        assert!(is_known(&store, Duration::ZERO, &text).await);
        other.set_state(id, 1, State::Connecting, None).await.expect("set");
        other.revoke_token(&row.id).await.expect("revoked");
        assert_eq!(state(&store, Duration::ZERO, id).await, Some(State::Connecting));
        assert!(!is_known(&store, Duration::ZERO, &text).await);
    });
}

#[test]
fn what_is_not_there_is_asked_for_every_time() {
    shared(async |database| {
        let (store, other) = (database.open().await, database.open().await);
        let new = NewAccount::new(tenant("acme"), "shelf");
        let text = SecretString::from(format!("mw_{}_{}", "n".repeat(12), "0".repeat(32)));
        assert_eq!(state(&store, LONG, new.id).await, None);
        assert!(!is_known(&store, LONG, &text).await);
        let id = other.add_account(new).await.expect("added").id;
        other.put_token(Some(&tenant("acme")), "worker", &text).await.expect("put in");
        assert_eq!(state(&store, LONG, id).await, Some(State::Active));
        assert!(is_known(&store, LONG, &text).await);
    });
}

#[test]
fn what_is_kept_is_given_to_whom_it_belongs_alone() {
    everywhere(async |database| {
        let store = database.open().await;
        let id = added(&store).await.id;
        assert_eq!(state(&store, LONG, id).await, Some(State::Active));
        assert_eq!(store.recent_account(LONG, &tenant("other"), id).await.expect("read"), None);
        let (_, text) = store.add_token(Some(&tenant("acme")), "worker").await.expect("added");
        assert!(is_known(&store, LONG, &text).await);
        let text = text.expose_secret();
        let last = if text.ends_with('0') { "1" } else { "0" };
        let wrong = [format!("{}{last}", &text[..text.len() - 1]), text.replacen("mw_", "mwa_", 1)];
        for wrong in wrong {
            assert!(!is_known(&store, LONG, &SecretString::from(wrong.clone())).await, "{wrong}");
        }
    });
}
