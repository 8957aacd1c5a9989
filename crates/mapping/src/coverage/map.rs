//! Open maps, and raw values.

use super::facts::Facts;
use super::{Assurance, Names};
use crate::mapping::{Clear, Form, Mapping, Rest};

/// What a mapping knows of an open map.
pub(super) fn facts(mapping: &Mapping, name: &str) -> Facts {
    let Some(rest) = mapping.rests.iter().find(|rest| rest.name == name) else { return Facts::default() };
    let forms = forms(mapping, rest);
    let is_shut = rest.form.as_ref().is_some_and(|by| by.other.is_some())
        && forms.iter().all(|(_, form)| form.read_only.is_some());
    let written = rest.place.written().filter(|_| !is_shut).map(|address| mapping.record(address.record));
    let taken = forms.iter().filter(|(_, form)| form.read_only.is_none());
    let losses: Vec<String> = rest
        .loss
        .iter()
        .cloned()
        .chain(taken.filter_map(|(kind, form)| Some(format!("{kind}: {}", form.loss.as_ref()?))))
        .collect();
    let values = values(mapping, rest);
    let assurance = values.iter().filter_map(|(_, assurance)| *assurance).max();
    let mut cases: Vec<String> = Vec::new();
    for case in forms.iter().flat_map(|(_, form)| &form.tested).chain(&rest.tested) {
        if !cases.contains(case) {
            cases.push(case.clone());
        }
    }
    let kinds = rest.form.as_ref().map(|by| by.read_only.join(", ")).filter(|kinds| !kinds.is_empty());
    let keys = rest.read_only.iter().map(|shown| format!("keys that match `{}`: {}", shown.text, shown.reason));
    let shown = forms.iter().filter_map(|(kind, form)| Some(format!("{kind}: {}", form.read_only.as_ref()?)));
    Facts {
        written: written.is_some(),
        read: rest.place.read().is_some(),
        reasons: kinds
            .map(|kinds| format!("{kinds}: the provider only shows values of these types"))
            .into_iter()
            .chain(shown)
            .chain(keys)
            .collect(),
        assurance,
        losses,
        cases,
        sources: rest.source.iter().chain(mapping.source.iter().filter(|_| rest.source.is_none())).cloned().collect(),
        unconfirmed: rest.unconfirmed.iter().cloned().collect(),
        clearable: written.map(|record| rest.clear.unwrap_or(record.clear) != Clear::Never),
        names: Some(Names::of_keys(mapping, &rest.keys)),
        ..Facts::default()
    }
}

/// The forms of a map's values, each with the type that it is for.
fn forms<'m>(mapping: &'m Mapping, rest: &'m Rest) -> Vec<(&'m str, &'m Form)> {
    let Some(by) = &rest.form else { return Vec::new() };
    let named = by.forms.iter().map(|(kind, form)| (kind.as_str(), mapping.form(*form)));
    named.chain(by.other.map(|form| ("any other type", mapping.form(form)))).collect()
}

/// How each kind of value of a map is known to read back: values without a form first, then those of each form. None:
/// they are only read.
pub(super) fn values<'m>(mapping: &'m Mapping, rest: &'m Rest) -> Vec<(Option<&'m str>, Option<Assurance>)> {
    let assurance = |form: Option<&Form>| {
        let taken = rest.place.written().is_some() && form.is_none_or(|form| form.read_only.is_none());
        let lossy = rest.loss.is_some() || form.is_some_and(|form| form.loss.is_some() || form.codec.loss().is_some());
        taken.then(|| match mapping.claim_of_values(rest, form) {
            _ if lossy => Assurance::Lossy,
            Some(_) => Assurance::Tested,
            None => Assurance::Proven,
        })
    };
    let by = rest.form.as_ref();
    let plain = by.and_then(|by| by.other).map(|form| mapping.form(form));
    let forms = by.into_iter().flat_map(|by| &by.forms).filter(|(kind, form)| {
        let by = by.filter(|by| by.other != Some(*form) && !by.read_only.contains(kind));
        by.is_some()
    });
    std::iter::once((None, assurance(plain)))
        .chain(forms.map(|(kind, form)| (Some(kind.as_str()), assurance(Some(mapping.form(*form))))))
        .collect()
}

/// Raw values go to the main record as they are, and its answer shows them.
pub(super) fn raw(mapping: &Mapping) -> Facts {
    let main = mapping.record(mapping.main);
    Facts {
        written: main.write.is_some(),
        read: main.read.is_some(),
        assurance: Some(Assurance::Proven),
        sources: mapping.source.iter().cloned().collect(),
        names: Some(Names::Any),
        ..Facts::default()
    }
}
