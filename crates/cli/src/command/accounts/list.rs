//! `accounts list`.

use clap::Args;
use mapwright_mapping::catalog::Catalog;
use mapwright_server::admin::account_as_json;
use mapwright_server::store::{AccountRow, Tenant};
use serde_json::{Value, json};

use crate::arguments::Format;
use crate::command::Scene;
use crate::exit::Exit;
use crate::management::{Absent, StoreArguments, refused};
use crate::output::Output;
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;
use crate::show::rows::table;

/// How many rows are read at a time.
const PAGE: u32 = 500;

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Those of one tenant
    #[arg(long)]
    tenant: Option<Tenant>,
    #[command(flatten)]
    store: StoreArguments,
    /// How the accounts are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: &ListArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let administration = arguments.store.administer(Absent::Refuse, Catalog::default(), scene).await?;
    let mut all: Vec<AccountRow> = Vec::new();
    loop {
        let after = all.last().map(|row| row.id);
        let page = administration.accounts(arguments.tenant.as_ref(), after, PAGE).await.map_err(refused)?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    let stdout = match arguments.format {
        Format::Json => {
            let accounts: Vec<Value> = all.iter().map(|row| account_as_json(row, None)).collect();
            format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "accounts": accounts }))
        }
        Format::Pretty if all.is_empty() => "there are no accounts\n".to_owned(),
        Format::Pretty => {
            let rows = all.iter().map(|row| {
                let id = row.id.to_string();
                vec![id, row.tenant.to_string(), row.provider.clone(), row.state.to_string(), row.label.clone()]
            });
            table(&["id", "tenant", "provider", "state", "label"], rows)
        }
    };
    Ok(Output::of(stdout, Exit::Fine))
}
