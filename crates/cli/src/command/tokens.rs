//! `tokens`: the tokens that callers of the service have.

use clap::{Args, Subcommand};
use mapwright_mapping::catalog::Catalog;
use mapwright_server::admin::{Administration, token_as_json};
use mapwright_server::store::{Tenant, TokenRow};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{Scene, block_on};
use crate::arguments::Format;
use crate::exit::Exit;
use crate::management::{Absent, StoreArguments, refused};
use crate::output::Output;
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;
use crate::show::rows::table;

/// How many rows are read at a time.
const PAGE: u32 = 500;

#[derive(Debug, Args)]
pub(crate) struct TokensArguments {
    #[command(subcommand)]
    command: TokensCommand,
}

#[derive(Debug, Subcommand)]
enum TokensCommand {
    /// Add a token, and print it this once
    Add(AddArguments),
    /// List tokens, without their secrets
    List(ListArguments),
    /// Take a token out of use
    Revoke(RevokeArguments),
}

/// Whose token it is: one of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct WhoseArguments {
    /// A tenant: the token calls this tenant's accounts
    #[arg(long)]
    tenant: Option<Tenant>,
    /// An administrator: the token manages accounts and tokens, and calls none
    #[arg(long)]
    admin: bool,
}

#[derive(Debug, Args)]
struct AddArguments {
    #[command(flatten)]
    whose: WhoseArguments,
    /// A name for people
    #[arg(long, default_value = "")]
    name: String,
    #[command(flatten)]
    store: StoreArguments,
    /// How the token is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Args)]
struct ListArguments {
    /// Those of one tenant
    #[arg(long)]
    tenant: Option<Tenant>,
    #[command(flatten)]
    store: StoreArguments,
    /// How the tokens are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Args)]
struct RevokeArguments {
    /// The token's id: the part between the underscores
    id: String,
    #[command(flatten)]
    store: StoreArguments,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(arguments: &TokensArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    block_on(async {
        match &arguments.command {
            TokensCommand::Add(arguments) => add(arguments, scene).await,
            TokensCommand::List(arguments) => list(arguments, scene).await,
            TokensCommand::Revoke(arguments) => revoke(arguments, scene).await,
        }
    })?
}

async fn add(arguments: &AddArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let administration = arguments.store.administer(Absent::Make, Catalog::default(), scene).await?;
    let tenant = arguments.whose.tenant.as_ref();
    let (row, text) = administration.add_token(tenant, &arguments.name).await.map_err(refused)?;
    let text = text.expose_secret();
    if arguments.format == Format::Json {
        let mut token = token_as_json(&row);
        if let Some(members) = token.as_object_mut() {
            members.insert("token".to_owned(), json!(text));
        }
        let stdout = format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "token": token }));
        return Ok(Output::of(stdout, Exit::Fine));
    }
    let stderr = format!("the token is shown this once; `mapwright tokens revoke {}` takes it out of use\n", row.id);
    Ok(Output { stderr, ..Output::of(format!("{text}\n"), Exit::Fine) })
}

async fn list(arguments: &ListArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let administration = arguments.store.administer(Absent::Refuse, Catalog::default(), scene).await?;
    let all = all(&administration, arguments.tenant.as_ref()).await?;
    let shown: Vec<Value> = all.iter().map(token_as_json).collect();
    let stdout = match arguments.format {
        Format::Json => format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "tokens": shown })),
        Format::Pretty if all.is_empty() => "there are no tokens\n".to_owned(),
        Format::Pretty => {
            let rows = shown.iter().map(|row| {
                let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let day = |name: &str| text(name).split('T').next().unwrap_or_default().to_owned();
                let tenant = if row.get("admin") == Some(&json!(true)) { "(admin)".to_owned() } else { text("tenant") };
                let used = if day("last_used").is_empty() { "never".to_owned() } else { day("last_used") };
                vec![text("id"), tenant, day("created"), used, text("name")]
            });
            table(&["id", "tenant", "created", "last used", "name"], rows)
        }
    };
    Ok(Output::of(stdout, Exit::Fine))
}

async fn all(administration: &Administration, tenant: Option<&Tenant>) -> Result<Vec<TokenRow>, Problem> {
    let mut all: Vec<TokenRow> = Vec::new();
    loop {
        let after = all.last().map(|row| row.id.clone());
        let page = administration.tokens(tenant, after.as_deref(), PAGE).await.map_err(refused)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

async fn revoke(arguments: &RevokeArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let administration = arguments.store.administer(Absent::Refuse, Catalog::default(), scene).await?;
    administration.revoke_token(&arguments.id).await.map_err(refused)?;
    let stdout = match arguments.format {
        Format::Json => format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "revoked": arguments.id })),
        Format::Pretty => format!("{} is out of use\n", arguments.id),
    };
    Ok(Output::of(stdout, Exit::Fine))
}
