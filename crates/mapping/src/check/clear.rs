//! Every atom that can be written has a spelling of null that its record's body can carry.

use serde_json::Value;

use super::sites::{Owner, Site};
use super::{Scope, error};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Body, Clear, ListShape, RecordId};

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    // What is written in each record without a spelling of its own.
    let mut open: Vec<Vec<String>> = vec![Vec::new(); scope.mapping.records.len()];
    let mut needs =
        |record: RecordId, name: String| open.get_mut(record.0).into_iter().for_each(|open| open.push(name.clone()));
    for site in scope.sites.iter().filter(|site| !site.in_item()) {
        let form = site.slot.form.and_then(|id| scope.mapping.forms.get(id.0)).and_then(|form| form.clear);
        if site.slot.is_writable()
            && site.slot.clear.or(form).is_none()
            && let Some(write) = &site.slot.write
        {
            needs(write.record, site.name());
        }
        needless(scope, site, out);
        action(scope, site, out);
        if let (Some(Clear::Remove), Some(write)) = (site.slot.clear, &site.slot.write) {
            removes(scope, write.record, &site.sub("clear"), out);
        }
    }
    for list in &scope.mapping.lists {
        let ListShape::Array(array) = &list.shape else { continue };
        match array.clear {
            None => needs(array.at.record, list.name.clone()),
            Some(Clear::Remove) => {
                removes(scope, array.at.record, &pointer(&pointer("/lists", &list.name), "clear"), out);
            }
            Some(_) => {}
        }
    }
    for rest in &scope.mapping.rests {
        let Some(written) = rest.place.written() else { continue };
        match rest.clear {
            None => needs(written.record, rest.name.clone()),
            Some(Clear::Remove) => {
                removes(scope, written.record, &pointer(&pointer("/rest", &rest.name), "clear"), out);
            }
            Some(_) => {}
        }
    }
    for (i, open) in open.iter().enumerate() {
        let (Some(raw), Some(record)) = (scope.raw_record(RecordId(i)), scope.record(RecordId(i))) else { continue };
        let at = pointer("/records", &record.name);
        if record.clear == Clear::Remove {
            removes(scope, RecordId(i), &pointer(&at, "clear"), out);
        }
        let Some(first) = open.first().filter(|_| raw.clear.is_none()) else { continue };
        let others = if open.len() > 1 { format!(" and {} more", open.len() - 1) } else { String::new() };
        let message = format!(
            "nothing says how null is spelled in record `{}`: `{first}`{others} cannot be cleared",
            record.name
        );
        out.push(
            Diagnostic::error(Code::ClearMissing, scope.doc().key(&at), message)
                .with_help("add `clear` to the record: \"null\", \"\", [], or \"never\" where the provider has no way; a slot may have its own"),
        );
    }
}

/// What is only read is never cleared.
fn needless(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    if site.slot.read_only.is_some() && site.slot.clear.is_some() {
        let place = scope.doc().key(&site.sub("clear"));
        error(out, Code::ClearNeedless, place, format!("`{}` is only read: it is never cleared", site.name()));
    }
}

/// An action is cleared by `unset` alone.
fn action(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    let Owner::Action(action) = site.owner else { return };
    let place = || scope.doc().key(&site.sub("clear"));
    let unset = site.raw.is_some_and(|raw| raw.unset.is_some());
    match (action.slot.clear, unset) {
        (Some(Clear::Never), true) => error(
            out,
            Code::ClearNeedless,
            place(),
            "`unset` says how it is cleared; `clear = \"never\"` says that it is not",
        ),
        (Some(Clear::Never) | None, _) => {}
        (Some(_), _) => out.push(
            Diagnostic::error(
                Code::ClearNeedless,
                place(),
                "an action is cleared by a request of its own, not by a value",
            )
            .with_help("add `unset`, or `clear = \"never\"`"),
        ),
    }
}

/// `remove` is an operation of JSON Patch.
fn removes(scope: &Scope<'_>, record: RecordId, at: &str, out: &mut Diagnostics) {
    let Some(record) = scope.record(record) else { return };
    let patches = record.write.as_ref().is_none_or(|write| matches!(write.body, Body::JsonPatch { .. }));
    if !patches && scope.doc().value().pointer(at).and_then(Value::as_str) == Some("remove") {
        out.push(
            Diagnostic::error(
                Code::ClearMissing,
                scope.doc().place(at),
                format!("record `{}` is not written with a JSON Patch: nothing can be removed", record.name),
            )
            .with_help("spell null as \"null\", \"\", [] or \"never\", or write the record with `{ json_patch = … }`"),
        );
    }
}
