//! What has to hold of what comes out: findings lie in their files and can be shown, results can be shown.

use std::sync::Arc;

use mapwright_cli::{Simulated, demo_account};
use mapwright_interpreter::{Finished, Interpreter};
use mapwright_mapping::coverage::Report;
use mapwright_mapping::diagnostic::{Diagnostic, json, pretty};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::Options;
use mapwright_sandbox::Sandbox;
use serde_json::json;

use super::desk::{Desk, block_on};

/// Every finding lies on characters of its file, and can be shown in both forms.
pub(super) fn findings(found: &[Diagnostic]) {
    for finding in found {
        for place in std::iter::once(&finding.place).chain(finding.related.iter().map(|(place, _)| place)) {
            let text = place.file.text();
            assert!(text.get(place.span.clone()).is_some(), "{place:?} is no place of {} bytes", text.len());
            let (line, column) = place.file.line_column(place.span.start);
            assert!(line > 0 && column > 0, "{place}");
        }
        assert!(!finding.message.is_empty(), "{finding:?} says nothing");
    }
    let shown = pretty::render(found, false);
    assert!(shown.len() >= found.len(), "a finding is not shown");
    let _ = json::render(found).to_string();
}

/// A mapping that loads can be explained, shows its coverage, and runs a read and a patch.
pub(super) fn usable(desk: &Desk, mapping: &Arc<Mapping>) {
    let report = Report::new(&mapping.model.resource, [&**mapping]);
    let _ = serde_json::to_string(&report).expect("a report is data");
    for field in &mapping.model.fields {
        assert!(mapping.explain(&field.name).is_ok(), "{} is not explained", field.name);
    }
    runs(mapping, desk.sandbox());
}

/// Runs a read and a patch of a mapping beside a simulated provider.
pub(super) fn runs(mapping: &Arc<Mapping>, sandbox: &Sandbox) {
    let demo = sandbox.demo();
    let Ok(account) = demo_account(&mapping.provider, demo) else { return };
    let interpreter = Interpreter::new(Simulated::new(sandbox.clone()));
    let patch = json!({
        "first_name": "Zoë", "status": "Connected", "owner": { "id": "7" }, "industry": null, "amount": 0,
        "email_addresses": [{ "type": "work", "email": "z@example.com" }], "phone_numbers": [], "cf_x": "",
        "addresses": [{ "type": "other", "city": "" }], "custom_fields": { "a": 1 },
    });
    let none = json!({ "first_name": "", "title": null });
    block_on(async {
        let read = interpreter.get(&account, mapping, &demo.first_id, vec![("a".to_owned(), json!(["b", ""]))]).await;
        ended(&read);
        if let Ok(success) = &read.result {
            let same = interpreter.patch(&account, mapping, &demo.first_id, &success.resource, Options::default());
            ended(&same.await);
        }
        for patch in [&patch, &none] {
            let planned = interpreter.plan(&account, mapping, &demo.first_id, patch, Options::default(), true).await;
            assert!(planned.plan.steps.len() <= 100, "the plan has {} steps", planned.plan.steps.len());
            ended(&interpreter.patch(&account, mapping, &demo.first_id, patch, Options::default()).await);
        }
    });
}

/// A run that has ended can be shown.
pub(super) fn ended(finished: &Finished) {
    assert!(!format!("{finished:?}").is_empty());
}

/// The same, of a shipped mapping: whatever comes in, neither it nor the engine is at fault.
pub(super) fn finished(finished: &Finished) {
    ended(finished);
    if let Err(failure) = &finished.result {
        assert_ne!(failure.class, mapwright_mapping::provider::Class::Bug, "{failure:?}");
    }
}
