//! A request says which record it is about, and whatever it needs is there.

use std::collections::BTreeSet;

use super::sites::Owner;
use super::{Scope, error};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Absent, Action, Body, Found, Record, RecordId, Request, Rows};
use crate::raw::{OneOrMany, RawGuardWhen, RawRequest};
use crate::source::Place;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let read: BTreeSet<RecordId> = scope.mapping.addresses_read().map(|address| address.record).collect();
    for (i, record) in scope.mapping.records.iter().enumerate() {
        let Some(raw) = scope.raw_record(RecordId(i)) else { continue };
        let at = pointer("/records", &record.name);
        let create = match &record.absent {
            Absent::Create(request) => Some(request.as_ref()),
            Absent::Refuse => None,
        };
        for (key, request) in [("read", record.read.as_ref()), ("write", record.write.as_ref()), ("create", create)] {
            let Some(request) = request else { continue };
            let at = pointer(&at, key);
            if key != "create" {
                identity(scope, record, request, &at, out);
            }
            if key == "read" {
                selects(scope, read.contains(&RecordId(i)), request, &at, out);
            } else {
                changes(scope, request, &at, out);
            }
        }
        for (key, request) in
            [("read", raw.read.as_ref()), ("write", raw.write.as_ref()), ("create", raw.create.as_ref())]
        {
            let at = pointer(&at, key);
            guard(scope, raw.write.is_some() && key == "write", request, &at, out);
            let asked = request.and_then(|request| request.guard.as_ref()).and_then(|guard| guard.when);
            if asked == Some(RawGuardWhen::Asked) && RecordId(i) != scope.mapping.main {
                let place = scope.doc().place(&pointer(&pointer(&at, "guard"), "when"));
                error(out, Code::GuardInvalid, place, "a caller names a version of the main record alone");
            }
        }
    }
    for table in &scope.mapping.tables {
        if let Rows::Fetched(_) = table.rows {
            let raw = scope.sources.raw.tables.get(&table.name).and_then(|raw| raw.fetch.as_ref());
            guard(scope, false, raw, &pointer(&pointer("/tables", &table.name), "fetch"), out);
        }
    }
    for site in &scope.sites {
        if let Owner::Action(action) = site.owner {
            self::action(scope, action, &site.at, out);
        }
    }
    unused(scope, out);
}

/// A request for a record says which one: else it reads, or writes, another.
fn identity(scope: &Scope<'_>, record: &Record, request: &Request, at: &str, out: &mut Diagnostics) {
    let names = request.names();
    let (is_told, hole) = match &record.found {
        Found::Id => (names.contains(&"id"), "id".to_owned()),
        Found::Leaf(leaf) => (names.contains(&leaf.as_str()) || names.contains(&record.name.as_str()), leaf.clone()),
        Found::Inside { .. } => (names.contains(&record.name.as_str()), record.name.clone()),
    };
    if !is_told {
        let place = scope.doc().place(&pointer(at, "send"));
        let message = format!("nothing in this request says which `{}` it is about", record.name);
        out.push(
            Diagnostic::error(Code::RequestId, place, message)
                .with_help(format!("put `{{{hole}}}` into its path, query or body")),
        );
    }
}

/// A selection needs something to select.
fn selects(scope: &Scope<'_>, is_read: bool, request: &Request, at: &str, out: &mut Diagnostics) {
    if !is_read && request.names().contains(&"select") {
        let place = hole_place(scope, at, "select");
        error(out, Code::BadValue, place, "`{select}` is empty: nothing is read from this record");
    }
}

/// A write carries the changes.
fn changes(scope: &Scope<'_>, request: &Request, at: &str, out: &mut Diagnostics) {
    if request.method == "GET" {
        error(out, Code::BadValue, scope.doc().place(&pointer(at, "send")), "a write is no `GET`");
    }
    let (template, key) = match &request.body {
        Body::GraphQl { variables, .. } => (variables, "variables"),
        Body::Form(body) => (body, "body"),
        Body::Empty => {
            let message = "the write has no `body`: nothing would be written";
            out.push(
                Diagnostic::error(Code::MissingKey, scope.doc().key(at), message)
                    .with_help("add `body` with the hole \"{changes}\""),
            );
            return;
        }
        Body::Json(_) | Body::JsonPatch { .. } => return,
    };
    if !template.names().contains(&"changes") {
        let at = pointer(at, key);
        let place = if scope.doc().value().pointer(&at).is_some() {
            scope.doc().key(&at)
        } else {
            scope.doc().key(at.trim_end_matches("/variables"))
        };
        error(out, Code::TemplateSyntax, place, "the hole \"{changes}\" is missing: nothing would be written");
    }
}

/// A guard stands on a write, and its header can be sent.
fn guard(scope: &Scope<'_>, may: bool, request: Option<&RawRequest>, at: &str, out: &mut Diagnostics) {
    let Some(guard) = request.and_then(|request| request.guard.as_ref()) else { return };
    let at = pointer(at, "guard");
    if !may {
        error(
            out,
            Code::GuardInvalid,
            scope.doc().key(&at),
            "a guard makes a record's write conditional; this request is none",
        );
    }
    if !is_token(&guard.header) {
        let place = scope.doc().place(&pointer(&at, "header"));
        error(out, Code::GuardInvalid, place, format!("`{}` is no name of a header", guard.header));
    }
}

/// Whether a text can be the name of a header (RFC 9110 §5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// The requests of an action: the old value is read, and the new one is in them.
fn action(scope: &Scope<'_>, action: &Action, at: &str, out: &mut Diagnostics) {
    let set_at = pointer(at, "set");
    let raw = scope.sources.raw.fields.get(&action.leaf);
    let many = matches!(raw, Some(crate::raw::RawField::Table(slot)) if matches!(slot.set, Some(OneOrMany::Many(_))));
    for (i, set) in action.set.iter().enumerate() {
        let at = if many { pointer(&set_at, &i.to_string()) } else { set_at.clone() };
        old(scope, action, &set.request, &at, out);
        let told =
            set.is.len() == 1 || set.request.names().iter().any(|name| *name == "new" || name.starts_with("row."));
        if !told {
            let place = scope.doc().place(&pointer(&at, "send"));
            let message = format!("the request is the same whatever `{}` becomes", action.leaf);
            out.push(
                Diagnostic::error(Code::BadValue, place, message)
                    .with_help("put `{new}` or `{row.…}` into it, or say with `is` which value it is for"),
            );
        }
    }
    if let Some(unset) = &action.unset {
        let at = pointer(at, "unset");
        old(scope, action, unset, &at, out);
        if unset.names().contains(&"new") {
            error(
                out,
                Code::UnknownVariable,
                hole_place(scope, &at, "new"),
                "there is no new value when a field is cleared",
            );
        }
    }
}

fn old(scope: &Scope<'_>, action: &Action, request: &Request, at: &str, out: &mut Diagnostics) {
    let computed = action.slot.computed.as_ref().is_some_and(|computed| computed.read.is_some());
    if request.names().contains(&"old") && action.slot.read.is_empty() && !computed {
        let message = format!("`{{old}}` is the value that `{}` has, and nothing says where it is read", action.leaf);
        out.push(Diagnostic::error(Code::ReadRequired, hole_place(scope, at, "old"), message).with_help("add `read`"));
    }
}

/// Where a hole stands in a request; the request's first line where it is not found.
pub(super) fn hole_place(scope: &Scope<'_>, at: &str, name: &str) -> Place {
    let hole = format!("{{{name}}}");
    let found = scope.doc().value().pointer(at).and_then(|value| find(value, at, &hole));
    match found {
        Some((at, start)) => scope.doc().within(&at, start + 1..start + 1 + name.len()),
        None => scope.doc().place(&pointer(at, "send")),
    }
}

/// The first text that holds a hole, and where in it.
fn find(value: &serde_json::Value, at: &str, hole: &str) -> Option<(String, usize)> {
    match value {
        serde_json::Value::String(text) => Some((at.to_owned(), text.find(hole)?)),
        serde_json::Value::Object(object) => {
            object.iter().find_map(|(name, value)| find(value, &pointer(at, name), hole))
        }
        serde_json::Value::Array(items) => {
            items.iter().enumerate().find_map(|(i, value)| find(value, &pointer(at, &i.to_string()), hole))
        }
        _ => None,
    }
}

/// A record that nothing maps to.
fn unused(scope: &Scope<'_>, out: &mut Diagnostics) {
    let mapping = scope.mapping;
    let holes = |request: &Request| request.names().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let mut named: BTreeSet<String> = BTreeSet::new();
    for record in &mapping.records {
        let others = [record.read.as_ref(), record.write.as_ref()].into_iter().flatten();
        named.extend(others.flat_map(holes).filter(|name| *name != record.name));
    }
    for action in &mapping.actions {
        named.extend(action.set.iter().map(|set| &set.request).chain(&action.unset).flat_map(holes));
    }
    let slots = scope.sites.iter().filter(|site| !site.in_item());
    let spots = slots.flat_map(|site| site.reads.iter().chain(&site.write).chain(&site.withs));
    let mut used: BTreeSet<RecordId> = spots.map(|spot| spot.record).collect();
    let in_rests = mapping.rests.iter().flat_map(|rest| [rest.place.read(), rest.place.written()]).flatten();
    used.extend(in_rests.chain(mapping.addresses_read()).map(|address| address.record));
    used.extend(mapping.records.iter().filter_map(|record| match record.found {
        Found::Inside { record, .. } => Some(record),
        Found::Id | Found::Leaf(_) => None,
    }));
    used.insert(mapping.main);
    for (i, record) in mapping.records.iter().enumerate() {
        if !used.contains(&RecordId(i)) && !named.contains(&record.name) {
            out.push(
                Diagnostic::warning(
                    Code::UnusedName,
                    scope.doc().key(&pointer("/records", &record.name)),
                    format!("nothing maps to record `{}`", record.name),
                )
                .with_help("map something to it, or take it out"),
            );
        }
    }
}
