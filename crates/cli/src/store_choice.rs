//! The store, and the keys that seal what is secret in it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use mapwright_server::keyring::Keyring;
use mapwright_server::settings::{STORE, Settings};
use mapwright_server::store::Store;
use secrecy::{ExposeSecret as _, SecretString};

use crate::files;
use crate::output::Surroundings;
use crate::problem::Problem;

/// The variable of the environment that holds the keys themselves.
const KEY: &str = "MAPWRIGHT_KEY";

/// Opens the store that the settings name, with its keys.
pub(crate) async fn open(settings: &Settings, surroundings: &Surroundings) -> Result<Store, Problem> {
    let url = match (&settings.store, &settings.store_file) {
        (Some(url), _) => url.clone(),
        (None, Some(path)) => files::text(path)?.trim().to_owned(),
        (None, None) => STORE.to_owned(),
    };
    let keyring = keyring(&url, settings.key_file.as_deref(), surroundings)?;
    Store::open(&url, keyring).await.map_err(|error| Problem::Usage(error.to_string()))
}

/// The keys: of the file that is named, of the environment, or of the file beside a SQLite store, which is made together
/// with the store.
fn keyring(url: &str, named: Option<&Path>, surroundings: &Surroundings) -> Result<Keyring, Problem> {
    let parsed = |text: &SecretString, from: &str| {
        Keyring::parse(text).map_err(|error| Problem::Usage(format!("{from}: {error}")))
    };
    if let Some(path) = named {
        return parsed(&SecretString::from(files::text(path)?), &path.display().to_string());
    }
    if let Some(text) = (surroundings.environment)(KEY).filter(|text| !text.is_empty()) {
        return parsed(&SecretString::from(text), KEY);
    }
    let Some(file) = sqlite_file(url) else {
        let words =
            format!("the store needs a key: --key-file, MAPWRIGHT_KEY_FILE or {KEY}; `mapwright keys new` makes one");
        return Err(Problem::Usage(words));
    };
    let mut beside = file.clone().into_os_string();
    beside.push(".key");
    let beside = PathBuf::from(beside);
    if !beside.exists() {
        if file.exists() {
            let (file, beside) = (file.display(), beside.display());
            let words = format!(
                "the store {file} is there, and its key {beside} is not: say where it is with --key-file, \
                 MAPWRIGHT_KEY_FILE or {KEY}"
            );
            return Err(Problem::Usage(words));
        }
        make(&beside)?;
    }
    parsed(&SecretString::from(files::text(&beside)?), &beside.display().to_string())
}

/// The file of a SQLite store; none for one in memory and for other databases.
pub(crate) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or_default();
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// Makes a file with a new key, which nobody else may read.
fn make(path: &Path) -> Result<(), Problem> {
    let failed = |why: String| Problem::Usage(format!("the key {} cannot be made: {why}", path.display()));
    let line = Keyring::line(None).map_err(|error| failed(error.to_string()))?;
    let mut whole = path.as_os_str().to_owned();
    whole.push(format!(".{}", std::process::id()));
    let whole = PathBuf::from(whole);
    // The file appears under its name with all that is in it, and never in place of another one.
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&whole)?;
        writeln!(file, "{}", line.expose_secret())?;
        file.sync_all()?;
        let linked = fs::hard_link(&whole, path);
        fs::remove_file(&whole)?;
        linked
    };
    match write() {
        // Another process has been faster: its key counts.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map_err(|error: io::Error| failed(error.to_string())),
    }
}
