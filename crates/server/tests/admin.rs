//! The admin API over a real socket, on every kind of database.

mod support;

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

use support::{Database, everywhere, shared};

/// The fixture: one provider, with a key or OAuth.
fn fixture(directory: &str) -> FileSet {
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
struct Scene {
    store: Store,
    address: SocketAddr,
    provider: SocketAddr,
    sandbox: Sandbox,
    token: SecretString,
}

/// An answer.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
}

impl Scene {
    async fn new(database: &Database) -> Scene {
        Scene::of(database, "shelf", fixture("tests/cli/mappings"), &fixture("tests/cli/schemas")).await
    }

    async fn of(database: &Database, provider: &str, mappings: FileSet, models: &FileSet) -> Scene {
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

    async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.call_as(Some(self.token.expose_secret()), method, path, &body.to_string()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call_as(Some(self.token.expose_secret()), "GET", path, "").await
    }

    async fn call_as(&self, token: Option<&str>, method: &str, path: &str, body: &str) -> Answer {
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
    fn account(&self) -> Value {
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

    async fn added(&self) -> Uuid {
        let answer = self.call("POST", "/admin/accounts", &self.account()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["id"].as_str().expect("an id").parse().expect("an id")
    }
}

/// A JSON object with other members.
fn with(mut value: Value, members: Value) -> Value {
    let (Value::Object(all), Value::Object(members)) = (&mut value, members) else { panic!("objects") };
    all.extend(members);
    value
}

/// The places of an error's reasons, each with what is said.
fn reasons<'a>(answer: &'a Answer) -> Vec<(&'a str, &'a str)> {
    let reasons = answer.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |reason: &'a Value, name: &str| reason[name].as_str().unwrap_or_default();
    reasons.iter().map(|reason| (text(reason, "pointer"), text(reason, "message"))).collect()
}

#[test]
fn an_account_is_added_shown_and_removed() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let answer = scene.call("POST", "/admin/accounts", &scene.account()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let id = answer.body["id"].as_str().expect("an id").to_owned();
        assert_eq!(answer.headers["location"], format!("/admin/accounts/{id}"));
        let row = scene.store.account_of_anyone(id.parse().expect("an id")).await.expect("read").expect("kept");
        let want = json!({
            "id": id, "tenant": "acme", "provider": "shelf", "label": "Books", "auth": "key",
            "state": "active", "state_reason": null, "variables": { "tenant": "demo" }, "overlay": null,
            "local": format!("http://{}", scene.provider), "revision": 1,
            "created": answer.body["created"], "updated": answer.body["created"], "secrets": ["api_key"],
        });
        assert_eq!(answer.body, want);
        assert_eq!(scene.store.secrets(&row).expect("opened")["api_key"].expose_secret(), "demo-key-of-the-shelf");
        let shown = scene.get(&format!("/admin/accounts/{id}")).await;
        assert_eq!((shown.status, &shown.body), (200, &want));
        let removed = scene.call("DELETE", &format!("/admin/accounts/{id}"), &Value::Null).await;
        assert_eq!((removed.status, removed.body), (204, Value::Null));
        for (method, path) in [("GET", ""), ("DELETE", ""), ("PATCH", ""), ("POST", "/test")] {
            let gone = scene.call(method, &format!("/admin/accounts/{id}{path}"), &json!({})).await;
            assert_eq!((gone.status, gone.body["code"].as_str()), (404, Some("unknown-account")), "{method}");
        }
    });
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_nothing_is_kept() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let wrong = json!({
            "tenant": "acme", "provider": "shelf", "auth": "key", "label": "a\nb", "variables": { "tenan": "demo", "tenant": "9" },
            "secrets": { "token": "canary" }, "local": "http://127.0.0.1:1",
        });
        let answer = scene.call("POST", "/admin/accounts", &wrong).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (422, Some("admin-refused")));
        let places: Vec<&str> = reasons(&answer).into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["/label", "/variables/tenan", "/variables/tenant", "/secrets/api_key", "/secrets/token"]);
        let elsewhere = with(scene.account(), json!({ "local": "https://shelf.example" }));
        let answer = scene.call("POST", "/admin/accounts", &elsewhere).await;
        assert_eq!(
            reasons(&answer),
            [("/local", "this is not the address of a server on this machine, as http://127.0.0.1:8080")]
        );
        let unknown = with(scene.account(), json!({ "provider": "shelv" }));
        let answer = scene.call("POST", "/admin/accounts", &unknown).await;
        assert_eq!(reasons(&answer), [("/provider", "there is no provider `shelv`; did you mean `shelf`?")]);
        assert_eq!(scene.get("/admin/accounts").await.body, json!({ "accounts": [], "next": null }));
    });
}

#[test]
fn a_body_of_another_form_is_told_part_by_part_without_its_values() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let wrong = json!({
            "tenant": "Canary", "label": ["canary"], "secrets": { "api_key": ["canary"] }, "variables": "canary",
            "id": "canary", "secret": "canary",
        });
        let answer = scene.call("POST", "/admin/accounts", &wrong).await;
        assert_eq!(answer.status, 422);
        let mut places: Vec<&str> = reasons(&answer).into_iter().map(|(place, _)| place).collect();
        places.sort_unstable();
        assert_eq!(places, ["/id", "/label", "/provider", "/secret", "/secrets/api_key", "/tenant", "/variables"]);
        assert!(!answer.body.to_string().contains("canary"), "{}", answer.body);
        for (body, code) in [
            ("{\"secrets\": {\"api_key\": canary}}", "body-not-json"),
            ("[\"canary\"]", "body-not-object"),
            ("{\"tenant\": \"canary\", \"tenant\": \"canary\"}", "body-doubled-key"),
        ] {
            let answer = scene.call_as(Some(scene.token.expose_secret()), "POST", "/admin/accounts", body).await;
            assert_eq!((answer.status, answer.body["code"].as_str()), (400, Some(code)));
            assert!(!answer.body.to_string().contains("canary"), "{}", answer.body);
        }
    });
}

#[test]
fn an_overlay_is_refused_with_its_places() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let overlay = "language = 1\n\n[fields]\ntitle = { path = \"nam\" }\n";
        let answer = scene.call("POST", "/admin/accounts", &with(scene.account(), json!({ "overlay": overlay }))).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (422, Some("admin-refused")));
        let (place, message) = reasons(&answer)[0];
        assert_eq!(place, "/overlay");
        assert!(message.starts_with("overlay:4:"), "{message}");
        assert!(
            answer.body["detail"].as_str().expect("words").contains("title = { path = \"nam\" }"),
            "{}",
            answer.body
        );
    });
}

#[test]
fn a_change_is_a_merge_patch_and_is_checked_whole() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let id = scene.added().await;
        let path = format!("/admin/accounts/{id}");
        let answer = scene.call("PATCH", &path, &json!({ "label": "New", "revision": 1 })).await;
        assert_eq!((answer.status, &answer.body["label"], &answer.body["revision"]), (200, &json!("New"), &json!(2)));
        let late = scene.call("PATCH", &path, &json!({ "label": "Late", "revision": 1 })).await;
        assert_eq!((late.status, late.body["code"].as_str()), (412, Some("precondition-failed")));
        let wrong = scene.call("PATCH", &path, &json!({ "secrets": { "api_key": null } })).await;
        assert_eq!(reasons(&wrong), [("/secrets/api_key", "the secret `api_key` is missing; `key` needs it")]);
        let wrong = scene.call("PATCH", &path, &json!({ "provider": "shelf" })).await;
        assert_eq!(wrong.status, 422);
        let answer =
            scene.call("PATCH", &path, &json!({ "secrets": { "api_key": "canary-new" }, "local": null })).await;
        assert_eq!((answer.status, &answer.body["local"], &answer.body["revision"]), (200, &Value::Null, &json!(3)));
        let row = scene.store.account_of_anyone(id).await.expect("read").expect("kept");
        assert_eq!(scene.store.secrets(&row).expect("opened")["api_key"].expose_secret(), "canary-new");
        assert_eq!(row.label, "New");
    });
}

#[test]
fn an_account_without_a_refresh_token_is_connecting_until_it_gets_one() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let oauth = json!({ "auth": "oauth", "secrets": { "client_id": "c", "client_secret": "canary" } });
        let answer = scene.call("POST", "/admin/accounts", &with(scene.account(), oauth)).await;
        assert_eq!((answer.status, &answer.body["state"]), (201, &json!("connecting")));
        assert_eq!(answer.body["state_reason"], json!("it has no refresh token yet"));
        let path = format!("/admin/accounts/{}", answer.body["id"].as_str().expect("an id"));
        let tested = scene.call("POST", &format!("{path}/test"), &json!({})).await;
        assert_eq!((tested.status, &tested.body["verdict"]), (200, &json!("connecting")));
        assert_eq!(scene.sandbox.log().len(), 0);
        let answer = scene.call("PATCH", &path, &json!({ "secrets": { "refresh_token": "canary-refresh" } })).await;
        assert_eq!((answer.status, &answer.body["state"]), (200, &json!("active")));
        assert_eq!(answer.body["secrets"], json!(["client_id", "client_secret", "refresh_token"]));
    });
}

#[test]
fn a_test_shows_whether_the_provider_takes_the_credentials() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let path = format!("/admin/accounts/{}", scene.added().await);
        let test = format!("{path}/test");
        let tested = scene.call("POST", &test, &json!({})).await;
        assert_eq!((tested.status, &tested.body["verdict"]), (200, &json!("good")));
        assert_eq!(tested.body["detail"], json!("the provider takes the credentials, and has no such record"));
        let tested = scene.call("POST", &test, &json!({ "record": "7" })).await;
        assert_eq!(tested.body["detail"], json!("the provider takes the credentials"));
        scene.call("PATCH", &path, &json!({ "secrets": { "api_key": "canary-wrong" } })).await;
        let tested = scene.call("POST", &test, &json!({})).await;
        assert_eq!((tested.status, &tested.body["verdict"]), (200, &json!("needs_reauth")));
        assert_eq!(
            (&tested.body["account"]["state"], &tested.body["account"]["revision"]),
            (&json!("needs_reauth"), &json!(2))
        );
        let kept = json!("the provider takes the credentials no longer");
        assert_eq!(tested.body["account"]["state_reason"], kept, "a provider's words are told, and not kept");
        assert!(!tested.body.to_string().contains("canary"));
        // Another label is no other credential.
        let answer = scene.call("PATCH", &path, &json!({ "label": "x" })).await;
        assert_eq!(answer.body["state"], json!("needs_reauth"));
        let answer = scene.call("PATCH", &path, &json!({ "secrets": { "api_key": "demo-key-of-the-shelf" } })).await;
        assert_eq!((&answer.body["state"], &answer.body["state_reason"]), (&json!("active"), &Value::Null));
        let tested = scene.call("POST", &test, &json!({})).await;
        assert_eq!(tested.body["verdict"], json!("good"));
    });
}

#[test]
fn a_provider_that_is_not_there_says_nothing_of_the_credentials() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
        let away = with(scene.account(), json!({ "local": format!("http://{closed}") }));
        let answer = scene.call("POST", "/admin/accounts", &away).await;
        let path = format!("/admin/accounts/{}/test", answer.body["id"].as_str().expect("an id"));
        let tested = scene.call("POST", &path, &json!({})).await;
        assert_eq!((tested.status, &tested.body["verdict"]), (200, &json!("unknown")));
        assert_eq!(tested.body["account"]["state"], json!("active"));
    });
}

#[test]
fn accounts_are_listed_a_page_at_a_time() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let mut ids = Vec::new();
        for tenant in ["acme", "acme", "other"] {
            let answer =
                scene.call("POST", "/admin/accounts", &with(scene.account(), json!({ "tenant": tenant }))).await;
            ids.push((answer.body["id"].as_str().expect("an id").to_owned(), tenant));
        }
        ids.sort();
        let mut seen = Vec::new();
        let mut next = Value::Null;
        loop {
            let after = next.as_str().map(|id| format!("&after={id}")).unwrap_or_default();
            let page = scene.get(&format!("/admin/accounts?limit=2{after}")).await.body;
            for row in page["accounts"].as_array().expect("a list") {
                assert_eq!(row.get("secrets"), None);
                seen.push(row["id"].as_str().expect("an id").to_owned());
            }
            next = page["next"].clone();
            if next.is_null() {
                break;
            }
        }
        assert_eq!(seen, ids.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
        let page = scene.get("/admin/accounts?tenant=other").await.body;
        let other: Vec<&str> = ids.iter().filter(|(_, tenant)| *tenant == "other").map(|(id, _)| id.as_str()).collect();
        let listed: Vec<&str> =
            page["accounts"].as_array().expect("a list").iter().filter_map(|row| row["id"].as_str()).collect();
        assert_eq!(listed, other);
    });
}

#[test]
fn an_id_may_be_given_once() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let id = Uuid::new_v4();
        let new = with(scene.account(), json!({ "id": id.to_string() }));
        let answer = scene.call("POST", "/admin/accounts", &new).await;
        assert_eq!((answer.status, &answer.body["id"]), (201, &json!(id.to_string())));
        let answer = scene.call("POST", "/admin/accounts", &new).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (409, Some("account-taken")));
    });
}

#[test]
fn tokens_are_added_listed_and_revoked() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let answer = scene.call("POST", "/admin/tokens", &json!({ "tenant": "acme", "name": "worker" })).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let text = answer.body["token"].as_str().expect("a token").to_owned();
        let id = answer.body["id"].as_str().expect("an id").to_owned();
        let row = json!({
            "id": id, "tenant": "acme", "admin": false, "name": "worker", "created": answer.body["created"], "last_used": null,
        });
        assert_eq!(answer.body, with(row.clone(), json!({ "token": text })));
        let listed = scene.get("/admin/tokens?tenant=acme").await;
        assert_eq!(listed.body, json!({ "tokens": [row], "next": null }));
        let admin = scene.call("POST", "/admin/tokens", &json!({ "admin": true, "name": "second" })).await;
        let admin = admin.body["token"].as_str().expect("a token").to_owned();
        assert_eq!(scene.call_as(Some(&admin), "GET", "/admin/tokens", "").await.status, 200);
        let revoked = scene.call("DELETE", &format!("/admin/tokens/{id}"), &Value::Null).await;
        assert_eq!(revoked.status, 204);
        assert_eq!(scene.store.caller(&SecretString::from(text)).await.expect("asked"), None);
        let again = scene.call("DELETE", &format!("/admin/tokens/{id}"), &Value::Null).await;
        assert_eq!((again.status, again.body["code"].as_str()), (404, Some("unknown-token")));
        for (wrong, place) in [
            (json!({}), "/tenant"),
            (json!({ "tenant": "acme", "admin": true }), "/tenant"),
            (json!({ "admin": "yes", "tenant": "acme" }), "/admin"),
            (json!({ "tenant": "acme", "name": "a\nb" }), "/name"),
        ] {
            let answer = scene.call("POST", "/admin/tokens", &wrong).await;
            assert_eq!((answer.status, reasons(&answer)[0].0), (422, place));
        }
    });
}

#[test]
fn only_administrators_are_let_in() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let (_, tenants) =
            scene.store.add_token(Some(&"acme".parse().expect("a tenant")), "worker").await.expect("added");
        let unknown = format!("mwa_{}_{}", "0".repeat(12), "0".repeat(32));
        let body = scene.account().to_string();
        for (method, path) in [
            ("GET", "/admin/accounts"),
            ("POST", "/admin/accounts"),
            ("GET", "/admin/accounts/x"),
            ("GET", "/admin/nothing"),
            ("POST", "/admin/tokens"),
            ("PUT", "/admin/tokens"),
        ] {
            for (token, status, code) in [
                (None, 401, "token-missing"),
                (Some("canary"), 401, "token-invalid"),
                (Some(unknown.as_str()), 401, "token-invalid"),
                (Some(tenants.expose_secret()), 403, "token-wrong-kind"),
            ] {
                let answer = scene.call_as(token, method, path, &body).await;
                assert_eq!((answer.status, answer.body["code"].as_str()), (status, Some(code)), "{method} {path}");
                assert!(!answer.body.to_string().contains("canary"));
            }
        }
        assert_eq!(scene.get("/admin/accounts").await.body, json!({ "accounts": [], "next": null }));
    });
}

#[test]
fn another_route_or_method_is_told() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let answer = scene.get("/admin/nothing").await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (404, Some("unknown-route")));
        for (path, allow) in [
            ("/admin/accounts", "GET, POST"),
            ("/admin/accounts/x", "GET, PATCH, DELETE"),
            ("/admin/accounts/x/test", "POST"),
            ("/admin/tokens", "GET, POST"),
            ("/admin/tokens/x", "DELETE"),
        ] {
            let answer = scene.call("PUT", path, &json!({})).await;
            assert_eq!((answer.status, answer.body["code"].as_str()), (405, Some("method-not-allowed")), "{path}");
            assert_eq!(answer.headers["allow"], allow);
        }
        let answer = scene.get("/admin/accounts/x").await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (404, Some("unknown-account")));
        let answer = scene.get("/admin/accounts?limit=0&after=x").await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (400, Some("bad-query")));
    });
}

#[test]
fn what_one_process_changes_another_sees() {
    shared(async |database| {
        let (one, other) = (Scene::new(database).await, Scene::new(database).await);
        let id = one.added().await;
        assert_eq!(other.get(&format!("/admin/accounts/{id}")).await.status, 200);
        other.call("DELETE", &format!("/admin/accounts/{id}"), &Value::Null).await;
        assert_eq!(one.get(&format!("/admin/accounts/{id}")).await.status, 404);
    });
}

#[test]
fn an_account_whose_key_is_lost_gets_new_secrets() {
    shared(async |database| {
        let id = Scene::new(database).await.added().await;
        let keys = mapwright_server::keyring::Keyring::generate().expect("a keyring");
        let store = database.open_with(keys).await;
        let scene = Scene::new(database).await;
        let catalog = Arc::new(Catalog::load(&fixture("tests/cli/schemas"), &fixture("tests/cli/mappings")).catalog);
        let interpreter = Interpreter::new(Http::new().expect("a client")).with_tokens(store.clone());
        let admin = Administration::new(store, Arc::new(move || Arc::clone(&catalog)), interpreter);
        let row = admin.account(id).await.expect("read");
        assert_eq!(admin.secret_names(&row), None);
        let label = admin::AccountChange { label: Some("x".to_owned()), ..admin::AccountChange::default() };
        let error = admin.change_account(id, None, &label).await.expect_err("the key is lost");
        assert_eq!(error.to_string(), format!("the key `test` that sealed accounts/{id}/secrets is not at hand"));
        let secret = SecretString::from("demo-key-of-the-shelf");
        let secrets = BTreeMap::from([("api_key".to_owned(), Some(secret))]);
        let change = admin::AccountChange {
            secrets,
            local: Some(Some(format!("http://{}", scene.provider))),
            ..admin::AccountChange::default()
        };
        let row = admin.change_account(id, None, &change).await.expect("changed");
        assert_eq!(admin.secret_names(&row), Some(vec!["api_key".to_owned()]));
        let probed = admin.test_account(id, None).await.expect("tested");
        assert_eq!(probed.verdict, admin::Verdict::Good, "{}", probed.detail);
    });
}

/// A provider whose accounts are connected with their owners' consent, and an account that waits for it.
async fn connecting(database: &Database) -> (Scene, String) {
    let mut mappings = fixture("mappings");
    mappings.retain(|name, _| name.starts_with("hubspot/"));
    let scene = Scene::of(database, "hubspot", mappings, &fixture("schemas/unified")).await;
    let account = json!({
        "tenant": "acme",
        "provider": "hubspot",
        "auth": "oauth",
        "secrets": { "client_id": "11111111-2222-4333-8444-555566667777", "client_secret": "sandbox-client-secret" },
        "local": format!("http://{}", scene.provider),
    });
    let answer = scene.call("POST", "/admin/accounts", &account).await;
    assert_eq!((answer.status, &answer.body["state"]), (201, &json!("connecting")), "{}", answer.body);
    let path = format!("/admin/accounts/{}", answer.body["id"].as_str().expect("an id"));
    (scene, path)
}

const BACK: &str = "http://localhost:9/back";

#[test]
fn an_account_is_connected_with_its_owners_consent() {
    everywhere(async |database| {
        let (scene, path) = connecting(database).await;
        let begun = scene.call("POST", &format!("{path}/authorize"), &json!({ "redirect_uri": BACK })).await;
        assert_eq!(begun.status, 200, "{}", begun.body);
        let url = begun.body["url"].as_str().expect("an address");
        assert!(url.contains("client_id=11111111-2222-4333-8444-555566667777"), "{url}");
        assert!(url.contains("redirect_uri=http%3A%2F%2Flocalhost%3A9%2Fback"), "{url}");
        assert!(!begun.body.to_string().contains("sandbox-client-secret"));
        let state = url.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).expect("a state");
        let handle = &begun.body["handle"];
        let connect = format!("{path}/connect");
        let foreign = format!("{BACK}?code=sandbox-code-0&state=another");
        for wrong in [foreign.as_str(), "", &format!("{BACK}?code=sandbox-code-0")] {
            let answer = scene.call("POST", &connect, &json!({ "handle": handle, "code": wrong })).await;
            assert_eq!((answer.status, reasons(&answer)[0].0), (422, "/code"), "{wrong}");
        }
        let denied = format!("{BACK}?error=access_denied&state={state}");
        let answer = scene.call("POST", &connect, &json!({ "handle": handle, "code": denied })).await;
        assert_eq!(reasons(&answer), [("/code", "the provider did not agree: access_denied")]);
        let came = format!("{BACK}?code=sandbox-code-0&state={state}");
        let answer = scene.call("POST", &connect, &json!({ "handle": handle, "code": came })).await;
        assert_eq!((answer.status, &answer.body["state"]), (200, &json!("active")), "{}", answer.body);
        assert_eq!(answer.body["secrets"], json!(["client_id", "client_secret", "refresh_token"]));
        assert!(!answer.body.to_string().contains("sandbox-refresh"));
        let calls = scene.sandbox.log().len();
        let tested = scene.call("POST", &format!("{path}/test"), &json!({})).await;
        assert_eq!(tested.body["verdict"], json!("good"), "{}", tested.body);
        // The access token that came with the code is used: it is not renewed first.
        let tokens = scene
            .sandbox
            .log()
            .iter()
            .skip(calls)
            .filter(|exchange| exchange.path_and_query.contains("/oauth/"))
            .count();
        assert_eq!(tokens, 0);
        let again = scene.call("POST", &connect, &json!({ "handle": handle, "code": "sandbox-code-0" })).await;
        assert_eq!((again.status, again.body["code"].as_str()), (412, Some("precondition-failed")));
    });
}

#[test]
fn a_code_that_is_refused_leaves_the_account_as_it_is() {
    everywhere(async |database| {
        let (scene, path) = connecting(database).await;
        let begun = scene.call("POST", &format!("{path}/authorize"), &json!({ "redirect_uri": BACK })).await;
        let body = json!({ "handle": begun.body["handle"], "code": "canary-code" });
        let answer = scene.call("POST", &format!("{path}/connect"), &body).await;
        assert_eq!((answer.status, reasons(&answer)[0].0), (422, "/code"), "{}", answer.body);
        assert!(!answer.body.to_string().contains("canary"), "{}", answer.body);
        assert_eq!(scene.get(&path).await.body["state"], json!("connecting"));
        for (body, place) in
            [(json!({ "redirect_uri": "http://shelf.example/back" }), "/redirect_uri"), (json!({}), "/redirect_uri")]
        {
            let answer = scene.call("POST", &format!("{path}/authorize"), &body).await;
            assert_eq!((answer.status, reasons(&answer)[0].0), (422, place), "{}", answer.body);
        }
    });
}

#[test]
fn a_handle_is_good_for_its_account_alone() {
    shared(async |database| {
        let (scene, path) = connecting(database).await;
        let begun = scene.call("POST", &format!("{path}/authorize"), &json!({ "redirect_uri": BACK })).await;
        let (_, other) = connecting(database).await;
        let handle = begun.body["handle"].as_str().expect("a handle");
        let foreign = [(other, handle.to_owned()), (path.clone(), "canary".to_owned()), (path, format!("{handle}AA"))];
        for (path, handle) in foreign {
            let body = json!({ "handle": handle, "code": "sandbox-code-0" });
            let answer = scene.call("POST", &format!("{path}/connect"), &body).await;
            assert_eq!((answer.status, reasons(&answer)[0].0), (422, "/handle"), "{}", answer.body);
        }
    });
}

#[test]
fn an_account_that_no_consent_connects_is_told() {
    everywhere(async |database| {
        let scene = Scene::new(database).await;
        let path = format!("/admin/accounts/{}/authorize", scene.added().await);
        let answer = scene.call("POST", &path, &json!({ "redirect_uri": BACK })).await;
        assert_eq!((answer.status, reasons(&answer)[0].0), (422, "/auth"), "{}", answer.body);
    });
}
