//! A database that processes share.

use std::fs;
use std::path::PathBuf;

use mapwright_server::keyring::Keyring;
use mapwright_server::store::Store;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Directory, postgres, run};

/// A database, and the file with its key.
#[derive(Debug)]
pub struct Database {
    /// Its address.
    pub url: String,
    /// The file with its key.
    pub key_file: PathBuf,
    /// The text of that file.
    pub key: SecretString,
    directory: Directory,
}

impl Database {
    /// SQLite in a file.
    pub fn sqlite() -> Database {
        let directory = Directory::new();
        let url = format!("sqlite:{}", directory.path().join("store.db").display());
        Database::at(url, directory)
    }

    /// PostgreSQL; none where there is no server, which is said.
    pub fn postgres() -> Option<Database> {
        Some(Database::at(run(postgres::database())?, Directory::new()))
    }

    /// Both, where there are both.
    pub fn all() -> Vec<Database> {
        [Database::sqlite()].into_iter().chain(Database::postgres()).collect()
    }

    fn at(url: String, directory: Directory) -> Database {
        let key = Keyring::line(Some("test")).expect("a key");
        let key_file = directory.path().join("keys");
        fs::write(&key_file, key.expose_secret()).expect("the file of the key");
        Database { url, key_file, key, directory }
    }

    /// Whether it is a PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// What it is, for the words of a failure.
    pub fn name(&self) -> &'static str {
        if self.is_postgres() { "PostgreSQL" } else { "SQLite" }
    }

    /// Where its files are.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// Opens the store in this process.
    pub fn open(&self) -> Store {
        let keyring = Keyring::parse(&self.key).expect("a keyring");
        run(Store::open(&self.url, keyring)).expect("the store opens")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.is_postgres() && !std::thread::panicking() {
            run(postgres::drop(&self.url));
        }
    }
}
