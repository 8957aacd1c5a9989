//! The shipped mappings against the contract, and what the report says of them against what a run does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use mapwright_cli::Library;
use mapwright_mapping::coverage::{Comparison, Contract, Direction, Gap, Report, Status, coverage_schema};
use serde_json::json;

/// How many of the contract's writable pairs may be only read.
const MOST_READ_ONLY: usize = 9;

/// What the contract promises of every provider.
fn contract() -> Contract {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/contract/lead_update.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the contract")).expect("a contract")
}

fn report(library: &Library) -> Report {
    Report::new("crm/leads", library.catalog().mappings().map(AsRef::as_ref))
}

fn compare(library: &Library, within: &dyn Fn(&str, &str) -> bool) -> Comparison {
    let model = library.catalog().models().find(|model| model.resource == "crm/leads").expect("the model");
    Comparison::new(&contract(), &report(library), model, within)
}

/// The pairs as texts: a test that fails names them.
fn named(pairs: &[mapwright_mapping::coverage::Pair]) -> Vec<String> {
    pairs
        .iter()
        .map(|pair| {
            let gap = pair.gap.map_or("", Gap::in_words);
            format!("{} {} {} {gap}", pair.provider, pair.direction.as_str(), pair.field)
        })
        .collect()
}

#[test]
fn every_pair_of_the_contract_is_there() {
    let comparison = compare(&Library::shipped(), &|_, _| true);
    assert_eq!(named(&comparison.missing), Vec::<String>::new());
    assert_eq!((comparison.request.promised, comparison.request.there), (79, 79));
    assert_eq!((comparison.response.promised, comparison.response.there), (97, 97));
}

#[test]
fn at_most_nine_writable_pairs_are_only_read_and_each_says_why() {
    let comparison = compare(&Library::shipped(), &|_, _| true);
    assert!(comparison.read_only.len() <= MOST_READ_ONLY, "{:#?}", named(&comparison.read_only));
    let silent: Vec<_> = comparison.read_only.iter().filter(|pair| pair.reasons.is_empty()).cloned().collect();
    assert_eq!(named(&silent), Vec::<String>::new());
}

#[test]
fn whatever_works_names_the_document_that_says_so() {
    let report = report(&Library::shipped());
    let mut silent = Vec::new();
    for (provider, coverage) in &report.providers {
        for direction in [Direction::Request, Direction::Response] {
            let there = coverage.covers(direction).iter().filter(|(_, cover)| cover.status != Status::Unsupported);
            let without = there.filter(|(_, cover)| cover.sources.is_empty());
            silent.extend(without.map(|(field, _)| format!("{provider} {} {field}", direction.as_str())));
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn every_pair_of_a_shipped_provider_is_there() {
    let library = Library::shipped();
    let shipped: BTreeSet<&str> = library.providers().into_iter().collect();
    let comparison = compare(&library, &|provider, _| shipped.contains(provider));
    assert_eq!(named(&comparison.missing), Vec::<String>::new());
}

#[test]
fn every_shipped_provider_is_in_the_report_with_every_field() {
    let library = Library::shipped();
    let report = report(&library);
    let ids: Vec<&str> = report.providers.keys().map(String::as_str).collect();
    assert_eq!(ids, library.providers());
    let model = library.catalog().models().find(|model| model.resource == "crm/leads").expect("the model");
    let fields: Vec<&str> = model.fields.iter().map(|field| field.name.as_str()).collect();
    for (id, coverage) in &report.providers {
        for direction in [Direction::Request, Direction::Response] {
            let shown: Vec<&str> = coverage.covers(direction).iter().map(|(name, _)| name).collect();
            assert_eq!(shown, fields, "{id}");
        }
    }
    let validator = jsonschema::validator_for(&coverage_schema()).expect("a schema");
    let wrong: Vec<String> = validator.iter_errors(&json!(report)).map(|error| error.to_string()).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

/// What the command writes with nothing of this process's environment.
fn written(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mapwright")).args(arguments).env_clear().output();
    String::from_utf8(output.expect("the command runs").stdout).expect("UTF-8")
}

#[test]
fn the_table_of_all_providers_fits_into_a_hundred_columns() {
    let table = written(&["coverage"]);
    let wide: Vec<&str> = table.lines().filter(|line| line.chars().count() > 100).collect();
    assert_eq!(wide, Vec::<&str>::new());
    assert!(table.lines().count() > 40, "{table}");
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let page = written(&["coverage", "--format", "html"]);
    assert!(page.ends_with("</html>\n"), "{page}");
    let found: Vec<&str> = ["<script", "<link", "<img", "<iframe", "src=", "href=", "@import", "url(", "onclick"]
        .into_iter()
        .filter(|text| page.contains(text))
        .collect();
    assert_eq!(found, Vec::<&str>::new());
}

#[test]
fn what_is_only_read_has_a_reason_and_what_is_tested_has_a_case() {
    let library = Library::shipped();
    let cases: BTreeSet<String> =
        library.case_files().map(|case| format!("{}/cases/{}.toml", case.provider, case.name)).collect();
    let mut wrong = Vec::new();
    for (id, coverage) in report(&library).providers {
        for (field, cover) in coverage.request.iter() {
            if cover.status == Status::ReadOnly && cover.reasons.is_empty() {
                wrong.push(format!("{id} {field}: no reason"));
            }
            let unknown = cover.cases.iter().filter(|case| !cases.contains(&format!("{id}/{case}")));
            wrong.extend(unknown.map(|case| format!("{id} {field}: no case {case}")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
