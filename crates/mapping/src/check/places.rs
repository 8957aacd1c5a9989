//! A key stands only where it means something, and a reason is not empty.

use serde_json::Value;

use super::sites::{Owner, Site};
use super::{Scope, error};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::SlotLeaf;
use crate::path::{Path, Segment};
use crate::raw::RawSlot;

/// The keys whose value is a reason for people.
const REASONS: [&str; 5] = ["read_only", "reason", "loss", "unconfirmed", "source"];

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    reasons(scope, scope.doc().value(), "", out);
    for site in &scope.sites {
        if let Some(raw) = site.raw {
            slot(scope, site, raw, out);
        }
        if site.in_item() {
            item_paths(scope, site, out);
        }
        stars(scope, site, out);
    }
    unnamed(scope, out);
}

/// Every item and every key stand in rows, errors and open maps alone.
fn stars(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    for spot in &site.reads {
        for (i, segment) in spot.path.segments.iter().enumerate() {
            let message = match segment {
                Segment::Every if !site.slot.many => {
                    "a slot reads one value: say which item, as `[0]` or `[key=value]`"
                }
                Segment::Rest => "`*` stands in an open map alone",
                _ => continue,
            };
            error(out, Code::PathSyntax, spot.segment(scope.doc(), i), message);
        }
    }
}

/// Paths that start where they are written for name no record.
fn unnamed(scope: &Scope<'_>, out: &mut Diagnostics) {
    let raw = scope.sources.raw;
    let mut texts: Vec<String> = Vec::new();
    for (name, record) in &raw.records {
        let at = pointer("/records", name);
        texts.extend(["at", "index/at"].map(|key| format!("{at}/{key}")));
        texts.extend(
            ["read", "write", "create"]
                .iter()
                .flat_map(|key| ["answer", "guard/from"].map(|end| format!("{at}/{key}/{end}"))),
        );
        if record.inside.is_some() {
            texts.push(pointer(&at, "id"));
        }
    }
    for (name, table) in &raw.tables {
        let at = pointer("/tables", name);
        texts.extend(["rows", "remote", "sort"].map(|key| pointer(&at, key)));
        texts.extend(table.unified.iter().map(|place| place.path_at(&pointer(&at, "unified"))));
        texts.extend(table.columns.keys().map(|column| pointer(&pointer(&at, "columns"), column)));
    }
    texts.extend(
        raw.forms
            .iter()
            .filter_map(|(name, form)| Some(form.read.as_ref()?.path_at(&pointer(&pointer("/forms", name), "read")))),
    );
    for at in texts {
        let text = scope.doc().value().pointer(&at).and_then(Value::as_str);
        let record = text.and_then(|text| Path::parse(text).ok()?.record);
        if let Some(record) = record {
            let place = scope.doc().within(&at, 0..record.len() + 1);
            error(out, Code::PathSyntax, place, "this path names no record: it starts in what is being read");
        }
    }
}

/// A reason that says nothing is none.
fn reasons(scope: &Scope<'_>, value: &Value, at: &str, out: &mut Diagnostics) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let at = pointer(at, key);
                let blank = value.as_str().is_some_and(|text| text.trim().is_empty());
                if blank && REASONS.contains(&key.as_str()) && is_entry(&at) {
                    error(
                        out,
                        Code::BadValue,
                        scope.doc().place(&at),
                        format!("`{key}` is a reason in words, this one is empty"),
                    );
                }
                reasons(scope, value, &at, out);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                reasons(scope, item, &pointer(at, &i.to_string()), out);
            }
        }
        _ => {}
    }
}

/// Whether a key at this pointer belongs to the language and not to a body or a shape.
fn is_entry(at: &str) -> bool {
    let free = ["/body/", "/variables/", "/query/", "/headers/", "/forms/", "/rows/"];
    let in_form = at.starts_with("/forms/") && at.split('/').count() == 4;
    in_form || !free.iter().any(|part| at.contains(part))
}

fn slot(scope: &Scope<'_>, site: &Site<'_>, raw: &RawSlot, out: &mut Diagnostics) {
    let key = |key: &str| scope.doc().key(&site.sub(key));
    if raw.many && raw.read_only.is_none() {
        out.push(
            Diagnostic::error(
                Code::BadValue,
                key("many"),
                format!("`{}` holds several values and can be written", site.name()),
            )
            .with_help("`many` is for reading: add `read_only` with the reason, or map a list against an array"),
        );
    }
    let joined = matches!(site.owner, Owner::Slot(_, _, SlotLeaf::Joined(_)));
    for (name, stands) in [("parts", raw.parts.is_some()), ("join", raw.join.is_some())] {
        if stands && !joined {
            let message = match site.owner {
                Owner::Slot(..) => format!("`{name}` stands alone: a joined text has `parts` and `join`"),
                _ => format!("`{name}` belongs to a list's slot; several leaves in one text are a group"),
            };
            error(out, Code::BadValue, key(name), message);
        }
    }
    let in_list = matches!(site.owner, Owner::Slot(..) | Owner::Item(..));
    for (name, stands) in [("set", raw.set.is_some()), ("unset", raw.unset.is_some())] {
        if stands && in_list {
            error(out, Code::BadValue, key(name), "a leaf of a list is not set by a request of its own");
        }
    }
    let computed = raw.expr.as_ref();
    if computed.is_some() && site.in_item() {
        error(out, Code::BadValue, key("expr"), "a member of an array's item is not computed");
    } else if computed.is_some_and(|expr| expr.write.is_some()) && (in_list || raw.set.is_some()) {
        let message =
            "what is written here is not computed: an expression writes a field of its own, no action and no list";
        error(out, Code::BadValue, key("expr"), message);
    }
    if raw.set.is_none() && raw.unset.is_some() {
        error(out, Code::MissingKey, key("unset"), "what a request unsets, another one sets: `set` is missing");
    }
    if joined {
        for (name, stands) in
            [("table", raw.table.is_some()), ("expr", raw.expr.is_some()), ("form", raw.form.is_some())]
        {
            if stands {
                error(out, Code::BadValue, key(name), format!("a joined text has no `{name}`"));
            }
        }
    }
    for (name, stands) in [("table", raw.table.is_some()), ("form", raw.form.is_some()), ("with", !raw.with.is_empty())]
    {
        if stands && raw.expr.as_ref().is_some_and(|expr| expr.write.is_some()) {
            error(out, Code::BadValue, key(name), format!("the written value is computed: `{name}` has nothing to do"));
        }
    }
}

/// A path inside an item names no record and no root.
fn item_paths(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    for spot in site.reads.iter().chain(&site.write) {
        let named = spot.text.split_once(':').is_some_and(|(record, _)| scope.sources.raw.records.contains_key(record));
        if spot.path.root || named {
            let message = format!("`{}` starts in the item of the list, not in a record", spot.text);
            error(out, Code::BadValue, spot.place(scope.doc()), message);
        }
    }
}
