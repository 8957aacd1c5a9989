//! `check`: every finding in one pass, offline.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use mapwright_mapping::diagnostic::{json, pretty};

use super::Scene;
use crate::arguments::Format;
use crate::library::Library;
use crate::output::Output;
use crate::problem::{Problem, exit_of};
use crate::show::tally;

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Directories of mappings: of one provider or of several; what --mappings says otherwise
    paths: Vec<PathBuf>,
    /// How the findings are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Let warnings fail the check
    #[arg(long)]
    deny_warnings: bool,
}

pub(crate) fn run(arguments: &CheckArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let opened = match arguments.paths.as_slice() {
        [] => scene.library(),
        paths => Library::open(paths, scene.global.schemas.as_deref()),
    };
    let (found, library) = match opened {
        Ok(library) => (library.check(), Some(library)),
        Err(Problem::Findings(found)) => (found, None),
        Err(other) => return Err(other),
    };
    let exit = exit_of(&found, arguments.deny_warnings);
    Ok(match arguments.format {
        Format::Json => {
            let mut out = json::render(&found);
            out["tally"] = library.as_ref().map_or_else(tally::none, tally::in_json);
            Output::of(format!("{out:#}\n"), exit)
        }
        Format::Pretty if found.is_empty() => Output::of(library.as_ref().map(summary).unwrap_or_default(), exit),
        Format::Pretty => {
            let stderr = pretty::render(&found, scene.stderr_color);
            Output { stderr, ..Output::of(String::new(), exit) }
        }
    })
}

fn summary(library: &Library) -> String {
    let providers = counted(library.providers().len(), "provider");
    let mappings = counted(library.catalog().mappings().count(), "mapping");
    let cases = counted(library.case_files().count(), "case");
    let mut out = format!("{providers}, {mappings}, {cases}: no findings\n");
    for id in library.providers() {
        if !library.catalog().mappings().any(|mapping| mapping.provider.id == id) {
            let _ = writeln!(out, "{id} has no mapping yet");
        }
    }
    out + &tally::text(library)
}

/// A number with its noun.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
