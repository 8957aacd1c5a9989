//! The file of a simulated provider.

use mapwright_mapping::source::SourceFile;
use mapwright_sandbox::Sandbox;

use super::desk::desk;
use super::settled::{findings, runs};
use super::{PROVIDERS, chosen, rest};

/// A `sandbox.toml`: it is refused with its place, or it answers the shipped mapping's requests.
pub(super) fn file(bytes: &[u8]) {
    let desk = desk(chosen(bytes, 0, PROVIDERS.len()));
    let file = match SourceFile::new("sandbox.toml", rest(bytes, 1)) {
        Ok(file) => file,
        Err(found) => return findings(&[*found]),
    };
    match Sandbox::from_toml("sandbox.toml", file.text()) {
        Err(error) => assert!(!error.to_string().is_empty(), "it is refused without a word"),
        Ok(sandbox) => {
            runs(desk.mapping(), &sandbox);
            let state = sandbox.state();
            sandbox.restore(&state).expect("a state that it has given");
            let _ = (sandbox.fault_list(), sandbox.log());
        }
    }
}
