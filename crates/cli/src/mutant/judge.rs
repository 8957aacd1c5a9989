//! Who notices a mutant: `check`, or a case.

use std::sync::Arc;

use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::document::Document;
use mapwright_mapping::mapping::{Mapping, Origins};
use mapwright_mapping::provider::Provider;
use mapwright_mapping::raw;
use mapwright_mapping::source::SourceFile;

use super::{Mutant, OTHERS, make};
use crate::case::{self, Case};
use crate::library::Library;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// `check` has a finding of this code.
    Refused(String),
    /// This case fails, in this part of it.
    Failed {
        /// The case's name.
        case: String,
        /// The part that is not as expected.
        part: String,
    },
    /// It is no mutant: what is checked and runs is the same, spelled otherwise.
    Same,
    /// Nothing notices.
    Survived,
}

/// Why a provider's mutants cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unjudged {
    /// What is wrong already would be found in every mutant.
    #[error("`check` has findings in `{0}`: they come first")]
    Findings(String),
    /// A case that fails anyway notices nothing.
    #[error("the case `{0}` fails without a mutant: it comes first")]
    Case(String),
    /// Without cases there is nobody to notice.
    #[error("`{0}` has no cases")]
    NoCases(String),
    /// The runtime that cases run on cannot be started.
    #[error("the runtime cannot be started: {0}")]
    Runtime(String),
}

/// One provider with its cases.
pub struct Judge<'l> {
    catalog: &'l Catalog,
    provider: String,
    files: FileSet,
    /// The case that noticed last comes first: it often notices the next one too.
    cases: Vec<Case>,
    /// What the mapping is when it has been checked.
    checked: Vec<String>,
    runtime: tokio::runtime::Runtime,
}

impl<'l> Judge<'l> {
    /// A judge of a provider's mutants.
    ///
    /// # Errors
    /// The mapping has findings, or not every case passes as it is.
    pub fn new(library: &'l Library, provider: &str) -> Result<Judge<'l>, Unjudged> {
        let cases: Result<Vec<Case>, _> =
            library.case_files().filter(|file| file.provider == provider).map(|file| library.case(file)).collect();
        let cases = cases.map_err(|_| Unjudged::Findings(provider.to_owned()))?;
        if cases.is_empty() {
            return Err(Unjudged::NoCases(provider.to_owned()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .map_err(|error| Unjudged::Runtime(error.to_string()))?;
        let files = library.files_of(provider);
        let catalog = library.catalog();
        let mut judge = Judge { catalog, provider: provider.to_owned(), files, cases, checked: Vec::new(), runtime };
        match judge.fate(&judge.files.clone()) {
            Fate::Survived | Fate::Same => {
                judge.checked = checked(&catalog.directory(provider, &judge.files).catalog);
                Ok(judge)
            }
            Fate::Refused(_) => Err(Unjudged::Findings(provider.to_owned())),
            Fate::Failed { case, .. } => Err(Unjudged::Case(case)),
        }
    }

    /// Every mutant of the provider's files, in the order of the files.
    pub fn mutants(&self) -> Vec<Mutant> {
        let mut all = Vec::new();
        for (name, bytes) in &self.files {
            let is_ours = name.strip_suffix(".toml").is_some_and(|stem| !stem.contains('/'));
            if !is_ours || OTHERS.contains(&name.as_str()) {
                continue;
            }
            let document = SourceFile::new(name.as_str(), bytes).ok().and_then(|file| Document::parse(file).ok());
            let schema = if name == "provider.toml" { raw::provider_schema() } else { raw::mapping_schema() };
            let (Some(document), Ok(validator)) = (document, jsonschema::validator_for(&schema)) else { continue };
            all.extend(make::mutants(name, &document, &|value| validator.is_valid(value)));
        }
        all
    }

    /// What becomes of a mutant.
    pub fn judge(&mut self, mutant: &Mutant) -> Fate {
        let mut files = self.files.clone();
        files.insert(mutant.file.clone(), mutant.text().into_bytes());
        self.fate(&files)
    }

    fn fate(&mut self, files: &FileSet) -> Fate {
        let loaded = self.catalog.directory(&self.provider, files);
        if let Some(found) = loaded.diagnostics.first() {
            return Fate::Refused(found.code.to_string());
        }
        if checked(&loaded.catalog) == self.checked {
            return Fate::Same;
        }
        for index in 0..self.cases.len() {
            let case = &self.cases[index];
            let own = loaded
                .catalog
                .mappings()
                .find(|mapping| case.resource.as_deref().is_none_or(|resource| resource == mapping.model.resource));
            let Some(mapping) = own else { return Fate::Refused("no mapping".to_owned()) };
            if let Some(part) = self.noticed(case, mapping) {
                let name = case.name.clone();
                let case = self.cases.remove(index);
                self.cases.insert(0, case);
                return Fate::Failed { case: name, part };
            }
        }
        Fate::Survived
    }

    /// The first part of a case that is not as expected.
    fn noticed(&self, case: &Case, mapping: &Arc<Mapping>) -> Option<String> {
        match self.runtime.block_on(case.replay(mapping)) {
            Ok(ran) => case::verdict(case, &ran).into_iter().next().map(|mismatch| mismatch.part),
            Err(_) => Some("account".to_owned()),
        }
    }
}

/// Everything that runs, as text: two mappings that are equal in it do the same.
fn checked(catalog: &Catalog) -> Vec<String> {
    let mappings = catalog.mappings().map(|mapping| {
        let mut mapping = Mapping::clone(mapping);
        // These tell the files apart, and not what they mean.
        mapping.version.clear();
        mapping.origins = Origins::default();
        let mut provider = Provider::clone(&mapping.provider);
        provider.origins = Origins::default();
        mapping.provider = Arc::new(provider);
        format!("{mapping:?}")
    });
    mappings.collect()
}
