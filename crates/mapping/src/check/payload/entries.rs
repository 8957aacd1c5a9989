//! The schema is there, is one, and has an entry for each use.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::Payload;
use crate::check::{Scope, error};
use crate::diagnostic::suggest::suggest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{RecordId, Rows};

/// Why the provider's bodies are described by no JSON Schema.
pub(in crate::check) fn no_schema(root: &Value) -> Option<String> {
    let found = jsonschema::meta::validate(root).err()?;
    Some(format!("`payload.json` is no JSON Schema: {}: {found}", found.instance_path()))
}

/// The schema, if it can be used.
pub(super) fn check<'a>(scope: &Scope<'a>, out: &mut Diagnostics) -> Option<Payload<'a>> {
    if scope.sources.payload.is_none() {
        let broken = out.iter().any(|found| found.place.file.name().ends_with("payload.json"));
        if !broken {
            let place = scope.doc().place("/resource");
            out.push(
                Diagnostic::error(
                    Code::PayloadInvalid,
                    place,
                    "there is no `payload.json` beside the mapping: no path can be checked",
                )
                .with_help("describe the bodies that the provider takes and gives, as `$defs` of a JSON Schema"),
            );
        }
        return None;
    }
    if let Some(message) = &scope.no_schema {
        error(out, Code::PayloadInvalid, scope.doc().place("/resource"), message);
        return None;
    }
    let Some(payload) = scope.payload else {
        error(out, Code::PayloadInvalid, scope.doc().place("/resource"), "`payload.json` has no `$defs`");
        return None;
    };
    for target in payload.broken() {
        error(
            out,
            Code::PayloadInvalid,
            scope.doc().place("/resource"),
            format!("`payload.json` refers to `{target}`, which is not there"),
        );
    }
    for entry in payload.open() {
        error(
            out,
            Code::PayloadInvalid,
            scope.doc().place("/resource"),
            format!(
                "`payload.json` is open at `{entry}`: without `additionalProperties: false` no misspelt path is found"
            ),
        );
    }
    records(scope, payload, out);
    for table in &scope.mapping.tables {
        if matches!(table.rows, Rows::Fetched(_)) {
            need(scope, payload, &format!("table.{}", table.name), &pointer("/tables", &table.name), out);
        }
    }
    Some(payload)
}

fn records(scope: &Scope<'_>, payload: Payload<'_>, out: &mut Diagnostics) {
    let reads = scope.sites.iter().flat_map(|site| &site.reads);
    let climbing: BTreeSet<RecordId> = reads.filter(|spot| spot.path.root).map(|spot| spot.record).collect();
    for (i, record) in scope.mapping.records.iter().enumerate() {
        let at = pointer("/records", &record.name);
        need(scope, payload, &format!("{}.read", record.name), &at, out);
        let written = scope.raw_record(RecordId(i)).is_some_and(|raw| raw.write.is_some());
        if written {
            need(scope, payload, &format!("{}.write", record.name), &at, out);
        }
        if record.at.is_some() || climbing.contains(&RecordId(i)) {
            need(scope, payload, &format!("{}.answer", record.name), &at, out);
        }
    }
}

fn need(scope: &Scope<'_>, payload: Payload<'_>, name: &str, at: &str, out: &mut Diagnostics) {
    if payload.entry(name).is_some() {
        return;
    }
    let found =
        Diagnostic::error(Code::PayloadInvalid, scope.doc().key(at), format!("`payload.json` has no entry `{name}`"));
    out.push(match suggest(name, payload.names()) {
        Some(near) => found.with_help(format!("did you mean `{near}`?")),
        None => found.with_help(format!("add `{name}` to its `$defs`")),
    });
}
