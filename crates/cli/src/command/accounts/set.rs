//! `accounts set`.

use std::path::PathBuf;

use clap::Args;
use mapwright_server::admin::AccountChange;
use serde_json::json;
use uuid::Uuid;

use super::{add, checked_library, refused_overlay, show, shown};
use crate::arguments::Format;
use crate::command::Scene;
use crate::exit::Exit;
use crate::files;
use crate::input::pair;
use crate::management::{Absent, StoreArguments};
use crate::output::Output;
use crate::problem::Problem;
use crate::secret_input::SecretArguments;
use crate::show::SCHEMA_VERSION;

#[derive(Debug, Args)]
pub(crate) struct SetArguments {
    /// The account
    id: Uuid,
    /// A name for people
    #[arg(long)]
    label: Option<String>,
    /// The way of authenticating
    #[arg(long, value_name = "NAME")]
    auth: Option<String>,
    /// A variable of the account; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    var: Vec<String>,
    /// Take a variable away; may be repeated
    #[arg(long, value_name = "NAME")]
    no_var: Vec<String>,
    /// An account file, whose variables and secrets are put in
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    secrets: SecretArguments,
    /// Take a secret away; may be repeated
    #[arg(long, value_name = "NAME")]
    no_secret: Vec<String>,
    /// What the account has otherwise, in place of what it had before
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// Take the overlay away
    #[arg(long, conflicts_with = "overlay")]
    no_overlay: bool,
    /// Send every request of the account to a server on this machine
    #[arg(long, value_name = "URL")]
    local: Option<String>,
    /// Send requests to the provider again
    #[arg(long, conflicts_with = "local")]
    no_local: bool,
    /// Change nothing unless the account is at this revision
    #[arg(long, value_name = "NUMBER")]
    revision: Option<i64>,
    #[command(flatten)]
    store: StoreArguments,
    /// How the account is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: &SetArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let (library, catalog) = checked_library(scene)?;
    let change = arguments.change(scene)?;
    let administration = arguments.store.administer(Absent::Refuse, catalog, scene).await?;
    let overlay = arguments.overlay.as_ref().map(|path| path.display().to_string());
    let changed = administration.change_account(arguments.id, arguments.revision, &change).await;
    let row = changed.map_err(|error| refused_overlay(error, &library, overlay.as_deref()))?;
    let account = shown(&administration, &row);
    let stdout = match arguments.format {
        Format::Json => format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "account": account })),
        Format::Pretty => show::pretty(&account),
    };
    Ok(Output::of(stdout, Exit::Fine))
}

impl SetArguments {
    fn change(&self, scene: &Scene<'_>) -> Result<AccountChange, Problem> {
        let file = add::file(self.file.as_ref(), scene)?;
        let mut change = AccountChange { label: self.label.clone(), ..AccountChange::default() };
        change.auth = self.auth.clone().or(file.auth).map(Some);
        change.variables.extend(file.variables.into_iter().map(|(name, value)| (name, Some(value))));
        for text in &self.var {
            let (name, value) = pair("--var", text)?;
            change.variables.insert(name, Some(value.into()));
        }
        change.variables.extend(self.no_var.iter().map(|name| (name.clone(), None)));
        let secrets = file.secrets.into_iter().chain(self.secrets.read()?);
        change.secrets.extend(secrets.map(|(name, secret)| (name, Some(secret))));
        change.secrets.extend(self.no_secret.iter().map(|name| (name.clone(), None)));
        change.overlay = match &self.overlay {
            Some(path) => Some(Some(files::text(path)?)),
            None => self.no_overlay.then_some(None),
        };
        change.local = match &self.local {
            Some(url) => Some(Some(url.clone())),
            None => self.no_local.then_some(None),
        };
        Ok(change)
    }
}
