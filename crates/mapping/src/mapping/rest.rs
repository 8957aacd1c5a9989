//! A rest: an open map over the keys that no entry owns, such as the fields an account added itself.

use regex::Regex;

use super::{Address, Clear, FormId, Resolver, TableId};
use crate::diagnostic::Code;
use crate::document::pointer;
use crate::model::FieldKind;
use crate::path::{Path, Segment};
use crate::raw::RawRest;

/// An open map.
#[derive(Clone, Debug)]
pub struct Rest {
    /// The unified field.
    pub name: String,
    /// Where the keys lie.
    pub place: RestPlace,
    /// Which keys belong to it.
    pub keys: Keys,
    /// The wire shape of a value, by the type of its key.
    pub form: Option<RestForm>,
    /// The keys that are never written.
    pub read_only: Option<ShownKeys>,
    /// Whether all keys are sent when one is.
    pub whole: bool,
    /// How null is spelled, where the record's spelling does not hold.
    pub clear: Option<Clear>,
    /// What is lost.
    pub loss: Option<String>,
    /// Where the facts are stated, where that is not the source of the whole mapping.
    pub source: Option<String>,
    /// The fact that no source confirms.
    pub unconfirmed: Option<String>,
    /// The cases that show it, where it is read at another place than it is written.
    pub tested: Vec<String>,
}

/// Where the keys of an open map lie.
#[derive(Clone, Debug)]
pub enum RestPlace {
    /// Members of an object: the object's address for reading, and for writing.
    Members {
        /// The object that is read.
        read: Option<Address>,
        /// The object that is written.
        write: Option<Address>,
    },
    /// An array of name and value pairs.
    Entries {
        /// The array.
        at: Address,
        /// The member that holds the name.
        name: String,
        /// The member that holds the value.
        value: String,
    },
}

/// Which keys belong to an open map.
#[derive(Clone, Debug)]
pub enum Keys {
    /// All that no entry owns.
    All,
    /// Those that match the anchored pattern.
    Pattern {
        /// The pattern as it is written.
        text: String,
        /// The anchored pattern.
        regex: Regex,
    },
    /// Those that the table has as remote values; its unified column, where there is one, is the name that callers see.
    Table(TableId),
}

/// Keys whose values are shown and never written.
#[derive(Clone, Debug)]
pub struct ShownKeys {
    /// The pattern as it is written.
    pub text: String,
    /// The anchored pattern.
    pub regex: Regex,
    /// Why the provider takes no value for them.
    pub reason: String,
}

/// The wire shape of a value, by the type of its key.
#[derive(Clone, Debug)]
pub struct RestForm {
    /// The column of the table that names the form.
    pub by: String,
    /// The table that knows the types.
    pub table: TableId,
    /// The forms by name.
    pub forms: Vec<(String, FormId)>,
    /// The form of a type without one of its own name.
    pub other: Option<FormId>,
    /// The types that cannot be written.
    pub read_only: Vec<String>,
}

impl RestForm {
    /// The form of a type.
    pub fn of(&self, kind: &str) -> Option<FormId> {
        self.forms.iter().find(|(name, _)| name == kind).map(|(_, form)| *form).or(self.other)
    }
}

impl Resolver<'_> {
    /// Checks an open map as it is written at `at`.
    pub(super) fn rest(&mut self, name: &str, raw: &RawRest, at: &str) -> Option<Rest> {
        match self.model.field(name).map(|field| &field.kind) {
            Some(FieldKind::OpenMap) => {}
            Some(_) => {
                let place = self.doc.key(at);
                self.error(
                    Code::UnknownUnifiedField,
                    place,
                    format!("`{name}` is no open map in `{}`", self.model.resource),
                );
                return None;
            }
            None => {
                let place = self.doc.key(at);
                self.unknown_unified(name, place);
                return None;
            }
        }
        let place = match (&raw.entries, &raw.path) {
            (Some(entries), None) => {
                let address = self.address(&entries.at, &pointer(&pointer(at, "entries"), "at"))?;
                RestPlace::Entries { at: address, name: entries.name.clone(), value: entries.value.clone() }
            }
            (None, path) => {
                let read = raw.read.as_ref().map(|read| (read, "read")).or(path.as_ref().map(|path| (path, "path")));
                let write =
                    raw.write.as_ref().map(|write| (write, "write")).or(path.as_ref().map(|path| (path, "path")));
                let read = read.and_then(|(path, key)| self.rest_path(path, &pointer(at, key)));
                let write = write.and_then(|(path, key)| self.rest_path(path, &pointer(at, key)));
                if read.is_none() && write.is_none() {
                    let place = self.doc.key(at);
                    self.error(Code::MissingKey, place, "an open map has `path`, or `read` and `write`, or `entries`");
                    return None;
                }
                RestPlace::Members { read, write }
            }
            (Some(_), Some(_)) => {
                let place = self.doc.key(&pointer(at, "path"));
                self.error(Code::BadValue, place, "an open map has `path` or `entries`, not both");
                return None;
            }
        };
        let keys_at = pointer(at, "keys");
        let keys = match raw.keys.as_ref().map(|keys| (&keys.table, &keys.pattern)) {
            None | Some((None, None)) => Keys::All,
            Some((Some(table), _)) => self.table_id(table, &pointer(&keys_at, "table")).map_or(Keys::All, Keys::Table),
            Some((None, Some(pattern))) => self
                .whole_key(pattern, &pointer(&keys_at, "pattern"))
                .map_or(Keys::All, |regex| Keys::Pattern { text: pattern.clone(), regex }),
        };
        let read_only = raw.read_only.as_ref().and_then(|shown| {
            let regex = self.whole_key(&shown.keys, &pointer(&pointer(at, "read_only"), "keys"))?;
            Some(ShownKeys { text: shown.keys.clone(), regex, reason: shown.reason.clone() })
        });
        if raw.whole && raw.read_only.is_some() {
            let place = self.doc.key(&pointer(at, "read_only"));
            self.error(Code::BadValue, place, "a map that is sent whole has no keys that are only shown");
        }
        let form = raw.form.as_ref().and_then(|form| {
            let table = self.table_id(&form.table, &pointer(&pointer(at, "form"), "table"))?;
            let forms = self.form_names();
            self.used.extend(forms.iter().map(|(name, _)| format!("forms.{name}")));
            let other =
                form.other.as_ref().and_then(|name| self.form_id(name, &pointer(&pointer(at, "form"), "other")));
            let read_only = form.read_only.as_ref().map(|types| types.as_slice().to_vec()).unwrap_or_default();
            Some(RestForm { by: form.by.clone(), table, forms, other, read_only })
        });
        let clear = raw.clear.as_ref().and_then(|clear| self.clear(clear, &pointer(at, "clear")));
        if raw.whole && (place.is_root() || place.read().is_none() || place.written().is_none()) {
            let place = self.doc.key(&pointer(at, "whole"));
            self.error(Code::BadValue, place, "only a map with a place of its own, read and written, is sent whole");
        }
        Some(Rest {
            name: name.to_owned(),
            place,
            keys,
            form,
            read_only,
            whole: raw.whole,
            clear,
            loss: raw.loss.clone(),
            source: raw.source.clone(),
            unconfirmed: raw.unconfirmed.clone(),
            tested: super::slot::named(raw.tested.as_ref()),
        })
    }

    /// The pattern of a whole key.
    fn whole_key(&mut self, pattern: &str, at: &str) -> Option<Regex> {
        let regex = Regex::new(&format!("^(?:{pattern})$")).ok();
        if regex.is_none() {
            let place = self.doc.place(at);
            self.error(Code::BadValue, place, "the pattern is not a regular expression");
        }
        regex
    }

    /// The object before the `*` of an open map's path.
    fn rest_path(&mut self, text: &str, at: &str) -> Option<Address> {
        let mut address = self.address(text, at)?;
        if address.path.segments.last() == Some(&Segment::Rest) {
            address.path.segments.pop();
            return Some(address);
        }
        let place = self.doc.place(at);
        self.error(Code::PathSyntax, place, "the path of an open map ends in `*`");
        None
    }
}

impl RestPlace {
    /// The object that is written and its record.
    pub fn written(&self) -> Option<&Address> {
        match self {
            RestPlace::Members { write, .. } => write.as_ref(),
            RestPlace::Entries { at, .. } => Some(at),
        }
    }

    /// The object or array that is read.
    pub fn read(&self) -> Option<&Address> {
        match self {
            RestPlace::Members { read, .. } => read.as_ref(),
            RestPlace::Entries { at, .. } => Some(at),
        }
    }

    /// Whether the keys stand at the record's root, beside those that others own.
    pub fn is_root(&self) -> bool {
        let root = |path: &Path| path.segments.is_empty() && !path.root;
        matches!(self, RestPlace::Members { read, write } if [read, write].into_iter().flatten().any(|a| root(&a.path)))
    }
}
