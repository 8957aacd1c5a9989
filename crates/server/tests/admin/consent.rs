//! Accounts that are connected with their owners' consent.

use serde_json::json;

use crate::scene::{Scene, fixture, reasons};
use crate::support::{Database, everywhere, shared};

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
