//! Sealing everything anew, and a copy of the whole.

use std::collections::BTreeMap;

use mapwright_interpreter::{TokenStore as _, Tokens};
use mapwright_server::keyring::Keyring;
use mapwright_server::store::{Begun, Fingerprint, NewAccount, Place, Progress, Resealed, Store, StoredAnswer};
use secrecy::{ExposeSecret as _, SecretString};

use crate::accounts::{secrets, tenant};
use crate::support::shared;

const OLD: &str = "old:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NEW: &str = "new:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

fn keys(lines: &[&str]) -> Keyring {
    Keyring::parse(&SecretString::from(lines.join("\n"))).expect("a keyring")
}

/// An account with a token and an answer.
async fn filled(store: &Store) -> (uuid::Uuid, Place) {
    let new = NewAccount { secrets: secrets("canary"), ..NewAccount::new(tenant("acme"), "shelf") };
    let id = store.add_account(new).await.expect("added").id;
    let tokens = Tokens { access: None, refresh: Some(SecretString::from("canary-refresh")) };
    store.save(&id.to_string(), &tokens).await.expect("saved");
    let place = Place::new(id, "/", "key");
    let fingerprint = Fingerprint::new("PATCH", "/", "", b"");
    let deadline = std::time::SystemTime::now() + std::time::Duration::from_mins(1);
    let Begun::Run(ticket) = store.begin(&place, fingerprint, deadline).await.expect("begun") else {
        panic!("it is new")
    };
    let answer = StoredAnswer { status: 200, headers: Vec::new(), body: b"canary".to_vec() };
    assert!(store.finish(ticket, &answer).await.expect("finished"));
    // A request that still runs has nothing sealed.
    store.begin(&Place::new(id, "/", "running"), fingerprint, deadline).await.expect("begun");
    (id, place)
}

/// That everything of an account opens.
async fn opens(store: &Store, id: uuid::Uuid, place: &Place) {
    let row = store.account_of_anyone(id).await.expect("read").expect("there");
    assert_eq!(store.secrets(&row).expect("opened")["token"].expose_secret(), "canary");
    let tokens = store.load(&id.to_string()).await.expect("loaded").expect("there");
    assert_eq!(tokens.refresh.expect("there").expose_secret(), "canary-refresh");
    let fingerprint = Fingerprint::new("PATCH", "/", "", b"");
    match store.begin(place, fingerprint, std::time::SystemTime::now()).await.expect("begun") {
        Begun::Answered(answer) => assert_eq!(answer.body, b"canary"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_is_sealed_anew_and_the_old_key_may_go() {
    shared(async |database| {
        let old = database.open_with(keys(&[OLD])).await;
        let mut all = Vec::new();
        for _ in 0..120 {
            all.push(filled(&old).await);
        }
        assert_eq!(old.sealed_by().await.expect("counted"), BTreeMap::from([("old".to_owned(), 360)]));
        let both = database.open_with(keys(&[NEW, OLD])).await;
        let mut seen = Vec::new();
        let resealed = both.reseal(&mut |progress| seen.push(progress)).await.expect("sealed anew");
        assert_eq!(resealed, Resealed { done: 360, unopened: BTreeMap::new() });
        let expected: Vec<Progress> = ["accounts", "renewed", "answers"]
            .into_iter()
            .flat_map(|table| [Progress { table, done: 100 }, Progress { table, done: 120 }])
            .collect();
        assert_eq!(seen, expected);
        assert_eq!(both.sealed_by().await.expect("counted"), BTreeMap::from([("new".to_owned(), 360)]));
        let new = database.open_with(keys(&[NEW])).await;
        for (id, place) in &all {
            opens(&new, *id, place).await;
        }
        assert_eq!(both.reseal(&mut |_| {}).await.expect("nothing to do"), Resealed::default());
    });
}

#[test]
fn rows_of_a_lost_key_are_counted_and_left() {
    shared(async |database| {
        let old = database.open_with(keys(&[OLD])).await;
        let (id, _) = filled(&old).await;
        let new = database.open_with(keys(&[NEW])).await;
        let resealed = new.reseal(&mut |_| {}).await.expect("told");
        assert_eq!(resealed, Resealed { done: 0, unopened: BTreeMap::from([("old".to_owned(), 3)]) });
        let row = new.account_of_anyone(id).await.expect("read").expect("there");
        assert_eq!(
            new.secrets(&row).expect_err("no key").to_string(),
            format!("the key `old` that sealed accounts/{id}/secrets is not at hand")
        );
    });
}

#[test]
fn tokens_that_are_saved_meanwhile_are_not_overwritten() {
    shared(async |database| {
        let old = database.open_with(keys(&[OLD])).await;
        let mut all = Vec::new();
        for _ in 0..30 {
            all.push(filled(&old).await);
        }
        let saving = tokio::spawn({
            let (old, all) = (old.clone(), all.clone());
            async move {
                for (id, _) in &all {
                    let tokens = Tokens { access: None, refresh: Some(SecretString::from("canary-later")) };
                    old.save(&id.to_string(), &tokens).await.expect("saved");
                }
            }
        });
        let both = database.open_with(keys(&[NEW, OLD])).await;
        both.reseal(&mut |_| {}).await.expect("sealed anew");
        saving.await.expect("no panic");
        for (id, _) in &all {
            let tokens = both.load(&id.to_string()).await.expect("loaded").expect("there");
            assert_eq!(tokens.refresh.expect("there").expose_secret(), "canary-later");
        }
    });
}

#[test]
fn a_copy_is_the_same_store() {
    shared(async |database| {
        let store = database.open_with(keys(&[OLD])).await;
        let (id, place) = filled(&store).await;
        let file = std::env::temp_dir().join(format!("mapwright-{}.db", uuid::Uuid::new_v4()));
        if database.is_postgres() {
            let error = store.backup(&file).await.expect_err("refused");
            assert_eq!(error.to_string(), "a store in PostgreSQL is copied with pg_dump");
            assert!(!file.exists());
            return;
        }
        store.backup(&file).await.expect("copied");
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).expect("a file").permissions());
        assert_eq!(mode & 0o777, 0o600);
        let again = store.backup(&file).await.expect_err("there is a file");
        assert_eq!(again.to_string(), format!("{} cannot be written: File exists (os error 17)", file.display()));
        let copy = Store::open(&format!("sqlite:{}", file.display()), keys(&[OLD])).await.expect("it opens");
        opens(&copy, id, &place).await;
        copy.close().await;
        std::fs::remove_file(&file).expect("removed");
    });
}
