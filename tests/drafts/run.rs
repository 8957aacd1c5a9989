//! Loads the drafts and drives a run with replies that stand beside it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mapwright_mapping::catalog::{Catalog, FileSet, Loaded};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::{Failure, Fate, LeafOutcome, Success};
use mapwright_mapping::plan::{Next, Options, PlannedStep, Replies, RequestSpec, Run, StepKey, StepKind};
use mapwright_mapping::provider::{Class, Fault};
use mapwright_mapping::reply::{Ending, Reply};
use mapwright_mapping::variables::Bound;
use serde_json::{Value, json};

pub(crate) fn load() -> Loaded {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = |folder: &str| {
        let mut files = FileSet::new();
        collect(&root.join(folder), "", &mut files);
        files
    };
    Catalog::load(&files("schemas/unified"), &files("tests/drafts/mappings"))
}

fn collect(folder: &Path, prefix: &str, files: &mut FileSet) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).expect("a file"));
        }
    }
}

pub(crate) fn bound(mapping: &Mapping, variables: &Value) -> Arc<Bound> {
    let given: BTreeMap<String, Value> = variables.as_object().cloned().unwrap_or_default().into_iter().collect();
    Arc::new(Bound::new(&mapping.provider.variables, &given).expect("good variables"))
}

pub(crate) fn try_run(provider: &str, variables: &Value, id: &str, patch: &Value) -> Result<Run, Box<Failure>> {
    let loaded = load();
    let mapping = loaded.catalog.mapping(provider, "crm/leads").expect("a mapping");
    Run::patch(Arc::clone(mapping), bound(mapping, variables), id, patch, Options::default()).map_err(Box::new)
}

/// Runs to the end with the given replies; each of them is used once, and no other request is made.
pub(crate) fn drive(
    run: &Run,
    canned: &[(StepKind, &str, u16, &str)],
) -> (Vec<(StepKey, RequestSpec)>, Result<Success, Failure>) {
    let mut replies = Replies::new();
    let mut sent = Vec::new();
    loop {
        match run.next(&replies) {
            Next::Done(result) => {
                assert_eq!(sent.len(), canned.len(), "a reply is left over");
                return (sent, *result);
            }
            Next::Send(step) => {
                let found = canned.iter().find(|(kind, on, _, _)| *kind == step.key.kind && *on == step.key.on);
                let (_, _, status, body) = found.unwrap_or_else(|| panic!("no reply for {}", step.key.in_words()));
                let reply = Reply { status: *status, headers: vec![], body: body.as_bytes().to_vec() };
                assert!(replies.get(&step.key).is_none(), "{} is asked for twice", step.key.in_words());
                replies.insert(step.key.clone(), Ending::Answered(reply));
                sent.push((step.key, step.request));
            }
        }
    }
}

pub(crate) fn request(method: &str, url: &str, further: &[(&str, &str)], body: Option<&str>) -> RequestSpec {
    let json = ("Content-Type", "application/json");
    let headers =
        std::iter::once(("Accept", "application/json")).chain(body.map(|_| json)).chain(further.iter().copied());
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    RequestSpec {
        method: method.to_owned(),
        url: url.to_owned(),
        headers,
        body: body.map(|body| body.as_bytes().to_vec()),
    }
}

pub(crate) fn step(kind: StepKind, on: &str) -> StepKey {
    StepKey::new(kind, on, 0)
}

pub(crate) fn planned(key: StepKey, request: RequestSpec, holes: &[&str]) -> PlannedStep {
    PlannedStep { key, request, holes: holes.iter().map(|hole| (*hole).to_owned()).collect() }
}

pub(crate) fn lossy(pointer: &str, why: &str, sent: &str, reads: &str) -> LeafOutcome {
    LeafOutcome {
        sent: Some(json!(sent)),
        reads: Some(json!(reads)),
        ..LeafOutcome::new(pointer, Fate::Lossy).because(why)
    }
}

pub(crate) fn fault(class: Class, status: u16, code: &str, message: &str, fields: &[&str]) -> Fault {
    Fault {
        class,
        status,
        code: Some(code.to_owned()),
        message: Some(message.to_owned()),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        scopes: vec![],
        wait: None,
        retry: true,
    }
}

pub(crate) fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
