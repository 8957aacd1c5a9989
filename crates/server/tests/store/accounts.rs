//! Accounts.

use std::time::Duration;

use mapwright_server::store::{Change, NewAccount, Secrets, State, Store, StoreError, Tenant};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use uuid::Uuid;

use crate::support::{TestClock, everywhere, shared};

pub(crate) fn tenant(name: &str) -> Tenant {
    name.parse().expect("a tenant")
}

pub(crate) fn secrets(token: &str) -> Secrets {
    Secrets::from([("token".to_owned(), SecretString::from(token))])
}

fn exposed(secrets: &Secrets) -> Vec<(&str, &str)> {
    secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect()
}

fn full() -> NewAccount {
    NewAccount {
        label: "Zoë's books ' \" \\ 💡".to_owned(),
        auth: Some("oauth".to_owned()),
        state: State::Connecting,
        state_reason: Some("nobody has agreed yet".to_owned()),
        variables: [("zone".to_owned(), json!("eu")), ("scopes".to_owned(), json!(["a", "b"]))].into(),
        overlay: Some("[fields]\ncolour = \"color\"\n".to_owned()),
        base: Some("http://127.0.0.1:8080".to_owned()),
        secrets: secrets("canary-token"),
        ..NewAccount::new(tenant("acme"), "shelf")
    }
}

pub(crate) async fn added(store: &Store) -> Uuid {
    store.add_account(NewAccount::new(tenant("acme"), "shelf")).await.expect("an account").id
}

#[test]
fn an_account_is_kept_as_it_was_given() {
    everywhere(async |database| {
        let clock = TestClock::new();
        let store = database.open().await.with_clock(clock.clock());
        let new = full();
        let row = store.add_account(new.clone()).await.expect("added");
        assert_eq!(store.account(&tenant("acme"), new.id).await.expect("read"), Some(row.clone()));
        assert_eq!(store.account_of_anyone(new.id).await.expect("read"), Some(row.clone()));
        assert_eq!(exposed(&store.secrets(&row).expect("opened")), [("token", "canary-token")]);
        assert_eq!((row.id, row.tenant, row.provider, row.label), (new.id, new.tenant, new.provider, new.label));
        assert_eq!((row.auth, row.state, row.state_reason), (new.auth, new.state, new.state_reason));
        assert_eq!((row.variables, row.overlay, row.base), (new.variables, new.overlay, new.base));
        assert_eq!((row.revision, row.secrets_revision, row.created, row.updated), (1, 1, clock.now(), clock.now()));
    });
}

#[test]
fn nothing_secret_is_in_the_rows_or_in_debug() {
    everywhere(async |database| {
        let store = database.open().await;
        let row = store.add_account(full()).await.expect("added");
        assert!(!format!("{row:?} {store:?} {:?}", full()).contains("canary"));
        if let Some(path) = database.url.strip_prefix("sqlite:/") {
            store.close().await;
            let bytes = std::fs::read(format!("/{path}")).expect("the file");
            assert!(!String::from_utf8_lossy(&bytes).contains("canary"));
        }
    });
}

#[test]
fn another_tenants_account_is_none() {
    everywhere(async |database| {
        let store = database.open().await;
        let id = added(&store).await;
        assert_eq!(store.account(&tenant("other"), id).await.expect("read"), None);
        assert_eq!(store.account(&tenant("acme"), Uuid::nil()).await.expect("read"), None);
    });
}

#[test]
fn an_id_is_taken_once() {
    everywhere(async |database| {
        let store = database.open().await;
        let new = full();
        let row = store.add_account(new.clone()).await.expect("added");
        let again = NewAccount { tenant: tenant("other"), label: "again".to_owned(), ..new };
        assert!(matches!(store.add_account(again).await, Err(StoreError::Taken)));
        assert_eq!(store.account_of_anyone(row.id).await.expect("read"), Some(row));
    });
}

#[test]
fn accounts_are_listed_in_the_order_of_ids_a_page_at_a_time() {
    everywhere(async |database| {
        let store = database.open().await;
        let (acme, other) = (tenant("acme"), tenant("other"));
        let mut all = Vec::new();
        for number in 0..7 {
            let whose = if number % 3 == 0 { &other } else { &acme };
            all.push(store.add_account(NewAccount::new(whose.clone(), "shelf")).await.expect("added"));
        }
        all.sort_by_key(|row| row.id);
        let of_acme: Vec<_> = all.iter().filter(|row| row.tenant == acme).cloned().collect();
        assert_eq!(store.accounts(None, None, 10).await.expect("listed"), all);
        assert_eq!(store.accounts(Some(&acme), None, 10).await.expect("listed"), of_acme);
        let mut paged = Vec::new();
        loop {
            let after = paged.last().map(|row: &mapwright_server::store::AccountRow| row.id);
            let page = store.accounts(None, after, 3).await.expect("listed");
            assert!(page.len() <= 3);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all);
        assert_eq!(store.accounts(Some(&tenant("nobody")), None, 10).await.expect("listed"), []);
    });
}

#[test]
fn a_change_says_what_is_new_and_leaves_the_rest() {
    everywhere(async |database| {
        let clock = TestClock::new();
        let store = database.open().await.with_clock(clock.clock());
        let old = store.add_account(full()).await.expect("added");
        clock.pass(Duration::from_secs(5));
        let change = Change { label: Some("new".to_owned()), overlay: Some(None), ..Change::default() };
        let new = store.change_account(old.id, Some(1), &change).await.expect("changed");
        let mut expected = old.clone();
        (expected.label, expected.overlay) = ("new".to_owned(), None);
        (expected.revision, expected.updated) = (2, clock.now());
        assert_eq!(new, expected);
        assert_eq!(store.account_of_anyone(old.id).await.expect("read"), Some(expected));
    });
}

#[test]
fn everything_but_tenant_and_provider_can_be_changed() {
    everywhere(async |database| {
        let store = database.open().await;
        let old = store.add_account(full()).await.expect("added");
        let change = Change {
            label: Some("label".to_owned()),
            auth: Some(None),
            state: Some((State::Active, None)),
            variables: Some([("zone".to_owned(), json!("us"))].into()),
            overlay: Some(Some("overlay".to_owned())),
            base: Some(None),
            secrets: Some(secrets("canary-new")),
        };
        let new = store.change_account(old.id, None, &change).await.expect("changed");
        assert_eq!(store.account_of_anyone(old.id).await.expect("read"), Some(new.clone()));
        assert_eq!(exposed(&store.secrets(&new).expect("opened")), [("token", "canary-new")]);
        assert_eq!((new.label.as_str(), new.auth, new.state, new.state_reason), ("label", None, State::Active, None));
        assert_eq!((new.overlay.as_deref(), new.base), (Some("overlay"), None));
        assert_eq!(new.variables, [("zone".to_owned(), json!("us"))].into());
        assert_eq!((new.revision, new.secrets_revision), (2, 2));
    });
}

#[test]
fn a_change_of_what_has_changed_since_is_refused() {
    everywhere(async |database| {
        let store = database.open().await;
        let id = added(&store).await;
        let change = Change { label: Some("one".to_owned()), ..Change::default() };
        store.change_account(id, Some(1), &change).await.expect("changed");
        let late = Change { label: Some("late".to_owned()), ..Change::default() };
        assert!(matches!(store.change_account(id, Some(1), &late).await, Err(StoreError::Moved(2))));
        assert!(matches!(store.change_account(Uuid::nil(), None, &late).await, Err(StoreError::Gone)));
        let row = store.account_of_anyone(id).await.expect("read").expect("there");
        assert_eq!((row.label.as_str(), row.revision), ("one", 2));
    });
}

#[test]
fn no_change_is_lost_when_many_change_at_once() {
    shared(async |database| {
        let (one, other) = (database.open().await, database.open().await);
        let id = added(&one).await;
        let changing: Vec<_> = (0..20)
            .map(|number| {
                let store = if number % 2 == 0 { one.clone() } else { other.clone() };
                let change = Change { label: Some(number.to_string()), ..Change::default() };
                tokio::spawn(async move { store.change_account(id, None, &change).await.map(|row| row.revision) })
            })
            .collect();
        let mut revisions = Vec::new();
        for changed in changing {
            revisions.push(changed.await.expect("no panic").expect("changed"));
        }
        revisions.sort_unstable();
        assert_eq!(revisions, (2..22).collect::<Vec<i64>>());
    });
}

#[test]
fn a_state_is_set_where_the_account_is_as_it_was() {
    everywhere(async |database| {
        let store = database.open().await;
        let id = added(&store).await;
        assert!(store.set_state(id, 1, State::NeedsReauth, Some("refused")).await.expect("set"));
        let row = store.account_of_anyone(id).await.expect("read").expect("there");
        assert_eq!((row.state, row.state_reason.as_deref(), row.revision), (State::NeedsReauth, Some("refused"), 1));
        store
            .change_account(id, None, &Change { state: Some((State::Active, None)), ..Change::default() })
            .await
            .expect("changed");
        assert!(!store.set_state(id, 1, State::NeedsReauth, Some("too late")).await.expect("not set"));
        assert!(!store.set_state(Uuid::nil(), 1, State::Active, None).await.expect("not set"));
        let row = store.account_of_anyone(id).await.expect("read").expect("there");
        assert_eq!((row.state, row.state_reason, row.revision), (State::Active, None, 2));
    });
}

#[test]
fn a_removed_account_is_gone() {
    everywhere(async |database| {
        let store = database.open().await;
        let id = added(&store).await;
        assert!(store.remove_account(id).await.expect("removed"));
        assert!(!store.remove_account(id).await.expect("not there"));
        assert_eq!(store.account_of_anyone(id).await.expect("read"), None);
    });
}

#[test]
fn the_secrets_of_one_account_do_not_open_for_another() {
    shared(async |database| {
        let store = database.open().await;
        let (one, other) = (store.add_account(full()).await.expect("added"), added(&store).await);
        let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(&database.url.replace(' ', "%20"))
            .await
            .expect("a connection");
        sqlx::query(
            "UPDATE accounts SET nonce = (SELECT nonce FROM accounts WHERE id = $1), \
             sealed = (SELECT sealed FROM accounts WHERE id = $1) WHERE id = $2",
        )
        .bind(one.id.to_string())
        .bind(other.to_string())
        .execute(&mut connection)
        .await
        .expect("swapped");
        let row = store.account_of_anyone(other).await.expect("read").expect("there");
        assert_eq!(
            store.secrets(&row).expect_err("refused").to_string(),
            format!(
                "accounts/{other}/secrets does not open with the key `test`: it was changed or moved, or another key has \
                 had that id"
            )
        );
    });
}

#[test]
fn states_have_the_names_of_the_contract() {
    let names: Vec<&str> = State::ALL.iter().map(|state| state.as_str()).collect();
    assert_eq!(names, ["active", "connecting", "post_install_error", "validation_error", "needs_reauth"]);
    assert!(State::ALL.iter().all(|state| State::named(state.as_str()) == Some(*state)));
    assert_eq!(State::named("Active"), None);
}
