//! What is written is read, at the same path or with a case that shows it; what is read says how it is written.

use super::sites::{Owner, Site, Spot};
use super::{Scope, error};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{RecordId, RestPlace};
use crate::path::Segment;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    for site in &scope.sites {
        both(scope, site, out);
        same_place(scope, site, out);
        written_record(scope, site.write.as_ref().filter(|_| site.slot.is_writable() && !site.in_item()), out);
        site.withs.iter().for_each(|spot| written_record(scope, Some(spot), out));
        withs(scope, site, out);
        model_read_only(scope, site, out);
    }
    for (_, spot) in &scope.arrays {
        written_record(scope, Some(spot), out);
    }
    rests(scope, out);
    if scope.mapping.id.is_read_only() {
        error(out, Code::CodecMismatch, scope.doc().place("/id/as"), "this codec only reads: no id could be sent");
    }
}

/// A slot has both directions, or says why not.
fn both(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    let Some(raw) = site.raw else { return };
    let slot = site.slot;
    let place = scope.doc().key(&site.at);
    let read = raw.path.is_some()
        || raw.read.is_some()
        || slot.computed.as_ref().is_some_and(|computed| computed.read.is_some());
    let written = raw.path.is_some() || raw.write.is_some() || matches!(site.owner, Owner::Action(_));
    let name = site.name();
    let help_write = "add `write`, or `read_only` with the reason why the provider takes no value";
    match (read, written || raw.read_only.is_some()) {
        (false, false) => error(
            out,
            Code::MissingKey,
            place,
            format!("`{name}` says neither where it is read nor where it is written"),
        ),
        (false, true) => out.push(
            Diagnostic::error(Code::ReadMissing, place, format!("`{name}` is written and never read"))
                .with_help("say where it is read: what was written has to be seen again"),
        ),
        (true, false) => out.push(
            Diagnostic::error(
                Code::WriteMissing,
                place,
                format!("`{name}` is read, and nothing says how it is written"),
            )
            .with_help(help_write),
        ),
        (true, true) => {}
    }
    let computed_write = slot.computed.as_ref().is_some_and(|computed| computed.write.is_some());
    if computed_write && raw.read_only.is_some() {
        let place = scope.doc().key(&pointer(&site.sub("expr"), "write"));
        error(out, Code::BadValue, place, "a slot with `read_only` is not written");
    }
}

/// What is written is read at the same path; else a case is there.
fn same_place(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    let (Some(raw), Some(write)) = (site.raw, &site.write) else { return };
    if !site.slot.is_writable() || raw.tested.is_some() || raw.expr.is_some() {
        return;
    }
    let Some(read) = site.reads.iter().find(|read| !is_same(scope, read, write)) else { return };
    let message = format!("`{}` is read at `{}` and written at `{}`", site.name(), read.text, write.text);
    out.push(
        Diagnostic::error(Code::ReadElsewhere, read.place(scope.doc()), message)
            .with_related(write.place(scope.doc()), "written here")
            .with_help("that both hold the same is a claim about the provider: name the case that shows it as `tested`; a `loss` beside it says what differs"),
    );
}

/// Whether two paths lead to the same place: the view of a record's keyed items shows what is written by key.
fn is_same(scope: &Scope<'_>, read: &Spot, write: &Spot) -> bool {
    if read.record != write.record || read.path.root != write.path.root {
        return false;
    }
    if read.path.segments == write.path.segments {
        return true;
    }
    let view = scope.record(read.record).and_then(|record| record.index.as_ref()?.name.as_deref());
    match (view, read.path.segments.split_first()) {
        (Some(view), Some((Segment::Key(first), inner))) => {
            first.literal() == Some(view) && inner == write.path.segments
        }
        _ => false,
    }
}

/// A record that is written has a request for it.
fn written_record(scope: &Scope<'_>, spot: Option<&Spot>, out: &mut Diagnostics) {
    let Some(spot) = spot else { return };
    if let Some(found) = no_request(scope, spot.record, &spot.text, spot.place(scope.doc())) {
        out.push(found);
    }
}

fn no_request(scope: &Scope<'_>, record: RecordId, text: &str, place: crate::source::Place) -> Option<Diagnostic> {
    let raw = scope.raw_record(record)?;
    if raw.write.is_some() {
        return None;
    }
    let record = scope.record(record)?;
    let related = scope.doc().key(&pointer("/records", &record.name));
    let message = format!("`{text}` is written, and record `{}` has no `write`", record.name);
    Some(
        Diagnostic::error(Code::WriteMissing, place, message)
            .with_related(related, "this record is only read")
            .with_help("give the record a `write`, or the slot a `read_only` with the reason"),
    )
}

/// What goes along with a value goes in the same request.
fn withs(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    for spot in &site.withs {
        if site.write.as_ref().is_some_and(|write| write.record != spot.record) {
            let message = format!("`{}` lies in another record than the value it goes along with", spot.text);
            error(out, Code::BadValue, spot.place(scope.doc()), message);
        }
        if !site.is_written() {
            error(out, Code::BadValue, spot.place(scope.doc()), "a slot that is only read takes nothing along");
        }
    }
}

/// What only an answer has is not mapped for writing.
fn model_read_only(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    if !site.is_written() || site.slot.read_only.is_some() {
        return;
    }
    let model = &scope.mapping.model;
    let list = match site.owner {
        Owner::Slot(list, _, _) | Owner::Item(list, _) => model.field(&list.name),
        _ => None,
    };
    let Some(leaf) = list.into_iter().chain(site.leaves(model)).find(|leaf| leaf.read_only) else { return };
    let place = scope.doc().key(&site.at);
    let message = format!("only an answer has `{}`: no patch can write it", leaf.name);
    out.push(Diagnostic::error(Code::LeafReadOnly, place, message).with_help("add `read_only` with the reason"));
}

/// An open map is read and written.
fn rests(scope: &Scope<'_>, out: &mut Diagnostics) {
    for rest in &scope.mapping.rests {
        let at = pointer("/rest", &rest.name);
        let has = |key: &str| scope.doc().value().pointer(&pointer(&at, key)).is_some();
        if let RestPlace::Members { read, write } = &rest.place {
            if read.is_none() && !has("read") && !has("path") {
                error(
                    out,
                    Code::ReadMissing,
                    scope.doc().key(&at),
                    format!("`{}` is written and never read", rest.name),
                );
            }
            if write.is_none() && !has("write") && !has("path") {
                let message = format!("`{}` is read, and nothing says how it is written", rest.name);
                error(out, Code::WriteMissing, scope.doc().key(&at), message);
            }
        }
        let Some(written) = rest.place.written() else { continue };
        let key = ["write", "path"]
            .into_iter()
            .find(|key| has(key))
            .map_or_else(|| pointer(&pointer(&at, "entries"), "at"), |key| pointer(&at, key));
        let text = scope.doc().value().pointer(&key).and_then(serde_json::Value::as_str).unwrap_or_default();
        out.extend(no_request(scope, written.record, text, scope.doc().place(&key)));
    }
}
