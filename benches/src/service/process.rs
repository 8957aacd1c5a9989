//! Processes of the bench, and what they take of the machine.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Clock ticks in a second, as `/proc` counts: `USER_HZ` is the same on every Linux.
const TICKS: f64 = 100.0;

/// A process that serves at an address. It ends with this value.
#[derive(Debug)]
pub(crate) struct Serving {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Serving {
    /// Starts it, and reads the address at the end of its first line. What it says on standard error goes into a file.
    pub(crate) fn start(
        program: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        log: &Path,
    ) -> io::Result<Serving> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(log)?);
        // Settings of the environment are not those of the bench.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MAPWRIGHT_")) {
            command.env_remove(name);
        }
        let mut child = command.spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim().rsplit(['/', ' ']).next().and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            child.wait()?;
            let said = std::fs::read_to_string(log).unwrap_or_default();
            return Err(io::Error::other(format!("{} does not serve: {line}{said}", program.display())));
        };
        Ok(Serving { child, address })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The time of the processor that it has taken so far, in seconds.
    pub(crate) fn cpu(&self) -> io::Result<f64> {
        cpu(self.id())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The time of the processor that a process has taken so far with all its threads, in seconds. A process that has
/// ended and is not waited for yet still tells.
pub(crate) fn cpu(id: u32) -> io::Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name, in parentheses, may hold anything.
    let fields = text.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() / TICKS)
}

/// The connections over TCP that were accepted on this machine so far, whoever did.
pub(crate) fn accepted() -> io::Result<u64> {
    let text = std::fs::read_to_string("/proc/net/snmp")?;
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("Tcp: "));
    let (names, values) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let found = names.split(' ').zip(values.split(' ')).find(|(name, _)| *name == "PassiveOpens");
    found
        .and_then(|(_, value)| value.parse().ok())
        .ok_or_else(|| io::Error::other("/proc/net/snmp has no PassiveOpens"))
}
