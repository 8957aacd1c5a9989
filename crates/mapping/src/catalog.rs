//! Everything that is loaded: models, providers and mappings, checked, immutable.
//!
//! Files come in as bytes by name ([`FileSet`]), so that a directory, files built into a program and a test's text
//! are the same thing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, LazyLock};

use serde_json::Value;

use crate::check;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, for_each};
use crate::mapping::{Files, Mapping, Resolver};
use crate::model::Model;
use crate::overlay;
use crate::provider::Provider;
use crate::raw::{self, LANGUAGE, RawMapping, RawProviderFile};
use crate::source::{Place, SourceFile};

/// Files by name, as `provider/provider.toml`; names use forward slashes.
pub type FileSet = BTreeMap<String, Vec<u8>>;

/// Everything that is loaded and checked. Clone the `Arc`s, not the catalog.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    models: BTreeMap<String, Arc<Model>>,
    providers: BTreeMap<String, Arc<Provider>>,
    mappings: BTreeMap<(String, String), Arc<Mapping>>,
    /// The files of each provider, for overlays.
    files: BTreeMap<String, Arc<FileSet>>,
}

/// What loading gave: the catalog, as far as it holds, and every finding.
#[derive(Debug)]
pub struct Loaded {
    /// The catalog without what has errors.
    pub catalog: Catalog,
    /// Every finding, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why there is no mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MissingMapping {
    /// There is no such provider.
    #[error("there is no provider `{name}`; {known}")]
    Provider {
        /// The name that was asked for.
        name: String,
        /// The nearest or all known names.
        known: String,
    },
    /// The provider has no mapping of that resource.
    #[error("provider `{provider}` has no mapping of `{resource}`; {known}")]
    Resource {
        /// The provider.
        provider: String,
        /// The resource that was asked for.
        resource: String,
        /// The nearest or all known names.
        known: String,
    },
}

/// The files of one mapping, parsed: what the checks look at.
pub struct Sources<'a> {
    /// The mapping file.
    pub doc: &'a Document,
    /// The same, as it is written.
    pub raw: &'a RawMapping,
    /// `provider.toml`.
    pub provider_doc: &'a Document,
    /// The same, as it is written.
    pub raw_provider: &'a RawProviderFile,
    /// `payload.json`, when there is one.
    pub payload: Option<&'a Value>,
    /// The cases beside the mapping, by name.
    pub cases: &'a BTreeMap<String, Arc<SourceFile>>,
}

impl Catalog {
    /// Loads and checks models (JSON Schemas) and providers' directories: every finding in one pass.
    pub fn load(models: &FileSet, mappings: &FileSet) -> Loaded {
        let mut loader = Loader::default();
        for (name, bytes) in models.iter().filter(|(name, _)| has_ending(name, &["json"])) {
            loader.model(name, bytes);
        }
        let directories: BTreeSet<&str> =
            mappings.keys().filter_map(|name| name.split_once('/').map(|(directory, _)| directory)).collect();
        let directories: Vec<&str> = directories.into_iter().collect();
        let models = &loader.catalog.models;
        let all = for_each(&directories, |directory| {
            let prefix = format!("{directory}/");
            let files: FileSet = mappings
                .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
                .map_while(|(name, bytes)| Some((name.strip_prefix(&prefix)?.to_owned(), bytes.clone())))
                .collect();
            let mut own = Loader::under(models);
            own.directory(directory, &files, None);
            own.catalog.files.insert((*directory).to_owned(), Arc::new(files));
            own
        });
        for Loader { catalog, diagnostics } in all {
            loader.catalog.providers.extend(catalog.providers);
            loader.catalog.mappings.extend(catalog.mappings);
            loader.catalog.files.extend(catalog.files);
            loader.diagnostics.extend(diagnostics.into_vec());
        }
        Loaded { catalog: loader.catalog, diagnostics: loader.diagnostics.into_vec() }
    }

    /// A provider's directory under the same models, loaded and checked by itself. The files' names are those inside the
    /// directory.
    pub fn directory(&self, provider: &str, files: &FileSet) -> Loaded {
        let mut loader = Loader::under(&self.models);
        loader.directory(provider, files, None);
        loader.catalog.files.insert(provider.to_owned(), Arc::new(files.clone()));
        Loaded { catalog: loader.catalog, diagnostics: loader.diagnostics.into_vec() }
    }

    /// The mapping of a resource on a provider.
    pub fn mapping(&self, provider: &str, resource: &str) -> Result<&Arc<Mapping>, MissingMapping> {
        if !self.providers.contains_key(provider) {
            let known = did_you_mean(provider, self.providers.keys().map(String::as_str));
            return Err(MissingMapping::Provider { name: provider.to_owned(), known });
        }
        self.mappings.get(&(provider.to_owned(), resource.to_owned())).ok_or_else(|| {
            let resources =
                self.mappings.keys().filter(|(known, _)| known == provider).map(|(_, resource)| resource.as_str());
            let known = did_you_mean(resource, resources);
            MissingMapping::Resource { provider: provider.to_owned(), resource: resource.to_owned(), known }
        })
    }

    /// A mapping with an account's overlay: whole named entries replaced or added, and all of it checked again.
    ///
    /// # Errors
    /// Every finding, those of the overlay placed in the overlay.
    pub fn overlaid(
        &self,
        provider: &str,
        resource: &str,
        overlay: &Arc<SourceFile>,
    ) -> Result<Arc<Mapping>, Vec<Diagnostic>> {
        let at = Place::new(overlay, 0..0);
        let base = self
            .mapping(provider, resource)
            .map_err(|e| vec![Diagnostic::error(Code::ResourceUnknown, at, e.to_string())])?;
        let overlay = Document::parse(Arc::clone(overlay))?;
        let mut loader = Loader {
            diagnostics: overlay::unknown_keys(&overlay).into_iter().collect(),
            ..Loader::under(&self.models)
        };
        if let Some(files) = self.files.get(&base.provider.id) {
            loader.directory(provider, files, Some(&overlay));
        }
        match loader.catalog.mappings.remove(&(provider.to_owned(), resource.to_owned())) {
            Some(mapping) if !loader.diagnostics.has_errors() => Ok(mapping),
            _ => Err(loader.diagnostics.into_vec()),
        }
    }

    /// The providers, by id.
    pub fn providers(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.providers.values()
    }

    /// The models, by resource.
    pub fn models(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.models.values()
    }

    /// The mappings, by provider and resource.
    pub fn mappings(&self) -> impl Iterator<Item = &Arc<Mapping>> {
        self.mappings.values()
    }
}

/// The schemas of the two file kinds, compiled once.
static SHAPES: LazyLock<Shapes> = LazyLock::new(Shapes::new);

/// The compiled schemas of the two file kinds.
struct Shapes {
    mapping: (Value, jsonschema::Validator),
    provider: (Value, jsonschema::Validator),
}

impl Shapes {
    /// # Panics
    /// If a schema made from the Rust types is no JSON Schema; a test holds that it is.
    fn new() -> Shapes {
        let compile = |schema: Value| {
            let validator = jsonschema::validator_for(&schema)
                .unwrap_or_else(|e| panic!("a generated schema does not compile: {e}"));
            (schema, validator)
        };
        Shapes { mapping: compile(raw::mapping_schema()), provider: compile(raw::provider_schema()) }
    }
}

#[derive(Default)]
struct Loader {
    catalog: Catalog,
    diagnostics: Diagnostics,
}

impl Loader {
    /// A loader of directories under these models.
    fn under(models: &BTreeMap<String, Arc<Model>>) -> Loader {
        let catalog = Catalog { models: models.clone(), ..Catalog::default() };
        Loader { catalog, diagnostics: Diagnostics::default() }
    }

    fn model(&mut self, name: &str, bytes: &[u8]) {
        let Some(file) = self.file(name, bytes) else { return };
        let start = Place::new(&file, 0..0);
        let model = serde_json::from_str::<Value>(file.text())
            .map_err(|e| format!("the file is not JSON: {e}"))
            .and_then(|schema| Model::from_schema(schema).map_err(|e| e.to_string()));
        match model {
            Ok(model) => {
                self.catalog.models.insert(model.resource.clone(), Arc::new(model));
            }
            Err(message) => self.diagnostics.push(Diagnostic::error(Code::ModelInvalid, start, message)),
        }
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Option<Arc<SourceFile>> {
        match SourceFile::new(name, bytes) {
            Ok(file) => Some(file),
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                None
            }
        }
    }

    /// The text of a file of which no place is ever told.
    fn text(&mut self, name: &str, bytes: &[u8]) -> Option<String> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
            Err(_) => self.file(name, bytes).map(|file| file.text().to_owned()),
        }
    }

    fn directory(&mut self, id: &str, files: &FileSet, overlay: Option<&Document>) {
        let Some(bytes) = files.get("provider.toml") else {
            let file = SourceFile::from_text(format!("{id}/provider.toml"), "");
            self.diagnostics.push(Diagnostic::error(
                Code::FileUnreadable,
                Place::new(&file, 0..0),
                "a provider's directory has a `provider.toml`",
            ));
            return;
        };
        let over = overlay.map(|overlay| move |base: &Document| overlay::over_provider(base, overlay));
        let Some((provider_doc, raw_provider, provider_is_part)) =
            self.shaped::<RawProviderFile>(&format!("{id}/provider.toml"), bytes, false, over)
        else {
            return;
        };
        let before = self.diagnostics.errors();
        let provider = self.meaning(&provider_doc, provider_is_part, |diagnostics| {
            Provider::resolve(id, &provider_doc, &raw_provider, diagnostics)
        });
        let provider = Arc::new(provider);
        if self.diagnostics.errors() == before && !provider_is_part {
            self.catalog.providers.insert(id.to_owned(), Arc::clone(&provider));
        }
        let payload = files.get("payload.json").and_then(|bytes| self.payload(&format!("{id}/payload.json"), bytes));
        let attachments: Files = files
            .iter()
            .filter(|(name, _)| has_ending(name, &["graphql", "jsonata"]))
            .filter_map(|(name, bytes)| Some((name.clone(), self.text(&format!("{id}/{name}"), bytes)?)))
            .collect();
        let cases: BTreeMap<String, Arc<SourceFile>> = files
            .iter()
            .filter(|(name, _)| name.starts_with("cases/") && has_ending(name, &["toml"]))
            .filter_map(|(name, bytes)| Some((name.clone(), self.file(&format!("{id}/{name}"), bytes)?)))
            .collect();
        let resources = files.iter().filter(|(name, _)| {
            has_ending(name, &["toml"])
                && !name.contains('/')
                && !["provider.toml", "sandbox.toml", "mutants.toml"].contains(&name.as_str())
        });
        for (name, bytes) in resources {
            let over = overlay.map(|overlay| move |base: &Document| overlay::over_mapping(base, overlay));
            let Some((doc, raw, is_part)) = self.shaped::<RawMapping>(&format!("{id}/{name}"), bytes, true, over)
            else {
                continue;
            };
            let Some(model) = self.catalog.models.get(&raw.resource).cloned() else {
                let known = did_you_mean(&raw.resource, self.catalog.models.keys().map(String::as_str));
                let message = format!("there is no unified resource `{}`", raw.resource);
                self.diagnostics
                    .push(Diagnostic::error(Code::ResourceUnknown, doc.place("/resource"), message).with_help(known));
                continue;
            };
            let before = self.diagnostics.errors();
            if !raw.records.contains_key(&raw.main) && is_part {
                // Without its main record nothing can be said of the rest.
                continue;
            }
            let is_part = is_part || provider_is_part;
            let mut mapping = self.meaning(&doc, is_part, |diagnostics| {
                let mapping = Resolver::new(&doc, &raw, &model, &provider, &attachments, diagnostics).mapping();
                let sources = Sources {
                    doc: &doc,
                    raw: &raw,
                    provider_doc: &provider_doc,
                    raw_provider: &raw_provider,
                    payload: payload.as_ref(),
                    cases: &cases,
                };
                check::check(&mapping, &sources, diagnostics);
                mapping
            });
            // Overlaid values count as well as the files' texts.
            let (own, providers) = (doc.value().to_string(), provider_doc.value().to_string());
            mapping.version =
                version([own.as_str(), providers.as_str()].into_iter().chain(attachments.values().map(String::as_str)));
            if self.diagnostics.errors() == before && !is_part && self.catalog.providers.contains_key(id) {
                self.catalog.mappings.insert((id.to_owned(), raw.resource.clone()), Arc::new(mapping));
            }
        }
    }

    fn payload(&mut self, name: &str, bytes: &[u8]) -> Option<Value> {
        let file = self.file(name, bytes)?;
        match serde_json::from_str(file.text()) {
            Ok(value) => Some(value),
            Err(e) => {
                let offset =
                    file.text().split_inclusive('\n').take(e.line().saturating_sub(1)).map(str::len).sum::<usize>()
                        + e.column().saturating_sub(1);
                // The reader counts bytes, and may stop within a character.
                let offset = file.boundary(offset);
                let place = Place::new(&file, offset..offset);
                self.diagnostics.push(Diagnostic::error(
                    Code::PayloadInvalid,
                    place,
                    format!("the file is not JSON: {e}"),
                ));
                None
            }
        }
    }

    /// Parses a TOML file, checks its language version and its shape, and gives it typed.
    fn shaped<T: serde::de::DeserializeOwned>(
        &mut self,
        name: &str,
        bytes: &[u8],
        mapping: bool,
        over: Option<impl Fn(&Document) -> Document>,
    ) -> Option<(Document, T, bool)> {
        let file = self.file(name, bytes)?;
        let doc = match Document::parse(file) {
            Ok(doc) => doc,
            Err(found) => {
                self.diagnostics.extend(found);
                return None;
            }
        };
        let doc = match over {
            Some(over) => over(&doc),
            None => doc,
        };
        if let Some(language) =
            doc.value().get("language").and_then(Value::as_i64).filter(|language| *language != LANGUAGE)
        {
            let message = format!(
                "the file is written in version {language} of the mapping language; this build reads version {LANGUAGE}"
            );
            let help = if language > LANGUAGE { "use a newer build" } else { "versions begin at 1" };
            self.diagnostics
                .push(Diagnostic::error(Code::LanguageNewer, doc.place("/language"), message).with_help(help));
            return None;
        }
        let (schema, validator) = if mapping { &SHAPES.mapping } else { &SHAPES.provider };
        let found = doc.check_shape(validator, schema);
        let bad = !found.is_empty();
        self.diagnostics.extend(found);
        let raw = if bad {
            serde_json::from_value(sound_part(doc.value(), schema, validator))
        } else {
            T::deserialize(doc.value())
        };
        match raw {
            Ok(raw) => Some((doc, raw, bad)),
            Err(e) => {
                if !bad {
                    self.diagnostics.push(Diagnostic::error(Code::BadValue, doc.place(""), e.to_string()));
                }
                None
            }
        }
    }

    /// Looks at what a file means. Of a file that has lost entries to errors of shape, only those findings are kept that no
    /// missing entry can be the reason of.
    fn meaning<R>(&mut self, doc: &Document, is_part: bool, work: impl FnOnce(&mut Diagnostics) -> R) -> R {
        if !is_part {
            return work(&mut self.diagnostics);
        }
        let mut found = Diagnostics::default();
        let result = work(&mut found);
        let own = |found: &Diagnostic| stands_alone(found.code) && found.place.file.name() == doc.file().name();
        self.diagnostics.extend(found.into_vec().into_iter().filter(own));
        result
    }
}

/// A file's value without the entries that have errors of shape, and without keys that no file has.
fn sound_part(value: &Value, schema: &Value, validator: &jsonschema::Validator) -> Value {
    let mut part = value.clone();
    let mut bad: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut sections: BTreeSet<String> = BTreeSet::new();
    for error in validator.iter_errors(value) {
        let path = error.instance_path().to_string();
        let mut names = path.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~"));
        match (names.next(), names.next()) {
            (Some(section), Some(entry)) => drop(bad.entry(section).or_default().insert(entry)),
            (Some(section), None) => drop(sections.insert(section)),
            (None, _) => {}
        }
    }
    let known = schema.get("properties").and_then(Value::as_object);
    let Some(file) = part.as_object_mut() else { return part };
    file.retain(|name, _| !sections.contains(name) && known.is_none_or(|known| known.contains_key(name)));
    for (section, entries) in bad {
        if let Some(Value::Object(section)) = file.get_mut(&section) {
            section.retain(|name, _| !entries.contains(name));
        }
    }
    part
}

/// Whether a finding is about its own place alone, so that no other entry's absence can be the reason of it.
fn stands_alone(code: Code) -> bool {
    matches!(
        code,
        Code::CodecMismatch
            | Code::ExpressionArity
            | Code::ExpressionSyntax
            | Code::ExpressionUnknownFunction
            | Code::HostOpenVariable
            | Code::ListLeaf
            | Code::PathReadOnly
            | Code::PathSyntax
            | Code::SecretMisplaced
            | Code::SlotDouble
            | Code::TableDoubleName
            | Code::TableUnknownName
            | Code::TemplateSyntax
            | Code::UnknownPath
            | Code::UnknownUnifiedField
    )
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

/// A hash of texts (FNV-1a, 64 bits), as 16 hexadecimal digits: the same files give the same version everywhere.
fn version<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for text in texts {
        for byte in text.bytes().chain(std::iter::once(0)) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
