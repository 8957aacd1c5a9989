//! The body that the contract's page prints as a sample: its placeholders are refused by name, all at once.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::bench::{Bench, root};
use crate::overlay::differences;
use crate::sheet::json;

const CREATED: &str = "/created_at bad-date-time: `your_created_at` is not a date-time as in RFC 3339";

fn sample() -> Value {
    json(&std::fs::read_to_string(root().join("tests/fixtures/contract_sample.json")).expect("the sample"))
}

/// The sample speaks of fields of the contract, and of raw values.
#[test]
fn the_sample_is_one_of_the_contract() {
    let contract =
        json(&std::fs::read_to_string(root().join("schemas/contract/lead_update.json")).expect("the contract"));
    let fields = contract["request_body"]["fields"].as_array().expect("a list").iter();
    let known: Vec<&str> = fields.filter_map(|field| field["name"].as_str()).chain(["remote_data"]).collect();
    let sample = sample();
    let unknown: Vec<&String> =
        sample.as_object().expect("an object").keys().filter(|name| !known.contains(&name.as_str())).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

/// Runs the sample; nothing is written, and these are the violations, where a long list of names is cut.
async fn refused(provider: &str, want: &[&str]) {
    let bench = Bench::open(provider);
    let before = bench.records();
    let ran = bench.patch(&bench.lead(), &sample()).await;
    assert_eq!(ran.class(), "invalid");
    let cut =
        |line: &String| line.split_once(", Campaign ").map_or_else(|| line.clone(), |(names, _)| format!("{names} …"));
    assert_eq!(ran.violations().iter().map(cut).collect::<Vec<_>>(), want);
    assert!(!ran.wrote());
    assert_eq!(differences(&before, &bench.records()), Vec::<String>::new());
    let code = Command::new(env!("CARGO_BIN_EXE_mapwright"))
        .args(["patch", provider, &bench.lead(), "--sandbox", "--data", "@tests/fixtures/contract_sample.json"])
        .current_dir(Path::new(&root()))
        .output()
        .expect("the command runs")
        .status
        .code();
    assert_eq!(code, Some(5));
}

#[tokio::test(start_paused = true)]
async fn dynamics365_sales() {
    refused("dynamics365_sales", &[CREATED]).await;
}

#[tokio::test(start_paused = true)]
async fn hubspot() {
    let want = [
        "/lead_type unknown-value: the provider has no value for `your_lead_type`; known are New business, Re-attempting, Upsell",
        "/status unknown-value: the provider has no value for `attempted to contact`; known are New, Introduced, Handed over, Attempting, Connected, Qualified, Disqualified",
        CREATED,
    ];
    refused("hubspot", &want).await;
}

#[tokio::test(start_paused = true)]
async fn insightly() {
    let want = [
        "/lead_source unknown-value: the provider has no value for `Advertisement`; known are Partner Application, Web, Phone Enquiry, Partner Referral, Purchased List, Other, Trade Show, Cold Call , Messe München …",
        "/status unknown-value: the provider has no value for `attempted to contact`; did you mean `AttemptedContact`? known are NotContacted, AttemptedContact, Contacted, Disqualified, Nurturing, Converted",
        CREATED,
    ];
    refused("insightly", &want).await;
}

/// The board has the label that the page prints.
#[tokio::test(start_paused = true)]
async fn monday_crm() {
    refused("monday_crm", &[CREATED]).await;
}

#[tokio::test(start_paused = true)]
async fn nutshell() {
    let want = [
        "/lead_source unknown-value: the provider has no value for `Advertisement`; known are Google, Trade Show, Word of Mouth",
        "/status unknown-value: the provider has no value for `attempted to contact`; known are open, won, lost, cancelled",
        CREATED,
    ];
    refused("nutshell", &want).await;
}

#[tokio::test(start_paused = true)]
async fn pipedrive() {
    let want = [
        "/lead_source unknown-value: the provider has no value for `Advertisement`; known are Billboards, Trade Show, Web, Référence d'employé",
        CREATED,
    ];
    refused("pipedrive", &want).await;
}

#[tokio::test(start_paused = true)]
async fn pipeliner() {
    let want = [
        "/lead_source unknown-value: the provider has no value for `Advertisement`; known are Web, Trade Show, Empfehlung (Ñandú) 🦤",
        CREATED,
    ];
    refused("pipeliner", &want).await;
}

/// An account may have statuses of its own: one that is not known here goes to the provider.
#[tokio::test(start_paused = true)]
async fn zendesk_sell() {
    refused("zendesk_sell", &[CREATED]).await;
}

#[tokio::test(start_paused = true)]
async fn zoho_crm() {
    refused("zoho_crm", &[CREATED]).await;
}
