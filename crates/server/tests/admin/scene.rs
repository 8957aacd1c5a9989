//! The service with a simulated provider beside it, and calls of its admin API.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use mapwright_interpreter::{Http, Interpreter};
use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_sandbox::Sandbox;
use mapwright_server::admin::{self, Administration};
use mapwright_server::store::Store;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::support::Database;

/// The fixture: one provider, with a key or OAuth.
pub(crate) fn fixture(directory: &str) -> FileSet {
    fn collect(path: &Path, prefix: &str, files: &mut FileSet) {
        for entry in std::fs::read_dir(path).expect("a directory") {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                collect(&entry.path(), &format!("{name}/"), files);
            } else {
                files.insert(name, std::fs::read(entry.path()).expect("a file"));
            }
        }
    }
    let mut files = FileSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(directory), "", &mut files);
    files
}

/// The service, with a simulated provider beside it.
pub(crate) struct Scene {
    pub(crate) store: Store,
    pub(crate) address: SocketAddr,
    pub(crate) provider: SocketAddr,
    pub(crate) sandbox: Sandbox,
    pub(crate) token: SecretString,
}

/// An answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

impl Scene {
    pub(crate) async fn new(database: &Database) -> Scene {
        Scene::of(database, "shelf", fixture("tests/cli/mappings"), &fixture("tests/cli/schemas")).await
    }

    pub(crate) async fn of(database: &Database, provider: &str, mappings: FileSet, models: &FileSet) -> Scene {
        let store = database.open().await;
        let sandbox = mappings[&format!("{provider}/sandbox.toml")].clone();
        let catalog = Arc::new(Catalog::load(models, &mappings).catalog);
        let sandbox = String::from_utf8(sandbox).expect("a text");
        let sandbox = Sandbox::from_toml("sandbox.toml", &sandbox).expect("a sandbox");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let provider = listener.local_addr().expect("an address");
        tokio::spawn(mapwright_sandbox::serve(listener, Arc::new(sandbox.clone()), std::future::pending::<()>()));
        let interpreter = Interpreter::new(Http::new().expect("a client")).with_tokens(store.clone());
        let administration = Administration::new(store.clone(), Arc::new(move || Arc::clone(&catalog)), interpreter);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let routes = admin::router(Arc::new(administration));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let (_, token) = store.add_token(None, "operator").await.expect("a token");
        Scene { store, address, provider, sandbox, token }
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.call_as(Some(self.token.expose_secret()), method, path, &body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call_as(Some(self.token.expose_secret()), "GET", path, "").await
    }

    pub(crate) async fn call_as(&self, token: Option<&str>, method: &str, path: &str, body: &str) -> Answer {
        let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{authorization}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("answered");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status").parse().expect("a number");
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") };
        Answer { status, headers, body }
    }

    /// A whole account at the simulated provider.
    pub(crate) fn account(&self) -> Value {
        json!({
            "tenant": "acme",
            "provider": "shelf",
            "auth": "key",
            "label": "Books",
            "variables": { "tenant": "demo" },
            "secrets": { "api_key": "demo-key-of-the-shelf" },
            "local": format!("http://{}", self.provider),
        })
    }

    pub(crate) async fn added(&self) -> Uuid {
        let answer = self.call("POST", "/admin/accounts", &self.account()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["id"].as_str().expect("an id").parse().expect("an id")
    }
}

/// A JSON object with other members.
pub(crate) fn with(mut value: Value, members: Value) -> Value {
    let (Value::Object(all), Value::Object(members)) = (&mut value, members) else { panic!("objects") };
    all.extend(members);
    value
}

/// The places of an error's reasons, each with what is said.
pub(crate) fn reasons<'a>(answer: &'a Answer) -> Vec<(&'a str, &'a str)> {
    let reasons = answer.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |reason: &'a Value, name: &str| reason[name].as_str().unwrap_or_default();
    reasons.iter().map(|reason| (text(reason, "pointer"), text(reason, "message"))).collect()
}
