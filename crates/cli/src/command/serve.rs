//! `serve`: the service over HTTP.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use mapwright_interpreter::{Http, Interpreter};
use mapwright_mapping::document::for_each;
use mapwright_sandbox::Sandbox;
use mapwright_server::keyring::Keyring;
use mapwright_server::listen::bind;
use mapwright_server::mappings::Current;
use mapwright_server::settings::{LISTEN, LOG, SettingError, Settings};
use mapwright_server::store::{Store, StoreError};
use mapwright_server::{Service, count, logs, sandboxed, signals};

use super::Scene;
use crate::exit::Exit;
use crate::files;
use crate::library::Library;
use crate::output::{Output, put};
use crate::problem::Problem;
use crate::served::Served;
use crate::store_choice;

/// What is logged of simulated providers where nobody says otherwise.
const QUIET: &str = "warn";

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ServeArguments {
    /// Serve simulated providers with an account each; nothing is set up, nothing leaves this machine
    #[arg(long, conflicts_with_all = ["store", "key_file"])]
    sandbox: bool,
    /// The address to listen on; port 0 is any free port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Settings as a TOML file; the environment (MAPWRIGHT_…) and flags win over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where accounts are kept: sqlite:FILE or postgres://… [default: sqlite:mapwright.db]
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// The file with the keys that seal credentials [default: beside the SQLite file, made at the first start]
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// How long a run may take
    #[arg(long, value_name = "SECONDS")]
    deadline: Option<u64>,
    /// How long running requests are waited for at the end
    #[arg(long, value_name = "SECONDS")]
    drain: Option<u64>,
    /// Which events are logged, as info or mapwright=debug,warn
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
    /// Log lines of JSON
    #[arg(long)]
    log_json: bool,
    /// Take up changes of the mappings at SIGHUP alone
    #[arg(long)]
    no_watch: bool,
    /// Print the settings that would be used, passwords masked, and end
    #[arg(long)]
    print_config: bool,
}

impl ServeArguments {
    fn settings(&self, scene: &Scene<'_>) -> Result<Settings, Problem> {
        let flags = Settings {
            listen: self.listen,
            store: self.store.clone(),
            key_file: self.key_file.clone(),
            deadline: self.deadline,
            drain: self.drain,
            log: self.log.clone(),
            log_json: self.log_json.then_some(true),
            reload: self.no_watch.then_some(false),
            ..Settings::default()
        };
        let environment = Settings::from_environment(&*scene.surroundings.environment).map_err(|e| wrong(&e))?;
        let file = match &self.config {
            Some(path) => Settings::from_toml(&files::text(path)?)
                .map_err(|error| Problem::Unreadable(format!("{}: {error}", path.display())))?,
            None => Settings::default(),
        };
        Ok(flags.or(environment).or(file))
    }
}

fn wrong(error: &SettingError) -> Problem {
    Problem::Usage(error.to_string())
}

pub(crate) fn run(arguments: &ServeArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let settings = arguments.settings(scene)?;
    if arguments.print_config {
        return Ok(Output::of(settings.shown().map_err(|e| wrong(&e))?, Exit::Fine));
    }
    let listen = settings.listen.unwrap_or(LISTEN);
    if arguments.sandbox && !listen.ip().is_loopback() {
        return Err(Problem::Usage(format!("--sandbox: {listen} is not an address of this machine alone")));
    }
    let library = scene.library()?;
    let errors = library.errors();
    if !errors.is_empty() {
        return Err(Problem::Findings(errors));
    }
    let sandboxes = if arguments.sandbox { sandboxes(&library)? } else { Vec::new() };
    let mappings =
        Current::load(Served::new(scene.global, library)).map_err(|refused| Problem::Usage(refused.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Problem::Network(format!("the runtime cannot be started: {error}")))?;
    let work = Work { sandbox: arguments.sandbox, settings, listen, mappings, sandboxes };
    runtime.block_on(work.serve(scene))?;
    Ok(Output::of(String::new(), Exit::Fine))
}

/// The simulated providers, by the ids of the providers.
fn sandboxes(library: &Library) -> Result<Vec<(String, Sandbox)>, Problem> {
    let made = for_each(&library.providers(), |id| Ok(((*id).to_owned(), library.sandbox(id)?)));
    made.into_iter().collect()
}

/// What is served.
struct Work {
    sandbox: bool,
    settings: Settings,
    listen: SocketAddr,
    mappings: Current,
    sandboxes: Vec<(String, Sandbox)>,
}

impl Work {
    async fn serve(self, scene: &Scene<'_>) -> Result<(), Problem> {
        let Work { sandbox, settings, listen, mappings, sandboxes } = self;
        let limits = settings.limits().map_err(|e| wrong(&e))?;
        let filter = settings.log.as_deref().unwrap_or(if sandbox { QUIET } else { LOG });
        let http = Http::new().map_err(|error| Problem::Network(error.to_string()))?;
        let _logs = logs::begin(filter, settings.log_json.unwrap_or(false), settings.otlp.as_deref())
            .map_err(|e| Problem::Usage(e.to_string()))?;
        let metrics = count::begin().map_err(|e| Problem::Usage(format!("metrics: {e}")))?;
        let store =
            if sandbox { in_memory().await? } else { store_choice::open(&settings, scene.surroundings).await? };
        // The token of simulated providers is known to everybody: it never gets into an operator's store.
        let demos = if sandbox {
            let started = sandboxed::start(&mappings.catalog(), sandboxes, &store).await;
            started.map_err(|error| Problem::Usage(format!("--sandbox: {error}")))?
        } else {
            Vec::new()
        };
        let interpreter = Interpreter::new(http).with_tokens(store.clone());
        let service = Service::new(mappings, store, interpreter, limits).counting(metrics);
        let listener = bind(listen).await.map_err(|error| Problem::Network(error.to_string()))?;
        let address = listener.local_addr().map_err(|error| Problem::Network(error.to_string()))?;
        put(&mut io::stdout().lock(), &greeting(address, &demos)).map_err(|e| Problem::Usage(e.to_string()))?;
        let beside = service.tend(settings.reload.unwrap_or(true));
        service.serve(listener, signals::ended()).await;
        beside.abort();
        Ok(())
    }
}

/// A store for as long as the process lives.
async fn in_memory() -> Result<Store, Problem> {
    let opened = async { Store::open("sqlite::memory:", Keyring::generate()?).await };
    opened.await.map_err(|error: StoreError| Problem::Usage(error.to_string()))
}

/// Where the service is, and whom it can be asked for.
fn greeting(address: SocketAddr, demos: &[sandboxed::Demo]) -> String {
    let mut out = format!("Mapwright serves at http://{address}\n");
    if demos.is_empty() {
        return out;
    }
    let _ = writeln!(out, "token {}\n", sandboxed::TOKEN);
    let width =
        |text: &dyn Fn(&sandboxed::Demo) -> usize, least: usize| demos.iter().map(text).max().unwrap_or(0).max(least);
    let provider = width(&|demo| demo.provider.len(), "provider".len());
    let _ = writeln!(out, "{:provider$}  {:36}  first lead", "provider", "integrated_account_id");
    for demo in demos {
        let _ = writeln!(out, "{:provider$}  {}  {}", demo.provider, demo.account, demo.first);
    }
    out
}
