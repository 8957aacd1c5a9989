//! The keys of a list have slots, and what is joined to one text is text.

use super::sites::Owner;
use super::{Scope, error};
use crate::diagnostic::suggest::suggest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{List, ListShape, ListSlot, SlotLeaf};
use crate::model::Scalar;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    parts(scope, out);
    for list in &scope.mapping.lists {
        if let ListShape::Slots(slots) = &list.shape {
            keys(scope, list, slots, out);
            takers(scope, list, slots, out);
        }
    }
}

/// Only texts are joined.
fn parts(scope: &Scope<'_>, out: &mut Diagnostics) {
    let model = &scope.mapping.model;
    for site in scope.sites.iter().filter(|site| site.is_joined()) {
        let (names, in_list): (&[String], bool) = match site.owner {
            Owner::Group(group) => (&group.parts, false),
            Owner::Slot(_, _, SlotLeaf::Joined(joined)) => (&joined.parts, true),
            _ => continue,
        };
        let at = site.sub("parts");
        if in_list && names.len() < 2 {
            error(out, Code::GroupPart, scope.doc().place(&at), "a joined text has two parts or more");
        }
        for (i, name) in names.iter().enumerate() {
            let leaves = site.leaves(model);
            let leaf = leaves.into_iter().find(|leaf| leaf.name == *name.rsplit('.').next().unwrap_or(name));
            let Some(scalar) = leaf.and_then(crate::model::Field::scalar) else { continue };
            if scalar != Scalar::Text {
                let place = scope.doc().place(&pointer(&at, &i.to_string()));
                error(out, Code::GroupPart, place, format!("`{name}` is {}: only texts are joined", scalar.in_words()));
            }
        }
    }
}

/// A key that is nearly a name of the model is a slip; a name of the model without a slot is a loss.
fn keys(scope: &Scope<'_>, list: &List, slots: &[ListSlot], out: &mut Diagnostics) {
    let Some(leaf) = scope.mapping.model.field(&list.name).and_then(|field| field.leaf(&list.key)) else { return };
    let at = pointer("/lists", &list.name);
    for (i, slot) in slots.iter().enumerate() {
        let at = pointer(&pointer(&at, "slots"), &i.to_string());
        let also = pointer(&at, "also");
        let spellings = std::iter::once((&slot.is, pointer(&at, "is")))
            .chain(slot.also.iter().enumerate().map(|(n, name)| (name, pointer(&also, &n.to_string()))));
        for (name, at) in spellings {
            let near = suggest(name, leaf.names.iter().map(String::as_str)).filter(|near| near != name);
            if let Some(near) = near {
                out.push(
                    Diagnostic::error(
                        Code::ListKey,
                        scope.doc().place(&at),
                        format!("`{name}` is no name of `{}` in the model", list.key),
                    )
                    .with_help(format!("did you mean `{near}`?")),
                );
            }
        }
    }
}

/// At most one slot takes items of any key: the first would leave nothing to the others.
fn takers(scope: &Scope<'_>, list: &List, slots: &[ListSlot], out: &mut Diagnostics) {
    let mut first = None;
    for (i, _) in slots.iter().enumerate().filter(|(_, slot)| slot.any) {
        let at = pointer(&pointer(&pointer("/lists", &list.name), "slots"), &i.to_string());
        let place = scope.doc().place(&pointer(&at, "takes"));
        match &first {
            None => first = Some(place),
            Some(first) => out.push(
                Diagnostic::error(Code::SlotDouble, place, "another slot takes items of any key already")
                    .with_related(first.clone(), "here first"),
            ),
        }
    }
}

/// The names of the key that no slot takes, where the list can be written.
pub(super) fn uncovered(scope: &Scope<'_>, list: &List) -> Vec<String> {
    let ListShape::Slots(slots) = &list.shape else { return Vec::new() };
    let Some(leaf) = scope.mapping.model.field(&list.name).and_then(|field| field.leaf(&list.key)) else {
        return Vec::new();
    };
    let writable = || slots.iter().filter(|slot| slot.is_writable());
    if writable().next().is_none() || writable().any(|slot| slot.any) {
        return Vec::new();
    }
    leaf.names.iter().filter(|name| !slots.iter().any(|slot| slot.names(name))).cloned().collect()
}
