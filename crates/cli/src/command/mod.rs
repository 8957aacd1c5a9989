//! The commands, a file each.

pub(crate) mod accounts;
pub(crate) mod check;
pub(crate) mod coverage;
pub(crate) mod explain;
pub(crate) mod get;
pub(crate) mod keys;
pub(crate) mod mutants;
pub(crate) mod patch;
pub(crate) mod plan;
pub(crate) mod sandbox;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod store;
pub(crate) mod test;
pub(crate) mod tokens;

use std::future::Future;

use crate::arguments::{Arguments, Command, Global};
use crate::color::Paint;
use crate::library::Library;
use crate::output::{Output, Surroundings};
use crate::problem::Problem;

/// What a command works with besides its own arguments.
pub(crate) struct Scene<'a> {
    /// What every command takes.
    pub(crate) global: &'a Global,
    /// The process.
    pub(crate) surroundings: &'a Surroundings,
    /// Whether standard output has colours.
    pub(crate) paint: Paint,
    /// Whether standard error has colours.
    pub(crate) stderr_color: bool,
}

impl Scene<'_> {
    /// The mappings that the command line names.
    pub(crate) fn library(&self) -> Result<Library, Problem> {
        let mappings: Vec<_> = self.global.mappings.iter().cloned().collect();
        Library::open(&mappings, self.global.schemas.as_deref())
    }
}

/// Runs a command.
pub(crate) fn run(arguments: &Arguments, surroundings: &Surroundings) -> Output {
    let Arguments { global, command } = arguments;
    let decide = |terminal: bool| global.color.decide(&*surroundings.environment, terminal);
    let scene = Scene {
        global,
        surroundings,
        paint: Paint(decide(surroundings.stdout_is_terminal)),
        stderr_color: decide(surroundings.stderr_is_terminal),
    };
    let done = match command {
        Command::Check(arguments) => check::run(arguments, &scene),
        Command::Plan(arguments) => plan::run(arguments, &scene),
        Command::Patch(arguments) => patch::run(arguments, &scene),
        Command::Get(arguments) => get::run(arguments, &scene),
        Command::Test(arguments) => test::run(arguments, &scene),
        Command::Coverage(arguments) => coverage::run(arguments, &scene),
        Command::Explain(arguments) => explain::run(arguments, &scene),
        Command::Schema(arguments) => schema::run(arguments, &scene),
        Command::Sandbox(arguments) => sandbox::run(arguments, &scene),
        Command::Serve(arguments) => serve::run(arguments, &scene),
        Command::Accounts(arguments) => accounts::run(arguments, &scene),
        Command::Tokens(arguments) => tokens::run(arguments, &scene),
        Command::Keys(arguments) => keys::run(arguments, &scene),
        Command::Store(arguments) => store::run(arguments, &scene),
    };
    done.unwrap_or_else(|problem| Output::of_problem(&problem, scene.stderr_color))
}

/// Runs something to its end on this thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Problem> {
    run_on(tokio::runtime::Builder::new_current_thread().enable_all(), future)
}

/// The same for what waits without asking anybody: a wait is over at once, and the clock shows that it was.
pub(crate) fn block_on_without_waiting<T>(future: impl Future<Output = T>) -> Result<T, Problem> {
    run_on(tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true), future)
}

fn run_on<T>(builder: &mut tokio::runtime::Builder, future: impl Future<Output = T>) -> Result<T, Problem> {
    match builder.build() {
        Ok(runtime) => Ok(runtime.block_on(future)),
        Err(error) => Err(Problem::Network(format!("the runtime cannot be started: {error}"))),
    }
}
