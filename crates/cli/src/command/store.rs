//! `store`: the store as a whole.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Scene, block_on};
use crate::arguments::Format;
use crate::exit::Exit;
use crate::management::{Absent, StoreArguments, failed};
use crate::output::Output;
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;

#[derive(Debug, Args)]
pub(crate) struct StoreCommandArguments {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Copy a SQLite store, as it is at one moment, into a new file; the service may run meanwhile
    Backup(BackupArguments),
}

#[derive(Debug, Args)]
struct BackupArguments {
    /// The new file. The keys are not in it
    file: PathBuf,
    #[command(flatten)]
    store: StoreArguments,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(arguments: &StoreCommandArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let StoreCommand::Backup(arguments) = &arguments.command;
    block_on(backup(arguments, scene))?
}

async fn backup(arguments: &BackupArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let store = arguments.store.open(Absent::Refuse, scene).await?;
    store.backup(&arguments.file).await.map_err(|error| failed(&error))?;
    let file = arguments.file.display().to_string();
    let stdout = match arguments.format {
        Format::Json => format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "file": file })),
        Format::Pretty => format!("the store is copied to {file}; its keys are not in it\n"),
    };
    Ok(Output::of(stdout, Exit::Fine))
}
