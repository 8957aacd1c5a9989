//! Turns a mapping file as it is written into a checked [`Mapping`]: every name bound, every text parsed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Address, FormId, Group, Leaves, Mapping, Origins, RecordId, TableId};
use crate::codec::{Chain, RawAround, RawChain, RawCodec};
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, pointer};
use crate::model::Model;
use crate::path::Path;
use crate::provider::Provider;
use crate::raw::RawMapping;
use crate::source::Place;
use crate::template::Template;

/// The texts of the files in a mapping's directory, by name.
pub type Files = BTreeMap<String, String>;

/// What resolving a mapping file needs, and the diagnostics it collects.
pub struct Resolver<'a> {
    pub(super) doc: &'a Document,
    pub(super) raw: &'a RawMapping,
    pub(super) model: &'a Arc<Model>,
    pub(super) provider: &'a Arc<Provider>,
    pub(super) files: &'a Files,
    pub(super) diagnostics: &'a mut Diagnostics,
    /// The names of the records, the tables and the forms, sorted: the position of a name is its id.
    records: Vec<&'a str>,
    tables: Vec<&'a str>,
    forms: Vec<&'a str>,
    /// The tables and forms that something refers to.
    pub(super) used: BTreeSet<String>,
}

impl<'a> Resolver<'a> {
    /// Prepares resolving.
    pub fn new(
        doc: &'a Document,
        raw: &'a RawMapping,
        model: &'a Arc<Model>,
        provider: &'a Arc<Provider>,
        files: &'a Files,
        diagnostics: &'a mut Diagnostics,
    ) -> Resolver<'a> {
        Resolver {
            doc,
            raw,
            model,
            provider,
            files,
            diagnostics,
            records: raw.records.keys().map(String::as_str).collect(),
            tables: raw.tables.keys().map(String::as_str).collect(),
            forms: raw.forms.keys().map(String::as_str).collect(),
            used: BTreeSet::new(),
        }
    }

    /// Resolves the whole file. What cannot be resolved is left out and has its diagnostic.
    pub fn mapping(mut self) -> Mapping {
        let raw = self.raw;
        let main = self.record_id(&raw.main, "/main").unwrap_or(RecordId(0));
        let id = raw.id.as_ref().map(|id| self.chain(Some(&id.codec), "/id/as")).unwrap_or_default();
        let records: Vec<_> =
            raw.records.iter().map(|(name, record)| self.record(name, record, &pointer("/records", name))).collect();
        let tables: Vec<_> =
            raw.tables.iter().map(|(name, table)| self.table(name, table, &pointer("/tables", name))).collect();
        let forms: Vec<_> =
            raw.forms.iter().map(|(name, form)| self.form(name, form, &pointer("/forms", name))).collect();
        let mut fields = Vec::new();
        let mut actions = Vec::new();
        for (leaf, field, at) in self.in_file_order("/fields", &raw.fields) {
            if Self::is_action(field) {
                actions.extend(self.action(leaf, field, &at));
            } else {
                fields.extend(self.field(leaf, field, &at));
            }
        }
        let groups: Vec<Group> =
            self.in_file_order("/groups", &raw.groups).into_iter().map(|(n, g, at)| self.group(n, g, &at)).collect();
        let lists = self
            .in_file_order("/lists", &raw.lists)
            .into_iter()
            .filter_map(|(n, l, at)| self.list(n, l, &at))
            .collect();
        let rests =
            self.in_file_order("/rest", &raw.rest).into_iter().filter_map(|(n, r, at)| self.rest(n, r, &at)).collect();
        let unsupported = self.unsupported();
        let order = self.order(&records, &actions);
        self.unused();
        let origins =
            Origins::of(self.doc, &["records", "fields", "groups", "lists", "rest", "forms", "tables", "unsupported"]);
        let leaves = Leaves::of(self.model, &fields, &actions, &groups);
        Mapping {
            provider: Arc::clone(self.provider),
            model: Arc::clone(self.model),
            version: String::new(),
            source: raw.source.clone(),
            main,
            id,
            records,
            order,
            fields,
            actions,
            groups,
            lists,
            rests,
            forms,
            tables,
            unsupported,
            origins,
            leaves,
        }
    }

    /// The entries of a table of the file, in the order in which they are written, each with its pointer.
    fn in_file_order<T>(&self, at: &str, entries: &'a BTreeMap<String, T>) -> Vec<(&'a str, &'a T, String)> {
        let mut found: Vec<_> = entries.iter().map(|(name, value)| (name.as_str(), value, pointer(at, name))).collect();
        let own = self.doc.file().name();
        found.sort_by_cached_key(|(_, _, at)| {
            let place = self.doc.key(at);
            (place.file.name() != own, place.span.start)
        });
        found
    }

    fn unsupported(&mut self) -> Vec<String> {
        let raw = self.raw;
        for (i, name) in raw.unsupported.iter().enumerate() {
            if self.model.field(name).is_none() && self.model.leaf(name).is_none() {
                let place = self.doc.place(&pointer("/unsupported", &i.to_string()));
                self.unknown_unified(name, place);
            }
        }
        raw.unsupported.clone()
    }

    /// Names of tables and forms that nothing refers to.
    fn unused(&mut self) {
        if self.main_record().is_none() {
            // Whatever lies in the main record is left out, and with it what it refers to.
            return;
        }
        for (kind, names) in [("tables", self.tables.clone()), ("forms", self.forms.clone())] {
            for name in names {
                if !self.used.contains(&format!("{kind}.{name}")) {
                    let place = self.doc.key(&pointer(&format!("/{kind}"), name));
                    self.diagnostics.push(
                        Diagnostic::warning(Code::UnusedName, place, format!("nothing refers to `{kind}.{name}`"))
                            .with_help("use it in a slot, or take it out"),
                    );
                }
            }
        }
    }

    /// Reports an error.
    pub(super) fn error(&mut self, code: Code, place: Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, place, message));
    }

    /// Reports a unified field that does not exist.
    pub(super) fn unknown_unified(&mut self, name: &str, place: Place) {
        let mut names = self.model.leaf_names();
        names.extend(self.model.fields.iter().map(|field| field.name.clone()));
        names.sort();
        names.dedup();
        let known = did_you_mean(name, names.iter().map(String::as_str));
        let message = format!("`{}` has no field `{name}`", self.model.resource);
        self.diagnostics.push(Diagnostic::error(Code::UnknownUnifiedField, place, message).with_help(known));
    }

    /// The record of that name.
    pub(super) fn record_id(&mut self, name: &str, at: &str) -> Option<RecordId> {
        let place = self.doc.place(at);
        self.record_at(name, place)
    }

    fn record_at(&mut self, name: &str, place: Place) -> Option<RecordId> {
        let found = self.records.binary_search(&name).ok();
        if found.is_none() {
            let known = did_you_mean(name, self.records.iter().copied());
            self.diagnostics.push(
                Diagnostic::error(Code::UnknownRecord, place, format!("there is no record `{name}`")).with_help(known),
            );
        }
        found.map(RecordId)
    }

    /// The main record, where it is there.
    fn main_record(&self) -> Option<RecordId> {
        self.records.binary_search(&self.raw.main.as_str()).ok().map(RecordId)
    }

    /// The table of that name.
    pub(super) fn table_id(&mut self, name: &str, at: &str) -> Option<TableId> {
        let found = self.tables.binary_search(&name).ok();
        if found.is_some() {
            self.used.insert(format!("tables.{name}"));
        } else {
            let known = did_you_mean(name, self.tables.iter().copied());
            let place = self.doc.place(at);
            self.diagnostics.push(
                Diagnostic::error(Code::UnknownTable, place, format!("there is no table `{name}`")).with_help(known),
            );
        }
        found.map(TableId)
    }

    /// The form of that name.
    pub(super) fn form_id(&mut self, name: &str, at: &str) -> Option<FormId> {
        let found = self.forms.binary_search(&name).ok();
        if found.is_some() {
            self.used.insert(format!("forms.{name}"));
        } else {
            let known = did_you_mean(name, self.forms.iter().copied());
            let place = self.doc.place(at);
            self.diagnostics.push(
                Diagnostic::error(Code::UnknownForm, place, format!("there is no form `{name}`")).with_help(known),
            );
        }
        found.map(FormId)
    }

    /// The forms whose name no slot states, because a column does.
    pub(super) fn form_names(&self) -> Vec<(String, FormId)> {
        self.forms.iter().enumerate().map(|(i, name)| ((*name).to_owned(), FormId(i))).collect()
    }

    /// Parses a path that is the value at `at`.
    pub(super) fn path(&mut self, text: &str, at: &str) -> Option<Path> {
        match Path::parse(text) {
            Ok(path) => {
                for name in path.variables() {
                    self.variable_in(name, text, at);
                }
                Some(path)
            }
            Err(e) => {
                let place = self.doc.within(at, e.range);
                self.error(Code::PathSyntax, place, e.message);
                None
            }
        }
    }

    /// Parses a path and binds its record.
    pub(super) fn address(&mut self, text: &str, at: &str) -> Option<Address> {
        let path = self.path(text, at)?;
        let record = match &path.record {
            Some(name) => {
                let place = self.doc.within(at, 0..name.len());
                self.record_at(&name.clone(), place)?
            }
            None => self.main_record()?,
        };
        Some(Address::new(record, Path { record: None, ..path }))
    }

    /// The same for a path that is the key at `at`.
    pub(super) fn address_at_key(&mut self, text: &str, at: &str) -> Option<Address> {
        match Path::parse(text) {
            Ok(path) => {
                for name in path.variables().filter(|name| !self.provider.has_variable(name)) {
                    let known = did_you_mean(name, self.provider.variables.keys().map(String::as_str));
                    let message = format!("the provider declares no variable `{name}`");
                    self.diagnostics
                        .push(Diagnostic::error(Code::UnknownVariable, self.doc.key(at), message).with_help(known));
                }
                let record = match &path.record {
                    Some(name) => {
                        let place = self.doc.key(at);
                        self.record_at(&name.clone(), place)?
                    }
                    None => self.main_record()?,
                };
                Some(Address::new(record, Path { record: None, ..path }))
            }
            Err(e) => {
                let place = self.doc.key(at);
                self.error(Code::PathSyntax, place, e.message);
                None
            }
        }
    }

    /// Parses a template that is the value at `at`.
    pub(super) fn template(&mut self, text: &str, at: &str) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => Some(template),
            Err(e) => {
                let place = self.doc.within(at, e.range);
                self.error(Code::TemplateSyntax, place, e.message);
                None
            }
        }
    }

    /// Checks a conversion; none is the identity.
    pub(super) fn chain(&mut self, raw: Option<&RawChain>, at: &str) -> Chain {
        let Some(raw) = raw else { return Chain::default() };
        self.variables_in_chain(raw, at);
        match Chain::new(raw) {
            Ok(chain) => chain,
            Err(e) => {
                let inner = pointer(at, &e.index.to_string());
                let place = if matches!(raw, RawChain::Many(_)) { self.doc.place(&inner) } else { self.doc.place(at) };
                self.error(Code::CodecMismatch, place, e.message);
                Chain::default()
            }
        }
    }

    /// Reports variables in a conversion that the provider does not declare.
    fn variables_in_chain(&mut self, raw: &RawChain, at: &str) {
        let codecs: Vec<(String, &RawCodec)> = match raw {
            RawChain::One(one) => vec![(at.to_owned(), one)],
            RawChain::Many(many) => {
                many.iter().enumerate().map(|(i, codec)| (pointer(at, &i.to_string()), codec)).collect()
            }
        };
        for (at, codec) in codecs {
            let RawCodec::Around(RawAround { around }) = codec else { continue };
            let Ok(template) = Template::parse(around) else { continue };
            for name in template.names().filter(|name| !name.is_empty()) {
                self.variable_in(name, around, &pointer(&at, "around"));
            }
        }
    }

    /// Checks a conversion over the codec that the record states for all its values.
    pub(super) fn chain_over(&mut self, record: Option<RecordId>, raw: Option<&RawChain>, at: &str) -> Chain {
        let stated = record.and_then(|id| self.raw.records.get_key_value(*self.records.get(id.0)?));
        let values = stated.and_then(|(name, record)| Some((name, record.values.as_ref()?)));
        let (Some((name, values)), Some(own)) = (values, raw) else {
            return self.chain(values.map(|(_, values)| values).or(raw), at);
        };
        let list = |chain: &RawChain| match chain {
            RawChain::One(one) => vec![one.clone()],
            RawChain::Many(many) => many.clone(),
        };
        self.variables_in_chain(own, at);
        let both = RawChain::Many(list(values).into_iter().chain(list(own)).collect());
        match Chain::new(&both) {
            Ok(chain) => chain,
            Err(e) => {
                let message = format!("over the `values` of record `{name}`: {}", e.message);
                let values = self.doc.place(&pointer(&pointer("/records", name), "values"));
                let found = Diagnostic::error(Code::CodecMismatch, self.doc.place(at), message);
                self.diagnostics.push(found.with_related(values, "they stand under every slot of the record"));
                Chain::default()
            }
        }
    }

    /// Reports a variable that the provider does not declare; the place is its name inside the text.
    pub(super) fn variable_in(&mut self, name: &str, text: &str, at: &str) {
        if self.provider.has_variable(name) {
            return;
        }
        let start = text.find(&format!("{{{name}}}")).map_or(0, |i| i + 1);
        let place = self.doc.within(at, start..start + name.len());
        let known = did_you_mean(name, self.provider.variables.keys().map(String::as_str));
        self.diagnostics.push(
            Diagnostic::error(Code::UnknownVariable, place, format!("the provider declares no variable `{name}`"))
                .with_help(known),
        );
    }
}
