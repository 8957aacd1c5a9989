//! Builds the shipped mappings and unified schemas into the binary, as bytes by name.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The endings of files that a mapping's directory may hold.
const ENDINGS: [&str; 4] = ["toml", "json", "jsonata", "graphql"];

fn main() -> io::Result<()> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let root = variable("CARGO_MANIFEST_DIR").join("../..");
    let mut out = String::new();
    for (constant, directory) in [("MAPPINGS", "mappings"), ("MODELS", "schemas/unified")] {
        let directory = root.join(directory).canonicalize()?;
        println!("cargo:rerun-if-changed={}", directory.display());
        let mut files = BTreeMap::new();
        collect(&directory, "", &mut files)?;
        writeln!(out, "pub(crate) static {constant}: &[(&str, &[u8])] = &[").map_err(io::Error::other)?;
        for (name, path) in files {
            let path = path.display().to_string();
            writeln!(out, "    ({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
        }
        out.push_str("];\n");
    }
    fs::write(variable("OUT_DIR").join("shipped.rs"), out)
}

/// Every file below a directory, by its name with forward slashes.
fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let (path, full) = (entry.path(), format!("{prefix}{name}"));
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{full}/"), files)?;
        } else if ENDINGS.iter().any(|ending| name.rsplit_once('.').is_some_and(|(_, own)| own == *ending)) {
            files.insert(full, path);
        }
    }
    Ok(())
}
