//! Every unified leaf is mapped once, or stated to be unsupported.

use std::collections::{BTreeMap, BTreeSet};

use super::Scope;
use super::sites::Owner;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{ListShape, SlotLeaf};
use crate::model::FieldKind;
use crate::source::Place;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let mapped = mapped(scope);
    for (leaf, places) in &mapped {
        let Some((first, others)) = places.split_first() else { continue };
        for place in others {
            out.push(
                Diagnostic::error(Code::LeafDouble, place.clone(), format!("`{leaf}` is mapped already"))
                    .with_related(first.clone(), "here first")
                    .with_help("one entry says where a leaf lies; take one of the two out"),
            );
        }
    }
    slot_leaves(scope, out);
    let missing = missing(scope, &mapped);
    if !missing.is_empty() {
        report_missing(scope, &missing, out);
    }
    for (i, name) in scope.mapping.unsupported.iter().enumerate() {
        let inside = format!("{name}.");
        let below = || mapped.range(inside.clone()..).next().filter(|(leaf, _)| leaf.starts_with(&inside));
        if let Some((leaf, places)) = mapped.get_key_value(name).or_else(below) {
            let place = scope.doc().place(&pointer("/unsupported", &i.to_string()));
            let mut found = Diagnostic::error(
                Code::UnsupportedMapped,
                place,
                format!("`{leaf}` is mapped, so it is not unsupported"),
            );
            if let Some(first) = places.first() {
                found = found.with_related(first.clone(), "mapped here");
            }
            out.push(found.with_help("take it out of `unsupported`, or take the entry out"));
        }
    }
}

/// The mapped leaves, lists and maps, with each place that maps them, in the order of the file.
fn mapped(scope: &Scope<'_>) -> BTreeMap<String, Vec<Place>> {
    let mut found: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    let mut add = |name: &str, place: Place| found.entry(name.to_owned()).or_default().push(place);
    for site in &scope.sites {
        match site.owner {
            Owner::Field(field) => add(&field.leaf, scope.doc().key(&site.at)),
            Owner::Action(action) => add(&action.leaf, scope.doc().key(&site.at)),
            Owner::Group(group) => {
                for (i, part) in group.parts.iter().enumerate() {
                    add(part, scope.doc().place(&pointer(&site.sub("parts"), &i.to_string())));
                }
            }
            Owner::Slot(..) | Owner::Item(..) => {}
        }
    }
    for list in &scope.mapping.lists {
        add(&list.name, scope.doc().key(&pointer("/lists", &list.name)));
    }
    for rest in &scope.mapping.rests {
        add(&rest.name, scope.doc().key(&pointer("/rest", &rest.name)));
    }
    for places in found.values_mut() {
        places.sort();
    }
    found
}

/// A leaf stands once in a slot of a list.
fn slot_leaves(scope: &Scope<'_>, out: &mut Diagnostics) {
    for list in &scope.mapping.lists {
        let ListShape::Slots(slots) = &list.shape else { continue };
        for (i, slot) in slots.iter().enumerate() {
            let at = pointer(&pointer(&pointer("/lists", &list.name), "slots"), &i.to_string());
            let mut places: Vec<(&str, Place)> = Vec::new();
            for leaf in &slot.leaves {
                let entry = pointer(&at, leaf.name());
                let parts = pointer(&entry, "parts");
                places.extend(leaf.parts().iter().enumerate().map(|(n, part)| match leaf {
                    SlotLeaf::One(..) => (part.as_str(), scope.doc().key(&entry)),
                    SlotLeaf::Joined(_) => (part.as_str(), scope.doc().place(&pointer(&parts, &n.to_string()))),
                }));
            }
            places.sort_by(|(_, one), (_, other)| one.cmp(other));
            for (n, (part, place)) in places.iter().enumerate() {
                if let Some((_, first)) = places.iter().take(n).find(|(other, _)| other == part) {
                    let message = format!("`{part}` stands in this slot already");
                    out.push(
                        Diagnostic::error(Code::LeafDouble, place.clone(), message)
                            .with_related(first.clone(), "here first"),
                    );
                }
            }
        }
    }
}

/// The leaves that are neither mapped nor listed, in the order of the model. An object none of whose leaves is mapped
/// is named as a whole.
fn missing(scope: &Scope<'_>, mapped: &BTreeMap<String, Vec<Place>>) -> Vec<String> {
    let listed: BTreeSet<&str> = scope.mapping.unsupported.iter().map(String::as_str).collect();
    let listed = |name: &str| listed.contains(name);
    let mut missing = Vec::new();
    for field in scope.mapping.model.fields.iter().filter(|field| field.kind != FieldKind::Raw && !listed(&field.name))
    {
        match &field.kind {
            FieldKind::Object(leaves) => {
                let names: Vec<String> = leaves.iter().map(|leaf| format!("{}.{}", field.name, leaf.name)).collect();
                let open: Vec<String> =
                    names.iter().filter(|name| !mapped.contains_key(*name) && !listed(name)).cloned().collect();
                if open.len() == names.len() {
                    missing.push(field.name.clone());
                } else {
                    missing.extend(open);
                }
            }
            _ if !mapped.contains_key(&field.name) => missing.push(field.name.clone()),
            _ => {}
        }
    }
    missing
}

fn report_missing(scope: &Scope<'_>, missing: &[String], out: &mut Diagnostics) {
    let stated = scope.doc().value().get("unsupported").is_some();
    let place = if stated { scope.doc().place("/unsupported") } else { scope.doc().place("/resource") };
    let listed =
        scope.mapping.unsupported.iter().chain(missing).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let message = format!("{} {verb} neither mapped nor listed as unsupported", quoted(missing));
    out.push(
        Diagnostic::error(Code::FieldUnmapped, place, message)
            .with_help(format!("map what the provider has, and list the rest: unsupported = [{listed}]")),
    );
}

/// Names in backticks, joined by commas.
pub(super) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
