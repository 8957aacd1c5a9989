//! Bugs of what runs mappings: answers, overlays, repeated requests, and the table of what works.

use mapwright_mapping::coverage::{Direction, ProviderCoverage, Status, Tally};
use mapwright_mapping::diagnostic::Diagnostic;
use serde_json::json;

use crate::attempt::Attempt;
use crate::bench::Bench;

const ANSWER: &str = "trigger = \"{triggers}\" }\n";

#[test]
fn a_patch_without_its_guard_fails_a_case() {
    Attempt::at("B19", 1, "dynamics365_sales")
        .with("headers = { If-Match = \"*\", Prefer", "headers = { Prefer")
        .fails_in("dynamics365_sales", "upsert-guard", &["header `If-Match`"]);
}

#[test]
fn an_override_of_one_field_leaves_the_others() {
    let (bench, named) = Attempt::at("B20", 1, "zoho_crm").bench();
    let library = bench.library("b20");
    let base = library.mapping("zoho_crm", None).expect("a mapping");
    let overlay = Bench::beside(
        "b20",
        "language = 1\n\n[fields]\nindustry = { path = \"Tier\", unconfirmed = \"an account's own\" }\n",
    );
    let laid = library.overlaid("zoho_crm", None, Some(&overlay)).unwrap_or_else(|why| panic!("{why}"));
    let others =
        |tally: &Tally| -> Vec<_> { tally.fields.iter().filter(|field| field.field != "industry").cloned().collect() };
    let (before, after) = (Tally::of(base), Tally::of(&laid));
    assert_eq!((others(&before), named), (others(&after), "run"));
    assert_eq!(before.fields.len(), after.fields.len());
    let without = |mapping: &mapwright_mapping::mapping::Mapping| {
        mapping
            .fields
            .iter()
            .filter(|field| field.leaf != "industry")
            .map(|field| field.slot.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(without(base), without(&laid), "no other field has another place");
    let place = |mapping: &mapwright_mapping::mapping::Mapping| {
        let field = mapping.fields.iter().find(|field| field.leaf == "industry").expect("the field");
        field.slot.write.as_ref().map(|address| address.path.to_string())
    };
    assert_eq!((place(base).as_deref(), place(&laid).as_deref()), (Some("Industry"), Some("Tier")));
}

#[test]
fn an_override_names_entries_and_nothing_else() {
    let (bench, named) = Attempt::at("B20", 2, "zoho_crm").bench();
    let library = bench.library("b20-whole");
    let overlay =
        Bench::beside("b20-whole", "language = 1\nreplace = \"fields\"\n\n[fields]\nindustry = \"Industry\"\n");
    let refused = library.overlaid("zoho_crm", None, Some(&overlay)).expect_err("a refusal");
    let found: Vec<String> = match refused {
        mapwright_cli::Problem::Findings(found) => found.iter().map(in_words).collect(),
        other => panic!("{other}"),
    };
    assert_eq!((found, named), (vec!["unknown-key at replace".to_owned()], "`unknown-key`"));
}

fn in_words(finding: &Diagnostic) -> String {
    format!("{} at {}", finding.code.as_str(), finding.place.text())
}

#[test]
fn the_changes_are_no_answer() {
    Attempt::at("B21", 1, "zoho_crm")
        .with(ANSWER, &format!("{ANSWER}answer = \"{{changes}}\"\n"))
        .refused_as(&["unknown-variable at changes"]);
}

#[test]
fn a_result_that_is_no_record_fails_a_case() {
    Attempt::at("B21", 2, "zoho_crm").with(ANSWER, &format!("{ANSWER}answer = \"data[0].details\"\n")).fails_in(
        "zoho_crm",
        "altered",
        &["request 2"],
    );
}

#[test]
fn the_table_of_what_works_follows_the_mapping() {
    let (bench, named) = Attempt::at("B22", 3, "zoho_crm").bench();
    let said = |library: &mapwright_cli::Library| {
        let mapping = library.mapping("zoho_crm", None).expect("a mapping");
        ProviderCoverage::new(mapping).find(Direction::Request, "title").expect("a field").status
    };
    assert_eq!((said(&bench.library("b22")), named), (Status::Written, "run"));
    assert_eq!(bench.patched("b22", &json!({ "title": "Smith" })).outcomes[0]["outcome"], "written");
    let shut = bench.with(
        "leads.toml",
        "title               = \"Designation\"",
        "title               = { path = \"Designation\", read_only = \"nobody may\" }",
    );
    assert_eq!(said(&shut.library("b22-shut")), Status::ReadOnly);
    assert_eq!(shut.patched("b22-shut", &json!({ "title": "Smith" })).outcomes[0]["outcome"], "read_only");
}

#[test]
fn a_retry_of_everything_is_no_word_of_the_language() {
    Attempt::at("B23", 1, "nutshell")
        .with("send = \"POST /leads/{id}/reopen\"", "send = \"POST /leads/{id}/reopen\"\nrepeat = \"always\"")
        .refused_as(&["unknown-word at \"always\""]);
}

#[test]
fn a_second_outcome_after_silence_fails_a_case() {
    Attempt::at("B23", 2, "nutshell")
        .with("body  = { outcomeId = \"{row.id}\" }", "body  = { outcomeId = \"{row.id}\" }\nrepeat = \"safe\"")
        .fails_in("nutshell", "silence-of-the-outcome", &["- GET", "+ POST"]);
}

#[test]
fn a_refusal_is_no_class_of_success() {
    let (bench, named) = Attempt::at("B23", 3, "hubspot").bench();
    let bench = bench.with(
        "provider.toml",
        "when  = { status = [429, 477] }\nclass = \"rate\"",
        "when  = { status = [429, 477] }\nclass = \"ok\"",
    );
    assert_eq!((bench.findings("b23-class"), named), (vec!["unknown-word at \"ok\"".to_owned()], "`unknown-word`"));
}
