//! `accounts add`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use mapwright_interpreter::AccountFile;
use mapwright_mapping::catalog::Catalog;
use mapwright_server::admin::NewAccount;
use mapwright_server::demo::used_secrets;
use mapwright_server::store::{Secrets, State, Tenant};
use serde_json::json;
use uuid::Uuid;

use super::{checked_library, connect, refused_overlay, shown};
use crate::arguments::Format;
use crate::command::Scene;
use crate::exit::Exit;
use crate::files;
use crate::input::pair;
use crate::management::{Absent, StoreArguments};
use crate::output::Output;
use crate::problem::Problem;
use crate::secret_input::{SecretArguments, ask};
use crate::show::SCHEMA_VERSION;

#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// Whose account it is: the tenant whose tokens may use it
    #[arg(long)]
    tenant: Tenant,
    /// The provider; what --file says otherwise
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
    /// The way of authenticating, where the provider has several
    #[arg(long, value_name = "NAME")]
    auth: Option<String>,
    /// A name for people
    #[arg(long, default_value = "")]
    label: String,
    /// A variable of the account; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    var: Vec<String>,
    /// An account file, as `get --account` takes it; what is given beside it wins
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    secrets: SecretArguments,
    /// What the account has otherwise: entries that replace those of the mapping, or are added
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// Send every request of the account to a server on this machine, such as a running sandbox
    #[arg(long, value_name = "URL")]
    local: Option<String>,
    /// Ask the account's owner at once: print the address to open, and take the code that comes back from standard input
    #[arg(long, value_name = "URL")]
    redirect_uri: Option<String>,
    /// The id; a new one otherwise
    #[arg(long, value_name = "UUID")]
    id: Option<Uuid>,
    #[command(flatten)]
    store: StoreArguments,
    /// How the account is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: &AddArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let (library, catalog) = checked_library(scene)?;
    let new = arguments.account(&catalog, scene)?;
    let administration = arguments.store.administer(Absent::Make, catalog, scene).await?;
    let overlay = arguments.overlay.as_ref().map(|path| path.display().to_string());
    let added = administration.add_account(new).await;
    let mut row = added.map_err(|error| refused_overlay(error, &library, overlay.as_deref()))?;
    if let Some(redirect_uri) = arguments.redirect_uri.as_ref().filter(|_| row.state == State::Connecting) {
        let id = row.id;
        let words = |why: String| format!("{why}\n       the account {id} is kept, and still to be connected");
        let kept = |problem: Problem| match problem {
            Problem::Usage(why) => Problem::Usage(words(why)),
            Problem::Unreadable(why) => Problem::Unreadable(words(why)),
            Problem::Network(why) => Problem::Network(words(why)),
            other => other,
        };
        row = connect::ask(&administration, id, redirect_uri).await.map_err(kept)?;
    }
    let stdout = match arguments.format {
        Format::Pretty => format!("{}\n", row.id),
        Format::Json => {
            let account = shown(&administration, &row);
            format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "account": account }))
        }
    };
    let mut stderr = String::new();
    if row.state == State::Connecting {
        let id = row.id;
        stderr = format!(
            "the account is still to be connected: `mapwright accounts connect {id} --redirect-uri URL` asks its owner, and \
             `mapwright accounts set {id} --secret refresh_token=-` takes a refresh token from standard input\n"
        );
    }
    Ok(Output { stderr, ..Output::of(stdout, Exit::Fine) })
}

impl AddArguments {
    fn account(&self, catalog: &Catalog, scene: &Scene<'_>) -> Result<NewAccount, Problem> {
        let file = file(self.file.as_ref(), scene)?;
        let provider = self.provider.clone().or_else(|| file.provider.clone());
        let provider = provider.ok_or_else(|| Problem::Usage("--provider is missing".to_owned()))?;
        if let Some(named) = file.provider.as_ref().filter(|named| **named != provider) {
            return Err(Problem::Usage(format!(
                "the account file is for the provider `{named}`, and this is `{provider}`"
            )));
        }
        let mut variables = file.variables;
        for text in &self.var {
            let (name, value) = pair("--var", text)?;
            variables.insert(name, value.into());
        }
        let auth = self.auth.clone().or(file.auth);
        let mut secrets = file.secrets;
        secrets.extend(self.secrets.read()?);
        if scene.surroundings.stdin_is_terminal {
            ask_for_missing(catalog, &provider, auth.as_deref(), &mut secrets)?;
        }
        Ok(NewAccount {
            id: self.id,
            tenant: self.tenant.clone(),
            provider,
            label: self.label.clone(),
            auth,
            variables,
            secrets,
            overlay: self.overlay.as_deref().map(files::text).transpose()?,
            local: self.local.clone(),
        })
    }
}

/// What an account file says; nothing where there is none.
pub(super) fn file(path: Option<&PathBuf>, scene: &Scene<'_>) -> Result<AccountFile, Problem> {
    let Some(path) = path else {
        let (variables, secrets) = (BTreeMap::new(), BTreeMap::new());
        return Ok(AccountFile { provider: None, auth: None, variables, secrets });
    };
    let text = files::text(path)?;
    AccountFile::parse(&text, &*scene.surroundings.environment).map_err(|errors| {
        let lines: Vec<String> = errors.0.iter().map(|error| format!("{}: {error}", path.display())).collect();
        Problem::Usage(lines.join("\n       "))
    })
}

/// Asks at the terminal for the secrets that are not given.
fn ask_for_missing(
    catalog: &Catalog,
    provider: &str,
    auth: Option<&str>,
    secrets: &mut Secrets,
) -> Result<(), Problem> {
    let Some(provider) = catalog.providers().find(|known| known.id == provider) else { return Ok(()) };
    let auth = match auth {
        Some(name) => provider.auth.get(name),
        None => provider.auth.values().next().filter(|_| provider.auth.len() == 1),
    };
    for name in auth.map(used_secrets).unwrap_or_default() {
        if !secrets.contains_key(&name)
            && let Some(secret) = ask(&name)?
        {
            secrets.insert(name, secret);
        }
    }
    Ok(())
}
