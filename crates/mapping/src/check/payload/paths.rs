//! Every path of a slot leads somewhere in the schema.

use super::schema::{Node, Step};
use super::unknown;
use super::walk::Walk;
use crate::check::sites::{Owner, Site, Spot};
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;

pub(super) fn check(walk: Walk<'_, '_>, out: &mut Diagnostics) {
    let scope = walk.scope;
    for site in scope.sites.iter().filter(|site| !site.in_item()) {
        for spot in &site.reads {
            if let Some(node) = read(walk, spot, out) {
                form(walk, site, spot, &node, out);
            }
        }
        for spot in site.write.iter().filter(|_| site.slot.is_writable()).chain(&site.withs) {
            let read_too = site.reads.iter().any(|read| read.at == spot.at);
            write(walk, spot, read_too, out);
        }
    }
    for (name, spot) in &scope.arrays {
        let shown = read(walk, spot, out);
        write(walk, spot, true, out);
        let taken = walk.written(spot).and_then(Result::ok);
        array(walk, name, spot, [("read", shown), ("write", taken)], out);
    }
}

/// Holds a read path against the record.
pub(super) fn read<'a>(walk: Walk<'a, '_>, spot: &Spot, out: &mut Diagnostics) -> Option<Node<'a>> {
    match walk.read(spot)? {
        Ok(node) => Some(node),
        Err(lost) => {
            let place = spot.segment(walk.scope.doc(), lost.at);
            let taken = !spot.path.root && matches!(walk.written(spot), Some(Ok(_)));
            out.push(if taken {
                Diagnostic::error(
                    Code::PathWriteOnly,
                    place,
                    format!("the provider takes `{}` and never gives it back", spot.path),
                )
                .with_help("read it where the provider shows it: `read` and `write` may differ")
            } else {
                unknown(place, &entry_name(walk, spot, if spot.path.root { "answer" } else { "read" }), &lost)
            });
            None
        }
    }
}

/// Holds a written path against the record. Where the same text is read and leads nowhere, that is said already.
pub(super) fn write(walk: Walk<'_, '_>, spot: &Spot, read_too: bool, out: &mut Diagnostics) {
    let Some(Err(lost)) = walk.written(spot) else { return };
    let place = spot.segment(walk.scope.doc(), lost.at);
    let shown = walk.entry(spot.record, "read").and_then(|entry| walk.path(&entry, &spot.path, None).ok());
    if read_too && walk.read(spot).is_some_and(|read| read.is_err()) {
        return;
    }
    let entry = entry_name(walk, spot, "write");
    out.push(match shown {
        Some(node) if node.read_only => {
            Diagnostic::error(Code::PathReadOnly, place, format!("the provider sets `{}` itself", spot.path))
                .with_help("add `read_only` with the reason, or write where the provider takes it")
        }
        Some(_) => unknown(place, &entry, &lost).with_note("the provider gives this path, and is not known to take it"),
        None => unknown(place, &entry, &lost),
    });
}

fn entry_name(walk: Walk<'_, '_>, spot: &Spot, use_: &str) -> String {
    format!("{}.{use_}", walk.scope.record(spot.record).map_or("", |record| record.name.as_str()))
}

/// The path that a form reads leads somewhere below the path that the slot reads.
fn form<'a>(walk: Walk<'a, '_>, site: &Site<'_>, spot: &Spot, node: &Node<'a>, out: &mut Diagnostics) {
    let scope = walk.scope;
    let Some(form) = site.slot.form.and_then(|id| scope.mapping.forms.get(id.0)) else { return };
    let Some(read) = scope.sources.raw.forms.get(&form.name).and_then(|raw| raw.read.as_ref()) else { return };
    let at = read.path_at(&pointer(&pointer("/forms", &form.name), "read"));
    let Some(inner) = Spot::value(scope.mapping, read.path(), at) else { return };
    if let Err(lost) = walk.path(node, &inner.path, None) {
        let place = inner.segment(scope.doc(), lost.at);
        let found = Diagnostic::error(Code::UnknownPath, place, lost.in_words(&spot.path.to_string()))
            .with_related(spot.place(scope.doc()), "read here with this form");
        out.push(if lost.names.is_empty() {
            found
        } else {
            found.with_help(did_you_mean(&lost.name, lost.names.iter().copied()))
        });
    }
}

/// The paths of an array's items lead somewhere in its items.
fn array<'a>(walk: Walk<'a, '_>, name: &str, spot: &Spot, sides: [(&str, Option<Node<'a>>); 2], out: &mut Diagnostics) {
    let scope = walk.scope;
    // Where one text is read and written and leads nowhere, that is said once.
    let mut said: Vec<&str> = Vec::new();
    for (side, node) in sides {
        let Some(node) = node else { continue };
        let entry = entry_name(walk, spot, side);
        let Step::To(item) = walk.payload.items(&node) else {
            let message = format!("`{entry}` of payload.json has no list at `{}`", spot.path);
            out.push(Diagnostic::error(Code::UnknownPath, spot.place(scope.doc()), message));
            continue;
        };
        for site in scope.sites.iter().filter(|site| matches!(site.owner, Owner::Item(list, _) if list.name == name)) {
            let spots: Vec<&Spot> = if side == "read" {
                site.reads.iter().collect()
            } else {
                site.write.iter().filter(|_| site.slot.is_writable()).collect()
            };
            for inner in spots {
                let Err(lost) = walk.path(&item, &inner.path, None) else { continue };
                if !said.contains(&inner.at.as_str()) {
                    said.push(&inner.at);
                    let place = inner.segment(scope.doc(), lost.at);
                    out.push(
                        unknown(place, &entry, &lost)
                            .with_related(spot.place(scope.doc()), "inside the items of this list"),
                    );
                }
            }
        }
    }
}
