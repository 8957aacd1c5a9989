//! Schemathesis, from the package index, makes requests from `/openapi.json` and holds the answers to it.

use std::fs;
use std::process::Command;

use crate::support::{Directory, Service, Start, python, root};

/// The package.
const PACKAGE: &str = "schemathesis==4.32.5";

/// How many requests it makes up for each route, besides those that follow from the schemas.
const EXAMPLES: &str = "20";

/// A provider with a quick pace.
const PROVIDER: &str = "monday_crm";

/// What the service has printed of its token, and of an account with its first lead.
fn printed(service: &Service) -> [String; 3] {
    let output = service.output();
    let token = output.lines().find_map(|line| line.strip_prefix("token ")).expect("a token");
    let row = output.lines().find(|line| line.starts_with(PROVIDER)).expect("the provider's row");
    let words: Vec<&str> = row.split_whitespace().collect();
    let [_, account, record] = words[..] else { panic!("{row}") };
    [token, account, record].map(str::to_owned)
}

#[test]
fn nothing_is_found_that_differs_from_the_description() {
    let Some(python) = python(PACKAGE) else { return };
    let service = Start::sandbox().start();
    crate::support::until("the accounts are printed", || service.output().contains("zoho_crm"));
    let [token, account, record] = printed(&service);
    let text = fs::read_to_string(root().join("tests/service/described/schemathesis.toml")).expect("the settings");
    let text = text.replace("ACCOUNT", &account).replace("RECORD", &record).replace("PROVIDER", PROVIDER);
    let directory = Directory::new();
    let settings = directory.path().join("schemathesis.toml");
    fs::write(&settings, text.replace("Bearer TOKEN", &format!("Bearer {token}"))).expect("the settings");
    let output = Command::new(python.with_file_name("schemathesis"))
        .arg("--config-file")
        .arg(&settings)
        .args(["run", &format!("http://{}/openapi.json", service.address()), "--checks", "all"])
        .args(["--max-examples", EXAMPLES, "--no-color", "--continue-on-failure", "--generation-database", "none"])
        .current_dir(directory.path())
        .output()
        .expect("it runs");
    let (found, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{found}\n{said}");
    assert!(found.contains("Tested: "), "{found}");
}
