//! Where records and open maps lie, and what guards and ties are read from, leads somewhere in the schema.

use super::paths::{read, write};
use super::schema::{Node, Step};
use super::unknown;
use super::walk::Walk;
use crate::check::sites::Spot;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Found, Index, Record, RecordId, RestPlace};
use crate::path::Path;
use crate::raw::{RawRecord, RawRest};

pub(super) fn check(walk: Walk<'_, '_>, out: &mut Diagnostics) {
    for (i, record) in walk.scope.mapping.records.iter().enumerate() {
        let id = RecordId(i);
        let Some(raw) = walk.scope.raw_record(id) else { continue };
        let at = pointer("/records", &record.name);
        lies(walk, id, record, raw, &at, out);
        if let Some(index) = &record.index {
            view(walk, id, index, &pointer(&at, "index"), out);
        }
        let guards = [("write", raw.write.as_ref()), ("create", raw.create.as_ref())];
        for (key, text) in guards.into_iter().filter_map(|(key, request)| Some((key, &request?.guard.as_ref()?.from))) {
            let at = pointer(&pointer(&pointer(&at, key), "guard"), "from");
            in_record(walk, id, text, at, out);
        }
    }
    for rest in &walk.scope.mapping.rests {
        if let Some(raw) = walk.scope.sources.raw.rest.get(&rest.name) {
            open_map(walk, &rest.place, raw, &pointer("/rest", &rest.name), out);
        }
    }
    for (name, table) in &walk.scope.sources.raw.tables {
        let at = pointer(&pointer("/tables", name), "prefer");
        for (column, text) in &table.prefer {
            if let Some(spot) = Spot::value(walk.scope.mapping, text, pointer(&at, column)) {
                read(walk, &spot, out);
            }
        }
    }
}

/// The place of a record in its answer, or in another record's, and its id in itself.
fn lies(walk: Walk<'_, '_>, id: RecordId, record: &Record, raw: &RawRecord, at: &str, out: &mut Diagnostics) {
    if let (Some(text), Some(answer)) = (&raw.at, walk.entry(id, "answer")) {
        from(walk, &answer, text, pointer(at, "at"), &format!("{}.answer", record.name), out);
    }
    if let Found::Inside { id: inner, .. } = &record.found {
        if let Some(spot) =
            raw.inside.as_ref().and_then(|text| Spot::value(walk.scope.mapping, text, pointer(at, "inside")))
        {
            read(walk, &spot, out);
        }
        if let (Some(_), Some(text)) = (inner, &raw.id) {
            in_record(walk, id, text, pointer(at, "id"), out);
        }
    }
}

/// A path that starts in this record, or at the root of its answer, whatever the main record is.
fn in_record(walk: Walk<'_, '_>, id: RecordId, text: &str, at: String, out: &mut Diagnostics) {
    let Some(mut spot) = Spot::value(walk.scope.mapping, text, at) else { return };
    spot.record = id;
    read(walk, &spot, out);
}

/// Follows a path from a place.
fn from<'a>(
    walk: Walk<'a, '_>,
    start: &Node<'a>,
    text: &str,
    at: String,
    entry: &str,
    out: &mut Diagnostics,
) -> Option<Node<'a>> {
    let spot = Spot::value(walk.scope.mapping, text, at)?;
    match walk.path(start, &spot.path, None) {
        Ok(node) => Some(node),
        Err(lost) => {
            out.push(unknown(spot.segment(walk.scope.doc(), lost.at), entry, &lost));
            None
        }
    }
}

/// A view turns a list of items into an object: the list is one, and its items have the members that it names.
fn view(walk: Walk<'_, '_>, id: RecordId, index: &Index, at: &str, out: &mut Diagnostics) {
    let (Some(start), Some(record)) = (walk.entry(id, "read"), walk.scope.record(id)) else { return };
    let entry = format!("{}.read", record.name);
    let array = match &index.at {
        None => start,
        Some(path) => match from(walk, &start, &path.to_string(), pointer(at, "at"), &entry, out) {
            Some(node) => node,
            None => return,
        },
    };
    let Step::To(item) = walk.payload.items(&array) else {
        let place = walk.scope.doc().place(&pointer(at, "at"));
        out.push(Diagnostic::error(Code::UnknownPath, place, format!("`{entry}` of payload.json has no list here")));
        return;
    };
    for (key, name) in [("by", Some(&index.by)), ("value", index.value.as_ref())] {
        if let Some(Err(lost)) = name.map(|name| walk.name(&item, name, 0)) {
            out.push(unknown(walk.scope.doc().place(&pointer(at, key)), &entry, &lost));
        }
    }
}

/// The object, or the list of pairs, of an open map is there and takes further keys.
fn open_map(walk: Walk<'_, '_>, place: &RestPlace, raw: &RawRest, at: &str, out: &mut Diagnostics) {
    if let (RestPlace::Entries { .. }, Some(entries)) = (place, &raw.entries) {
        let at = pointer(at, "entries");
        let Some(spot) = Spot::value(walk.scope.mapping, &entries.at, pointer(&at, "at")) else { return };
        let shown = read(walk, &spot, out);
        write(walk, &spot, true, out);
        let taken = walk.written(&spot).and_then(Result::ok);
        for (use_, node) in [("read", shown), ("write", taken)] {
            let Some(node) = node else { continue };
            let Step::To(item) = walk.payload.items(&node) else {
                let message = format!("`{}` is no list in payload.json ({use_})", spot.path);
                out.push(Diagnostic::error(Code::UnknownPath, spot.place(walk.scope.doc()), message));
                continue;
            };
            for (key, name) in [("name", &entries.name), ("value", &entries.value)] {
                if let Err(lost) = walk.name(&item, name, 0) {
                    out.push(unknown(walk.scope.doc().place(&pointer(&at, key)), &format!("{}[]", spot.path), &lost));
                }
            }
        }
        return;
    }
    let RestPlace::Members { read: reads, write: writes } = place else { return };
    let texts = [(raw.read.as_ref(), "read"), (raw.path.as_ref(), "path")];
    let shown = texts.into_iter().find_map(|(text, key)| Some((text?, key)));
    let texts = [(raw.write.as_ref(), "write"), (raw.path.as_ref(), "path")];
    let taken = texts.into_iter().find_map(|(text, key)| Some((text?, key)));
    for (address, text, is_read) in [(reads, shown, true), (writes, taken, false)] {
        let (Some(_), Some((text, key))) = (address, text) else { continue };
        let Some(mut spot) = Spot::value(walk.scope.mapping, text, pointer(at, key)) else { continue };
        spot.path = Path {
            segments: spot.path.segments.iter().filter(|s| **s != crate::path::Segment::Rest).cloned().collect(),
            ..spot.path
        };
        let node = if is_read {
            read(walk, &spot, out)
        } else {
            write(walk, &spot, key == "path", out);
            walk.written(&spot).and_then(Result::ok)
        };
        let index = walk.scope.record(spot.record).and_then(|record| record.index.as_ref()).filter(|_| is_read);
        let viewed = index.is_some_and(|index| index.name.is_none() || spot.path.segments.len() == 1);
        if let Some(node) = node.filter(|node| !viewed && !node.takes_further_names()) {
            let message = format!(
                "nothing but {} can stand here, so no key is left for an open map",
                super::listed(&node.names())
            );
            out.push(Diagnostic::error(Code::UnknownPath, walk.scope.doc().place(&pointer(at, key)), message));
        }
    }
}
