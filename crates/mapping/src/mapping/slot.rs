//! A slot: where one unified value lies at the provider, and how it is converted, spelled and cleared.

use serde_json::Value;

use super::{Address, Computed, FormId, Resolver, TableId};
use crate::codec::Chain;
use crate::diagnostic::Code;
use crate::document::pointer;
use crate::raw::{OneOrMany, RawField, RawRead, RawSlot};
use crate::template::Template;

/// Where one unified value lies at the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The paths that are read; the first that is not empty counts. None: the slot is only written.
    pub read: Vec<Address>,
    /// The path that is written. None: the slot is only read.
    pub write: Option<Address>,
    /// The conversion for writing, and for reading where `read_codec` is none.
    pub codec: Chain,
    /// A conversion for reading alone.
    pub read_codec: Option<Chain>,
    /// The table that translates the value.
    pub table: Option<TableId>,
    /// The wire shape around the value.
    pub form: Option<FormId>,
    /// Further paths that are written together with this one.
    pub with: Vec<(Address, Template)>,
    /// How null is spelled, where the record's spelling does not hold.
    pub clear: Option<Clear>,
    /// Remote values that mean "no value" here.
    pub empty: Vec<Value>,
    /// Why the provider takes no value for it.
    pub read_only: Option<String>,
    /// What is lost on the way there and back.
    pub loss: Option<String>,
    /// Whether the slot holds several values.
    pub many: bool,
    /// Where the facts are stated, where that is not the source of the whole mapping.
    pub source: Option<String>,
    /// The fact that no source confirms.
    pub unconfirmed: Option<String>,
    /// The cases that show a slot which cannot be proven.
    pub tested: Vec<String>,
    /// `JSONata` in both directions.
    pub computed: Option<Computed>,
}

/// How null is spelled on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clear {
    /// JSON null.
    Null,
    /// The empty text.
    Text,
    /// The empty list.
    List,
    /// A JSON Patch `remove`.
    Remove,
    /// It cannot be cleared.
    Never,
}

impl Clear {
    /// The value that stands in an object body; none where there is none.
    pub fn value(self) -> Option<Value> {
        match self {
            Clear::Null | Clear::Remove => Some(Value::Null),
            Clear::Text => Some(Value::String(String::new())),
            Clear::List => Some(Value::Array(Vec::new())),
            Clear::Never => None,
        }
    }
}

impl Slot {
    /// The conversion for reading.
    pub fn reading(&self) -> &Chain {
        self.read_codec.as_ref().unwrap_or(&self.codec)
    }

    /// Whether a patch can reach it.
    pub fn is_writable(&self) -> bool {
        self.read_only.is_none() && self.write.is_some()
    }
}

/// The cases that an entry names.
pub(super) fn named(tested: Option<&OneOrMany<String>>) -> Vec<String> {
    tested.map(|cases| cases.as_slice().to_vec()).unwrap_or_default()
}

impl Resolver<'_> {
    /// Checks a slot as it is written at `at`.
    pub(super) fn slot(&mut self, raw: &RawField, at: &str) -> Slot {
        let (raw, short) = match raw {
            RawField::Path(path) => (RawSlot { path: Some(path.clone()), ..RawSlot::default() }, true),
            RawField::Table(slot) => ((**slot).clone(), false),
        };
        let sub = |key: &str| if short { at.to_owned() } else { pointer(at, key) };
        let mut slot = Slot {
            read: Vec::new(),
            write: None,
            codec: Chain::default(),
            read_codec: None,
            table: raw.table.as_ref().and_then(|name| self.table_id(name, &sub("table"))),
            form: raw.form.as_ref().and_then(|name| self.form_id(name, &sub("form"))),
            with: Vec::new(),
            clear: raw.clear.as_ref().and_then(|value| self.clear(value, &sub("clear"))),
            empty: raw.empty.as_ref().map(|values| values.as_slice().to_vec()).unwrap_or_default(),
            read_only: raw.read_only.clone(),
            loss: raw.loss.clone(),
            many: raw.many,
            source: raw.source.clone(),
            unconfirmed: raw.unconfirmed.clone(),
            tested: named(raw.tested.as_ref()),
            computed: None,
        };
        if let Some(path) = &raw.path {
            if let Some(address) = self.address(path, &sub("path")) {
                if raw.read.is_none() {
                    slot.read.push(address.clone());
                }
                if raw.read_only.is_none() && raw.write.is_none() {
                    slot.write = self.writable(address, &sub("path"));
                }
            }
            if raw.read.is_some() && raw.write.is_some() {
                self.error(
                    Code::BadValue,
                    self.doc.key(&sub("path")),
                    "`path` is both directions; with `read` and `write` it says nothing",
                );
            }
        }
        match &raw.read {
            Some(RawRead::Paths(paths)) => slot.read = self.addresses(paths, &sub("read")),
            Some(RawRead::Table(table)) => {
                slot.read = self.addresses(&table.path, &pointer(&sub("read"), "path"));
                slot.read_codec = Some(self.chain(Some(&table.codec), &pointer(&sub("read"), "as")));
            }
            None => {}
        }
        if let Some(path) = &raw.write {
            if raw.read_only.is_some() {
                let place = self.doc.key(&sub("write"));
                self.error(Code::BadValue, place, "a slot with `read_only` is not written");
            }
            slot.write = self.address(path, &sub("write")).and_then(|address| self.writable(address, &sub("write")));
        }
        if let (Some(name), Some(_)) = (&raw.form, &slot.write)
            && self.raw.forms.get(name).is_some_and(|form| form.read_only.is_some())
        {
            let place = self.doc.place(&sub("form"));
            self.error(Code::BadValue, place, format!("form `{name}` is read-only, and this slot is written"));
        }
        let under =
            slot.write.as_ref().or(slot.read.first()).filter(|_| slot.form.is_none()).map(|address| address.record);
        slot.codec = self.chain_over(under, raw.codec.as_ref(), &sub("as"));
        for (path, template) in &raw.with {
            let at = pointer(&sub("with"), path);
            let address = self.address_at_key(path, &at).and_then(|address| self.writable(address, &at));
            if let (Some(address), Some(template)) = (address, self.template(template, &at)) {
                slot.with.push((address, template));
            }
        }
        slot.computed = raw.expr.as_ref().map(|expr| self.computed(expr, &sub("expr")));
        slot
    }

    /// Checks a spelling of null.
    pub(super) fn clear(&mut self, value: &Value, at: &str) -> Option<Clear> {
        match value {
            Value::String(word) if word == "null" => Some(Clear::Null),
            Value::String(word) if word.is_empty() => Some(Clear::Text),
            Value::String(word) if word == "remove" => Some(Clear::Remove),
            Value::String(word) if word == "never" => Some(Clear::Never),
            Value::Array(items) if items.is_empty() => Some(Clear::List),
            _ => {
                self.error(
                    Code::UnknownWord,
                    self.doc.place(at),
                    "null is spelled \"null\", \"\", [], \"remove\" or \"never\"",
                );
                None
            }
        }
    }

    fn addresses(&mut self, paths: &OneOrMany<String>, at: &str) -> Vec<Address> {
        match paths {
            OneOrMany::One(path) => self.address(path, at).into_iter().collect(),
            OneOrMany::Many(paths) => paths
                .iter()
                .enumerate()
                .filter_map(|(i, path)| self.address(path, &pointer(at, &i.to_string())))
                .collect(),
        }
    }

    /// An address that can be written, or a diagnostic.
    pub(super) fn writable(&mut self, address: Address, at: &str) -> Option<Address> {
        if address.path.is_writable() {
            return Some(address);
        }
        let place = self.doc.place(at);
        let diagnostic = crate::diagnostic::Diagnostic::error(Code::WriteMissing, place, format!("`{}` cannot be written", address.path))
            .with_help("a written path consists of names only; where the two directions differ, give `read` and `write`, or `read_only` with its reason");
        self.diagnostics.push(diagnostic);
        None
    }
}
