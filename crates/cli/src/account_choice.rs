//! Whom a run talks to: the simulated provider of the demo, or an account of a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use mapwright_interpreter::{Account, DEADLINE, Finished, Http, Interpreter};
use mapwright_mapping::document::Document;
use mapwright_mapping::provider::Provider;
use mapwright_mapping::source::SourceFile;
use mapwright_mapping::variables::Bound;
use mapwright_sandbox::{Demo, Sandbox};
use mapwright_server::demo;
use serde_json::Value;

use crate::exit::Exit;
use crate::faults;
use crate::files;
use crate::input::pair;
use crate::library::Library;
use crate::output::{Output, Surroundings};
use crate::problem::Problem;
use crate::simulated::{self, Simulated};

/// The longest deadline of a run, in seconds.
const LONGEST: u64 = 3600;

/// Whose account it is: one of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct WhoseArguments {
    /// Talk to the simulated provider, with its demo account
    #[arg(long)]
    sandbox: bool,
    /// The account file; its secrets are texts or { env = "NAME" }
    #[arg(long, value_name = "FILE")]
    account: Option<PathBuf>,
}

/// Whom a run talks to.
#[derive(Debug, Args)]
pub(crate) struct TargetArguments {
    #[command(flatten)]
    whose: WhoseArguments,
    /// Send every request to a server on this machine, such as a running sandbox
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// How long the run may take; nothing more is sent after it
    #[arg(long, value_name = "SECONDS", default_value_t = DEADLINE.as_secs())]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    deadline: u64,
    /// Where the simulated provider's state is kept between runs
    #[arg(long, value_name = "FILE", requires = "sandbox", conflicts_with_all = ["base_url", "account"])]
    state: Option<PathBuf>,
    #[arg(long, value_name = "FAULT", help = faults::HELP, long_help = faults::LONG_HELP)]
    #[arg(requires = "sandbox", conflicts_with_all = ["base_url", "account"])]
    fault: Vec<String>,
}

/// An account with the way to its provider.
pub(crate) struct Target {
    /// The account.
    pub(crate) account: Account,
    /// What runs the steps.
    pub(crate) interpreter: Interpreter,
    /// The simulated provider of this process, where there is one.
    simulated: Option<InProcess>,
}

/// A simulated provider of this process.
struct InProcess {
    sandbox: Sandbox,
    transport: Simulated,
    /// Where its state is to be saved.
    state: Option<PathBuf>,
}

impl TargetArguments {
    /// Opens the target.
    pub(crate) fn open(
        &self,
        library: &Library,
        provider: &Arc<Provider>,
        surroundings: &Surroundings,
    ) -> Result<Target, Problem> {
        let Target { account, interpreter, simulated } = self.opened(library, provider, surroundings)?;
        Ok(Target { account, interpreter: interpreter.within(Duration::from_secs(self.deadline)), simulated })
    }

    /// All that the simulated provider can be told to do wrong, where that is asked for.
    pub(crate) fn fault_list(&self, library: &Library, provider: &Provider) -> Result<Option<Output>, Problem> {
        if !faults::wants_list(&self.fault) {
            return Ok(None);
        }
        Ok(Some(Output::of(library.sandbox(&provider.id)?.fault_list(), Exit::Fine)))
    }

    fn opened(
        &self,
        library: &Library,
        provider: &Arc<Provider>,
        surroundings: &Surroundings,
    ) -> Result<Target, Problem> {
        if let Some(path) = self.whose.account.as_ref().filter(|_| !self.whose.sandbox) {
            let account = account_file(path, provider, surroundings)?;
            return Ok(Target { account: self.based(account)?, interpreter: over_http()?, simulated: None });
        }
        let sandbox = library.sandbox(&provider.id)?;
        let account = self.based(demo_account(provider, sandbox.demo())?)?;
        if self.base_url.is_some() {
            return Ok(Target { account, interpreter: over_http()?, simulated: None });
        }
        faults::set(&sandbox, &self.fault)?;
        if let Some(path) = &self.state {
            simulated::restore(&sandbox, path)?;
        }
        let transport = Simulated::new(sandbox.clone());
        let interpreter = Interpreter::new(transport.clone());
        let simulated = Some(InProcess { sandbox, transport, state: self.state.clone() });
        Ok(Target { account, interpreter, simulated })
    }

    fn based(&self, account: Account) -> Result<Account, Problem> {
        match &self.base_url {
            Some(url) => account.at(url).map_err(|error| Problem::Usage(format!("--base-url: {error}"))),
            None => Ok(account),
        }
    }
}

impl Target {
    /// Saves what the run has changed in the simulated provider, notes its faults in the trace, and gives a line for
    /// each fault that no request has met.
    pub(crate) fn close(&self, finished: &mut Finished) -> Result<String, Problem> {
        let Some(InProcess { sandbox, transport, state }) = &self.simulated else {
            return Ok(String::new());
        };
        if let Some(path) = state {
            simulated::save(sandbox, path)?;
        }
        faults::mark(&mut finished.trace, transport.met());
        Ok(faults::unmet(sandbox))
    }
}

/// The demo account of a simulated provider.
pub fn demo_account(provider: &Arc<Provider>, demo: &Demo) -> Result<Account, Problem> {
    demo::account(provider, demo).map_err(|errors| Problem::Usage(format!("the sandbox's demo account: {errors}")))
}

fn account_file(path: &Path, provider: &Arc<Provider>, surroundings: &Surroundings) -> Result<Account, Problem> {
    let text = files::text(path)?;
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Account::from_toml(name, &text, provider, &*surroundings.environment)
        .map_err(|errors| Problem::Usage(located(path, &errors.to_string())))
}

/// Each line with the file that it is about.
fn located(path: &Path, errors: &str) -> String {
    let lines: Vec<String> = errors.lines().map(|line| format!("{}: {line}", path.display())).collect();
    lines.join("\n       ")
}

fn over_http() -> Result<Interpreter, Problem> {
    match Http::new() {
        Ok(http) => Ok(Interpreter::new(http)),
        Err(error) => Err(Problem::Network(error.to_string())),
    }
}

/// The variables that a plan is made with: those of an account file or of the demo, and single ones over them. The
/// file's secrets are not looked at.
pub(crate) fn plan_variables(
    library: &Library,
    provider: &Provider,
    account: Option<&Path>,
    single: &[String],
) -> Result<Arc<Bound>, Problem> {
    let mut variables = match account {
        Some(path) => file_variables(path, provider)?,
        None => match library.sandbox(&provider.id) {
            Ok(sandbox) => demo::variables(sandbox.demo()),
            Err(Problem::Usage(_)) => BTreeMap::new(),
            Err(other) => return Err(other),
        },
    };
    for text in single {
        let (name, value) = pair("--var", text)?;
        variables.insert(name, value.into());
    }
    match Bound::new(&provider.variables, &variables) {
        Ok(bound) => Ok(Arc::new(bound)),
        Err(errors) => {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Err(Problem::Usage(lines.join("\n       ")))
        }
    }
}

fn file_variables(path: &Path, provider: &Provider) -> Result<BTreeMap<String, Value>, Problem> {
    let text = files::text(path)?;
    let wrong = |what: &str| Problem::Usage(located(path, what));
    let named = Account::provider_in(&text).map_err(|errors| wrong(&errors.to_string()))?;
    if named != provider.id {
        let id = &provider.id;
        return Err(wrong(&format!("the account is for the provider `{named}`, and this is `{id}`")));
    }
    let document = Document::parse(SourceFile::from_text(path.display().to_string(), text))
        .map_err(|_| wrong("this cannot be read as TOML"))?;
    match document.value().get("variables") {
        None => Ok(BTreeMap::new()),
        Some(Value::Object(table)) => Ok(table.iter().map(|(name, value)| (name.clone(), value.clone())).collect()),
        Some(_) => Err(wrong("`variables` is a table")),
    }
}
