//! The contract's client for Python, unchanged.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::shared::{Place, shared};
use crate::support;

/// The client.
const PACKAGE: &str = "truto-python-sdk==0.1.6";

/// Runs calls one after the other, or together, and gives what came of each.
fn calls(python: &Path, slash: &str, together: bool, calls: &[Value]) -> Vec<Value> {
    let client = shared().client();
    let base = format!("http://{}{slash}", client.address);
    let given = json!({"token": client.token, "base": base, "together": together, "calls": calls});
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/service/clients/lead.py");
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python runs");
    child.stdin.take().expect("piped").write_all(given.to_string().as_bytes()).expect("it is taken");
    let output = child.wait_with_output().expect("its end");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn get(place: &Place<'_>, more: &Value) -> Value {
    json!({"method": "get", "id": place.leads[0], "query": query(place, more)})
}

fn update(place: &Place<'_>, body: &Value) -> Value {
    json!({"method": "update", "id": place.leads[0], "body": body, "query": query(place, &json!({}))})
}

fn query(place: &Place<'_>, more: &Value) -> Value {
    let mut query = json!({"integrated_account_id": place.account.to_string()});
    query.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    query
}

#[test]
fn reads_and_patches_run_at_every_provider() {
    let Some(python) = support::python(PACKAGE) else { return };
    for (slash, leads) in [("", 20..21), ("/", 21..22)] {
        let places = shared().places(leads);
        let patch = |place: &Place<'_>| place.provider.patch("Grace, by Python");
        let patches: Vec<Value> = places.iter().map(|place| update(place, &patch(place))).collect();
        let reads: Vec<Value> = places.iter().map(|place| get(place, &json!({}))).collect();
        let written = calls(&python, slash, true, &patches);
        let read = calls(&python, slash, true, &reads);
        for ((place, written), read) in places.iter().zip(&written).zip(&read) {
            let id = place.provider.id;
            assert_eq!(written["result"][place.provider.leaf], "Grace, by Python", "{id}: {written}");
            assert_eq!(written["result"]["id"], place.leads[0].as_str(), "{id}");
            assert!(written["result"]["remote_data"].is_object(), "{id}");
            assert_eq!(read["result"][place.provider.leaf], "Grace, by Python", "{id}: {read}");
            assert_eq!(place.provider.value(&place.leads[0]), "Grace, by Python");
        }
    }
}

#[test]
fn its_query_parameters_are_understood() {
    let Some(python) = support::python(PACKAGE) else { return };
    for place in shared().places(22..23) {
        let id = place.provider.id;
        let said = json!({"truto_ignore_remote_data": true, "truto_exclude_fields": ["id", "owner"]});
        let unsaid = json!({"truto_ignore_remote_data": null, "truto_response_format": null});
        let given = [get(&place, &said), get(&place, &unsaid)];
        let came = calls(&python, "", false, &given);
        let (short, whole) = (&came[0]["result"], &came[1]["result"]);
        assert_eq!(whole["id"], place.leads[0].as_str(), "{id}: {whole}");
        let mut expected = whole.clone();
        let left = |name: &str| !["id", "owner", "remote_data"].contains(&name);
        expected.as_object_mut().expect("an object").retain(|name, _| left(name));
        assert_eq!(*short, expected, "{id}");
    }
}

#[test]
fn what_it_shows_of_an_error_says_what_is_wrong() {
    let Some(python) = support::python(PACKAGE) else { return };
    for place in shared().places(23..24) {
        let id = place.provider.id;
        let mut unknown = get(&place, &json!({}));
        unknown["query"]["integrated_account_id"] = json!("00000000-0000-4000-8000-000000000000");
        let given = [update(&place, &json!({"frist_name": "Ada"})), unknown, update(&place, &json!({}))];
        let came = calls(&python, "", false, &given);
        let shown = |came: &Value| json!([came["status"], came["reason"], came["headers"]["content-type"]]);
        assert_eq!(shown(&came[0]), json!([422, "Unprocessable Entity", "application/json"]), "{id}: {}", came[0]);
        assert_eq!(shown(&came[1]), json!([404, "Not Found", "application/json"]), "{id}: {}", came[1]);
        assert_eq!(came[2]["result"]["id"], place.leads[0].as_str(), "{id}: {}", came[2]);
    }
}
