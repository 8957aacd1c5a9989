//! Packages for Python, as the package index has them, each in an environment of its own that is made once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The oldest Python that they run with.
const OLDEST: (u32, u32) = (3, 12);

/// The Python that has a package, as `name==version`. Where there is none, that is said, and it fails where
/// `MAPWRIGHT_PYTHON=required`.
#[expect(clippy::disallowed_methods, reason = "the environment says whether it may be left out")]
pub fn python(package: &str) -> Option<PathBuf> {
    match environment(package) {
        Ok(python) => Some(python),
        Err(why) => {
            assert!(std::env::var("MAPWRIGHT_PYTHON").as_deref() != Ok("required"), "{package}: {why}");
            eprintln!("SKIPPED: {package} is not run: {why}");
            None
        }
    }
}

fn environment(package: &str) -> Result<PathBuf, String> {
    // Tests that need the same one wait for it.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(package.replace("==", "-"));
    let (python, ready) = (home.join("bin/python"), home.join("ready"));
    if ready.exists() {
        return Ok(python);
    }
    let found = interpreters().into_iter().find(|python| version(python).is_some_and(|version| version >= OLDEST));
    let found = found.ok_or_else(|| format!("there is no Python {}.{} or newer", OLDEST.0, OLDEST.1))?;
    succeeds(Command::new(found).args(["-m", "venv", "--clear"]).arg(&home))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--timeout", "20", package];
    succeeds(Command::new(&python).args(pip))?;
    fs::write(&ready, package).map_err(|error| error.to_string())?;
    Ok(python)
}

/// Those on the path, and those that pyenv keeps.
fn interpreters() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = ["python3.14", "python3.13", "python3.12", "python3"].map(PathBuf::from).into();
    let home = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".pyenv")));
    let versions = home.and_then(|home| fs::read_dir(home.join("versions")).ok());
    let mut kept: Vec<PathBuf> =
        versions.into_iter().flatten().flatten().map(|entry| entry.path().join("bin/python3")).collect();
    kept.sort();
    all.extend(kept);
    all
}

fn version(python: &Path) -> Option<(u32, u32)> {
    let words = "import sys; print(sys.version_info.major, sys.version_info.minor)";
    let output = Command::new(python).args(["-c", words]).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn succeeds(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or_default();
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}: {last}")) }
}
