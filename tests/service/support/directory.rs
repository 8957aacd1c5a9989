//! Directories of this checkout, and some that last as long as a test.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A directory that is removed in the end.
#[derive(Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// A new one.
    pub fn new() -> Directory {
        let path = std::env::temp_dir().join(format!("mapwright-service-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir(&path).expect("a directory");
        Directory(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Copies of some providers' mappings: fewer of them are loaded faster, and a test may change them.
pub fn mappings_of(providers: &[&str]) -> Directory {
    let directory = Directory::new();
    for provider in providers {
        copy(&root().join("mappings").join(provider), &directory.path().join(provider));
    }
    directory
}

/// Copies a directory with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().expect("its kind").is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a copy");
        }
    }
}
