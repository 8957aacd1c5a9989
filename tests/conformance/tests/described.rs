//! Everything that is sent is what the vendors describe.

use std::collections::BTreeMap;
use std::path::Path;

use mapwright_cli::Library;
use mapwright_mapping::coverage::Contract;

use crate::cases;
use crate::descriptions::{self, Description, Files, Shown};
use crate::generated::{self, EACH, PATCHES};
use crate::properties::Compared;
use crate::relaxations::{Relaxation, Relaxations, sheet};
use crate::report::{self, Found};
use crate::sent::Sent;

/// What the project sends to one provider, and the description that it is held against.
struct Provider {
    name: String,
    files: Files,
    payload: serde_json::Value,
    sent: Vec<Sent>,
    generated: (usize, BTreeMap<String, usize>),
}

impl Provider {
    async fn open(library: &Library, contract: &Contract, name: &str, files: &Files) -> Provider {
        let mut sent = cases::requests(library, name).await;
        let generated = generated::requests(library, name, contract).await;
        for (field, count) in &generated.counts {
            assert!(*count >= EACH, "{name}: {count} of {PATCHES} patches have `{field}`");
        }
        let generated_counts = (generated.sent.len(), counted(&generated.again));
        sent.extend(generated.sent);
        let path = descriptions::project().join("mappings").join(name).join("payload.json");
        let payload = serde_json::from_str(&std::fs::read_to_string(path).expect("a payload.json")).expect("JSON");
        Provider { name: name.to_owned(), files: files.clone(), payload, sent, generated: generated_counts }
    }

    /// What the description says, relaxed by these.
    fn judge(&self, folder: &Path, relaxations: &[&Relaxation], all: &Relaxations) -> Found {
        let description = Description::open(folder, &self.files, relaxations);
        let mut found = Found { generated: self.generated.clone(), ..Found::default() };
        for sent in &self.sent {
            let elsewhere = all.is_elsewhere(&self.name, sent.address());
            found.note(sent, if elsewhere { crate::verdict::Verdict::nothing() } else { description.judge(sent) });
        }
        let shown = |entry: &str| -> Option<Shown> { self.files.records.get(entry).cloned() };
        found.properties = Compared::of(&self.payload, &description, &shown);
        found
    }
}

/// How often each reason stands in a list.
fn counted(reasons: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for reason in reasons {
        // Values that are drawn do not tell reasons apart.
        let reason: String = reason.split_whitespace().take(12).collect::<Vec<_>>().join(" ");
        *counts.entry(reason.replace(|c: char| c.is_ascii_digit(), "#")).or_default() += 1;
    }
    counts
}

fn library() -> Library {
    Library::open(&[descriptions::project().join("mappings")], None).expect("the mappings can be read")
}

fn contract() -> Contract {
    let path = descriptions::project().join("schemas/contract/lead_update.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the contract")).expect("a contract")
}

/// Everything that the project sends to each provider: the providers beside each other.
fn everything() -> Vec<Provider> {
    let (library, contract, files) = (library(), contract(), descriptions::all());
    let only = descriptions::only();
    let names = library.providers().into_iter().filter(|name| only.as_deref().is_none_or(|only| only == *name));
    std::thread::scope(|scope| {
        let running: Vec<_> = names
            .map(|name| {
                let files = files.get(name).unwrap_or_else(|| panic!("descriptions.toml says nothing of `{name}`"));
                let (library, contract) = (&library, &contract);
                scope.spawn(move || {
                    // Waits are over at once: the clock of the test runs ahead.
                    let runtime =
                        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
                    runtime.expect("a runtime").block_on(Provider::open(library, contract, name, files))
                })
            })
            .collect();
        running.into_iter().map(|running| running.join().expect("a provider's requests")).collect()
    })
}

/// Fails where a relaxation is not needed: with it left out, something has to be refused, or to be silent instead.
fn assert_needed(provider: &Provider, folder: &Path, relaxations: &Relaxations, with_all: &Found) {
    let all = relaxations.of(&provider.name);
    for (i, relaxation) in all.iter().enumerate() {
        let others: Vec<_> = all.iter().enumerate().filter(|(other, _)| *other != i).map(|(_, other)| *other).collect();
        let found = provider.judge(folder, &others, relaxations);
        let is_needed = !found.complaints().is_empty() || found.validated < with_all.validated;
        assert!(is_needed, "{}: nothing needs the relaxation at {:?}", provider.name, relaxation.at);
    }
    for elsewhere in relaxations.elsewhere.iter().filter(|elsewhere| elsewhere.provider == provider.name) {
        let holds = provider.sent.iter().any(|sent| sent.address().contains(&elsewhere.holds));
        assert!(holds, "{}: nothing is sent to {}", provider.name, elsewhere.holds);
    }
}

#[test]
fn every_request_and_every_property_is_one_that_the_vendor_describes() {
    let Some(folder) = descriptions::folder() else { return };
    let relaxations = Relaxations::read();
    let providers = everything();
    let mut all: BTreeMap<String, Found> = BTreeMap::new();
    for provider in &providers {
        all.insert(provider.name.clone(), provider.judge(&folder, &relaxations.of(&provider.name), &relaxations));
    }
    let text = report::text(&all);
    println!("{text}\nwritten to {}", report::write(&text).display());
    let complaints: Vec<String> = all
        .iter()
        .flat_map(|(name, found)| found.complaints().into_iter().map(move |why| format!("{name}: {why}")))
        .collect();
    assert!(complaints.is_empty(), "{} are refused:\n{}", complaints.len(), complaints.join("\n"));
    for (name, found) in &all {
        assert!(found.validated >= PATCHES, "{name}: the description knows only {} requests", found.validated);
    }
    for provider in &providers {
        assert_needed(provider, &folder, &relaxations, &all[&provider.name]);
    }
}

#[test]
fn every_relaxation_has_the_words_of_its_sheet() {
    let Some(folder) = descriptions::folder() else { return };
    for (provider, words) in Relaxations::read().words() {
        let sheet = sheet(&folder, provider).unwrap_or_else(|| panic!("{provider} has no facts sheet"));
        assert!(sheet.contains(words), "{provider}: the sheet does not say `{words}`");
    }
}
