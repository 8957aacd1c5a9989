//! Every output of the service is searched.

use super::needles::assert_clean;
use super::planted::{PERSON, Planted};
use super::rows::rows;
use crate::support::{Answer, Client, Start, everywhere};

/// Faults of every kind.
const FAULTS: [&str; 14] = [
    "400@write",
    "401@write",
    "403",
    "404",
    "409@write",
    "422@write",
    "429*9",
    "500",
    "502@write",
    "html",
    "html@write",
    "half",
    "truncated@write",
    "cut-after@write",
];

/// Statuses of a provider that says what it was sent; 0 is a page in HTML.
const STATUSES: [u16; 11] = [0, 200, 400, 401, 403, 404, 409, 422, 429, 500, 503];

/// How a PATCH may be varied.
const QUERIES: [&str; 4] =
    ["mapwright_outcome=true", "mapwright_dry_run=true", "mapwright_dry_run=reads", "truto_response_format=raw"];

#[test]
fn no_output_shows_what_is_secret() {
    everywhere(|database| {
        let json = !database.is_postgres();
        let planted = Planted::new(database);
        let start = Start::new(&planted.scene.database).with("--deadline").with("1").with("--log").with("debug");
        // Accounts are taken into use again behind the service's back.
        let start = start.set("MAPWRIGHT_REMEMBER", "0");
        let service = if json { start.with("--log-json") } else { start }.start();
        let client = planted.scene.client(&service);
        all_kinds_of_answers(&planted, &client);
        faults(&planted, &client);
        echoes(&planted, &client);
        for page in ["/metrics", "/docs", "/docs/problems", "/openapi.json", "/livez", "/readyz"] {
            let answer = client.raw("GET", page).send();
            assert_clean(page, &answer.bytes, &planted.all());
        }
        for (name, bytes) in rows(&planted.scene.database) {
            assert_clean(&name, &bytes, &planted.all());
        }
        let output = service.output();
        service.signal("TERM");
        let (code, logs) = service.ended();
        assert_eq!(code, Some(0));
        assert!(logs.contains("answered"), "{logs}");
        assert_clean("the log", logs.as_bytes(), &planted.all());
        assert_clean("the standard output", output.as_bytes(), &planted.all());
        for (name, bytes) in rows(&planted.scene.database) {
            assert_clean(&name, &bytes, &planted.all());
        }
        settings(&planted);
    });
}

/// A patch of a person at every account.
fn all_kinds_of_answers(planted: &Planted, client: &Client) {
    for (provider, account) in &planted.scene.accounts {
        let (lead, patch) = (provider.first(), provider.patch(PERSON));
        let request = client.patch(*account, &lead, &patch);
        let written = request.clone().key("canary-of-a-caller").send();
        assert_eq!(written.status, 200, "{}: {}", provider.id, written.text());
        search(planted, provider.id, &written);
        assert!(written.text().contains(PERSON), "a caller sees the person");
        for query in QUERIES {
            search(planted, query, &request.clone().query(query).send());
        }
        search(planted, "a refusal", &client.patch(*account, &lead, &serde_json::json!({ PERSON: PERSON })).send());
        let administrator = planted.administrator(client);
        search(planted, "an administrator", &administrator.get(*account, &lead).send());
        search(planted, "an administrator", &administrator.raw("GET", "/admin/accounts").send());
    }
}

/// Every fault at every provider.
fn faults(planted: &Planted, client: &Client) {
    for fault in FAULTS {
        for (provider, account) in &planted.scene.accounts {
            provider.provoke(fault);
            let answer = client.patch(*account, &provider.first(), &provider.patch(PERSON)).send();
            search(planted, fault, &answer);
            provider.sandbox.clear_faults();
            planted.connect(*account);
        }
    }
}

/// Every status of a provider that says what it was sent.
fn echoes(planted: &Planted, client: &Client) {
    for status in STATUSES {
        planted.echo.set(status);
        for (account, (provider, _)) in planted.echoed.iter().zip(&planted.scene.accounts) {
            for request in [
                client.patch(*account, &provider.first(), &provider.patch(PERSON)),
                client.get(*account, &provider.first()),
                client.get(*account, &provider.first()).query("truto_response_format=raw"),
            ] {
                let name = format!("{} that answers {status}", provider.id);
                search(planted, &name, &request.send());
            }
        }
        for (name, bytes) in rows(&planted.scene.database) {
            assert_clean(&format!("{name} after providers that answer {status}"), &bytes, &planted.all());
        }
        for account in &planted.echoed {
            planted.connect(*account);
        }
    }
}

fn search(planted: &Planted, name: &str, answer: &Answer) {
    assert_clean(&format!("the answer: {name}"), &answer.bytes, &planted.secrets);
}

/// The settings that would be used.
fn settings(planted: &Planted) {
    let (status, shown, said) = Start::new(&planted.scene.database).with("--print-config").output();
    assert!(status.success(), "{said}");
    assert!(shown.contains("store = "), "{shown}");
    assert_clean("the settings", shown.as_bytes(), &planted.all());
    assert_clean("the settings", said.as_bytes(), &planted.all());
}
