//! The mappings that a command works with: those that are built in, or those of a directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mapwright_mapping::catalog::{Catalog, FileSet, MissingMapping};
use mapwright_mapping::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use mapwright_mapping::document::for_each;
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::source::{Place, SourceFile};
use mapwright_sandbox::{Sandbox, SandboxError};

use crate::case::{self, Case};
use crate::files::{self, ProviderDirectory};
use crate::mutant::{EQUIVALENT, Equivalent, EquivalentError};
use crate::problem::Problem;
use crate::shipped;

/// The name that the built-in files have in diagnostics.
const SHIPPED_MAPPINGS: &str = "mappings";
const SHIPPED_MODELS: &str = "schemas/unified";

/// Mappings with everything that lies beside them, loaded and checked.
pub struct Library {
    files: FileSet,
    /// Where each provider's directory lies; nothing where it is built in.
    paths: BTreeMap<String, PathBuf>,
    catalog: Catalog,
    diagnostics: Vec<Diagnostic>,
}

/// The file of a case.
#[derive(Clone, Copy, Debug)]
pub struct CaseFile<'a> {
    /// The provider.
    pub provider: &'a str,
    /// The name of the case: the file's name without its ending.
    pub name: &'a str,
    bytes: &'a [u8],
}

impl CaseFile<'_> {
    /// The file's name below the mappings.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/cases/{}.toml", self.provider, self.name)
    }
}

impl Library {
    /// The mappings that are built into the binary.
    pub fn shipped() -> Library {
        let files = shipped::mappings();
        Library::load(&shipped::models(), SHIPPED_MODELS, files, BTreeMap::new())
    }

    /// The mappings and schemas of directories; what is left out is what is built in.
    ///
    /// A path is a provider's directory, with a `provider.toml` in it, or holds providers' directories.
    pub fn open(mappings: &[PathBuf], schemas: Option<&Path>) -> Result<Library, Problem> {
        let (models, models_at) = match schemas {
            Some(path) => (files::directory(path)?, path.display().to_string()),
            None => (shipped::models(), SHIPPED_MODELS.to_owned()),
        };
        if mappings.is_empty() {
            return Ok(Library::load(&models, &models_at, shipped::mappings(), BTreeMap::new()));
        }
        let mut all = FileSet::new();
        let mut paths: BTreeMap<String, PathBuf> = BTreeMap::new();
        for path in mappings {
            for ProviderDirectory { id, path, files } in files::providers(path)? {
                if let Some(other) = paths.get(&id) {
                    let (one, two) = (other.display(), path.display());
                    return Err(Problem::Usage(format!("`{id}` is given twice: {one} and {two}")));
                }
                all.extend(files.into_iter().map(|(name, bytes)| (format!("{id}/{name}"), bytes)));
                paths.insert(id, path);
            }
        }
        Ok(Library::load(&models, &models_at, all, paths))
    }

    fn load(models: &FileSet, models_at: &str, files: FileSet, paths: BTreeMap<String, PathBuf>) -> Library {
        let loaded = Catalog::load(models, &files);
        let library = Library { files, paths, catalog: loaded.catalog, diagnostics: Vec::new() };
        let located = loaded.diagnostics.into_iter().map(|diagnostic| {
            let is_model = models.contains_key(diagnostic.place.file.name());
            let rename = |name: &str| if is_model { format!("{models_at}/{name}") } else { library.shown(name) };
            renamed(diagnostic, &rename)
        });
        let diagnostics = located.collect();
        Library { diagnostics, ..library }
    }

    /// Everything that is loaded and checked.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Everything that is loaded and checked, without the files.
    pub(crate) fn into_catalog(self) -> Catalog {
        self.catalog
    }

    /// The errors in mappings and schemas, without those of simulated providers and cases.
    pub(crate) fn errors(&self) -> Vec<Diagnostic> {
        let errors = self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.cloned().collect()
    }

    /// Every finding in mappings, schemas, simulated providers and cases, sorted by place.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut all: Diagnostics = self.diagnostics.clone().into();
        all.extend(self.sandboxes());
        all.extend(self.cases());
        let lists = self.providers().into_iter().filter_map(|provider| self.equivalent(provider).err());
        all.extend(lists.flat_map(|EquivalentError(found)| found));
        all.into_vec()
    }

    /// The ids of the providers that have a directory, in order, whether they can be used or not.
    pub fn providers(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.files.keys().filter_map(|name| name.split_once('/').map(|(id, _)| id)).collect();
        ids.dedup();
        ids
    }

    /// The mapping of a resource on a provider; without a resource its first. Errors in the provider's files are
    /// shown in its place.
    pub fn mapping(&self, provider: &str, resource: Option<&str>) -> Result<&Arc<Mapping>, Problem> {
        let first = || {
            let mut all = self.catalog.mappings().filter(|mapping| mapping.provider.id == provider);
            all.next().map(|mapping| mapping.model.resource.as_str())
        };
        let found = self.catalog.mapping(provider, resource.or_else(first).unwrap_or_default());
        found.map_err(|missing| {
            let errors = self.errors_of(provider);
            match missing {
                _ if !errors.is_empty() => Problem::Findings(errors),
                MissingMapping::Resource { .. } if resource.is_none() => {
                    Problem::Usage(format!("provider `{provider}` has no mapping"))
                }
                other => Problem::Usage(other.to_string()),
            }
        })
    }

    /// The same, with what an account's overlay replaces or adds. A wrong overlay is refused with every finding.
    pub fn overlaid(
        &self,
        provider: &str,
        resource: Option<&str>,
        overlay: Option<&Path>,
    ) -> Result<Arc<Mapping>, Problem> {
        let base = self.mapping(provider, resource)?;
        let Some(path) = overlay else { return Ok(Arc::clone(base)) };
        let bytes = files::bytes(path)?;
        let shown = path.display().to_string();
        let file = SourceFile::new(shown.as_str(), &bytes).map_err(|found| Problem::Findings(vec![*found]))?;
        let found = self.catalog.overlaid(provider, &base.model.resource, &file);
        found.map_err(|found| {
            let rename = |name: &str| if name == shown { shown.clone() } else { self.shown(name) };
            Problem::Findings(found.into_iter().map(|finding| renamed(finding, &rename)).collect())
        })
    }

    /// The simulated provider.
    pub fn sandbox(&self, provider: &str) -> Result<Sandbox, Problem> {
        let name = format!("{provider}/sandbox.toml");
        let Some(bytes) = self.files.get(&name) else {
            return Err(Problem::Usage(format!("provider `{provider}` has no `sandbox.toml`")));
        };
        let shown = self.shown(&name);
        let text = SourceFile::new(shown.as_str(), bytes).map_err(|found| Problem::Findings(vec![*found]))?;
        Sandbox::from_toml(&shown, text.text()).map_err(|error| Problem::Findings(vec![sandbox_finding(&text, &error)]))
    }

    /// The files of the cases, in order.
    pub fn case_files(&self) -> impl Iterator<Item = CaseFile<'_>> {
        self.files.iter().filter_map(|(name, bytes)| {
            let (provider, rest) = name.split_once('/')?;
            let case = rest.strip_prefix("cases/")?.strip_suffix(".toml")?;
            Some(CaseFile { provider, name: case, bytes })
        })
    }

    /// The files of a provider, by their names inside its directory.
    pub(crate) fn files_of(&self, provider: &str) -> FileSet {
        let prefix = format!("{provider}/");
        let own = self.files.iter().filter_map(|(name, bytes)| Some((name.strip_prefix(&prefix)?, bytes)));
        own.map(|(name, bytes)| (name.to_owned(), bytes.clone())).collect()
    }

    /// Reads a case: every finding at once.
    pub fn case(&self, file: CaseFile<'_>) -> Result<Case, Vec<Diagnostic>> {
        let shown = self.shown(&file.full_name());
        case::read(&shown, file.provider, file.name, file.bytes)
    }

    /// The mutants of a provider that are listed as equivalent.
    pub(crate) fn equivalent(&self, provider: &str) -> Result<Equivalent, EquivalentError> {
        let name = format!("{provider}/{EQUIVALENT}");
        match self.files.get(&name) {
            Some(bytes) => Equivalent::read(&self.shown(&name), bytes),
            None => Ok(Equivalent::default()),
        }
    }

    /// Where a file of the mappings lies; nothing where it is built in.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        let (provider, rest) = name.split_once('/')?;
        Some(self.paths.get(provider)?.join(rest))
    }

    /// The name of a file of the mappings as it is shown.
    pub(crate) fn shown(&self, name: &str) -> String {
        match self.path(name) {
            Some(path) => path.display().to_string(),
            None => format!("{SHIPPED_MAPPINGS}/{name}"),
        }
    }

    /// The errors in a provider's files.
    pub(crate) fn errors_of(&self, provider: &str) -> Vec<Diagnostic> {
        let within = self.shown(&format!("{provider}/"));
        let errors = self.diagnostics.iter().filter(|diagnostic| {
            diagnostic.severity == Severity::Error && diagnostic.place.file.name().starts_with(&within)
        });
        errors.cloned().collect()
    }

    /// What is wrong with the files of the simulated providers.
    fn sandboxes(&self) -> Vec<Diagnostic> {
        // A case may have that name too.
        let files: Vec<_> = self
            .files
            .iter()
            .filter(|(name, _)| name.split_once('/').is_some_and(|(_, below)| below == "sandbox.toml"))
            .collect();
        let found = for_each(&files, |(name, bytes)| {
            let name = self.shown(name);
            let file = match SourceFile::new(name.as_str(), bytes) {
                Ok(file) => file,
                Err(diagnostic) => return Some(*diagnostic),
            };
            let error = Sandbox::from_toml(&name, file.text()).err()?;
            Some(sandbox_finding(&file, &error))
        });
        found.into_iter().flatten().collect()
    }

    /// What is wrong with the files of the cases.
    fn cases(&self) -> Vec<Diagnostic> {
        let files: Vec<CaseFile<'_>> = self.case_files().collect();
        let found = for_each(&files, |file| self.case(*file).err());
        found.into_iter().flatten().flatten().collect()
    }
}

fn sandbox_finding(file: &Arc<SourceFile>, error: &SandboxError) -> Diagnostic {
    let (span, problem) = match error {
        SandboxError::File { line, column, problem, .. } => {
            let lines = file.text().split_inclusive('\n').take(line.saturating_sub(1));
            let start: usize = lines.map(str::len).sum();
            let rest = file.text().get(start..).unwrap_or_default();
            let before: usize = rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
            (start + before..start + before, problem.clone())
        }
        other => (0..0, other.to_string()),
    };
    Diagnostic::error(Code::BadValue, Place::new(file, span), problem)
}

/// A finding in files of other names.
pub(crate) fn renamed(mut diagnostic: Diagnostic, rename: &dyn Fn(&str) -> String) -> Diagnostic {
    let again = |place: &Place| {
        let file = SourceFile::from_text(rename(place.file.name()), place.file.text());
        Place::new(&file, place.span.clone())
    };
    diagnostic.place = again(&diagnostic.place);
    for (place, _) in &mut diagnostic.related {
        *place = again(place);
    }
    diagnostic
}
