//! Tokens, who is let in, and what there is.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::scene::{Scene, reasons, with};
use crate::support::{everywhere, shared};

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
