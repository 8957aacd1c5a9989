//! Reads mappings and schemas from directories.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use mapwright_mapping::catalog::FileSet;

use crate::problem::Problem;

/// The endings of files that mean something; others are not read.
const ENDINGS: [&str; 4] = ["toml", "json", "jsonata", "graphql"];

/// How deep directories are looked into.
const DEEPEST: usize = 8;

/// The largest file that is read, in bytes.
pub(crate) const LARGEST: u64 = 8 << 20;

/// One provider's directory: its name, where it lies, and its files by name.
pub(crate) struct ProviderDirectory {
    /// The provider's id.
    pub(crate) id: String,
    /// Where it lies, as the caller spelt it.
    pub(crate) path: PathBuf,
    /// Its files, by name with forward slashes.
    pub(crate) files: FileSet,
}

/// The providers' directories at a path: the path itself where it has a `provider.toml`, else the directories in it.
pub(crate) fn providers(path: &Path) -> Result<Vec<ProviderDirectory>, Problem> {
    let failed = |path: &Path, error: &io::Error| Problem::unreadable(path, &in_words(error));
    if path.join("provider.toml").exists() {
        let full = path.canonicalize().map_err(|e| failed(path, &e))?;
        let id = full.file_name().map(|name| name.to_string_lossy().into_owned());
        let id = id.ok_or_else(|| Problem::unreadable(path, "the directory has no name"))?;
        let files = directory(path)?;
        return Ok(vec![ProviderDirectory { id, path: path.to_owned(), files }]);
    }
    let mut found = Vec::new();
    let entries = fs::read_dir(path).map_err(|e| failed(path, &e))?;
    for entry in entries {
        let entry = entry.map_err(|e| failed(path, &e))?;
        let id = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if !id.starts_with('.') && path.is_dir() {
            let files = directory(&path)?;
            if !files.is_empty() {
                found.push(ProviderDirectory { id, path, files });
            }
        }
    }
    if found.is_empty() {
        return Err(Problem::unreadable(path, "there is no provider's directory here"));
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

/// The files below a directory, by name with forward slashes.
pub(crate) fn directory(path: &Path) -> Result<FileSet, Problem> {
    let mut files = FileSet::new();
    collect(path, "", &mut Vec::new(), &mut files)?;
    Ok(files)
}

/// `above` are the directories that the path lies in, each in its one true form.
fn collect(path: &Path, prefix: &str, above: &mut Vec<PathBuf>, files: &mut FileSet) -> Result<(), Problem> {
    let failed = |path: &Path, error: &io::Error| Problem::unreadable(path, &in_words(error));
    let full = path.canonicalize().map_err(|e| failed(path, &e))?;
    if above.contains(&full) {
        return Err(Problem::unreadable(path, "the link leads back to a directory that it lies in"));
    }
    above.push(full);
    for entry in fs::read_dir(path).map_err(|e| failed(path, &e))? {
        let entry = entry.map_err(|e| failed(path, &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') {
            continue;
        }
        let is_wanted = name.rsplit_once('.').is_some_and(|(_, own)| ENDINGS.contains(&own));
        if path.is_dir() && !is_wanted {
            if above.len() <= DEEPEST {
                collect(&path, &format!("{prefix}{name}/"), above, files)?;
            }
        } else if is_wanted {
            // To open a pipe is to wait for somebody who writes into it.
            if !path.is_dir() && path.exists() && !path.is_file() {
                return Err(Problem::unreadable(&path, "it is not a file"));
            }
            files.insert(format!("{prefix}{name}"), bytes(&path)?);
        }
    }
    above.pop();
    Ok(())
}

/// The bytes of a file that is not too large.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) if bytes.len() as u64 > LARGEST => {
            Err(Problem::unreadable(path, &format!("the file is larger than {LARGEST} bytes")))
        }
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(Problem::unreadable(path, &in_words(&error))),
    }
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<String, Problem> {
    String::from_utf8(bytes(path)?).map_err(|_| Problem::unreadable(path, "the file is not UTF-8"))
}

/// Puts a text in the place of a file at once, so that no reader ever sees half of it.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Problem> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let write = || -> io::Result<()> {
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| Problem::Usage(format!("{} cannot be written: {}", path.display(), in_words(&error))))
}

/// An error of the system in words that are the same everywhere.
fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read or written".to_owned(),
        io::ErrorKind::NotADirectory => "it is not a directory".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}
