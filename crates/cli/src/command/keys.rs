//! `keys`: the keys that credentials are sealed with.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Args, Subcommand};
use mapwright_server::keyring::{KeyError, Keyring};
use mapwright_server::store::Store;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{Scene, block_on};
use crate::arguments::Format;
use crate::exit::Exit;
use crate::management::{Absent, StoreArguments, failed};
use crate::output::Output;
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;
use crate::show::rows::table;

#[derive(Debug, Args)]
pub(crate) struct KeysArguments {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Print the line of a new key, for a file of keys
    New(NewArguments),
    /// Seal with the first key whatever another one has sealed; the service may run meanwhile
    Reseal(StatusArguments),
    /// Show how much each key has sealed, and whether it is at hand
    Status(StatusArguments),
}

#[derive(Debug, Args)]
struct NewArguments {
    /// The key's id; a random one otherwise
    #[arg(long)]
    id: Option<String>,
    /// How the key is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Args)]
struct StatusArguments {
    #[command(flatten)]
    store: StoreArguments,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(arguments: &KeysArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    match &arguments.command {
        KeysCommand::New(arguments) => new(arguments),
        KeysCommand::Reseal(arguments) => block_on(reseal(arguments, scene))?,
        KeysCommand::Status(arguments) => block_on(status(arguments, scene))?,
    }
}

fn new(arguments: &NewArguments) -> Result<Output, Problem> {
    let line = Keyring::line(arguments.id.as_deref()).map_err(|error| match error {
        KeyError::Line(_) => Problem::Usage("--id: an id has up to 64 letters, digits, `.`, `_` and `-`".to_owned()),
        other => Problem::Usage(other.to_string()),
    })?;
    let line = line.expose_secret();
    let stdout = match arguments.format {
        Format::Pretty => format!("{line}\n"),
        Format::Json => {
            let id = line.split_once(':').map_or("", |(id, _)| id);
            format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "id": id, "line": line }))
        }
    };
    Ok(Output::of(stdout, Exit::Fine))
}

async fn reseal(arguments: &StatusArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let store = arguments.store.open(Absent::Refuse, scene).await?;
    let resealed = store.reseal(&mut |_| {}).await.map_err(|error| failed(&error))?;
    let exit = if resealed.unopened.is_empty() { Exit::Fine } else { Exit::Findings };
    let current = store.keyring().current();
    let stdout = match arguments.format {
        Format::Json => {
            let all = json!({
                "schema_version": SCHEMA_VERSION,
                "current": current,
                "resealed": resealed.done,
                "unopened": resealed.unopened,
            });
            format!("{all:#}\n")
        }
        Format::Pretty => {
            let mut out = format!("{} sealed with the key {current}\n", rows(resealed.done));
            for (key, number) in &resealed.unopened {
                let _ = writeln!(out, "{} of the key {key} left as they are: they do not open", rows(*number));
            }
            out
        }
    };
    Ok(Output::of(stdout, exit))
}

fn rows(number: u64) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{number} rows") }
}

async fn status(arguments: &StatusArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let store = arguments.store.open(Absent::Refuse, scene).await?;
    let keys = keys(&store).await?;
    let lost = keys.iter().any(|key| !key.is_at_hand && key.rows > 0);
    let exit = if lost { Exit::Findings } else { Exit::Fine };
    let stdout = match arguments.format {
        Format::Json => {
            let all: Vec<_> = keys
                .iter()
                .map(|key| json!({ "id": key.id, "at_hand": key.is_at_hand, "current": key.is_current, "rows": key.rows }))
                .collect();
            format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "keys": all }))
        }
        Format::Pretty => table(
            &["key", "rows", ""],
            keys.iter().map(|key| {
                let remark = match key {
                    Key { is_current: true, .. } => "seals",
                    Key { is_at_hand: false, .. } => "not at hand",
                    Key { rows: 0, .. } => "may go",
                    _ => "opens",
                };
                vec![key.id.clone(), key.rows.to_string(), remark.to_owned()]
            }),
        ),
    };
    Ok(Output::of(stdout, exit))
}

/// What is known of a key.
struct Key {
    id: String,
    is_at_hand: bool,
    is_current: bool,
    rows: u64,
}

/// The keys at hand and those that have sealed something.
async fn keys(store: &Store) -> Result<Vec<Key>, Problem> {
    let keyring = store.keyring();
    let mut counts: BTreeMap<String, u64> = keyring.ids().map(|id| (id.to_owned(), 0)).collect();
    counts.extend(store.sealed_by().await.map_err(|error| failed(&error))?);
    let keys = counts.into_iter().map(|(id, rows)| Key {
        is_at_hand: keyring.has(&id),
        is_current: keyring.current() == id,
        id,
        rows,
    });
    Ok(keys.collect())
}
