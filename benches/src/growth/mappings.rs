//! Mappings per catalog: the shipped ones, again and again under other names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::plan::{Options, Replies, Run};
use mapwright_mapping::variables::Bound;
use serde_json::json;

use super::Settings;
use super::curve::{Chart, numbers};
use super::resident;

/// The most mappings.
const MOST: usize = 2_000;

/// The shipped ones.
const SHIPPED: usize = 9;

/// The argument that makes this program load so many mappings and tell what they take.
pub(crate) const RESIDENT: &str = "--resident-of-catalog";

/// The resource.
const RESOURCE: &str = "crm/leads";

/// A provider whose variables all have a value of their own.
const PLAIN: &str = "pipedrive";

/// Loading, looking up and planning over the number of mappings.
pub(crate) fn chart(settings: &Settings) -> Vec<Chart> {
    let mut chart = Chart::of_times("mappings", "Mappings per catalog", "mappings");
    let mut memory =
        Chart { cost: "bytes".to_owned(), ..Chart::of_times("mappings-memory", "Memory of a catalog", "mappings") };
    for mappings in numbers(SHIPPED, settings.most(MOST)) {
        memory.add("resident set", mappings, in_memory(mappings));
        let (models, files) = (models(), copies(mappings));
        let (loaded, load) = settings.clock.time_and_keep(|| Catalog::load(&models, &files));
        chart.add("load and check all", mappings, load);
        let catalog = loaded.catalog;
        assert_eq!(catalog.mappings().count(), mappings, "{:#?}", loaded.diagnostics.first());
        let last = catalog.providers().last().expect("a provider").id.clone();
        chart.add("look one up", mappings, settings.clock.time(|| catalog.mapping(&last, RESOURCE).is_ok()));
        chart.add("look for none", mappings, settings.clock.time(|| catalog.mapping("hubspto", RESOURCE).is_err()));
        let mapping = catalog.mapping(PLAIN, RESOURCE).expect("a mapping");
        let said = mapping.provider.variables.values().filter(|variable| variable.required);
        let said = said.map(|variable| (variable.name.clone(), json!("acme"))).collect();
        let bound = Arc::new(Bound::new(&mapping.provider.variables, &said).expect("an account"));
        let patch = json!({"title": "Countess"});
        let plan = || {
            let mapping = catalog.mapping(PLAIN, RESOURCE).expect("a mapping");
            let id = "adf21080-0e10-11eb-879b-05d71fb426ec";
            let run = Run::patch(Arc::clone(mapping), Arc::clone(&bound), id, &patch, Options::default());
            run.expect("a good patch").next(&Replies::new())
        };
        chart.add("plan a patch", mappings, settings.clock.time(plan));
        settings.progress("mappings", mappings);
    }
    vec![chart, memory]
}

/// What a catalog of so many mappings takes, in bytes: this program is started once more for it, as memory that was in
/// use before is used again, and does not show.
fn in_memory(mappings: usize) -> f64 {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).args([RESIDENT, &mappings.to_string()]).output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

/// Loads so many mappings and gives the growth of the resident set, in bytes.
pub(crate) fn resident(mappings: usize) -> u64 {
    let (models, files) = (models(), copies(mappings));
    // The schemas of the file formats are there once.
    drop(Catalog::load(&models, &copies(1)));
    let before = resident::own();
    let loaded = Catalog::load(&models, &files);
    let grown = resident::own().saturating_sub(before);
    drop(loaded);
    grown
}

/// The unified models.
fn models() -> FileSet {
    let mut models = FileSet::new();
    read(&project("schemas/unified"), "", &mut models).expect("the models can be read");
    models
}

/// The shipped mappings, as often as it takes for so many.
fn copies(mappings: usize) -> FileSet {
    let mut shipped = FileSet::new();
    read(&project("mappings"), "", &mut shipped).expect("the mappings can be read");
    let mut providers: Vec<&str> = shipped.keys().filter_map(|name| Some(name.split_once('/')?.0)).collect();
    providers.dedup();
    let mut files = FileSet::new();
    for copy in 0..mappings {
        let (provider, round) = (providers[copy % providers.len()], copy / providers.len());
        let own = format!("{provider}/");
        let of_provider = shipped.range(own.clone()..).take_while(|(name, _)| name.starts_with(&own));
        let name = if round == 0 { provider.to_owned() } else { format!("{provider}_{round:04}") };
        files.extend(of_provider.map(|(file, bytes)| (format!("{name}/{}", &file[own.len()..]), bytes.clone())));
    }
    files
}

/// A path in the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The files below a directory, by their names there.
fn read(directory: &Path, prefix: &str, files: &mut FileSet) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}
