//! A mapping, a provider behind it, and a patch.

use std::io;
use std::path::{Path, PathBuf};

use mapwright_benches::lead::{self, Lead};
use mapwright_benches::shipped::Shipped;
use mapwright_cli::Library;
use mapwright_mapping::catalog::FileSet;
use mapwright_server::demo;

use crate::service::source::Source;

/// What is served, and what is asked for.
#[derive(Debug)]
pub(crate) struct Scene {
    /// The name in tables.
    pub(crate) name: String,
    /// The directory of mappings.
    pub(crate) mappings: PathBuf,
    /// The directory of unified schemas, where they are not the built-in ones.
    pub(crate) schemas: Option<PathBuf>,
    /// What answers in the provider's place, by its name.
    pub(crate) source: String,
    /// An account, as `mapwright accounts add --file` takes it.
    pub(crate) account: String,
    /// The id of the lead.
    pub(crate) id: String,
    /// The patch.
    pub(crate) patch: String,
}

/// Fields of the lead that no shipped mapping is needed for.
const FIELDS: usize = 15;

impl Scene {
    /// The names that [`Scene::named`] knows, in the order of the tables.
    pub(crate) const NAMES: [&str; 4] = ["lead", "lead-read-back", "pipedrive", "hubspot"];

    /// A scene, whose files lie below `directory`.
    pub(crate) fn named(name: &str, directory: &Path) -> io::Result<Scene> {
        match name {
            "lead" => Scene::lead(directory, false),
            "lead-read-back" => Scene::lead(directory, true),
            provider => Scene::shipped(provider, directory),
        }
    }

    /// [`Lead`] with a mapping of fields and tables alone. The reply to the write holds the record, so that the write
    /// is the one request; or it is taken to hold none, and the record is read afterwards.
    fn lead(directory: &Path, read_back: bool) -> io::Result<Scene> {
        let (model, mut mapping) = lead::files(FIELDS);
        if !read_back {
            let leads = mapping.get_mut("bench/leads.toml").expect("the mapping");
            let text =
                String::from_utf8_lossy(leads).replace("body = \"{changes}\"", "body = \"{changes}\"\nanswer = \"\"");
            *leads = text.into_bytes();
        }
        let (mappings, schemas) = (directory.join("mappings"), directory.join("schemas"));
        put(&mappings, &mapping)?;
        put(&schemas, &model)?;
        let way = if read_back { "one write, read back" } else { "one write" };
        Ok(Scene {
            name: format!("a lead of {FIELDS} fields, {way}"),
            mappings,
            schemas: Some(schemas),
            source: Source::RECORD.to_owned(),
            account: "provider = \"bench\"\n[secrets]\napi_key = \"bench-key\"\n".to_owned(),
            id: "4711".to_owned(),
            patch: Lead::of(FIELDS).patch.to_string(),
        })
    }

    /// A shipped mapping with the demo account of its simulated provider. What it says of the provider's pace is left
    /// out: nine thousand calls a second are more than any provider takes.
    fn shipped(provider: &str, directory: &Path) -> io::Result<Scene> {
        let mappings = directory.join("mappings");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../mappings").join(provider), &mappings.join(provider))?;
        let file = mappings.join(provider).join("provider.toml");
        let is_pace = |line: &&str| line.starts_with("pace ") || line.starts_with("concurrent ");
        let text = std::fs::read_to_string(&file)?;
        let lines: Vec<&str> = text.lines().filter(|line| !is_pace(line)).collect();
        std::fs::write(&file, lines.join("\n"))?;

        let library = Library::open(std::slice::from_ref(&mappings), None).expect("the mappings can be read");
        let sandbox = library.sandbox(provider).expect("a simulated provider");
        let shown = sandbox.demo();
        let known = &library.mapping(provider, None).expect("a mapping").provider;
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let table = |name: &str, rows: &mut dyn Iterator<Item = (&String, &String)>| {
            let rows: Vec<String> = rows.map(|(key, text)| format!("{} = {}\n", quoted(key), quoted(text))).collect();
            format!("[{name}]\n{}", rows.concat())
        };
        let account = [
            format!("provider = {}\nauth = {}\n", quoted(provider), quoted(&shown.scheme)),
            table("variables", &mut shown.variables.iter()),
            table("secrets", &mut demo::secrets(known, shown).iter()),
        ];
        Ok(Scene {
            name: format!("`{provider}`, as shipped"),
            mappings,
            schemas: None,
            source: provider.to_owned(),
            account: account.concat(),
            id: shown.first_id.clone(),
            patch: Shipped::patch().to_string(),
        })
    }
}

fn put(directory: &Path, files: &FileSet) -> io::Result<()> {
    for (name, bytes) in files {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(directory))?;
        std::fs::write(path, bytes)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
