//! A database for each test.

use std::path::PathBuf;

use mapwright_server::keyring::Keyring;
use mapwright_server::store::Store;
use secrecy::SecretString;
use tokio::runtime::Runtime;

use super::postgres;

/// A database that one test has for itself.
pub struct Database {
    /// Its address.
    pub url: String,
    /// What it is, for the words of a failure.
    pub name: &'static str,
    /// The directory of a file.
    directory: Option<PathBuf>,
}

/// The keys of tests.
pub fn keyring() -> Keyring {
    Keyring::parse(&SecretString::from("test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")).expect("a keyring")
}

impl Database {
    /// Opens the store.
    pub async fn open(&self) -> Store {
        self.open_with(keyring()).await
    }

    /// Opens the store with other keys.
    pub async fn open_with(&self, keyring: Keyring) -> Store {
        Store::open(&self.url, keyring).await.expect("the store opens")
    }

    /// Whether it is a PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    fn memory() -> Database {
        Database { url: "sqlite::memory:".to_owned(), name: "SQLite in memory", directory: None }
    }

    fn file() -> Database {
        let directory = std::env::temp_dir().join(format!("mapwright-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&directory).expect("a directory");
        let url = format!("sqlite:{}", directory.join("store of a test.db").display());
        Database { url, name: "SQLite in a file", directory: Some(directory) }
    }

    async fn postgres() -> Option<Database> {
        Some(Database { url: postgres::database().await?, name: "PostgreSQL", directory: None })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(directory) = &self.directory {
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// Runs a test on each kind of database.
pub fn everywhere(test: impl AsyncFn(&Database)) {
    run(true, &test);
}

/// Runs a test on each kind of database that several processes can share.
pub fn shared(test: impl AsyncFn(&Database)) {
    run(false, &test);
}

fn run(memory: bool, test: &impl AsyncFn(&Database)) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let postgres = Database::postgres().await;
        let memory = memory.then(Database::memory);
        for database in memory.into_iter().chain([Database::file()]).chain(postgres) {
            println!("on {}", database.name);
            test(&database).await;
            if database.is_postgres() {
                postgres::drop(&database.url).await;
            }
        }
    });
}
