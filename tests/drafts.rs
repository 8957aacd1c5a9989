//! Two providers that no shipped mapping covers, mapped on paper: the language carries them, or it carries too little.
//!
//! The drafts are checked like shipped mappings, planned without any reply, and driven with replies in the form that
//! each provider's documentation shows. Nothing is sent.

#[path = "drafts/monday_crm.rs"]
mod monday_crm;
#[path = "drafts/run.rs"]
mod run;
#[path = "drafts/zoho_crm.rs"]
mod zoho_crm;

use mapwright_mapping::diagnostic::pretty;

#[test]
fn the_drafts_have_no_finding() {
    let loaded = run::load();
    assert_eq!(loaded.diagnostics, [], "\n{}", pretty::render(&loaded.diagnostics, false));
    let found: Vec<&str> = loaded.catalog.mappings().map(|mapping| mapping.provider.id.as_str()).collect();
    assert_eq!(found, ["monday_crm", "zoho_crm"]);
}
