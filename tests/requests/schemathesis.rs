//! The service against its own description, by a program that knows nothing else of it.

use std::path::Path;
use std::process::Command;

use crate::server::server;
use crate::venv;

/// The package.
const PACKAGE: &str = "schemathesis==4.32.5";

#[test]
fn schemathesis_finds_nothing() {
    let Some(python) = venv::python(PACKAGE) else { return };
    let server = server();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/requests/schemathesis.toml");
    let output = Command::new(python.with_file_name("schemathesis"))
        // It keeps what it finds beside itself.
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .arg("--config-file")
        .arg(config)
        .args(["run", &format!("http://{}/openapi.json", server.address)])
        .args(["-H", &format!("Authorization: Bearer {}", server.token)])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "40", "--seed", "1", "--continue-on-failure"])
        .args(["--exclude-path", "/metrics", "--warnings", "off"])
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    server.is_well();
}
