//! A record: one object of the provider, how it is found, read, written and cleared. Requests follow from it.

use serde_json::Value;

use super::{Clear, RecordId, Request, Resolver, request::Use};
use crate::codec::Chain;
use crate::diagnostic::Code;
use crate::document::pointer;
use crate::path::Path;
use crate::raw::RawRecord;

/// One object of the provider behind a unified resource.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name in the mapping.
    pub name: String,
    /// Where it lies in the answer; none: the answer itself.
    pub at: Option<Path>,
    /// How it is found.
    pub found: Found,
    /// What a write does where it is not there.
    pub absent: Absent,
    /// How null is spelled.
    pub clear: Clear,
    /// Remote values that mean "no value" besides null.
    pub empty: Vec<Value>,
    /// The codec under every slot.
    pub values: Chain,
    /// A read view of keyed items.
    pub index: Option<Index>,
    /// The request that reads it.
    pub read: Option<Request>,
    /// The request that writes it.
    pub write: Option<Request>,
}

/// How a record is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// By the id in the path.
    Id,
    /// By the value of a unified leaf, as it is after the patch.
    Leaf(String),
    /// Inside another record's answer.
    Inside {
        /// The record whose answer holds it.
        record: RecordId,
        /// Where.
        path: Path,
        /// Its id in itself.
        id: Option<Path>,
    },
}

/// What a write does where the record is not there.
#[derive(Clone, Debug, PartialEq)]
pub enum Absent {
    /// The patch is refused.
    Refuse,
    /// The record is created; an add, so never repeated after silence.
    Create(Box<Request>),
}

/// A read view: an array of keyed items, seen as an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The array; none: the record itself.
    pub at: Option<Path>,
    /// The member of an item that becomes the key.
    pub by: String,
    /// The name of the view; none: it stands for the record itself.
    pub name: Option<String>,
    /// The member of an item that becomes the value; none: the whole item.
    pub value: Option<String>,
}

impl Resolver<'_> {
    /// Checks a record as it is written at `at`.
    pub(super) fn record(&mut self, name: &str, raw: &RawRecord, at: &str) -> Record {
        let path = |this: &mut Self, text: &Option<String>, key: &str| {
            text.as_ref().filter(|text| !text.is_empty()).and_then(|text| this.path(text, &pointer(at, key)))
        };
        let own = path(self, &raw.at, "at");
        let index = raw.index.as_ref().map(|index| Index {
            at: if index.at.is_empty() { None } else { self.path(&index.at, &pointer(&pointer(at, "index"), "at")) },
            by: index.by.clone(),
            name: index.name.clone(),
            value: index.value.clone(),
        });
        let found = match (&raw.inside, &raw.id) {
            (Some(inside), id) => {
                if raw.read.is_some() {
                    self.error(
                        Code::BadValue,
                        self.doc.key(&pointer(at, "inside")),
                        "a record is read by a request or lies `inside` another one, not both",
                    );
                }
                let id = id.as_ref().and_then(|id| self.path(id, &pointer(at, "id")));
                match self.address(inside, &pointer(at, "inside")) {
                    Some(address) => Found::Inside { record: address.record, path: address.path, id },
                    None => Found::Id,
                }
            }
            (None, Some(leaf)) => {
                if self.model.leaf(leaf).is_none() {
                    let place = self.doc.place(&pointer(at, "id"));
                    self.unknown_unified(leaf, place);
                }
                Found::Leaf(leaf.clone())
            }
            (None, None) => Found::Id,
        };
        let read = raw.read.as_ref().and_then(|request| self.request(request, Use::Read, &pointer(at, "read")));
        if read.is_none() && raw.read.is_none() && raw.inside.is_none() {
            let place = self.doc.key(at);
            self.error(
                Code::ReadRequired,
                place,
                format!("record `{name}` has neither `read` nor `inside`; what is written has to be readable"),
            );
        }
        let write = raw.write.as_ref().and_then(|request| self.request(request, Use::Write, &pointer(at, "write")));
        let create = raw.create.as_ref().and_then(|request| self.request(request, Use::Write, &pointer(at, "create")));
        let absent = match (raw.absent.as_deref(), create) {
            (Some("create"), Some(create)) => Absent::Create(Box::new(create)),
            (Some("create"), None) => {
                let place = self.doc.place(&pointer(at, "absent"));
                self.error(Code::MissingKey, place, "`absent = \"create\"` needs the request `create`");
                Absent::Refuse
            }
            (None | Some("refuse"), None) => Absent::Refuse,
            (None | Some("refuse"), Some(_)) => {
                let place = self.doc.key(&pointer(at, "create"));
                self.error(Code::BadValue, place, "`create` is used only with `absent = \"create\"`");
                Absent::Refuse
            }
            (Some(_), _) => {
                let place = self.doc.place(&pointer(at, "absent"));
                self.error(Code::UnknownWord, place, "`absent` is \"refuse\" or \"create\"");
                Absent::Refuse
            }
        };
        Record {
            name: name.to_owned(),
            at: own,
            found,
            absent,
            clear: raw
                .clear
                .as_ref()
                .and_then(|clear| self.clear(clear, &pointer(at, "clear")))
                .unwrap_or(Clear::Never),
            empty: raw.empty.as_ref().map(|values| values.as_slice().to_vec()).unwrap_or_default(),
            values: self.chain(raw.values.as_ref(), &pointer(at, "values")),
            index,
            read,
            write,
        }
    }
}
