//! `accounts test`.

use clap::Args;
use mapwright_server::admin::Verdict;
use serde_json::json;
use uuid::Uuid;

use super::{checked_library, shown};
use crate::arguments::Format;
use crate::command::Scene;
use crate::exit::Exit;
use crate::management::{Absent, StoreArguments, refused};
use crate::output::Output;
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;
use crate::show::wrap::harmless;

#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    /// The account
    id: Uuid,
    /// The id of a record to read; otherwise one that nobody has, which is answer enough
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    #[command(flatten)]
    store: StoreArguments,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: &TestArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let (_, catalog) = checked_library(scene)?;
    let administration = arguments.store.administer(Absent::Refuse, catalog, scene).await?;
    let probed = administration.test_account(arguments.id, arguments.record.as_deref()).await.map_err(refused)?;
    let exit = match probed.verdict {
        Verdict::Good => Exit::Fine,
        Verdict::Invalid | Verdict::Connecting => Exit::Usage,
        Verdict::Forbidden | Verdict::NeedsReauth | Verdict::Unknown => Exit::Failed,
    };
    let stdout = match arguments.format {
        Format::Json => {
            let account = shown(&administration, &probed.row);
            let (verdict, detail) = (probed.verdict.as_str(), &probed.detail);
            let all = json!({
                "schema_version": SCHEMA_VERSION, "verdict": verdict, "detail": detail, "account": account,
            });
            format!("{all:#}\n")
        }
        Format::Pretty => {
            let (verdict, detail) = (probed.verdict.as_str().replace('_', " "), harmless(&probed.detail));
            format!("{verdict}: {detail}\nthe account is {}\n", probed.row.state)
        }
    };
    Ok(Output::of(stdout, exit))
}
