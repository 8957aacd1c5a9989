//! Bugs of single values: composed, scaled, cleared, split.

use mapwright_mapping::mapping::Join;
use serde_json::json;

use crate::attempt::Attempt;

const TITLE: &str = "title       = \"title\"";
const EMPLOYEES: &str = r#"number_of_employees = "No_of_Employees""#;

/// The title of a lead, computed.
fn computed(write: &str, reads: &str) -> String {
    format!(
        "title       = {{ path = \"title\", tested = \"cases/every-field.toml\", expr = {{ read = \"title\", write = '{write}', reads = {reads} }} }}"
    )
}

#[test]
fn a_composed_name_needs_a_case() {
    let with = r#"title       = { path = "title", expr = { read = "title", write = 'first_name & " " & last_name', reads = ["first_name", "last_name"] } }"#;
    Attempt::at("B3", 1, "zendesk_sell").with(TITLE, with).refused_as(&["case-missing at expr"]);
}

#[test]
fn a_composed_name_of_a_part_that_is_not_there_is_refused() {
    Attempt::at("B3", 2, "zendesk_sell")
        .with(TITLE, &computed(r#"first_name & " " & last_nam"#, r#"["first_name", "last_name"]"#))
        .refused_as(&["expression-unknown-path at last_nam", "expression-reads at \"last_name\""]);
}

#[test]
fn a_composed_name_takes_the_missing_part_from_the_record() {
    let attempt = Attempt::at("B3", 3, "zendesk_sell")
        .with(TITLE, &computed(r#"first_name & " " & last_name"#, r#"["first_name", "last_name"]"#));
    let (bench, named) = attempt.bench();
    assert_eq!((bench.findings("b3-run"), named), (Vec::new(), "run"));
    let before = bench.patched("b3-run", &json!({}));
    let after = bench.patched("b3-run", &json!({ "first_name": "Zuzana" }));
    let last = before.lead["last_name"].as_str().expect("the demo's lead has a name");
    assert_eq!(after.lead["title"], json!(format!("Zuzana {last}")));
}

#[test]
fn a_scale_on_the_write_alone_fails_the_case_that_it_names() {
    let with = r#"number_of_employees = { path = "No_of_Employees", tested = "cases/every-field.toml", expr = { write = "number_of_employees * 100", reads = ["number_of_employees"] } }"#;
    Attempt::at("B4", 1, "zoho_crm").with(EMPLOYEES, with).fails_in(
        "zoho_crm",
        "every-field",
        &["-       \"No_of_Employees\": 3,", "+       \"No_of_Employees\": 300,"],
    );
}

#[test]
fn a_null_that_does_not_arrive_fails_a_case() {
    Attempt::at("B8", 1, "dynamics365_sales").with("clear = \"null\"\nempty", "clear = \"never\"\nempty").fails_in(
        "dynamics365_sales",
        "cleared",
        &["never sent"],
    );
}

#[test]
fn a_test_for_truth_is_told() {
    let with = r#"number_of_employees = { path = "No_of_Employees", tested = "cases/every-field.toml", expr = { read = "No_of_Employees", write = "number_of_employees ? number_of_employees : null", reads = ["number_of_employees"] } }"#;
    Attempt::at("B9", 1, "zoho_crm")
        .with(EMPLOYEES, with)
        .refused_as(&["expression-truthiness at number_of_employees"]);
}

#[test]
fn zero_reaches_the_provider() {
    let (bench, named) = Attempt::at("B9", 2, "zoho_crm").bench();
    let after = bench.patched("b9-run", &json!({ "number_of_employees": 0, "custom_fields": {} }));
    assert_eq!((after.lead["number_of_employees"].clone(), named), (json!(0), "run"));
    assert_eq!(after.outcomes, json!([{ "pointer": "/number_of_employees", "outcome": "written" }]));
    // The same gate in an expression is what loses it.
    let with = r#"number_of_employees = { path = "No_of_Employees", tested = "cases/every-field.toml", expr = { read = "No_of_Employees", write = "number_of_employees ? number_of_employees : null", reads = ["number_of_employees"] } }"#;
    let gated = bench.with("leads.toml", EMPLOYEES, with).patched("b9-gated", &json!({ "number_of_employees": 0 }));
    assert_eq!(gated.lead["number_of_employees"], json!(null));
}

#[test]
fn a_split_name_states_its_loss() {
    Attempt::at("B14", 1, "zoho_crm")
        .with("first_name          = \"First_Name\"\nlast_name           = { path = \"Last_Name\", clear = \"never\" }\n", "")
        .with(
            "[lists.email_addresses]",
            "[groups.full_name]\npath  = \"Last_Name\"\nparts = [\"first_name\", \"last_name\"]\njoin  = \"words\"\nclear = \"never\"\n\n[lists.email_addresses]",
        )
        .refused_as(&["loss-undeclared at full_name"]);
}

#[test]
fn a_split_name_keeps_every_word() {
    let (bench, named) = Attempt::at("B14", 2, "zoho_crm").bench();
    let bench = bench
        .with("leads.toml", "first_name          = \"First_Name\"\nlast_name           = { path = \"Last_Name\", clear = \"never\" }\n", "")
        .with(
            "leads.toml",
            "[lists.email_addresses]",
            "[groups.full_name]\npath  = \"Last_Name\"\nparts = [\"first_name\", \"last_name\"]\njoin  = \"words\"\nclear = \"never\"\nloss  = \"a first name of several words reads back split\"\n\n[lists.email_addresses]",
        );
    assert_eq!((bench.findings("b14-run"), named), (Vec::new(), "run"));
    let after = bench.patched("b14-run", &json!({ "first_name": "Jane Maria", "last_name": "van der Berg" }));
    assert_eq!(
        [&after.lead["first_name"], &after.lead["last_name"]],
        [&json!("Jane"), &json!("Maria van der Berg")],
        "what stands in the middle goes to the other part"
    );
    assert_eq!(after.outcomes[0]["outcome"], "lossy", "and the caller is told");
    let parts = Join::Words.split("Jane Maria van der Berg", 2);
    assert_eq!(parts, [Some("Jane".to_owned()), Some("Maria van der Berg".to_owned())]);
}

#[test]
fn there_is_no_helper_that_drops_what_is_empty() {
    Attempt::at("B15", 1, "zendesk_sell")
        .with(TITLE, &computed("$removeEmpty(title)", r#"["title"]"#))
        .refused_as(&["expression-unknown-function at $removeEmpty"]);
}
