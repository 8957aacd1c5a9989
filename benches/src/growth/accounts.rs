//! Accounts in the store: the store in memory, in a file, and in PostgreSQL where its programs are installed.
//!
//! A store is filled further from number to number. In memory every account is added as the service adds it. In a file
//! and in PostgreSQL 64 accounts are; the others are copies of one of them under ids of their own, put in by one
//! statement, so that a million takes minutes and not hours. Such a copy has secrets of the right length that open nothing;
//! only the 64 are asked for.

use std::path::PathBuf;
use std::time::Instant;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use mapwright_interpreter::{Interpreter, Sending, Transport};
use mapwright_mapping::catalog::Catalog;
use mapwright_server::Service;
use mapwright_server::keyring::Keyring;
use mapwright_server::limits::Limits;
use mapwright_server::mappings::{Current, Loaded, Mappings, Refused};
use mapwright_server::store::{NewAccount, Store, Tenant};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::Settings;
use super::curve::{Chart, numbers};
use super::resident;
use super::wide::{ID, PROVIDER, RESOURCE, Wide};

/// The tests' PostgreSQL: a private cluster on a Unix socket, which ends with this process.
#[path = "../../../crates/server/tests/support/postgres.rs"]
#[allow(clippy::pedantic, dead_code, unreachable_pub, missing_docs, reason = "it is made for tests")]
mod postgres;

/// The most accounts.
const MOST: usize = 1_000_000;

/// The accounts that are asked for.
const KNOWN: usize = 64;

/// The accounts whose use is measured in memory; a service keeps as many.
const IN_USE: usize = 10_000;

/// How many patches there are at the same time; a service takes no more of one account.
const TOGETHER: u32 = 16;

/// Where a store lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Memory,
    File,
    Postgres,
}

/// Answers every request with one record.
struct Constant(Bytes);

impl Transport for Constant {
    fn send(&self, _: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move { Ok(Response::new(self.0.clone())) })
    }
}

/// A catalog that stays as it is.
struct Fixed(Catalog);

impl Mappings for Fixed {
    fn load(&self) -> Result<Loaded, Refused> {
        Ok(Loaded { catalog: self.0.clone(), docs: String::new() })
    }
}

/// A store with a service over it.
struct Filled {
    kind: Kind,
    url: String,
    directory: Option<PathBuf>,
    keys: String,
    store: Store,
    tenant: Tenant,
    routes: axum::Router,
    token: String,
    known: Vec<Uuid>,
    accounts: usize,
}

/// Memory, times of the store and times of the service, over the number of accounts.
pub(crate) fn chart(settings: &Settings) -> Vec<Chart> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let mut patch =
        Chart::of_times("accounts-patch", "A whole patch through the service's handler", "accounts in the store");
    let mut store = Chart::of_times("accounts-store", "The store of accounts", "accounts in the store");
    let mut size = Chart {
        cost: "bytes".to_owned(),
        ..Chart::of_times("accounts-size", "The size of the store", "accounts in the store")
    };
    for kind in [Kind::Memory, Kind::File, Kind::Postgres] {
        let Some(mut filled) = runtime.block_on(Filled::new(kind)) else { continue };
        let (name, empty) = (filled.name(), resident::own());
        for accounts in numbers(10, settings.most(MOST)) {
            let begun = Instant::now();
            runtime.block_on(filled.fill(accounts));
            settings
                .progress(&format!("accounts: {name}, filled in {:.1} s:", begun.elapsed().as_secs_f64()), accounts);
            let grown = resident::own().saturating_sub(empty);
            filled.measure(&runtime, settings, accounts, [&mut patch, &mut store]);
            #[expect(clippy::cast_precision_loss, reason = "far from 2^52 bytes")]
            match kind {
                Kind::Memory => size.add("memory: growth of the resident set", accounts, grown as f64),
                Kind::File => size.add("file", accounts, filled.file_size() as f64),
                Kind::Postgres => {}
            }
        }
        if kind == Kind::Memory {
            filled.in_use(&runtime);
        }
        runtime.block_on(filled.end());
    }
    vec![patch, store, size]
}

impl Filled {
    async fn new(kind: Kind) -> Option<Filled> {
        let directory = (kind == Kind::File)
            .then(|| std::env::temp_dir().join(format!("mapwright-growth-{}", Uuid::new_v4().simple())));
        let url = match (kind, &directory) {
            (Kind::Postgres, _) => postgres::database().await?,
            (_, Some(directory)) => {
                std::fs::create_dir(directory).expect("a directory");
                format!("sqlite:{}", directory.join("store.db").display())
            }
            (_, None) => "sqlite::memory:".to_owned(),
        };
        let keys = Keyring::line(Some("bench")).expect("a key").expose_secret().to_owned();
        let store = open(&url, &keys).await;
        let tenant: Tenant = "bench".parse().expect("a name");
        let (_, token) = store.add_token(Some(&tenant), "bench").await.expect("a token");
        let wide = Wide::of(15);
        let current = Current::load(Fixed(wide.files.load().catalog)).expect("mappings");
        let interpreter = Interpreter::new(Constant(wide.record.to_string().into()));
        let service = Service::new(current, store.clone(), interpreter, Limits::default());
        let token = token.expose_secret().to_owned();
        let routes = service.routes();
        Some(Filled { kind, url, directory, keys, store, tenant, routes, token, known: Vec::new(), accounts: 0 })
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Memory => "SQLite in memory",
            Kind::File => "SQLite in a file",
            Kind::Postgres => "PostgreSQL",
        }
    }

    /// Adds accounts up to this number.
    async fn fill(&mut self, accounts: usize) {
        while self.accounts < accounts && (self.kind == Kind::Memory || self.accounts < KNOWN) {
            let secrets = [("api_key".to_owned(), SecretString::from("0123456789abcdef0123456789abcdef"))];
            let new = NewAccount {
                label: format!("account {}", self.accounts),
                secrets: secrets.into(),
                ..NewAccount::new(self.tenant.clone(), PROVIDER)
            };
            self.known.push(self.store.add_account(new).await.expect("an account").id);
            self.accounts += 1;
        }
        if self.accounts >= accounts {
            return;
        }
        let columns = "tenant, provider, label, auth, state, state_reason, variables, overlay, base, revision, \
                       secrets_revision, created, updated, key_id, nonce, sealed";
        let (id, many) = match self.kind {
            Kind::Postgres => ("gen_random_uuid()::text", "generate_series(1, $1) AS many"),
            _ => (
                "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || \
                 hex(randomblob(2)) || '-' || hex(randomblob(6)))",
                "(WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < $1) SELECT n FROM many)",
            ),
        };
        let statement =
            format!("INSERT INTO accounts (id, {columns}) SELECT {id}, {columns} FROM accounts, {many} WHERE id = $2");
        let mut connection = AnyConnection::connect(&self.url).await.expect("the database answers");
        sqlx::query(AssertSqlSafe(statement))
            .bind(i64::try_from(accounts - self.accounts).expect("a number"))
            .bind(self.known[0].to_string())
            .execute(&mut connection)
            .await
            .expect("the rows are put in");
        connection.close().await.expect("the connection ends");
        self.accounts = accounts;
    }

    fn measure(&self, runtime: &Runtime, settings: &Settings, accounts: usize, [patch, store]: [&mut Chart; 2]) {
        let (clock, name) = (settings.clock, self.name());
        let known = &self.known[..self.known.len().min(KNOWN)];
        let mut turns = known.iter().cycle();
        let mut next = || *turns.next().expect("an account");
        let hot = known[0];
        // Several at the same time, so that what one waits for does not count.
        let patches = |accounts: &mut dyn FnMut() -> Uuid| {
            let all: Vec<_> = (0..TOGETHER).map(|_| accounts()).collect();
            let took = clock.time(|| runtime.block_on(self.patch_all(&all)));
            took / f64::from(TOGETHER)
        };
        patch.add(&format!("{name}: one account"), accounts, patches(&mut || hot));
        patch.add(&format!("{name}: {TOGETHER} accounts"), accounts, patches(&mut next));
        let mut next = || *turns.next().expect("an account");
        let look_up = || runtime.block_on(self.store.account(&self.tenant, next())).expect("an answer").is_some();
        store.add(&format!("{name}: look up"), accounts, clock.time(look_up));
        let page = |after| runtime.block_on(self.store.accounts(Some(&self.tenant), after, 100)).expect("a page").len();
        store.add(&format!("{name}: a page of 100"), accounts, clock.time(|| page(Some(hot))));
        if self.kind != Kind::Memory {
            let open = || runtime.block_on(async { open(&self.url, &self.keys).await.close().await });
            store.add(&format!("{name}: open"), accounts, clock.time(open));
        }
    }

    /// Patches of these accounts at the same time.
    async fn patch_all(&self, accounts: &[Uuid]) {
        let mut running = JoinSet::new();
        for account in accounts {
            running.spawn(Self::patch(self.routes.clone(), format!("Bearer {}", self.token), *account));
        }
        while let Some(done) = running.join_next().await {
            done.expect("a patch");
        }
    }

    /// A patch of an account, as it comes in.
    async fn patch(routes: axum::Router, bearer: String, account: Uuid) {
        let body: Value = json!({"f00000": "another value", "f00004": 5, "f00006": "Blue"});
        let request = Request::patch(format!("/unified/{RESOURCE}/{ID}?integrated_account_id={account}"))
            .header("Authorization", bearer)
            .header("Content-Type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let response = routes.oneshot(request).await.expect("an answer");
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&bytes));
    }

    /// What an account in use takes, and what one that is only kept does.
    fn in_use(&self, runtime: &Runtime) {
        let before = resident::own();
        let many = &self.known[..self.known.len().min(IN_USE)];
        runtime.block_on(async {
            for some in many.chunks(TOGETHER as usize) {
                self.patch_all(some).await;
            }
        });
        let grown = resident::own().saturating_sub(before) / many.len().max(1) as u64;
        println!("\n{} accounts in use: {grown} bytes of the resident set each", many.len());
    }

    fn file_size(&self) -> u64 {
        let all = self.directory.iter().flat_map(std::fs::read_dir).flatten().flatten();
        all.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
    }

    async fn end(self) {
        self.store.close().await;
        if self.kind == Kind::Postgres {
            postgres::drop(&self.url).await;
        }
        if let Some(directory) = &self.directory {
            // What is left of it lies among the temporary files.
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

async fn open(url: &str, keys: &str) -> Store {
    let keyring = Keyring::parse(&SecretString::from(keys)).expect("a keyring");
    Store::open(url, keyring).await.expect("a store")
}
