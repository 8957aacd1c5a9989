//! `schema`: the JSON Schemas of the files and of the unified resources.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use mapwright_mapping::coverage::coverage_schema;
use mapwright_mapping::diagnostic::suggest::did_you_mean;
use mapwright_mapping::raw::{mapping_schema, provider_schema};
use mapwright_server::http::openapi::openapi;
use serde_json::Value;

use super::Scene;
use crate::case::case_schema;
use crate::exit::Exit;
use crate::files;
use crate::output::Output;
use crate::problem::Problem;

#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// Which schema
    #[arg(value_enum, required_unless_present = "write")]
    kind: Option<Kind>,
    /// The unified resource; the first otherwise
    resource: Option<String>,
    /// Write the schemas of the files to this directory
    #[arg(long, value_name = "DIR", conflicts_with = "kind")]
    write: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A mapping of one resource on one provider.
    Mapping,
    /// `provider.toml`.
    Provider,
    /// A case.
    Case,
    /// What `coverage --format json` writes.
    Coverage,
    /// A unified resource.
    Unified,
    /// The service's API, as OpenAPI 3.1.
    Openapi,
}

pub(crate) fn run(arguments: &SchemaArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    if let Some(directory) = &arguments.write {
        return write(directory, scene);
    }
    let schema = match (arguments.kind, &arguments.resource) {
        (Some(Kind::Unified), resource) => unified(resource.as_deref(), scene)?,
        (_, Some(resource)) => {
            return Err(Problem::Usage(format!("`{resource}`: only `schema unified` takes a resource")));
        }
        (Some(Kind::Provider), None) => provider_schema(),
        (Some(Kind::Case), None) => case_schema(),
        (Some(Kind::Coverage), None) => coverage_schema(),
        (Some(Kind::Openapi), None) => openapi(scene.library()?.catalog()),
        (Some(Kind::Mapping) | None, None) => mapping_schema(),
    };
    Ok(Output::of(text(&schema), Exit::Fine))
}

fn unified(resource: Option<&str>, scene: &Scene<'_>) -> Result<Value, Problem> {
    let library = scene.library()?;
    let mut models = library.catalog().models();
    let found = match resource {
        Some(wanted) => models.find(|model| model.resource == wanted),
        None => models.next(),
    };
    found.map(|model| (*model.schema).clone()).ok_or_else(|| {
        let wanted = resource.unwrap_or_default();
        let known = library.catalog().models().map(|model| model.resource.as_str());
        Problem::Usage(format!("there is no unified resource `{wanted}`; {}", did_you_mean(wanted, known)))
    })
}

/// Writes the schemas of the files, for editors, and the description of the service.
fn write(directory: &Path, scene: &Scene<'_>) -> Result<Output, Problem> {
    let mut out = String::new();
    let schemas = [
        ("mapping.schema.json", mapping_schema()),
        ("provider.schema.json", provider_schema()),
        ("case.schema.json", case_schema()),
        ("coverage.schema.json", coverage_schema()),
        ("openapi.json", openapi(scene.library()?.catalog())),
    ];
    for (name, schema) in schemas {
        let path = directory.join(name);
        files::replace(&path, &text(&schema))?;
        let _ = writeln!(out, "{}", path.display());
    }
    Ok(Output::of(out, Exit::Fine))
}

fn text(schema: &Value) -> String {
    format!("{schema:#}\n")
}
