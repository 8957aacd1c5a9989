//! The `mapwright` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    mapwright_cli::main()
}
