//! What the documentation says of an answer, held against the answer.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::server::server;
use crate::socket::Answer;

/// The description that the service gives of itself.
pub(crate) fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(|| server().get("/openapi.json").json())
}

/// A schema of the description, with everything that it points at.
fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}"), "components": description()["components"] })
}

/// The value is what a schema of the description says.
pub(crate) fn assert_described(name: &str, value: &Value) {
    let validator = jsonschema::draft202012::options().build(&schema(name)).expect("a schema");
    let wrong: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert_eq!(wrong, Vec::<String>::new(), "{value:#}");
}

/// The answer is the documented error of a code; gives its body.
pub(crate) fn assert_error(answer: &Answer, code: &str, status: u16) -> Value {
    let body = answer.json();
    assert_eq!((answer.status, body["code"].as_str()), (status, Some(code)), "{body:#}");
    assert_described("Problem", &body);
    let error = body["error"].as_str().expect("a name");
    assert_eq!(answer.reason, error, "the status line has the standard name");
    assert_eq!((&body["statusCode"], &body["status"]), (&json!(status), &json!(status)));
    assert_eq!((&body["title"], &body["detail"]), (&body["error"], &body["message"]));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("mapwright-request-id"), body["request_id"].as_str());
    assert_eq!(body["type"], format!("/docs/problems#{code}"));
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/problems.md"));
    let section = format!("\n## {code} (");
    assert!(page.expect("the page of problems").contains(&section), "{code} has no section");
    body
}
