//! The program as a process.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::{Client, Database, until};

/// Starts a program, waits for the end of standard input, kills it, and removes a directory.
const KEEPER: &str = r#"
directory=$1
shift
"$@" </dev/null &
program=$!
cat >/dev/null
kill -KILL "$program"
rm -rf "$directory"
"#;

/// How many lines of the log a failure shows.
const LAST: usize = 20;

/// How the service is started.
#[derive(Debug)]
pub struct Start {
    command: Command,
}

/// A running service. It is killed in the end.
#[derive(Debug)]
pub struct Service {
    child: Child,
    address: SocketAddr,
    output: Arc<Mutex<String>>,
    logs: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Start {
    /// `mapwright serve` on a free port, with a store. The environment is empty but for the path.
    pub fn new(database: &Database) -> Start {
        let start = Start::bare(None);
        start.with("--store").with(&database.url).with("--key-file").with(&database.key_file)
    }

    /// The same with other mappings than the built-in ones.
    pub fn with_mappings(database: &Database, mappings: &Path) -> Start {
        let start = Start::bare(Some(mappings));
        start.with("--store").with(&database.url).with("--key-file").with(&database.key_file)
    }

    /// `mapwright serve --sandbox`.
    pub fn sandbox() -> Start {
        Start::bare(None).with("--sandbox")
    }

    /// Without a store.
    pub fn bare(mappings: Option<&Path>) -> Start {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        if let Some(mappings) = mappings {
            command.arg("--mappings").arg(mappings);
        }
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        Start { command }
    }

    /// The same with an argument.
    pub fn with(mut self, argument: impl Into<OsString>) -> Start {
        self.command.arg(argument.into());
        self
    }

    /// The same with a variable of the environment.
    pub fn set(mut self, name: &str, value: &str) -> Start {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end: its status, what it printed, and what it said.
    pub fn output(mut self) -> (ExitStatus, String, String) {
        let output = self.command.stdin(Stdio::null()).output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status, text(&output.stdout), text(&output.stderr))
    }

    /// Starts it and waits until it listens.
    pub fn start(mut self) -> Service {
        self.command.stdin(Stdio::null());
        self.listening()
    }

    /// The same for a service that many tests share: it ends with this process, however that ends, and the database's
    /// directory is removed.
    pub fn start_kept(mut self, database: &Database) -> Service {
        let mut keeper = Command::new("/bin/sh");
        keeper
            .args(["-c", KEEPER, "keeper"])
            .arg(database.directory())
            .arg(self.command.get_program())
            .args(self.command.get_args());
        keeper.env_clear().envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        self.command = keeper;
        self.command.stdin(Stdio::piped());
        self.listening()
    }

    fn listening(mut self) -> Service {
        let command = self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let (output, logs) = (Arc::default(), Arc::default());
        let readers = vec![keep(stdout, &output), keep(stderr, &logs)];
        let text = |kept: &Arc<Mutex<String>>| kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        until("the service starts", || {
            let ended = child.try_wait().expect("its status");
            assert!(ended.is_none(), "the service has ended: {ended:?} {}", text(&logs));
            text(&output).contains('\n')
        });
        let greeting = text(&output);
        let address = greeting.lines().next().and_then(|line| line.strip_prefix("Mapwright serves at http://"));
        let address = address.and_then(|text| text.parse().ok()).expect("the first line names the address");
        Service { child, address, output, logs, readers }
    }
}

/// Keeps all that is written.
fn keep(from: impl Read + Send + 'static, kept: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let kept = Arc::clone(kept);
    thread::spawn(move || {
        let mut lines = BufReader::new(from);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    })
}

impl Service {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A client of it.
    pub fn client(&self, token: &str) -> Client {
        Client { address: self.address, token: token.to_owned() }
    }

    /// What it has printed.
    pub fn output(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it has logged.
    pub fn logs(&self) -> String {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends it a signal, as `TERM` or `HUP`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([format!("-{name}"), id]).status().expect("`kill` runs");
        assert!(sent.success());
    }

    /// Kills it with SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        let status = self.child.wait().expect("its status");
        assert_eq!(status.signal(), Some(9));
    }

    /// Waits until it ends by itself, and gives its exit code and all that it logged.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().expect("its status");
        for reader in self.readers.drain(..) {
            reader.join().expect("no panic");
        }
        (status.code(), self.logs())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let logs = self.logs();
            let lines: Vec<&str> = logs.lines().collect();
            let last = lines.get(lines.len().saturating_sub(LAST)..).unwrap_or_default();
            eprintln!("the service logged at last:\n{}", last.join("\n"));
        }
    }
}
