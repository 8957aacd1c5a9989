//! `accounts show`.

use std::fmt::Write as _;

use clap::Args;
use mapwright_mapping::catalog::Catalog;
use serde_json::{Value, json};
use uuid::Uuid;

use super::shown;
use crate::arguments::Format;
use crate::command::Scene;
use crate::exit::Exit;
use crate::management::{Absent, StoreArguments, refused};
use crate::output::Output;
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;
use crate::show::wrap::harmless;

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The account
    id: Uuid,
    #[command(flatten)]
    store: StoreArguments,
    /// How the account is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: &ShowArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let administration = arguments.store.administer(Absent::Refuse, Catalog::default(), scene).await?;
    let row = administration.account(arguments.id).await.map_err(refused)?;
    let account = shown(&administration, &row);
    let stdout = match arguments.format {
        Format::Json => format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "account": account })),
        Format::Pretty => pretty(&account),
    };
    Ok(Output::of(stdout, Exit::Fine))
}

/// A line for each member that has a value; an overlay last, as it is written.
pub(super) fn pretty(account: &Value) -> String {
    let mut out = String::new();
    let members = account.as_object().into_iter().flatten();
    for (name, value) in members.filter(|(name, value)| !value.is_null() && *name != "overlay") {
        let text = match value {
            Value::String(text) if text.is_empty() => continue,
            Value::String(text) => text.clone(),
            Value::Object(variables) if variables.is_empty() => continue,
            Value::Object(variables) => {
                let pairs = variables.iter().map(|(name, value)| {
                    format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                });
                pairs.collect::<Vec<_>>().join(", ")
            }
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        };
        let _ = writeln!(out, "{:14} {}", name.replace('_', " "), harmless(&text).replace('\n', " "));
    }
    if account.get("secrets").is_some_and(Value::is_null) {
        let _ = writeln!(out, "{:14} they do not open: `mapwright keys status` shows which key is missing", "secrets");
    }
    if let Some(overlay) = account.get("overlay").and_then(Value::as_str) {
        let _ = writeln!(out, "overlay");
        for line in harmless(overlay).lines() {
            let _ = writeln!(out, "{}", format!("  {line}").trim_end());
        }
    }
    out
}
