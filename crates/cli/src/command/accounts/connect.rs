//! `accounts connect`.

use std::io;

use clap::Args;
use mapwright_server::admin::Administration;
use mapwright_server::store::AccountRow;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::{checked_library, shown};
use crate::arguments::Format;
use crate::command::Scene;
use crate::exit::Exit;
use crate::management::{Absent, StoreArguments, refused};
use crate::output::{Output, put};
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;

#[derive(Debug, Args)]
pub(crate) struct ConnectArguments {
    /// The account
    id: Uuid,
    /// Where the provider sends the owner back to, as the app is registered
    #[arg(long, value_name = "URL")]
    redirect_uri: String,
    #[command(flatten)]
    store: StoreArguments,
    /// How the account is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: &ConnectArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let (_, catalog) = checked_library(scene)?;
    let administration = arguments.store.administer(Absent::Refuse, catalog, scene).await?;
    let row = ask(&administration, arguments.id, &arguments.redirect_uri).await?;
    let stdout = match arguments.format {
        Format::Pretty => format!("{} is {}\n", row.id, row.state),
        Format::Json => {
            let account = shown(&administration, &row);
            format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "account": account }))
        }
    };
    Ok(Output::of(stdout, Exit::Fine))
}

/// Prints the address that the owner opens, and takes what comes back from standard input.
pub(super) async fn ask(administration: &Administration, id: Uuid, redirect_uri: &str) -> Result<AccountRow, Problem> {
    let consent = administration.begin_consent(id, redirect_uri).await.map_err(refused)?;
    let words = format!(
        "Open this address, and agree:\n\n{}\n\nThen paste the code, or the whole address that you were sent back to: ",
        consent.url
    );
    let failed = |error: &io::Error| Problem::Unreadable(format!("standard input: {error}"));
    put(&mut io::stderr().lock(), &words).map_err(|e| failed(&e))?;
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(|e| failed(&e))?;
    put(&mut io::stderr().lock(), "\n").map_err(|e| failed(&e))?;
    administration.connect(id, &consent.handle, &SecretString::from(line)).await.map_err(refused)
}
