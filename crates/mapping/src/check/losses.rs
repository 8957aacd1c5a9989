//! A loss is stated if and only if there is one.

use std::collections::BTreeSet;

use super::Scope;
use super::lists::uncovered;
use super::payload::{Step, Walk};
use super::sites::{Owner, Site};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Form, FormId, Join, List, ListShape, SlotLeaf};

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    for site in scope.sites.iter().filter(|site| !site.is_broken()) {
        slot(scope, site, out);
    }
    for list in &scope.mapping.lists {
        self::list(scope, list, out);
    }
    let written: BTreeSet<FormId> =
        scope.sites.iter().filter(|site| site.is_written()).filter_map(|site| site.slot.form).collect();
    for (i, form) in scope.mapping.forms.iter().enumerate() {
        self::form(scope, form, written.contains(&FormId(i)), out);
    }
    rests(scope, out);
}

/// What is stated against what is so.
struct Judged {
    /// What is lost for certain.
    loses: Vec<String>,
    /// Whether there is another reason to speak of a loss.
    may: bool,
}

impl Judged {
    fn report(
        &self,
        scope: &Scope<'_>,
        name: &str,
        at: &str,
        declared: bool,
        stated_above: bool,
        out: &mut Diagnostics,
    ) {
        let loss = pointer(at, "loss");
        if !declared && !stated_above && !self.loses.is_empty() {
            let message = format!("`{name}` loses something and does not say so: {}", self.loses.join("; "));
            out.push(
                Diagnostic::error(Code::LossUndeclared, scope.doc().key(at), message)
                    .with_help("say it in words of the people who read it: loss = \"…\""),
            );
        }
        if declared && self.loses.is_empty() && !self.may {
            let message = format!("`{name}` states a loss, and no conversion of it loses anything");
            out.push(Diagnostic::error(Code::LossNeedless, scope.doc().key(&loss), message).with_help(
                "take `loss` out; what the provider itself changes in a value is reported as `altered` when it does",
            ));
        }
    }
}

fn slot(scope: &Scope<'_>, site: &Site<'_>, out: &mut Diagnostics) {
    let slot = site.slot;
    let above = match site.owner {
        Owner::Slot(list, _, _) | Owner::Item(list, _) => list.loss.is_some(),
        _ => false,
    };
    let judged = if site.is_written() { judge(scope, site) } else { Judged { loses: Vec::new(), may: false } };
    let at = site.at.clone();
    if slot.loss.is_some() && !site.is_written() {
        let message =
            format!("`{}` is only read: there is no way there and back on which something is lost", site.name());
        out.push(
            Diagnostic::error(Code::LossNeedless, scope.doc().key(&site.sub("loss")), message)
                .with_help("take `loss` out"),
        );
        return;
    }
    judged.report(scope, &site.name(), &at, slot.loss.is_some(), above, out);
}

fn judge(scope: &Scope<'_>, site: &Site<'_>) -> Judged {
    let slot = site.slot;
    let mut loses: Vec<String> = Vec::new();
    let computed = slot.computed.is_some();
    if !computed {
        loses.extend(slot.codec.loss().map(str::to_owned));
    }
    let table = slot.table.and_then(|id| scope.mapping.tables.get(id.0));
    if let Some((spelling, name)) = table.and_then(|table| table.also.first_key_value()) {
        loses.push(format!("`{spelling}` reads back as `{name}`"));
    }
    let join = match site.owner {
        Owner::Group(group) => Some(&group.join),
        Owner::Slot(_, _, SlotLeaf::Joined(joined)) => Some(&joined.join),
        _ => None,
    };
    loses.extend(join.and_then(Join::loss).map(str::to_owned));
    let beyond = slot.codec.beyond().is_some();
    let elsewhere = site
        .write
        .as_ref()
        .is_some_and(|write| site.reads.iter().any(|read| read.record != write.record || read.path != write.path));
    let asked = matches!(site.owner, Owner::Action(_));
    let may = computed || beyond || elsewhere || asked || slot.form.is_some() || site.reads.len() > 1 || join.is_some();
    Judged { loses, may }
}

fn list(scope: &Scope<'_>, list: &List, out: &mut Diagnostics) {
    let at = pointer("/lists", &list.name);
    let mut loses = Vec::new();
    let mut written = false;
    let mut may = false;
    match &list.shape {
        ListShape::Slots(slots) => {
            for slot in slots.iter().filter(|slot| slot.is_writable()) {
                written = true;
                if let Some(also) = slot.also.first() {
                    loses.push(format!("`{also}` reads back as `{}`", slot.is));
                }
                if slot.any {
                    loses.push(format!("an item of any other key reads back as `{}`", slot.is));
                }
            }
            let uncovered = uncovered(scope, list);
            if !uncovered.is_empty() {
                loses.push(format!("an item with the key {} has no slot", super::coverage::quoted(&uncovered)));
            }
        }
        ListShape::Array(array) => {
            written = array.item.iter().any(|(_, slot)| slot.is_writable());
            if array.keep.is_none() {
                let others = unnamed(scope, list);
                if !others.is_empty() {
                    loses.push(format!("what no leaf names is dropped from the items when the list is written ({}); `keep` names the leaf by which it stays", super::coverage::quoted(&others)));
                }
            } else {
                may = true;
            }
        }
    }
    // A list may also speak for its slots.
    let slots = scope
        .sites
        .iter()
        .filter(|site| matches!(site.owner, Owner::Slot(of, _, _) | Owner::Item(of, _) if of.name == list.name));
    may |= slots.filter(|site| site.is_written()).any(|site| {
        let judged = judge(scope, site);
        judged.may || !judged.loses.is_empty()
    });
    if !written {
        loses.clear();
        may = false;
    }
    Judged { loses, may }.report(scope, &list.name, &at, list.loss.is_some(), false, out);
}

/// The members of an array's items that no leaf of the list names.
fn unnamed(scope: &Scope<'_>, list: &List) -> Vec<String> {
    let Some(payload) = scope.payload else { return Vec::new() };
    let walk = Walk { payload, scope };
    let Some((_, spot)) = scope.arrays.iter().find(|(name, _)| *name == list.name) else { return Vec::new() };
    let Some(Ok(node)) = walk.written(spot) else { return Vec::new() };
    let Step::To(item) = payload.items(&node) else { return Vec::new() };
    let named: BTreeSet<String> = scope
        .sites
        .iter()
        .filter(|site| matches!(site.owner, Owner::Item(of, _) if of.name == list.name))
        .filter_map(|site| Some(site.write.as_ref()?.path.segments.first()?.clone()))
        .filter_map(|segment| match segment {
            crate::path::Segment::Key(name) => Some(name.to_string()),
            _ => None,
        })
        .collect();
    item.names().into_iter().filter(|name| !named.contains(*name)).map(str::to_owned).collect()
}

/// A form states the loss of its own codec. Whatever it replaces besides is a loss that it may state. `written`: a slot
/// that is written uses it.
fn form(scope: &Scope<'_>, form: &Form, written: bool, out: &mut Diagnostics) {
    let at = pointer("/forms", &form.name);
    let loses = form.codec.loss().map(str::to_owned).into_iter().collect();
    let may = form.write.is_some() || form.codec.beyond().is_some();
    let by_rest = scope.mapping.rests.iter().any(|rest| rest.form.is_some());
    if form.read_only.is_some() {
        Judged { loses: Vec::new(), may: false }.report(scope, &form.name, &at, form.loss.is_some(), false, out);
    } else if written || by_rest {
        Judged { loses, may }.report(scope, &form.name, &at, form.loss.is_some(), false, out);
    }
}

fn rests(scope: &Scope<'_>, out: &mut Diagnostics) {
    for rest in &scope.mapping.rests {
        let at = pointer("/rest", &rest.name);
        let Some(written) = rest.place.written() else { continue };
        let Some(record) = scope.record(written.record) else { continue };
        let loses = record.values.loss().map(str::to_owned).into_iter().collect();
        let elsewhere = rest.place.read().is_some_and(|read| read != written);
        let may = !record.values.is_identity() || elsewhere || rest.form.is_some();
        Judged { loses, may }.report(scope, &rest.name, &at, rest.loss.is_some(), false, out);
    }
}
