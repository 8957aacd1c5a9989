//! The command line.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mapwright_mapping::mapping::Mapping;

use crate::color::ColorChoice;
use crate::command::{
    accounts, check, coverage, explain, get, keys, patch, plan, sandbox, schema, serve, store, test, tokens,
};
use crate::library::Library;
use crate::problem::Problem;

/// One unified update against any provider, from mapping files alone.
#[derive(Debug, Parser)]
#[command(name = "mapwright", version)]
#[command(after_help = "\
Exit codes: 0 fine; 1 findings, failed cases or a contract that does not hold; 2 wrong usage or
configuration; 3 unreadable input; 4 the provider or the network failed; 5 the patch is refused and
nothing was written; 101 a bug.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// A directory of providers' mappings; what is built in otherwise
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) mappings: Option<PathBuf>,
    /// A directory of unified schemas; what is built in otherwise
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) schemas: Option<PathBuf>,
    /// When to write colours; the usual variables of the environment count too
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check mappings: every finding in one pass, offline
    Check(check::CheckArguments),
    /// Show the exact requests of a patch; sends nothing
    Plan(plan::PlanArguments),
    /// Run a patch, and show every request, the result and what became of each leaf
    Patch(patch::PatchArguments),
    /// Read a record
    Get(get::GetArguments),
    /// Run the cases beside the mappings
    Test(test::TestArguments),
    /// Show which unified field works with which provider, from the mappings alone
    Coverage(coverage::CoverageArguments),
    /// Explain a unified field, or the code of a finding
    Explain(explain::ExplainArguments),
    /// Print the JSON Schemas of the files and of the unified resources
    Schema(schema::SchemaArguments),
    /// Keep a simulated provider running on this machine
    Sandbox(sandbox::SandboxArguments),
    /// Serve the contract's endpoint over HTTP, for many accounts
    Serve(serve::ServeArguments),
    /// Manage the accounts that the service calls providers with
    Accounts(accounts::AccountsArguments),
    /// Manage the tokens that callers of the service have
    Tokens(tokens::TokensArguments),
    /// Make the keys that credentials are sealed with, and change them
    Keys(keys::KeysArguments),
    /// Copy the store
    Store(store::StoreCommandArguments),
}

/// How a result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Pretty,
    /// For programs; it has a `schema_version`.
    Json,
}

/// Which record.
#[derive(Debug, Args)]
pub(crate) struct RecordArguments {
    /// The provider
    pub(crate) provider: String,
    /// The id of the record at the provider
    pub(crate) id: String,
    /// The unified resource; the provider's first otherwise
    #[arg(long)]
    pub(crate) resource: Option<String>,
    /// What the account has otherwise: entries that replace those of the mapping, or are added
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay: Option<PathBuf>,
}

impl RecordArguments {
    /// The mapping, with the overlay.
    pub(crate) fn mapping(&self, library: &Library) -> Result<Arc<Mapping>, Problem> {
        library.overlaid(&self.provider, self.resource.as_deref(), self.overlay.as_deref())
    }
}

/// What is patched, and how.
#[derive(Debug, Args)]
pub(crate) struct DataArguments {
    /// The patch, a JSON object: its text, @FILE, or - for standard input
    #[arg(long, value_name = "JSON")]
    pub(crate) data: String,
    /// Refuse the patch unless every leaf is written exactly as given
    #[arg(long)]
    pub(crate) strict: bool,
    /// What a list means
    #[arg(long, value_enum, default_value_t)]
    pub(crate) lists: Lists,
    /// A query parameter that is added to the main record's write; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) remote_query: Vec<String>,
}

/// What a list means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lists {
    /// The list is what there is afterwards.
    #[default]
    Replace,
    /// What the list does not name is kept.
    Merge,
}
