//! The whole service: `mapwright serve` in front of a local provider that answers at once, against a plain proxy of
//! axum and reqwest that sends the same bytes to the same provider.
//!
//! `service [--seconds N] [--rounds N] [--binary PATH] [SCENE…]` prints tables in Markdown. The load is `wrk`'s as far
//! as it goes, and at half of that a generator of the bench. `--binary` is `mapwright`; the one beside this program
//! otherwise. Logs are on as they are by default, and go into a file; so are metrics. All processes share this machine.
//!
//! Goal: at least 75 % of the proxy's throughput at saturation, and under 0.5 ms added at the median at half load.

#[path = "../service/mod.rs"]
mod service;

use std::error::Error;
use std::path::{Path, PathBuf};

use service::scene::Scene;
use service::stand::Stand;
use service::{provider, proxy, rounds};

fn main() -> Result<(), Box<dyn Error>> {
    let all: Vec<String> = std::env::args().skip(1).collect();
    // The processes that the bench starts are this program, too.
    match all.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["provider", source, mappings] => return Ok(provider::run(source, mappings.into())?),
        ["proxy", script, provider] => return Ok(proxy::run(Path::new(script), provider.parse()?)?),
        _ => {}
    }
    let (mut seconds, mut rounds, mut names) = (5, 5, Vec::new());
    let mut binary = std::env::current_exe()?.with_file_name("mapwright");
    let mut arguments = all.into_iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--seconds" => seconds = value()?.parse::<u64>()?.max(1),
            "--rounds" => rounds = value()?.parse::<usize>()?.max(1),
            "--binary" => binary = value()?.into(),
            name if Scene::NAMES.contains(&name) => names.push(name.to_owned()),
            name => return Err(format!("there is no `{name}`; there are {}", Scene::NAMES.join(", ")).into()),
        }
    }
    if !binary.is_file() {
        let path = binary.display();
        return Err(format!("there is no {path}: build it, or name it with --binary").into());
    }
    let directory = Directory::new()?;
    println!("# The whole service\n\n`{}`, {rounds} rounds of {seconds} s, each side in turn.", binary.display());
    for name in Scene::NAMES.into_iter().filter(|name| names.is_empty() || names.iter().any(|wanted| wanted == name)) {
        let below = directory.path.join(name);
        std::fs::create_dir_all(&below)?;
        let mut stand = Stand::put_up(Scene::named(name, &below)?, &binary, &below)?;
        rounds::run(&mut stand, &below, seconds, rounds)?;
    }
    Ok(())
}

/// A directory that is gone afterwards.
struct Directory {
    path: PathBuf,
}

impl Directory {
    fn new() -> std::io::Result<Directory> {
        let path = std::env::temp_dir().join(format!("mapwright-service-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Directory { path })
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What cannot be removed is left to the system.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
