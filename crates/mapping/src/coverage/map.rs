//! Open maps, and raw values.

use super::facts::Facts;
use super::{Assurance, Names};
use crate::mapping::{Clear, Mapping, Rest};

/// What a mapping knows of an open map.
pub(super) fn facts(mapping: &Mapping, name: &str) -> Facts {
    let Some(rest) = mapping.rests.iter().find(|rest| rest.name == name) else { return Facts::default() };
    let written = rest.place.written().map(|address| mapping.record(address.record));
    let losses = losses(mapping, rest);
    let forms = || rest.form.iter().flat_map(|by| &by.forms).map(|(_, form)| mapping.form(*form));
    let assurance = if !losses.is_empty() {
        Assurance::Lossy
    } else if rest.place.written() == rest.place.read() && forms().all(super::assurance::is_inverse) {
        Assurance::Proven
    } else {
        Assurance::Stated
    };
    let kinds = rest.form.as_ref().map(|by| by.read_only.join(", ")).filter(|kinds| !kinds.is_empty());
    Facts {
        written: written.is_some(),
        read: rest.place.read().is_some(),
        reasons: kinds.map(|kinds| format!("values of these types are only shown: {kinds}")).into_iter().collect(),
        assurance: Some(assurance),
        losses,
        unconfirmed: rest.unconfirmed.iter().cloned().collect(),
        clearable: written.map(|record| rest.clear.unwrap_or(record.clear) != Clear::Never),
        names: Some(Names::of_keys(mapping, &rest.keys)),
        ..Facts::default()
    }
}

/// What the map declares, and what the forms of single types lose.
fn losses(mapping: &Mapping, rest: &Rest) -> Vec<String> {
    let forms = rest.form.iter().flat_map(|by| &by.forms);
    let of_forms = forms.filter_map(|(kind, form)| Some(format!("{kind}: {}", mapping.form(*form).loss.as_ref()?)));
    rest.loss.iter().cloned().chain(of_forms).collect()
}

/// Raw values go to the main record as they are, and its answer shows them.
pub(super) fn raw(mapping: &Mapping) -> Facts {
    let main = mapping.record(mapping.main);
    Facts {
        written: main.write.is_some(),
        read: main.read.is_some(),
        assurance: Some(Assurance::Proven),
        names: Some(Names::Any),
        ..Facts::default()
    }
}
