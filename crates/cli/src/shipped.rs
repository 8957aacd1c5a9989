//! The files that are built into the binary.

use mapwright_mapping::catalog::FileSet;

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The shipped mappings, as `provider/file`.
pub(crate) fn mappings() -> FileSet {
    files(MAPPINGS)
}

/// The shipped unified schemas, as `model/resource.json`.
pub(crate) fn models() -> FileSet {
    files(MODELS)
}

fn files(table: &[(&str, &[u8])]) -> FileSet {
    table.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}
