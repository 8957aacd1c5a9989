//! Every atom has one owner, and none lies inside another. Variables count by their text: which columns an account's
//! values name is checked with the account.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::Scope;
use super::sites::Spot;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, pointer};
use crate::mapping::{Keys, ListShape, RecordId, RestPlace};
use crate::path::{Path, Segment};
use crate::raw::RawMapping;
use crate::source::Place;

/// An atom and the entry that owns it.
struct Atom {
    owner: String,
    record: RecordId,
    segments: Vec<Segment>,
    text: String,
    place: Place,
}

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let mut atoms = atoms(scope);
    // What an overlay adds comes after what it is laid over, whatever its file is called.
    let own = scope.sources.doc.file().name();
    atoms.sort_by_cached_key(|atom| (atom.place.file.name() != own, atom.place.clone()));
    let mut known = Paths::default();
    for (i, atom) in atoms.iter().enumerate() {
        let steps = steps(&atom.segments);
        let mut near = known.around(atom.record, &steps);
        near.extend(known.below(atom.record, &steps));
        near.iter().filter_map(|first| atoms.get(*first)).for_each(|first| compare(first, atom, out));
        known.add(atom.record, steps, i);
    }
    rests(scope, &atoms, &known, out);
}

/// Atoms by their record and the steps of their paths.
#[derive(Default)]
struct Paths(BTreeMap<RecordId, BTreeMap<Vec<String>, Vec<usize>>>);

impl Paths {
    fn add(&mut self, record: RecordId, steps: Vec<String>, atom: usize) {
        self.0.entry(record).or_default().entry(steps).or_default().push(atom);
    }

    /// The atoms at a place and at every place that it lies in.
    fn around(&self, record: RecordId, steps: &[String]) -> BTreeSet<usize> {
        let Some(known) = self.0.get(&record) else { return BTreeSet::new() };
        (0..=steps.len()).filter_map(|length| known.get(steps.get(..length)?)).flatten().copied().collect()
    }

    /// The atoms that lie inside a place.
    fn below(&self, record: RecordId, steps: &[String]) -> impl Iterator<Item = usize> {
        let after = (Bound::Excluded(steps), Bound::Unbounded);
        let following = self.0.get(&record).into_iter().flat_map(move |known| known.range::<[String], _>(after));
        following.take_while(|(other, _)| other.starts_with(steps)).flat_map(|(_, atoms)| atoms).copied()
    }
}

/// The steps of a path, as texts that are the same where the steps are.
fn steps(segments: &[Segment]) -> Vec<String> {
    segments.iter().map(|segment| format!("{segment:?}")).collect()
}

fn compare(first: &Atom, atom: &Atom, out: &mut Diagnostics) {
    let found = if first.segments == atom.segments {
        Diagnostic::error(
            Code::TwoOwners,
            atom.place.clone(),
            format!("`{}` belongs to `{}` already", atom.text, first.owner),
        )
        .with_help("an atom is written by one entry: a second one would undo the first")
    } else if atom.segments.starts_with(&first.segments) {
        Diagnostic::error(
            Code::PrefixOwner,
            atom.place.clone(),
            format!("`{}` lies inside `{}`, which belongs to `{}`", atom.text, first.text, first.owner),
        )
        .with_help("an atom is replaced whole: two entries cannot share it")
    } else if first.segments.starts_with(&atom.segments) {
        Diagnostic::error(
            Code::PrefixOwner,
            atom.place.clone(),
            format!("`{}` holds `{}`, which belongs to `{}`", atom.text, first.text, first.owner),
        )
        .with_help("an atom is replaced whole: two entries cannot share it")
    } else {
        return;
    };
    out.push(found.with_related(first.place.clone(), "the other owner"));
}

fn atoms(scope: &Scope<'_>) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut add = |owner: String, spot: &Spot| {
        atoms.push(Atom {
            owner,
            record: spot.record,
            segments: spot.path.segments.clone(),
            text: spot.text.clone(),
            place: spot.place(scope.doc()),
        });
    };
    for site in scope.sites.iter().filter(|site| !site.in_item()) {
        for spot in site.write.iter().filter(|_| site.slot.is_writable()).chain(&site.withs) {
            add(site.name(), spot);
        }
    }
    for (name, spot) in &scope.arrays {
        add(name.clone(), spot);
    }
    for rest in &scope.mapping.rests {
        let at = pointer(&pointer("/rest", &rest.name), "entries");
        let raw = scope.sources.raw.rest.get(&rest.name).and_then(|raw| raw.entries.as_ref());
        if let (RestPlace::Entries { .. }, Some(raw)) = (&rest.place, raw)
            && let Some(spot) = Spot::value(scope.mapping, &raw.at, pointer(&at, "at"))
        {
            add(rest.name.clone(), &spot);
        }
    }
    atoms
}

/// The arrays that lists own, each with the list's name.
pub(super) fn arrays(mapping: &crate::mapping::Mapping, raw: &RawMapping) -> Vec<(String, Spot)> {
    mapping
        .lists
        .iter()
        .filter(|list| matches!(list.shape, ListShape::Array(_)))
        .filter_map(|list| {
            let text = raw.lists.get(&list.name)?.array.as_ref()?;
            let at = pointer(&pointer("/lists", &list.name), "array");
            Some((list.name.clone(), Spot::value(mapping, text, at)?))
        })
        .collect()
}

/// An open map lies in no other entry's atom, two do not share an object, and one at a record's root says which keys
/// are its own.
fn rests(scope: &Scope<'_>, atoms: &[Atom], known: &Paths, out: &mut Diagnostics) {
    let mut seen: Vec<(&str, RecordId, &Path, Place)> = Vec::new();
    for rest in &scope.mapping.rests {
        let at = pointer("/rest", &rest.name);
        let RestPlace::Members { write, .. } = &rest.place else { continue };
        if rest.place.is_root() && matches!(rest.keys, Keys::All) {
            let place = root_place(scope, &rest.name, &at);
            let message =
                format!("`{}` lies beside the record's own keys and does not say which keys belong to it", rest.name);
            let help = "add `keys = { pattern = \"…\" }`, or `keys = { table = \"…\" }` with a table that is fetched from the account";
            out.push(Diagnostic::error(Code::MissingKey, place, message).with_help(help));
        }
        let Some(write) = write else { continue };
        let place = written_place(scope.doc(), &at);
        let around = known.around(write.record, &steps(&write.path.segments));
        for atom in around.iter().filter_map(|at| atoms.get(*at)).filter(|_| !write.path.segments.is_empty()) {
            let message =
                format!("the keys of `{}` lie inside `{}`, which belongs to `{}`", rest.name, atom.text, atom.owner);
            out.push(
                Diagnostic::error(Code::PrefixOwner, place.clone(), message)
                    .with_related(atom.place.clone(), "the other owner"),
            );
        }
        if let Some((other, _, _, first)) =
            seen.iter().find(|(_, record, path, _)| *record == write.record && **path == write.path)
        {
            let message = format!("`{other}` takes the keys of this object already");
            out.push(
                Diagnostic::error(Code::TwoOwners, place.clone(), message)
                    .with_related(first.clone(), "the other owner"),
            );
        }
        seen.push((&rest.name, write.record, &write.path, place));
    }
}

/// Where the written path of an open map stands.
fn written_place(doc: &Document, at: &str) -> Place {
    let has = |key: &str| doc.value().pointer(&pointer(at, key)).is_some();
    doc.place(&pointer(at, if has("write") { "write" } else { "path" }))
}

/// Where the path of an open map at a record's root stands.
fn root_place(scope: &Scope<'_>, name: &str, at: &str) -> Place {
    let raw = scope.sources.raw.rest.get(name);
    let is_root = |text: Option<&String>| {
        text.is_some_and(|text| Path::parse(text).is_ok_and(|path| path.segments == [Segment::Rest]))
    };
    let key = ["path", "write", "read"].into_iter().find(|key| {
        raw.is_some_and(|raw| match *key {
            "path" => is_root(raw.path.as_ref()),
            "write" => is_root(raw.write.as_ref()),
            _ => is_root(raw.read.as_ref()),
        })
    });
    key.map_or_else(|| scope.doc().key(at), |key| scope.doc().place(&pointer(at, key)))
}
