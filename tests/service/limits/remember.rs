//! How long the service takes accounts and tokens as it has read them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;

use crate::support::{Client, Database, Scene, Service, Start, mappings_of, run, until};

/// The provider.
const PROVIDER: &str = "insightly";

/// A service with one account, whose memory is so many seconds.
fn stage(remember: Option<&str>) -> (Scene, Service) {
    let mappings = mappings_of(&[PROVIDER]);
    let scene = Scene::with_one(Database::sqlite(), PROVIDER, None);
    let start = Start::with_mappings(&scene.database, mappings.path());
    let start = remember.iter().fold(start, |start, seconds| start.set("MAPWRIGHT_REMEMBER", seconds));
    let service = start.start();
    (scene, service)
}

fn status(scene: &Scene, client: &Client) -> u16 {
    client.get(scene.account(), &scene.provider().first()).send().status
}

/// The id of a token.
fn id(token: &str) -> &str {
    token.split('_').nth(1).expect("an id")
}

#[test]
fn what_is_changed_through_the_service_holds_with_the_next_request() {
    let (scene, service) = stage(Some("60"));
    let client = scene.client(&service);
    let admin = run(scene.store.add_token(None, "admin")).expect("a token").1;
    let admin = service.client(admin.expose_secret());
    assert_eq!(status(&scene, &client), 200);
    let account = format!("/admin/accounts/{}", scene.account());
    let scheme = &scene.provider().sandbox.demo().scheme;
    let right = scene.provider().secrets(scheme).into_iter();
    let right: BTreeMap<String, String> = right.map(|(name, text)| (name, text.expose_secret().to_owned())).collect();
    let wrong = right.keys().map(|name| (name.clone(), "another-key".to_owned())).collect();
    for (secrets, then) in [(wrong, 401), (right, 200)] {
        let body = serde_json::json!({ "secrets": secrets }).to_string().into_bytes();
        let change = admin.raw("PATCH", &account).header("content-type", "application/json").body(body);
        let changed = change.send();
        assert_eq!(changed.status, 200, "{}", changed.text());
        assert_eq!(status(&scene, &client), then);
    }
    assert_eq!(admin.raw("DELETE", &account).send().status, 204);
    assert_eq!(status(&scene, &client), 404);
    assert_eq!(admin.raw("DELETE", &format!("/admin/tokens/{}", id(&client.token))).send().status, 204);
    assert_eq!(status(&scene, &client), 401);
}

#[test]
fn what_another_process_changes_holds_within_the_stated_time() {
    let (scene, service) = stage(None);
    let client = scene.client(&service);
    assert_eq!(status(&scene, &client), 200);
    let changed = Instant::now();
    assert!(run(scene.store.revoke_token(id(&client.token))).expect("revoked"));
    until("the token is out of use", || status(&scene, &client) == 401);
    println!("after {:?}", changed.elapsed());
    let (scene, service) = stage(Some("60"));
    let client = scene.client(&service);
    assert_eq!(status(&scene, &client), 200);
    assert!(run(scene.store.remove_account(scene.account())).expect("removed"));
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(status(&scene, &client), 200, "the setting says how long");
}

#[test]
fn without_a_memory_what_another_process_changes_holds_with_the_next_request() {
    let (scene, service) = stage(Some("0"));
    let client = scene.client(&service);
    assert_eq!(status(&scene, &client), 200);
    assert!(run(scene.store.remove_account(scene.account())).expect("removed"));
    assert_eq!(status(&scene, &client), 404);
    assert!(run(scene.store.revoke_token(id(&client.token))).expect("revoked"));
    assert_eq!(status(&scene, &client), 401);
}
