//! Opening a store.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sqlx::any::AnyConnectOptions;
use sqlx::pool::PoolOptions;
use sqlx::{Any, AnyConnection, Connection as _, Executor as _, Pool};
use uuid::Uuid;

use super::recent::Recent;
use super::{Inner, Kind, Store, StoreError, migrate};
use crate::keyring::Keyring;

/// How many connections a process has.
const CONNECTIONS: u32 = 10;

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a statement waits for another process's on the same file, in milliseconds, and the other settings of a
/// connection.
const SQLITE: &str = "PRAGMA busy_timeout = 15000; PRAGMA foreign_keys = ON;";

/// How often a file is tried to be put into its mode for many readers while another process does the same.
const TRIES: u32 = 100;

/// What a path may not have in an address.
const NOT_IN_A_PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`');

/// Where a store lies.
enum Address {
    Memory,
    File(String),
    Postgres(String),
}

impl Address {
    fn parse(url: &str) -> Result<Address, StoreError> {
        // An address may have a password in it, and a text that is not an address may be one.
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        let refused =
            || StoreError::Address(if scheme.len() < 16 { format!("{scheme}:…") } else { "…".to_owned() });
        match url.split_once(':').ok_or_else(refused)? {
            ("sqlite", ":memory:") => Ok(Address::Memory),
            ("sqlite", path) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                if path.is_empty() || path.contains('\0') { Err(refused()) } else { Ok(Address::File(path.to_owned())) }
            }
            ("postgres" | "postgresql", _) => Ok(Address::Postgres(url.to_owned())),
            _ => Err(refused()),
        }
    }
}

impl Store {
    /// Opens a store and brings its tables up to date: `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. Several
    /// processes may do so at the same time.
    pub async fn open(url: &str, keyring: Keyring) -> Result<Store, StoreError> {
        sqlx::any::install_default_drivers();
        let (kind, pool) = match Address::parse(url)? {
            Address::Memory => (Kind::Sqlite, memory().await?),
            Address::File(path) => (Kind::Sqlite, file(&path).await?),
            Address::Postgres(url) => (Kind::Postgres, postgres(&url).await?),
        };
        migrate::run(&pool, kind).await?;
        let inner = Inner { pool, kind, keyring, recent: Recent::new(), owner: Uuid::new_v4() };
        Ok(Store { inner: Arc::new(inner), clock: Arc::new(SystemTime::now) })
    }
}

fn options(connections: u32) -> PoolOptions<Any> {
    PoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE)
}

/// A database that lives as long as its one connection.
async fn memory() -> Result<Pool<Any>, StoreError> {
    let options = options(1).min_connections(1).idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    let pool = options.connect_with(AnyConnectOptions::from_str("sqlite::memory:")?).await?;
    pool.execute(SQLITE).await?;
    Ok(pool)
}

async fn postgres(url: &str) -> Result<Pool<Any>, StoreError> {
    let address = AnyConnectOptions::from_str(url)?;
    // A pool tries again until its patience ends, and then does not say why.
    AnyConnection::connect_with(&address).await?.close().await?;
    Ok(options(CONNECTIONS).connect_with(address).await?)
}

async fn file(path: &str) -> Result<Pool<Any>, StoreError> {
    create(Path::new(path)).map_err(|error| StoreError::File { path: path.to_owned(), why: error.to_string() })?;
    let url = format!("sqlite:{}", utf8_percent_encode(path, NOT_IN_A_PATH));
    // Nothing stands between a process and its file that could cut a connection: whether one lives is not asked.
    let options = options(CONNECTIONS).test_before_acquire(false).after_connect(|connection, _| {
        Box::pin(async move {
            connection.execute(SQLITE).await?;
            Ok(())
        })
    });
    let failed = |error: sqlx::Error| StoreError::File { path: path.to_owned(), why: in_words(&error) };
    let pool = options.connect_with(AnyConnectOptions::from_str(&url)?).await.map_err(failed)?;
    let mut tried = 0;
    // The change of the mode does not wait for other processes by itself.
    while let Err(error) = pool.execute("PRAGMA journal_mode = WAL").await {
        tried += 1;
        if tried >= TRIES || !in_words(&error).contains("locked") {
            return Err(failed(error));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(pool)
}

/// What the database says, without the words around it.
fn in_words(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

/// Makes the file if it is not there, for nobody else to read. What stands beside it gets the same mode.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}
