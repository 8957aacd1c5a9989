//! Patches a lead: `embed MAPPINGS SCHEMAS ACCOUNT.toml ID '{"title": "…"}' [LOOPBACK_URL]`.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use mapwright_interpreter::{Account, Http, Interpreter};
use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::plan::Options;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [mappings, schemas, file, id, patch, base @ ..] = args.as_slice() else { return Err("five arguments".into()) };
    let catalog = Catalog::load(&read(Path::new(schemas))?, &read(Path::new(mappings))?).catalog;
    let text = fs::read_to_string(file)?;
    let mapping = catalog.mapping(&Account::provider_in(&text)?, "crm/leads")?;
    let account = Account::from_toml("first", &text, &mapping.provider, &|_| None)?;
    let account = if let [base] = base { account.at(base)? } else { account };
    let interpreter = Interpreter::new(Http::new()?);
    let finished = interpreter.patch(&account, mapping, id, &serde_json::from_str(patch)?, Options::default()).await;
    println!("{:#}", finished.result?.resource);
    Ok(())
}

/// The files of a directory, by their names below it.
fn read(directory: &Path) -> Result<FileSet, Box<dyn Error>> {
    let mut files = FileSet::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let below = if path.is_dir() { read(&path)? } else { [(String::new(), fs::read(&path)?)].into() };
        files.extend(
            below.into_iter().map(|(file, bytes)| (format!("{name}/{file}").trim_end_matches('/').into(), bytes)),
        );
    }
    Ok(files)
}
