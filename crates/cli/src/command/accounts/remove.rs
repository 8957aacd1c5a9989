//! `accounts remove`.

use clap::Args;
use mapwright_mapping::catalog::Catalog;
use serde_json::json;
use uuid::Uuid;

use crate::arguments::Format;
use crate::command::Scene;
use crate::exit::Exit;
use crate::management::{Absent, StoreArguments, refused};
use crate::output::Output;
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;

#[derive(Debug, Args)]
pub(crate) struct RemoveArguments {
    /// The account
    id: Uuid,
    #[command(flatten)]
    store: StoreArguments,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: &RemoveArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let administration = arguments.store.administer(Absent::Refuse, Catalog::default(), scene).await?;
    administration.remove_account(arguments.id).await.map_err(refused)?;
    let stdout = match arguments.format {
        Format::Json => {
            format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "removed": arguments.id.to_string() }))
        }
        Format::Pretty => format!("{} is removed\n", arguments.id),
    };
    Ok(Output::of(stdout, Exit::Fine))
}
