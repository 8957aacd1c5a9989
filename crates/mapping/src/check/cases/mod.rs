//! What cannot be proven names a case, and the case shows it: it writes the very leaf, and reads it back.

mod shown;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;

use super::Scope;
use super::sites::{Owner, Site};
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, pointer};
use crate::mapping::{Action, Claim, Form, Rest};
use crate::raw::OneOrMany;
use crate::source::{Place, SourceFile};

use shown::{Case, Kind};

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let mut cases = Cases::default();
    for site in scope.sites.iter().filter(|site| !site.is_broken()) {
        slot(scope, site, &mut cases, out);
    }
    for rest in &scope.mapping.rests {
        values(scope, rest, &mut cases, out);
    }
}

/// The cases that were read so far, by name; none: it cannot be read.
type Cases = BTreeMap<String, Option<Rc<Case>>>;

/// A slot that is no inverse has a case, and each case that it names shows it.
fn slot(scope: &Scope<'_>, site: &Site<'_>, cases: &mut Cases, out: &mut Diagnostics) {
    let tested = site.raw.and_then(|raw| raw.tested.as_ref());
    let by_request = matches!(site.owner, Owner::Action(_));
    let claim = scope.mapping.claim(site.slot, by_request);
    if let (None, Some(claim)) = (tested, claim) {
        // Two places have a finding of their own, with both of them.
        if claim != Claim::Elsewhere {
            let key = if claim == Claim::Computed { site.sub("expr") } else { site.at.clone() };
            missing(scope.doc().key(&key), &site.name(), claim, out);
        }
        return;
    }
    let cases = named(scope, tested, &site.sub("tested"), cases, out);
    for (case, place) in &cases {
        if let Err(why) = case.shows(scope.mapping, site) {
            silent(place.clone(), &case.name, &site.name(), &why, out);
        }
    }
    // What is wrong with the names comes first.
    if let Owner::Action(action) = site.owner
        && tested.is_some_and(|tested| tested.as_slice().len() == cases.len())
    {
        requests(scope, site, action, &cases, out);
    }
}

/// Each request of an action has a case.
fn requests(scope: &Scope<'_>, site: &Site<'_>, action: &Action, cases: &[(Rc<Case>, Place)], out: &mut Diagnostics) {
    let several = site.raw.and_then(|raw| raw.set.as_ref()).is_some_and(|set| matches!(set, OneOrMany::Many(_)));
    let mut lacking: Vec<(Place, String)> = Vec::new();
    for (i, set) in action.set.iter().enumerate().filter(|(_, set)| !set.is.is_empty()) {
        if !cases.iter().any(|(case, _)| case.sets(&action.leaf, &set.is)) {
            let at = if several { pointer(&site.sub("set"), &i.to_string()) } else { site.sub("set") };
            let what = format!("no case sets `{}` to {}", action.leaf, super::coverage::quoted(&set.is));
            lacking.push((scope.doc().place(&pointer(&at, "is")), what));
        }
    }
    if action.unset.is_some() && !cases.iter().any(|(case, _)| case.clears(&action.leaf)) {
        lacking.push((scope.doc().key(&site.sub("unset")), format!("no case clears `{}`", action.leaf)));
    }
    let help = "name one under `tested` for each request of the field";
    out.extend(
        lacking.into_iter().map(|(place, what)| Diagnostic::error(Code::CaseMissing, place, what).with_help(help)),
    );
}

/// The values of an open map: those without a form, and those of each form.
fn values(scope: &Scope<'_>, rest: &Rest, cases: &mut Cases, out: &mut Diagnostics) {
    let at = pointer("/rest", &rest.name);
    let raw = scope.sources.raw.rest.get(&rest.name);
    let tested = raw.and_then(|raw| raw.tested.as_ref());
    let own = named(scope, tested, &pointer(&at, "tested"), cases, out);
    for (case, place) in &own {
        if let Err(why) = case.shows_value(scope.mapping, rest, Kind::Any) {
            silent(place.clone(), &case.name, &rest.name, &why, out);
        }
    }
    let by = rest.form.as_ref();
    let plain = by.and_then(|by| by.other).and_then(|id| scope.mapping.forms.get(id.0));
    let elsewhere = scope.mapping.claim_of_values(rest, None);
    if let (None, Some(claim)) = (tested, elsewhere) {
        missing(scope.doc().key(&at), &rest.name, claim, out);
    }
    let forms = by.into_iter().flat_map(|by| &by.forms).filter_map(|(kind, id)| {
        let is_written = !by.is_some_and(|by| by.read_only.contains(kind));
        Some((kind, scope.mapping.forms.get(id.0).filter(|_| is_written)?))
    });
    for (kind, form) in forms {
        let is_other = plain.is_some_and(|other| other.name == form.name);
        of_form(scope, rest, form, (kind, is_other), cases, out);
    }
}

/// The values of one form of an open map: of a type, or of every type without a form of its own name.
fn of_form(
    scope: &Scope<'_>,
    rest: &Rest,
    form: &Form,
    (kind, is_other): (&str, bool),
    cases: &mut Cases,
    out: &mut Diagnostics,
) {
    let at = pointer("/forms", &form.name);
    let tested = scope.sources.raw.forms.get(&form.name).and_then(|raw| raw.tested.as_ref());
    let name = format!("{} of type {kind}", rest.name);
    let claim = scope.mapping.claim_of_values(rest, Some(form));
    if let (None, Some(Claim::Reshaped)) = (tested, claim) {
        missing(scope.doc().key(&at), &name, Claim::Reshaped, out);
    }
    for (case, place) in named(scope, tested, &pointer(&at, "tested"), cases, out) {
        let kind = if is_other { Kind::Other } else { Kind::Named(kind) };
        if let Err(why) = case.shows_value(scope.mapping, rest, kind) {
            silent(place, &case.name, &name, &why, out);
        }
    }
}

fn missing(place: Place, name: &str, claim: Claim, out: &mut Diagnostics) {
    let message = format!("`{name}` is {}, and no case shows that it works", claim.in_words());
    out.push(Diagnostic::error(Code::CaseMissing, place, message).with_help("name a case: tested = \"cases/….toml\""));
}

fn silent(place: Place, case: &str, name: &str, why: &str, out: &mut Diagnostics) {
    let message = format!("`{case}` does not show that `{name}` works: {why}");
    let help = "name a case whose patch sets it, and which expects that it is written and seen";
    out.push(Diagnostic::error(Code::CaseSilent, place, message).with_help(help));
}

/// The cases that an entry names, each with the place of its name; those that are not there are told.
fn named(
    scope: &Scope<'_>,
    tested: Option<&OneOrMany<String>>,
    at: &str,
    cases: &mut Cases,
    out: &mut Diagnostics,
) -> Vec<(Rc<Case>, Place)> {
    let Some(tested) = tested else { return Vec::new() };
    let place = |i: usize| match tested {
        OneOrMany::One(_) => scope.doc().place(at),
        OneOrMany::Many(_) => scope.doc().place(&pointer(at, &i.to_string())),
    };
    if tested.as_slice().is_empty() {
        let message = "no case is named";
        out.push(Diagnostic::error(Code::CaseMissing, scope.doc().place(at), message));
    }
    let known = scope.sources.cases;
    let mut found = Vec::new();
    for (i, name) in tested.as_slice().iter().enumerate() {
        match known.get(name) {
            None => {
                let help = if known.is_empty() {
                    "write it: there is no case yet".to_owned()
                } else {
                    did_you_mean(name, known.keys().map(String::as_str))
                };
                out.push(
                    Diagnostic::error(Code::CaseMissing, place(i), format!("there is no case `{name}`"))
                        .with_help(help),
                );
            }
            Some(file) => match cases.entry(name.clone()).or_insert_with(|| read(name, file).map(Rc::new)) {
                Some(case) => found.push((Rc::clone(case), place(i))),
                None => silent(place(i), name, "it", "it cannot be read", out),
            },
        }
    }
    found
}

fn read(name: &str, file: &Arc<SourceFile>) -> Option<Case> {
    let document = Document::parse(Arc::clone(file)).ok()?;
    Some(Case::new(name, document.value()))
}

/// The reading of JSON in a text of a case.
fn json(text: Option<&Value>) -> Value {
    text.and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
