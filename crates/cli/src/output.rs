//! What a command writes: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;

use mapwright_mapping::diagnostic::pretty;

use crate::color::Paint;
use crate::exit::Exit;
use crate::problem::Problem;

/// What a command writes, and how it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Output {
    /// The result.
    pub(crate) stdout: String,
    /// Diagnostics and remarks.
    pub(crate) stderr: String,
    /// How it ends.
    pub(crate) exit: Exit,
}

impl Output {
    /// A result.
    pub(crate) fn of(stdout: String, exit: Exit) -> Output {
        Output { stdout, stderr: String::new(), exit }
    }

    /// Why a command line is wrong.
    pub(crate) fn of_usage(message: &str) -> Output {
        Output { stderr: format!("error: {message}\n"), ..Output::of(String::new(), Exit::Usage) }
    }

    /// What clap has to say: help and version are results, all else is wrong usage.
    pub(crate) fn of_clap(error: &clap::Error, surroundings: &Surroundings) -> Output {
        let text = error.render();
        let wrong = error.use_stderr();
        let terminal = if wrong { surroundings.stderr_is_terminal } else { surroundings.stdout_is_terminal };
        let color = crate::color::ColorChoice::Auto.decide(&*surroundings.environment, terminal);
        let text = if color { text.ansi().to_string() } else { text.to_string() };
        if wrong {
            return Output { stderr: text, exit: Exit::Usage, ..Output::default() };
        }
        Output::of(text, Exit::Fine)
    }

    /// Why a command cannot go on.
    pub(crate) fn of_problem(problem: &Problem, color: bool) -> Output {
        let stderr = match problem {
            Problem::Findings(found) => pretty::render(found, color),
            other => format!("{}: {other}\n", Paint(color).red("error")),
        };
        Output { stdout: String::new(), stderr, exit: problem.exit() }
    }

    /// Writes to the streams of the process. A reader that has gone away is no error.
    pub(crate) fn write(&self) -> ExitCode {
        let stderr = put(&mut io::stderr().lock(), &self.stderr);
        let stdout = put(&mut io::stdout().lock(), &self.stdout);
        match stderr.and(stdout) {
            Ok(()) => self.exit.into(),
            Err(_) => Exit::Failed.into(),
        }
    }
}

/// Writes a text and flushes it. A reader that has gone away is no error.
pub(crate) fn put(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// The value of a variable of the environment, if it is set.
pub(crate) type Environment = dyn Fn(&str) -> Option<String>;

/// What a command knows of the process.
pub(crate) struct Surroundings {
    /// The environment.
    pub(crate) environment: Box<Environment>,
    /// Whether standard input is a terminal.
    pub(crate) stdin_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub(crate) stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub(crate) stderr_is_terminal: bool,
}

impl Surroundings {
    /// Those of this process.
    #[expect(clippy::disallowed_methods, reason = "the command line is where the environment comes in")]
    pub(crate) fn of_process() -> Surroundings {
        Surroundings {
            environment: Box::new(|name| std::env::var(name).ok()),
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
        }
    }
}
