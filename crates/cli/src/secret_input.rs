//! Secrets as they come in: from files, from standard input, or typed at a terminal that does not show them. Never from
//! an argument, which everybody on the machine can read.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Args;
use mapwright_server::store::Secrets;
use secrecy::SecretString;

use crate::files;
use crate::input::{pair, standard_input};
use crate::problem::Problem;

/// Single secrets.
#[derive(Debug, Args)]
pub(crate) struct SecretArguments {
    /// A secret from a file, or with `-` from standard input; a line break at its end is left out; may be repeated
    #[arg(long = "secret", value_name = "NAME=@FILE")]
    secrets: Vec<String>,
}

impl SecretArguments {
    /// Reads them.
    pub(crate) fn read(&self) -> Result<Secrets, Problem> {
        let mut secrets = BTreeMap::new();
        let mut typed: Option<String> = None;
        for text in &self.secrets {
            // What stands there may be the secret itself: it is not repeated.
            let wrong = || Problem::Usage("--secret takes NAME=@FILE or NAME=-, never the secret itself".to_owned());
            let (name, from) = pair("--secret", text).map_err(|_| wrong())?;
            let value = match (from.as_str(), from.strip_prefix('@')) {
                ("-", _) if typed.is_some() => {
                    let words = "standard input has one secret: --secret NAME=- is given twice";
                    return Err(Problem::Usage(words.to_owned()));
                }
                ("-", _) => {
                    typed = Some(name.clone());
                    standard_input()?
                }
                (_, Some(path)) => files::text(Path::new(path))?,
                _ => return Err(wrong()),
            };
            if secrets.insert(name.clone(), SecretString::from(line(&value))).is_some() {
                return Err(Problem::Usage(format!("--secret {name} is given twice")));
            }
        }
        Ok(secrets)
    }
}

/// A text without the line break at its end.
fn line(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// Asks for a secret at the terminal, which does not show it. Nothing typed is none.
pub(crate) fn ask(name: &str) -> Result<Option<SecretString>, Problem> {
    let failed = |error: &io::Error| Problem::Unreadable(format!("the terminal: {error}"));
    let _hidden = Hidden::begin()?;
    let mut stderr = io::stderr().lock();
    write!(stderr, "{name}: ").and_then(|()| stderr.flush()).map_err(|e| failed(&e))?;
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed).map_err(|e| failed(&e))?;
    writeln!(stderr).map_err(|e| failed(&e))?;
    let typed = line(&typed);
    Ok((!typed.is_empty()).then(|| SecretString::from(typed)))
}

/// A terminal that does not show what is typed, for as long as this lives.
struct Hidden;

impl Hidden {
    fn begin() -> Result<Hidden, Problem> {
        if set_echo(false) {
            return Ok(Hidden);
        }
        let words = "the terminal cannot hide what is typed: give secrets with --secret NAME=@FILE or --file";
        Err(Problem::Usage(words.to_owned()))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        set_echo(true);
    }
}

fn set_echo(shown: bool) -> bool {
    let mut stty = Command::new("stty");
    stty.arg(if shown { "echo" } else { "-echo" }).stdin(Stdio::inherit()).stdout(Stdio::null()).stderr(Stdio::null());
    stty.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_break_is_left_out() {
        for (text, kept) in [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a "), ("", ""), ("\n", "")] {
            assert_eq!(line(text), kept);
        }
    }

    #[test]
    fn a_secret_in_an_argument_is_refused_and_not_repeated() {
        for text in ["canary", "token=canary", "=@canary"] {
            let arguments = SecretArguments { secrets: vec![text.to_owned()] };
            let problem = arguments.read().expect_err("refused");
            let words = "--secret takes NAME=@FILE or NAME=-, never the secret itself";
            assert_eq!(problem, Problem::Usage(words.to_owned()));
        }
    }
}
