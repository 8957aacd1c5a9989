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
    let mut taken = forms.iter().filter(|(_, form)| form.read_only.is_none());
    let losses: Vec<String> = rest
        .loss
        .iter()
        .cloned()
        .chain(taken.clone().filter_map(|(kind, form)| Some(format!("{kind}: {}", form.loss.as_ref()?))))
        .collect();
    let assurance = if !losses.is_empty() {
        Assurance::Lossy
    } else if rest.place.written() == rest.place.read() && taken.all(|(_, form)| super::assurance::is_inverse(form)) {
        Assurance::Proven
    } else {
        Assurance::Stated
    };
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
        assurance: Some(assurance),
        losses,
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
