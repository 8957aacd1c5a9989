//! `sandbox`: keeps a simulated provider running on this machine.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use mapwright_mapping::provider::Provider;
use mapwright_sandbox::Sandbox;
use mapwright_server::demo;
use tokio::net::TcpListener;

use super::{Scene, block_on};
use crate::exit::Exit;
use crate::faults;
use crate::output::{Output, put};
use crate::problem::Problem;
use crate::simulated;

/// How often the state is looked at for a change that is to be saved.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Debug, Args)]
pub(crate) struct SandboxArguments {
    /// The provider
    provider: String,
    /// A loopback address; port 0 is any free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where the state is kept between runs; it is saved after each change
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    #[arg(long, value_name = "FAULT", help = faults::HELP, long_help = faults::LONG_HELP)]
    fault: Vec<String>,
}

pub(crate) fn run(arguments: &SandboxArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let library = scene.library()?;
    let mapping = library.mapping(&arguments.provider, None)?;
    let sandbox = library.sandbox(&arguments.provider)?;
    if !arguments.listen.ip().is_loopback() {
        let address = arguments.listen;
        return Err(Problem::Usage(format!("--listen: {address} is not an address of this machine alone")));
    }
    if faults::wants_list(&arguments.fault) {
        return Ok(Output::of(sandbox.fault_list(), Exit::Fine));
    }
    faults::set(&sandbox, &arguments.fault)?;
    if let Some(path) = &arguments.state {
        simulated::restore(&sandbox, path)?;
        simulated::save(&sandbox, path)?;
    }
    block_on(serve(arguments, &mapping.provider, sandbox))?
}

async fn serve(arguments: &SandboxArguments, provider: &Arc<Provider>, sandbox: Sandbox) -> Result<Output, Problem> {
    let failed = |error: &io::Error| Problem::Usage(format!("{}: {error}", arguments.listen));
    let listener = TcpListener::bind(arguments.listen).await.map_err(|e| failed(&e))?;
    let address = listener.local_addr().map_err(|e| failed(&e))?;
    put(&mut io::stdout().lock(), &greeting(provider, &sandbox, address, &arguments.fault)).map_err(|e| failed(&e))?;
    let ended = async {
        // Where the signal cannot be heard, the process ends by it as any other does.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let served = mapwright_sandbox::serve(listener, Arc::new(sandbox.clone()), ended);
    match &arguments.state {
        None => served.await.map_err(|e| failed(&e))?,
        Some(path) => {
            tokio::select! {
                ended = served => ended.map_err(|e| failed(&e))?,
                saved = keep(&sandbox, path) => saved?,
            }
            simulated::save(&sandbox, path)?;
        }
    }
    Ok(Output::of(String::new(), Exit::Fine))
}

/// Saves the state whenever it has changed. The file is replaced at once, so that the process may be ended at any
/// moment.
async fn keep(sandbox: &Sandbox, path: &Path) -> Result<(), Problem> {
    let mut saved = sandbox.state();
    loop {
        tokio::time::sleep(LOOK).await;
        let now = sandbox.state();
        if now != saved {
            simulated::save(sandbox, path)?;
            saved = now;
        }
    }
}

/// Where the provider is, and an account file for it.
fn greeting(provider: &Provider, sandbox: &Sandbox, address: SocketAddr, faults: &[String]) -> String {
    let shown = sandbox.demo();
    let (id, first) = (&provider.id, &shown.first_id);
    let mut out = format!(
        "# {} is simulated at http://{address} until ctrl-c.\n{}\
         # With this text as account.toml, read its first record with\n\
         #   mapwright get {id} {first} --account account.toml --base-url http://{address}\n\
         provider = {}\nauth = {}\n",
        provider.label,
        if faults.is_empty() { String::new() } else { format!("# It misbehaves: {}\n", faults.join(" ")) },
        quoted(id),
        quoted(&shown.scheme)
    );
    let mut table = |name: &str, rows: &mut dyn Iterator<Item = (&String, &String)>| {
        let rows: Vec<String> = rows.map(|(key, text)| format!("{} = {}\n", quoted(key), quoted(text))).collect();
        if !rows.is_empty() {
            let _ = write!(out, "\n[{name}]\n{}", rows.concat());
        }
    };
    table("variables", &mut shown.variables.iter());
    table("secrets", &mut demo::secrets(provider, shown).iter());
    out
}

/// A TOML text. JSON's escapes are among TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
