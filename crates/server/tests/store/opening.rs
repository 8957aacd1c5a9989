//! Opening a store.

use std::os::unix::fs::PermissionsExt as _;

use mapwright_server::store::{Store, StoreError};
use sqlx::{Connection as _, Executor as _};

use crate::support::{everywhere, keyring, shared};

#[test]
fn an_open_store_answers() {
    everywhere(async |database| {
        let store = database.open().await;
        store.ping().await.expect("it answers");
        store.close().await;
        assert!(store.ping().await.is_err());
    });
}

#[test]
fn a_store_is_opened_again_with_what_it_has() {
    shared(async |database| {
        let store = database.open().await;
        let (row, _) = store.add_token(None, "first").await.expect("a token");
        store.close().await;
        let again = database.open().await;
        assert_eq!(again.tokens(None, None, 10).await.expect("tokens"), [row]);
    });
}

#[test]
fn many_may_open_an_empty_store_at_once() {
    shared(async |database| {
        let opening: Vec<_> = (0..8)
            .map(|_| {
                let url = database.url.clone();
                tokio::spawn(async move { Store::open(&url, keyring()).await })
            })
            .collect();
        for opened in opening {
            let store = opened.await.expect("no panic").expect("it opens");
            store.ping().await.expect("it answers");
            store.close().await;
        }
    });
}

#[test]
fn a_newer_store_is_refused() {
    shared(async |database| {
        database.open().await.close().await;
        let mut connection = sqlx::AnyConnection::connect(&sqlx_url(&database.url)).await.expect("a connection");
        connection.execute("INSERT INTO versions (version) VALUES (99)").await.expect("a version");
        connection.close().await.expect("closed");
        let error = Store::open(&database.url, keyring()).await.expect_err("refused");
        assert_eq!(
            error.to_string(),
            "the store was made by a newer version of this program: its tables are of version 99, and this program \
             knows up to 1"
        );
    });
}

/// The address of the same database without this program.
fn sqlx_url(url: &str) -> String {
    url.replace(' ', "%20")
}

#[test]
fn a_file_is_nobody_elses_to_read() {
    shared(async |database| {
        let Some(path) = database.url.strip_prefix("sqlite:") else { return };
        let store = database.open().await;
        store.add_token(None, "first").await.expect("a token");
        for ending in ["", "-wal", "-shm"] {
            let file = format!("{path}{ending}");
            let mode = std::fs::metadata(&file).expect(&file).permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    });
}

#[tokio::test]
async fn an_address_of_nothing_is_refused_without_its_password() {
    for url in ["", "sqlite", "sqlite:", "mysql://root:canary@localhost/x", "canary", "https://canary@x/"] {
        let error = Store::open(url, keyring()).await.expect_err("refused");
        assert!(matches!(error, StoreError::Address(_)), "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn a_place_that_is_not_there_is_told() {
    let error = Store::open("sqlite:/nowhere/at/all.db", keyring()).await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "the store /nowhere/at/all.db cannot be opened: No such file or directory (os error 2)"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_and_left_alone() {
    let path = std::env::temp_dir().join(format!("mapwright-{}.db", uuid::Uuid::new_v4()));
    let text = "this is a text and not a database\n".repeat(100);
    std::fs::write(&path, &text).expect("a file");
    let error = Store::open(&format!("sqlite:{}", path.display()), keyring()).await.expect_err("refused");
    let kept = std::fs::read_to_string(&path).expect("the file");
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(error.to_string(), format!("the store {} cannot be opened: file is not a database", path.display()));
    assert_eq!(kept, text);
}

#[tokio::test]
async fn the_password_of_an_address_is_not_shown() {
    let url = "postgres://mapwright:canary@127.0.0.1:1/mapwright";
    let error = Store::open(url, keyring()).await.expect_err("nobody is there");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    assert!(error.to_string().contains("Connection refused"), "{error}");
}
