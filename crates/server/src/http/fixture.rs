//! What the tests of this room share: the mapping of the fixture, which uses every construct of the language.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::mapping::Mapping;
use serde_json::Value;

fn collect(directory: &Path, prefix: &str, files: &mut FileSet) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(entry.path()).expect("bytes"));
        }
    }
}

/// One provider, one resource.
pub(super) fn catalog() -> Catalog {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let (mut models, mut mappings) = (FileSet::new(), FileSet::new());
    collect(&root.join("schemas"), "", &mut models);
    collect(&root.join("mappings"), "", &mut mappings);
    Catalog::load(&models, &mappings).catalog
}

/// The mapping of the resource on the provider.
pub(super) fn mapping() -> Arc<Mapping> {
    Arc::clone(catalog().mapping("shop", "library/books").expect("a mapping"))
}

/// What a schema refuses of a value, by pointer.
pub(super) fn refused(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{} {error}", error.instance_path())).collect()
}
