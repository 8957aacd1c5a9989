//! That no field of the contract is left out of the sheets, nor any part or name of one.

use std::collections::{BTreeMap, BTreeSet};

use mapwright_mapping::coverage::Report;
use mapwright_mapping::model::{Field, FieldKind};
use serde_json::Value;

use crate::PROVIDERS;
use crate::bench::{LIBRARY, root};
use crate::sheet::{Does, FieldSheet, Sheet, json};

/// The contract's fields of a request, by provider.
fn contract() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(root().join("schemas/contract/lead_update.json")).expect("the contract");
    let fields = |provider: &Value| {
        let fields = provider["request_fields"].as_array().expect("a list").iter();
        fields.map(|field| field.as_str().expect("a name").to_owned()).collect()
    };
    let providers = json(&text)["providers"].as_object().expect("providers").clone();
    providers.iter().map(|(name, provider)| (name.clone(), fields(provider))).collect()
}

#[test]
fn every_field_of_the_contract_is_set_changed_and_cleared() {
    let contract = contract();
    assert_eq!(contract.keys().map(String::as_str).collect::<Vec<_>>(), PROVIDERS);
    let mut missing = Vec::new();
    let mut count = 0;
    for (provider, fields) in &contract {
        let sheet = Sheet::read(provider);
        for field in fields {
            count += 1;
            let steps = sheet.fields.get(field).map(|sheet| sheet.steps.as_slice()).unwrap_or_default();
            for does in [Does::Set, Does::Change, Does::Clear] {
                if !steps.iter().any(|step| step.does == does) {
                    missing.push(format!("{provider} {field}: {does:?}"));
                }
            }
        }
    }
    assert_eq!((missing, count), (Vec::<String>::new(), 79));
}

/// Whatever a mapping says that it writes is there too, also beyond the contract.
#[test]
fn every_field_that_a_mapping_writes_is_there() {
    let mut missing = Vec::new();
    for provider in PROVIDERS {
        let (sheet, mapping) = (Sheet::read(provider), LIBRARY.mapping(provider, None).expect("a mapping"));
        let report = serde_json::to_value(Report::new("crm/leads", [mapping.as_ref()])).expect("JSON");
        for (name, field) in report["providers"][provider]["request"].as_object().expect("fields") {
            // Raw values are no field of a lead.
            if name != "remote_data" && field["status"] == "written" && !sheet.fields.contains_key(name) {
                missing.push(format!("{provider} {name}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// Each part of an object or of a list's items, and each name that the model knows of a list's items, is in a patch.
#[test]
fn every_part_and_type_is_there() {
    let mut missing = Vec::new();
    for provider in PROVIDERS {
        let sheet = Sheet::read(provider);
        let model = &LIBRARY.mapping(provider, None).expect("a mapping").model;
        for (name, field) in &sheet.fields {
            let known = model.fields.iter().find(|known| known.name == *name);
            let known = known.unwrap_or_else(|| panic!("{provider}: there is no field `{name}`"));
            let said = said(field);
            let wanted = wanted(known);
            missing.extend(wanted.difference(&said).map(|part| format!("{provider} {name}: {part}")));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// What has to be in the patches of a field.
fn wanted(field: &Field) -> BTreeSet<String> {
    match &field.kind {
        FieldKind::Object(leaves) => leaves.iter().map(|leaf| leaf.name.clone()).collect(),
        FieldKind::List { key, leaves, .. } => {
            let names = leaves.iter().filter(|leaf| leaf.name == *key).flat_map(|leaf| &leaf.names);
            leaves.iter().map(|leaf| leaf.name.clone()).chain(names.map(|name| format!("{key}={name}"))).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// What is in the patches of a field: parts, and types of items.
fn said(field: &FieldSheet) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    let mut note = |object: &Value| {
        for (name, value) in object.as_object().into_iter().flatten() {
            said.insert(name.clone());
            if let (true, Some(text)) = (name == "type", value.as_str()) {
                said.insert(format!("type={text}"));
            }
        }
    };
    for step in &field.steps {
        let patch = step.patch();
        note(&patch);
        patch.as_array().into_iter().flatten().for_each(&mut note);
    }
    said
}
