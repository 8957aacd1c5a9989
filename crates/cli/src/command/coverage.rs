//! `coverage`: which unified field works with which provider, from the mappings alone.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use mapwright_mapping::coverage::{Comparison, Contract, Report};
use mapwright_mapping::diagnostic::suggest::did_you_mean;
use mapwright_mapping::model::Model;
use serde_json::error::Category;

use super::Scene;
use crate::exit::Exit;
use crate::files;
use crate::input::located;
use crate::library::Library;
use crate::output::Output;
use crate::problem::Problem;
use crate::show::coverage::{Against, Choice, View, details, html, json, markdown, table};

#[derive(Debug, Args)]
pub(crate) struct CoverageArguments {
    /// Fields, or leaves as in `owner.id` and `addresses[].city`; without one, all of them
    fields: Vec<String>,
    /// A provider; may be repeated; all of them otherwise
    #[arg(long, value_name = "PROVIDER")]
    provider: Vec<String>,
    /// The unified resource; the first otherwise
    #[arg(long)]
    resource: Option<String>,
    /// How the coverage is written
    #[arg(long, value_enum, default_value_t)]
    format: CoverageFormat,
    /// A contract to hold the mappings against: a pair of field and provider that is missing is an error
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// How many of the contract's writable pairs may be only read
    #[arg(long, value_name = "N", requires = "against")]
    max_read_only: Option<usize>,
}

/// How the coverage is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum CoverageFormat {
    /// For a terminal: a row for each field; the details where fields or providers are named.
    #[default]
    Table,
    /// For programs; `schema coverage` describes it.
    Json,
    /// Markdown.
    Md,
    /// A page of its own.
    Html,
}

pub(crate) fn run(arguments: &CoverageArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let library = scene.library()?;
    let model = model(&library, arguments.resource.as_deref())?;
    let choice = Choice::new(&arguments.fields, &arguments.provider, model).map_err(Problem::Usage)?;
    let known = library.providers();
    if let Some(name) = arguments.provider.iter().find(|name| !known.contains(&name.as_str())) {
        let known = did_you_mean(name, known.iter().copied());
        return Err(Problem::Usage(format!("there is no provider `{name}`; {known}")));
    }
    // What has errors cannot be shown, and must not look as if it were unsupported.
    let broken: Vec<_> =
        known.iter().filter(|id| choice.has_provider(id)).flat_map(|id| library.errors_of(id)).collect();
    if !broken.is_empty() {
        return Err(Problem::Findings(broken));
    }
    let mut report = Report::new(&model.resource, library.catalog().mappings().map(AsRef::as_ref));
    let mut exit = Exit::Fine;
    let mut against = None;
    if let Some(path) = &arguments.against {
        let within = |provider: &str, field: &str| choice.has_provider(provider) && choice.has_field(field);
        let contract = contract(path)?;
        let comparison = Comparison::new(&contract, &report, model, &within);
        if !comparison.holds(arguments.max_read_only) {
            exit = Exit::Findings;
        }
        let mut unknown = arguments.provider.clone();
        unknown.retain(|name| !contract.providers.contains_key(name));
        let file = path.display().to_string();
        against = Some(Against { file, most_read_only: arguments.max_read_only, unknown });
        report.against = Some(comparison);
    }
    choice.prune(&mut report);
    let view = View { report: &report, rows: choice.rows(model), against: against.as_ref() };
    let text = match arguments.format {
        CoverageFormat::Table if choice.is_narrow() => details::render(&view, scene.paint),
        CoverageFormat::Table => table::render(&view, scene.paint),
        CoverageFormat::Json => json::render(&report),
        CoverageFormat::Md => markdown::render(&view),
        CoverageFormat::Html => html::render(&view),
    };
    Ok(Output::of(text, exit))
}

/// The page of the first unified resource with all providers.
pub(crate) fn page(library: &Library) -> String {
    let Ok(model) = model(library, None) else { return String::new() };
    let Ok(choice) = Choice::new(&[], &[], model) else { return String::new() };
    let report = Report::new(&model.resource, library.catalog().mappings().map(AsRef::as_ref));
    html::render(&View { report: &report, rows: choice.rows(model), against: None })
}

fn model<'l>(library: &'l Library, resource: Option<&str>) -> Result<&'l Model, Problem> {
    let mut models = library.catalog().models();
    let found = match resource {
        Some(wanted) => models.find(|model| model.resource == wanted),
        None => models.next(),
    };
    found.map(AsRef::as_ref).ok_or_else(|| {
        let wanted = resource.unwrap_or_default();
        let known = library.catalog().models().map(|model| model.resource.as_str());
        Problem::Usage(format!("there is no unified resource `{wanted}`; {}", did_you_mean(wanted, known)))
    })
}

fn contract(path: &Path) -> Result<Contract, Problem> {
    let text = files::text(path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    serde_json::from_str(text).map_err(|error| {
        let what = if error.classify() == Category::Data { "a contract" } else { "JSON" };
        located(&path.display().to_string(), &error, what)
    })
}
