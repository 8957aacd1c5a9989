//! Exit codes: the same for every command and every format.

use std::process::ExitCode;

/// How a command ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Everything is fine: 0.
    #[default]
    Fine,
    /// Findings in mappings, failed cases, or a contract that does not hold: 1.
    Findings,
    /// The command line, an account or another setting is wrong: 2.
    Usage,
    /// An input cannot be read or parsed: 3.
    Unreadable,
    /// The provider or the network failed: 4.
    Failed,
    /// The patch is refused, and nothing was written: 5.
    Refused,
    /// A fault of this program: 101, as after a panic.
    Bug,
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Fine => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Unreadable => 3,
            Exit::Failed => 4,
            Exit::Refused => 5,
            Exit::Bug => 101,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
