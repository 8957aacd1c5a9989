//! What the database holds, as bytes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::Database;

/// Every file of a SQLite store, or what `pg_dump` gives; each with its name.
pub(super) fn rows(database: &Database) -> Vec<(String, Vec<u8>)> {
    if database.is_postgres() { dump(database).into_iter().collect() } else { files(database) }
}

fn files(database: &Database) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(database.directory()).expect("the directory").flatten();
    let files = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("store.db"));
    let files =
        files.map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).expect("a file")));
    let files: Vec<_> = files.collect();
    assert!(files.iter().any(|(name, bytes)| name == "store.db" && !bytes.is_empty()), "there is a store");
    files
}

fn dump(database: &Database) -> Option<(String, Vec<u8>)> {
    let Some(program) = program() else {
        println!("SKIPPED: there is no pg_dump");
        return None;
    };
    let output = Command::new(program).arg("--inserts").arg(&database.url).output().expect("pg_dump runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pg_dump: {said}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("INSERT INTO public.accounts"), "there are accounts");
    Some(("the dump".to_owned(), output.stdout))
}

/// That on the path, or where systems put it.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|directory| directory.join("pg_dump"));
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = versions.map(|version| version.path().join("bin/pg_dump"));
    on_path.chain(installed).find(|program| program.exists())
}
