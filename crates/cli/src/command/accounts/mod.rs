//! `accounts`: the accounts that the service calls providers with.

mod add;
mod connect;
mod list;
mod remove;
mod set;
mod show;
mod test;

use clap::{Args, Subcommand};
use mapwright_mapping::catalog::Catalog;
use mapwright_server::admin::{AdminError, Administration};

use super::{Scene, block_on};
use crate::library::{Library, renamed};
use crate::management::refused;
use crate::output::Output;
use crate::problem::Problem;

#[derive(Debug, Args)]
pub(crate) struct AccountsArguments {
    #[command(subcommand)]
    command: AccountsCommand,
}

#[derive(Debug, Subcommand)]
enum AccountsCommand {
    /// Add an account, checked against the provider's mapping
    Add(add::AddArguments),
    /// Ask an account's owner: print the address to open, and take the code that comes back
    Connect(connect::ConnectArguments),
    /// List accounts
    List(list::ListArguments),
    /// Show an account; of its secrets the names alone
    Show(show::ShowArguments),
    /// Read a record with an account, and set its state to what that shows
    Test(test::TestArguments),
    /// Change an account, checked as a whole
    Set(set::SetArguments),
    /// Remove an account with all that is kept for it
    Remove(remove::RemoveArguments),
}

pub(crate) fn run(arguments: &AccountsArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    block_on(async {
        match &arguments.command {
            AccountsCommand::Add(arguments) => add::run(arguments, scene).await,
            AccountsCommand::Connect(arguments) => connect::run(arguments, scene).await,
            AccountsCommand::List(arguments) => list::run(arguments, scene).await,
            AccountsCommand::Show(arguments) => show::run(arguments, scene).await,
            AccountsCommand::Test(arguments) => test::run(arguments, scene).await,
            AccountsCommand::Set(arguments) => set::run(arguments, scene).await,
            AccountsCommand::Remove(arguments) => remove::run(arguments, scene).await,
        }
    })?
}

/// The mappings that accounts are checked against.
fn checked_library(scene: &Scene<'_>) -> Result<(Library, Catalog), Problem> {
    let library = scene.library()?;
    let errors = library.errors();
    if !errors.is_empty() {
        return Err(Problem::Findings(errors));
    }
    let catalog = library.catalog().clone();
    Ok((library, catalog))
}

/// Why the management refuses an account; what is wrong with its overlay is shown in the file that it came from.
fn refused_overlay(error: AdminError, library: &Library, overlay: Option<&str>) -> Problem {
    match (error, overlay) {
        (AdminError::Overlay(found), Some(path)) => {
            let rename = |name: &str| if name == "overlay" { path.to_owned() } else { library.shown(name) };
            Problem::Findings(found.into_iter().map(|finding| renamed(finding, &rename)).collect())
        }
        (other, _) => refused(other),
    }
}

/// An account with the names of its secrets, as JSON.
fn shown(administration: &Administration, row: &mapwright_server::store::AccountRow) -> serde_json::Value {
    let mut account = mapwright_server::admin::account_as_json(row, None);
    if let Some(members) = account.as_object_mut() {
        members.insert("secrets".to_owned(), administration.secret_names(row).into());
    }
    account
}
