//! The parts of the `mapwright` command, as a library, so that tests can use them.
//!
//! | what | file |
//! |---|---|
//! | the command line | `arguments.rs`, one file for each command in `command/` |
//! | exit codes, and why a command cannot go on | `exit.rs`, `problem.rs` |
//! | what a command writes | `output.rs`, `color.rs` |
//! | mappings: shipped with the binary, or from a directory | `shipped.rs`, `files.rs`, `library.rs` |
//! | whom a run talks to | `account_choice.rs`, `simulated.rs`, `faults.rs` |
//! | what a run is given | `input.rs` |
//! | the mappings and the store of a service | `served.rs`, `store_choice.rs` |
//! | the store, managed; secrets as they come in | `management.rs`, `secret_input.rs` |
//! | requests, results and outcomes as text and as JSON | `show/` |
//! | cases: reading, replaying, comparing, refreshing | `case/` |
//! | values and files as TOML | `toml_text.rs` |
//! | mutants of mappings, and who notices them | `mutant/` |

mod account_choice;
mod arguments;
pub mod case;
mod color;
mod command;
mod exit;
mod faults;
mod files;
mod input;
mod library;
mod management;
pub mod mutant;
mod output;
mod problem;
mod secret_input;
mod served;
mod shipped;
mod show;
mod simulated;
mod store_choice;
mod toml_text;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

pub use account_choice::demo_account;
pub use exit::Exit;
pub use library::{CaseFile, Library};
pub use problem::Problem;
pub use simulated::Simulated;

use arguments::Arguments;
use output::{Output, Surroundings};

/// Runs the command with the arguments, the environment and the streams of the process.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let surroundings = Surroundings::of_process();
    run(arguments, &surroundings).write()
}

/// Runs a command line. The arguments begin with the program's name.
fn run(arguments: Vec<OsString>, surroundings: &Surroundings) -> Output {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => command::run(&arguments, surroundings),
        Err(error) => Output::of_clap(&error, surroundings),
    }
}
