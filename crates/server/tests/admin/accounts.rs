//! Accounts: what is kept, shown and refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use mapwright_interpreter::{Http, Interpreter};
use mapwright_mapping::catalog::Catalog;
use mapwright_server::admin::{self, Administration};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::scene::{Scene, fixture, reasons, with};
use crate::support::{everywhere, shared};

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
